#include "panels/facts_grid.h"

#include "panels/ink_role.h"
#include "story/format.h"

namespace sluice::panels {

FactsGrid::FactsGrid(QWidget* parent) : QWidget(parent), grid_(new QGridLayout(this)) {
    grid_->setContentsMargins(6, 0, 6, 0);
    grid_->setHorizontalSpacing(24);
    grid_->setVerticalSpacing(7);
    grid_->setColumnStretch(1, 1);
    grid_->setColumnMinimumWidth(0, 150);
    hide();
}

// In a narrow column the texts need the room more than the names stand apart.
void FactsGrid::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    const bool narrow = width() < 480;
    grid_->setColumnMinimumWidth(0, narrow ? 80 : 150);
    grid_->setHorizontalSpacing(narrow ? 14 : 24);
}

void FactsGrid::show_facts(const std::vector<story::Fact>& facts) {
    if (facts == shown_) {
        return;
    }
    while (rows_.size() < facts.size()) {
        const int row = static_cast<int>(rows_.size());
        rows_.push_back({new QLabel(this), new QLabel(this)});
        set_ink(rows_.back().name, Ink::dim);
        rows_.back().text->setWordWrap(true);
        rows_.back().text->setTextFormat(Qt::PlainText);
        rows_.back().text->setTextInteractionFlags(Qt::TextSelectableByMouse);
        rows_.back().text->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred); // a long word must not widen it
        grid_->addWidget(rows_.back().name, row, 0, Qt::AlignTop);
        rows_.back().text->setAlignment(Qt::AlignLeft | Qt::AlignTop);
        grid_->addWidget(rows_.back().text, row, 1);
    }
    for (std::size_t i = 0; i < rows_.size(); ++i) {
        const bool used = i < facts.size();
        rows_[i].name->setVisible(used);
        rows_[i].text->setVisible(used);
        if (!used) {
            continue;
        }
        const auto& fact = facts[i];
        const QString sign = fact.tone == story::Tone::warn     ? QStringLiteral("△ ")
                             : fact.tone == story::Tone::breach ? QStringLiteral("✕ ")
                                                                : QString();
        rows_[i].name->setText(fact.name);
        rows_[i].text->setText(story::unbroken(sign + fact.text));
        rows_[i].text->setAccessibleDescription(fact.name);
        set_type(rows_[i].text, fact.figures, fact.tone != story::Tone::plain);
        set_ink(rows_[i].text, ink_of(fact.tone));
    }
    shown_ = facts;
    setVisible(!facts.empty());
}

} // namespace sluice::panels

#include "panels/card_heading.h"

#include "panels/ink_role.h"
#include "theme/roles.h"

#include <algorithm>

namespace sluice::panels {

CardHeading::CardHeading(QWidget* parent)
    : QWidget(parent), title_(new QLabel(this)), state_(new QLabel(this)), situation_(new QLabel(this)) {
    theme::set_role(title_, "title");
    theme::set_role(situation_, "dim");
    set_type(state_, false, true);
    // A label is named by what it says; what it is about is told beside it.
    title_->setAccessibleDescription(tr("Step"));
    state_->setAccessibleDescription(tr("State"));
    situation_->setAccessibleDescription(tr("Situation"));
    for (auto* label : {title_, state_, situation_}) {
        label->setWordWrap(true);
        label->setTextFormat(Qt::PlainText);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    }
    QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Preferred); // fixed, it would stay one line high
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
}

void CardHeading::show_texts(const QString& title, const QString& state, Ink ink, const QString& situation) {
    const bool same = title_->text() == title && state_->text() == state && situation_->text() == situation;
    set_ink(state_, ink);
    if (same) {
        return;
    }
    title_->setText(title);
    state_->setText(state);
    situation_->setText(situation);
    arrange(width(), true);
    updateGeometry();
}

int CardHeading::arrange(int width, bool place) const {
    int x = 0, y = 0, line = 0;
    for (auto* label : {title_, state_, situation_}) {
        if (label->text().isEmpty()) {
            label->setVisible(false);
            continue;
        }
        label->ensurePolished();
        const QFontMetrics metrics(label->font());
        const int wanted = metrics.horizontalAdvance(label->text()) + 4;
        if (x > 0 && x + wanted > width) {
            x = 0;
            y += line + 2;
            line = 0;
        }
        const int wide = std::min(wanted, std::max(40, width - x));
        const int high = wanted > wide ? label->heightForWidth(wide) : std::max(24, metrics.height());
        if (place) {
            label->setVisible(true);
            // On one line all stand on the base line of the title.
            const int drop = label != title_ && high <= 24 && x > 0 ? 2 : 0;
            label->setGeometry(x, y + drop, wide, high);
        }
        x += wide + 10;
        line = std::max(line, high);
    }
    return y + line + 2;
}

int CardHeading::heightForWidth(int width) const {
    return arrange(width, false);
}

QSize CardHeading::sizeHint() const {
    return {480, heightForWidth(10'000)}; // all on one line
}

QSize CardHeading::minimumSizeHint() const {
    return {160, 26};
}

void CardHeading::resizeEvent(QResizeEvent*) {
    arrange(width(), true);
}

} // namespace sluice::panels

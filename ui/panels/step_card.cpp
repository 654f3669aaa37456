#include "panels/step_card.h"

#include "panels/action_button.h"
#include "panels/card_tables.h"
#include "panels/ink_role.h"
#include "theme/roles.h"

#include <QMenu>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>

namespace sluice::panels {
namespace {

const char* tone_name(story::Tone tone) {
    static constexpr const char* names[] = {"plain", "plain", "good", "warn", "breach"};
    return names[static_cast<int>(tone)];
}

/// Is there one whose text is not empty?
template <typename Row>
bool any_of(const std::vector<Row>& rows, QString Row::*text) {
    return std::any_of(rows.begin(), rows.end(), [&](const Row& row) { return !(row.*text).isEmpty(); });
}

} // namespace

StepCard::StepCard(story::CommandChannel* channel, QWidget* parent)
    : QFrame(parent), channel_(channel), heading_(new CardHeading(this)), bar_(new CountBar(this)),
      body_(new ScrolledBody(this)), text_(new QLabel(this)), command_(new TextBox(tr("Command"), 4, this)),
      gates_(new CellsView(gate_columns(), tr("Gates"), true, this)),
      changes_(new CellsView(change_columns(), tr("Changes"), true, this)), facts_(new FactsGrid(this)),
      people_(new CellsView(people_columns(), tr("People"), true, this)),
      parts_(new CellsView(part_columns(), tr("Steps"), true, this)),
      checks_(new CellsView(check_columns(), tr("Expectations"), true, this)),
      output_(new TextBox(tr("Output"), 8, this)) {
    setObjectName(QStringLiteral("step_card"));
    setAccessibleName(tr("Current step"));
    theme::set_role(this, "panel");
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    text_->setWordWrap(true);
    text_->setTextFormat(Qt::PlainText);
    text_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    text_->setAccessibleDescription(tr("What is asked"));
    text_->setProperty("large", true);
    text_->setContentsMargins(6, 2, 6, 2);
    text_->hide();

    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(16, 12, 16, 14);
    layout->setSpacing(10);
    layout->addWidget(heading_);
    layout->addWidget(bar_);
    layout->addWidget(body_, 1);
    body_->setAccessibleName(tr("What is known of the step"));
    for (QWidget* part : std::initializer_list<QWidget*>{text_, command_, gates_, changes_, facts_, people_, parts_,
                                                         checks_, output_}) {
        body_->add(part);
    }
    if (channel_) {
        refusal_ = new QLabel(this);
        refusal_->setWordWrap(true);
        refusal_->setTextFormat(Qt::PlainText);
        refusal_->setAccessibleDescription(tr("Refusal"));
        set_ink(refusal_, Ink::breach);
        refusal_->hide();
        layout->addWidget(refusal_);
        buttons_ = new FlowLayout(8);
        layout->addSpacing(2);
        layout->addLayout(buttons_);
        actions_ = new StepActions(*channel_, *this);
        actions_->setParent(this);
        connect(actions_, &StepActions::changed, this, [this] { arrange_buttons(); });
        connect(actions_, &StepActions::refused, this, [this](const QString& why) { show_refusal(why); });
        connect(actions_, &StepActions::accepted, this, [this] { show_refusal({}); });
    }
}

void StepCard::set_output_lines(int most) {
    output_->set_most_lines(most);
}

void StepCard::set_compact(bool compact) {
    layout()->setContentsMargins(compact ? QMargins(12, 8, 12, 10) : QMargins(16, 12, 16, 14));
    layout()->setSpacing(compact ? 6 : 10);
    body_->set_spacing(compact ? 6 : 10);
    for (auto* table : {gates_, changes_, people_, parts_, checks_}) {
        table->set_compact(compact);
    }
}

int StepCard::height_at(int width) const {
    return layout()->hasHeightForWidth() ? layout()->totalHeightForWidth(width) : layout()->totalSizeHint().height();
}

int StepCard::least_height_at(int width) const {
    constexpr int few_rows = 96;
    const auto margins = layout()->contentsMargins();
    const int all = body_->isHidden() ? 0 : body_->heightForWidth(width - margins.left() - margins.right());
    return height_at(width) - all + std::min(all, few_rows);
}

void StepCard::select(const std::optional<plan::StepId>& step) {
    selected_ = step;
}

void StepCard::show_moment(const story::Moment& moment) {
    show_card(story::present_card(moment, selected_,
                                  channel_ ? std::optional(channel_->actor()) : std::optional<release::Actor>()));
}

void StepCard::show_card(const story::CardView& card) {
    if (shown_ && card == card_) {
        return;
    }
    if (refusal_ && card.step != card_.step) {
        show_refusal({});
    }
    card_ = card;
    shown_ = true;
    const QByteArray tone = tone_name(card.tone);
    if (property("tone").toByteArray() != tone) {
        setProperty("tone", tone);
        setProperty("role", QByteArray()); // so that the style is read again
        theme::set_role(this, "panel");
    }
    const QString state = card.state.isEmpty() ? QString() : glyph(card.mark) + u' ' + card.state;
    heading_->show_texts(card.title, state, ink_of(card.state_tone), card.situation);
    bar_->show_share(card.progress, card.stands_still,
                     card.state_tone == story::Tone::plain || card.state_tone == story::Tone::warn
                         ? Ink::accent
                         : ink_of(card.state_tone));
    text_->setText(card.text);
    text_->setVisible(!card.text.isEmpty());
    command_->show_text(card.command);
    gates_->show_rows(gate_rows(card.gates));
    changes_->show_rows(change_rows(card.changes));
    facts_->show_facts(card.facts);
    people_->show_rows(people_rows(card.people));
    parts_->cells().name_column(1, card.parts_title);
    parts_->cells().name_column(2, any_of(card.parts, &story::PartRow::took) ? tr("took") : QString());
    parts_->show_rows(part_rows(card.parts));
    checks_->cells().name_column(2, any_of(card.checks, &story::CheckRow::found) ? tr("found") : QString());
    checks_->show_rows(check_rows(card.checks));
    output_->show_text(card.output);
    body_->setVisible(!body_->is_empty());
    if (actions_) {
        actions_->offer(card);
    }
}

void StepCard::arrange_buttons() {
    while (auto* item = buttons_->takeAt(0)) {
        if (item->widget()) {
            item->widget()->hide();
            item->widget()->deleteLater();
        }
        delete item;
    }
    constexpr int most = 6; // more than that takes a second row at 1280 pixels
    int shown = 0;
    QMenu* more = nullptr;
    for (const auto& [offer, action] : actions_->entries()) {
        if (offer.aside || (shown == most && offer.look == story::Offer::Look::plain)) {
            if (!more) {
                more = new QMenu(this);
                more->setToolTipsVisible(true);
            }
            more->addAction(action);
            continue;
        }
        ++shown;
        auto* button = new ActionButton(action, this);
        if (offer.look == story::Offer::Look::primary) {
            theme::set_role(button, "primary");
        } else if (offer.look == story::Offer::Look::danger) {
            theme::set_role(button, "danger");
        }
        buttons_->addWidget(button);
    }
    if (more) {
        auto* button = new QPushButton(this);
        button->setAutoDefault(false);
        button->setText(QStringLiteral("…"));
        button->setAccessibleName(tr("More"));
        button->setToolTip(tr("More"));
        button->setMenu(more);
        more->setParent(button, Qt::Popup);
        buttons_->addWidget(button);
    }
}

void StepCard::show_refusal(const QString& why) {
    refusal_->setText(why.isEmpty() ? QString() : QStringLiteral("✕ ") + tr("Refused: %1").arg(why));
    refusal_->setVisible(!why.isEmpty());
}

} // namespace sluice::panels

#include "panels/top_bar.h"

#include "panels/elided_text.h"
#include "panels/phase_strip.h"
#include "panels/source_ages.h"
#include "theme/tokens.h"

#include <QHBoxLayout>
#include <QPainter>

#include <algorithm>

namespace sluice::panels {
namespace {

constexpr int little_room = 1500, very_little_room = 1120, close_together = 3 * theme::grid, least_subtitle = 230,
              most_lead = 150;

/// As quiet as the words beside it, until it is pointed at or has the focus.
const char* const lead_style =
    "QToolButton { background: transparent; border: 1px solid transparent; border-radius: 4px; padding: 0 3px; "
    "font-size: 12px; font-weight: 400; color: palette(link); } QToolButton:hover { text-decoration: underline; }";

QVBoxLayout* stacked(QWidget* above, QWidget* below) {
    auto* column = new QVBoxLayout;
    column->setSpacing(1);
    column->addStretch();
    column->addWidget(above);
    column->addWidget(below);
    column->addStretch();
    return column;
}

} // namespace

TopBar::TopBar(story::CommandChannel* commands, QWidget* parent)
    : QWidget(parent), title_(new ElidedText(theme::text_font(17, QFont::Bold), ElidedText::Tone::plain, this)),
      subtitle_(new ElidedText(theme::text_font(12), ElidedText::Tone::dim, this)),
      clock_(new ElidedText(theme::figure_font(27, QFont::Medium), ElidedText::Tone::plain, this)),
      below_(new ElidedText(theme::text_font(11), ElidedText::Tone::dim, this)), phases_(new PhaseStrip(this)),
      sources_(new SourceAges(this)) {
    setFixedHeight(64);
    clock_->reserve(QStringLiteral("T+00:00:00"));
    connect(sources_, &SourceAges::pressed, this, &TopBar::sources_asked);
    auto* below_title = new QWidget(this);
    auto* facts = new QHBoxLayout(below_title);
    facts->setContentsMargins(0, 0, 0, 0);
    facts->setSpacing(theme::grid * 3);
    facts->addWidget(subtitle_);
    subtitle_->setMinimumWidth(64); // its first word: what comes first is what matters
    if (commands != nullptr) {
        lead_ = new QToolButton(below_title);
        lead_->setFocusPolicy(Qt::TabFocus);
        lead_->setCursor(Qt::PointingHandCursor);
        lead_->setStyleSheet(lead_style);
        lead_->setToolTip(tr("Who leads, and who is here"));
        connect(lead_, &QToolButton::clicked, this, &TopBar::people_asked);
        facts->addWidget(lead_);
    } else {
        lead_label_ = new ElidedText(theme::text_font(12), ElidedText::Tone::dim, below_title);
        facts->addWidget(lead_label_);
    }
    facts->addStretch();
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(16, 4, 16, 5);
    row->setSpacing(close_together); // more where there is room: a bar must not keep its window from being narrow
    row->addLayout(stacked(title_, below_title), 0);
    row->addWidget(phases_, 1);
    row->addStretch(0);
    row->addWidget(sources_, 0);
    row->addLayout(stacked(clock_, below_), 0);
    if (commands != nullptr) {
        button_ = new RollbackButton(*commands, this);
        row->addWidget(button_);
    } else {
        label_ = new RollbackLabel(this);
        row->addWidget(label_);
    }
}

void TopBar::show_moment(const story::Moment& moment, const story::Moment& now) {
    auto rollback = story::present_rollback(now, button_ != nullptr);
    if (rollback.can_act() && moment.now < now.now && !moment.at_end) {
        rollback.detail = tr("as of now: %1").arg(rollback.detail); // all else on the screen is of then
    }
    if (button_ != nullptr) {
        button_->show_view(rollback);
    } else {
        label_->show(rollback);
    }
    if (const bool past = moment.mode == story::Mode::replay; past != past_) {
        past_ = past;
        update();
    }
    auto view = story::present_top(moment);
    if (view == view_) {
        return;
    }
    view_ = std::move(view);
    title_->set_text(view_.title);
    title_->setMinimumWidth(std::min(title_->sizeHint().width(), 320));
    subtitle_->set_text(view_.subtitle);
    subtitle_->set_tone(view_.alarming ? ElidedText::Tone::breach : ElidedText::Tone::dim);
    show_lead();
    phases_->show_phases(view_.phases);
    make_room();
    sources_->show_sources(view_.sources);
    clock_->set_text(view_.clock);
    below_->set_text(view_.window.isEmpty() ? view_.time : view_.time + QStringLiteral(" · ") + view_.window);
}

void TopBar::show_lead() {
    if (lead_label_ != nullptr) {
        lead_label_->set_text(view_.lead);
        lead_label_->setMinimumWidth(std::min(lead_label_->sizeHint().width(), most_lead));
        return;
    }
    lead_->setText(lead_->fontMetrics().elidedText(view_.lead, Qt::ElideRight, most_lead).replace(u'&', "&&"));
    lead_->setAccessibleName(view_.lead);
    lead_->setAccessibleDescription(tr("Shows who is here, and hands over the lead"));
}

QStringList TopBar::texts() const {
    QStringList all{view_.title, view_.subtitle, view_.lead};
    for (const auto& phase : view_.phases) {
        all << phase.title + QStringLiteral(": ") + phase.word;
    }
    for (const auto& source : view_.sources) {
        all << source.name + u' ' + source.state;
    }
    const auto& rollback = button_ != nullptr ? button_->view() : label_->view();
    return all << view_.clock << below_->text() << rollback.title << rollback.detail;
}

// In little room the phases say more than the rest of the subtitle, which is its tip then; few phases leave room for
// it.
void TopBar::make_room() {
    const bool needed = width() < little_room && phases_->wanted_width() > phases_->minimumSizeHint().width();
    subtitle_->setMaximumWidth(needed ? least_subtitle : QWIDGETSIZE_MAX);
}

void TopBar::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    make_room();
    layout()->setSpacing(width() < very_little_room ? close_together
                         : width() < little_room    ? theme::grid * 4
                                                    : theme::grid * 6);
}

void TopBar::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), theme::tokens().panel);
    painter.fillRect(QRect(0, height() - 1, width(), 1), theme::tokens().line);
    if (past_) { // seen from across the room, where its words are not
        painter.fillRect(QRect(0, 0, width(), 3), theme::tokens().warn);
    }
}

} // namespace sluice::panels

#include "screens/session_screen.h"

#include "charts/chart_grid.h"
#include "panels/audit_table.h"
#include "panels/plan_list.h"
#include "panels/scrubber.h"
#include "panels/step_card.h"
#include "panels/top_bar.h"
#include "panels/traffic_panel.h"
#include "screens/rehearsal_strip.h"
#include "story/format.h"
#include "theme/roles.h"

#include <QDataStream>
#include <QFileInfo>
#include <QScrollArea>
#include <QSplitter>
#include <QVBoxLayout>
#include <chrono>

namespace sluice::screens {
namespace {

constexpr int live_ms = 100, playing_ms = 16;

Nanos monotonic() {
    return {std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
                .count()};
}

} // namespace

SessionScreen::SessionScreen(std::unique_ptr<story::FeedSource> source, QWidget* parent)
    : QWidget(parent), source_(std::move(source)), commands_(source_->commands()), time_(monotonic), tick_(this) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    build();
    addActions(view_.actions());
    connect(&view_, &charts::TimeView::cursor_asked, this, [this](Nanos time) {
        time_.seek(time);
        refresh();
    });
    connect(source_.get(), &story::FeedSource::delivered, this, &SessionScreen::take);
    connect(source_.get(), &story::FeedSource::failed, this,
            [this](const Error& error) { emit failed(QString::fromStdString(to_text(error))); });
    tick_.callOnTimeout(this, [this] {
        const bool moves = time_.mode() == session::TimeController::Mode::playing;
        if (dirty_ || moves) {
            refresh();
        }
        set_pace();
    });
    tick_.start(live_ms);
    source_->start();
}

SessionScreen::~SessionScreen() {
    disconnect(source_.get(), nullptr, this, nullptr); // the source goes first; nothing is to be heard from it then
}

// Everything that the session is shown with. Made anew when the session ends, without a way to act.
void SessionScreen::build() {
    const QByteArray kept = body_ ? layout() : QByteArray();
    delete body_;
    body_ = new QWidget;
    top_ = new panels::TopBar(commands_);
    plan_ = new panels::PlanList;
    card_ = new panels::StepCard(commands_);
    traffic_ = new panels::TrafficPanel(commands_);
    audit_ = new panels::AuditTable;
    scrubber_ = new panels::Scrubber(time_);
    charts_ = new charts::ChartGrid(view_);

    auto* middle = new QWidget;
    auto* middle_layout = new QVBoxLayout(middle);
    middle_layout->setContentsMargins(14, 14, 14, 14);
    middle_layout->setSpacing(12);
    middle_layout->addWidget(card_);
    middle_layout->addWidget(charts_, 1);
    auto* scroll = new QScrollArea; // a low screen scrolls the traffic panel rather than squeezing it
    scroll->setWidget(traffic_);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFocusPolicy(Qt::NoFocus);

    columns_ = new QSplitter(Qt::Horizontal);
    columns_->addWidget(plan_);
    columns_->addWidget(middle);
    columns_->addWidget(scroll);
    columns_->setStretchFactor(1, 1);
    columns_->setSizes({344, 926, 314});
    columns_->setHandleWidth(1);
    columns_->setChildrenCollapsible(false);

    auto* bottom = new QWidget;
    auto* bottom_layout = new QVBoxLayout(bottom);
    bottom_layout->setContentsMargins(0, 0, 0, 0);
    bottom_layout->setSpacing(0);
    rehearsal_ = nullptr;
    if (commands_ != nullptr && source_->sets_speed()) {
        rehearsal_ = new RehearsalStrip(*source_);
        bottom_layout->addWidget(rehearsal_);
    }
    bottom_layout->addWidget(scrubber_);
    bottom_layout->addWidget(audit_, 1);
    rows_ = new QSplitter(Qt::Vertical);
    rows_->addWidget(columns_);
    rows_->addWidget(bottom);
    rows_->setStretchFactor(0, 5);
    rows_->setSizes({commands_ == nullptr ? 690 : 742, commands_ == nullptr ? 248 : 196});
    rows_->setStretchFactor(1, 1);
    rows_->setHandleWidth(1);
    rows_->setChildrenCollapsible(false);

    auto* all = new QVBoxLayout(body_);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(0);
    all->addWidget(top_);
    all->addWidget(rows_, 1);
    static_cast<QVBoxLayout*>(QWidget::layout())->addWidget(body_);

    scrubber_->setVisible(commands_ == nullptr); // a past to look at: a finished session, or one left live
    connect(scrubber_, &panels::Scrubber::moved, this, [this] {
        set_pace();
        refresh();
    });
    connect(plan_, &panels::PlanList::step_selected, this, [this](const QString& step) {
        card_->select(step.isEmpty() ? std::nullopt : std::optional<plan::StepId>(step.toStdString()));
        refresh();
    });
    restore_layout(kept);
}

story::Mode SessionScreen::mode() const {
    if (commands_ == nullptr) {
        return story_.ended() ? story::Mode::replay : story::Mode::following;
    }
    return story::Mode::live;
}

void SessionScreen::take(const story::DeliveryPtr& delivery) {
    const bool first = story_.empty();
    story_.take(*delivery);
    time_.set_range(story_.begin(), story_.end());
    dirty_ = true;
    if (delivery->trouble) {
        emit failed(QString::fromStdString(to_text(*delivery->trouble)));
    }
    if (delivery->ended) {
        become_replay();
        emit ended();
    }
    if (first && !story_.empty()) {
        refresh();
    }
}

// A session that is over can be looked at and not be acted on, whoever ran it.
void SessionScreen::become_replay() {
    time_.set_over(true);
    commands_ = nullptr;
    build();
    refresh();
}

void SessionScreen::set_pace() {
    const int wanted = time_.mode() == session::TimeController::Mode::playing ? playing_ms : live_ms;
    if (tick_.interval() != wanted) {
        tick_.setInterval(wanted);
    }
}

story::Moment SessionScreen::moment() {
    const auto at = time_.mode();
    const bool now = at == session::TimeController::Mode::live || (story_.ended() && time_.cursor() >= story_.end());
    return now ? story_.latest(mode()) : story_.at(time_.cursor(), story::Mode::replay);
}

void SessionScreen::refresh() {
    dirty_ = false;
    if (story_.empty()) {
        return;
    }
    const story::Moment shown = moment();
    top_->show_moment(shown);
    plan_->show_moment(shown);
    card_->show_moment(shown);
    traffic_->show_moment(shown);
    audit_->show_moment(shown);
    show_span(shown.now);
    charts_->show(chart_feed_.contents(shown));
    if (!scrubber_->isVisible() && time_.mode() != session::TimeController::Mode::live) {
        scrubber_->setVisible(true);
    }
    if (scrubber_->isVisible()) {
        scrubber_->show_story(story_, QFileInfo(source_->file()).fileName());
    }
    emit changed();
}

// A short session fills the charts; of a long one the last hour is shown until somebody looks elsewhere.
void SessionScreen::show_span(Nanos now) {
    const Nanos first = story_.readings().first().value_or(story_.begin());
    const Nanos length = std::clamp(now - first, minutes(5), hours(1));
    view_.set_extent({std::min(first, now - length), std::max(now, first + seconds(1))});
    if (view_.following() && length != followed_ && followed_ < hours(1)) {
        followed_ = length;
        view_.follow(length);
    }
}

QByteArray SessionScreen::layout() const {
    QByteArray bytes;
    QDataStream stream(&bytes, QIODevice::WriteOnly);
    stream << columns_->saveState() << rows_->saveState();
    return bytes;
}

void SessionScreen::restore_layout(const QByteArray& layout) {
    QDataStream stream(layout);
    QByteArray columns, rows;
    stream >> columns >> rows;
    if (stream.status() == QDataStream::Ok && !columns.isEmpty()) {
        columns_->restoreState(columns);
        rows_->restoreState(rows);
    }
}

} // namespace sluice::screens

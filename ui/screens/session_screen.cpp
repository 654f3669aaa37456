#include "screens/session_screen.h"

#include "base/digest.h"
#include "charts/chart_grid.h"
#include "panels/audit_table.h"
#include "panels/plan_list.h"
#include "panels/scrubber.h"
#include "panels/step_card.h"
#include "panels/top_bar.h"
#include "panels/traffic_panel.h"
#include "screens/bookmark_keeper.h"
#include "screens/kept_keys.h"
#include "screens/middle_column.h"
#include "screens/rehearsal_strip.h"
#include "screens/room.h"
#include "story/audit_view.h"
#include "story/format.h"
#include "theme/roles.h"

#include <QApplication>
#include <QDataStream>
#include <QFileInfo>
#include <QKeyEvent>
#include <QLoggingCategory>
#include <QSplitter>
#include <QVBoxLayout>
#include <algorithm>
#include <chrono>
#include <initializer_list>

namespace sluice::screens {
namespace {

/// For who measures (tests/bench/start.cpp): QT_LOGGING_RULES=sluice.start.info=true
Q_LOGGING_CATEGORY(start_log, "sluice.start", QtWarningMsg)

constexpr int live_ms = 100, playing_ms = 16;
constexpr std::size_t most_charts = 6; ///< fewer where there is no room (charts/chart_shape.h)

Nanos monotonic() {
    return {std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
                .count()};
}

} // namespace

SessionScreen::SessionScreen(std::unique_ptr<story::FeedSource> source, QWidget* parent)
    : QWidget(parent), source_(std::move(source)), commands_(source_->commands()), time_(monotonic), tick_(this) {
    story_.set_started_in(source_->started_in().toStdString());
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    build();
    addActions(view_.actions_anywhere());
    connect(&view_, &charts::TimeView::cursor_asked, this, [this](Nanos time) {
        time_.seek(time);
        refresh();
    });
    connect(&view_, &charts::TimeView::newest_asked, this, [this] {
        if (looks_back()) { // the newest of what goes on is now
            time_.go_live();
            refresh();
        }
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

// Everything that the session is shown with. What acts is made anew when the session ends, without a way to act.
void SessionScreen::build() {
    const QByteArray kept = body_ ? layout() : QByteArray();
    if (body_ == nullptr) {
        plan_ = new panels::PlanList;
        audit_ = new panels::AuditTable;
        charts_ = new charts::ChartGrid(view_);
        connect_lasting();
    }
    for (QWidget* stays : std::initializer_list<QWidget*>{plan_, audit_, charts_}) {
        stays->setParent(this); // nothing in them acts: they are kept, as are folds, selection and filter
    }
    delete body_;
    body_ = new QWidget;
    top_ = new panels::TopBar(commands_);
    card_ = new panels::StepCard(commands_);
    traffic_ = new panels::TrafficPanel(commands_);
    scrubber_ = new panels::Scrubber(time_, commands_);

    middle_ = new MiddleColumn(card_, charts_);
    columns_ = new QSplitter(Qt::Horizontal);
    columns_->addWidget(plan_);
    columns_->addWidget(middle_);
    columns_->addWidget(traffic_);
    columns_->setStretchFactor(1, 1);
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
    rows_->setStretchFactor(0, 1);
    rows_->setHandleWidth(1);
    rows_->setChildrenCollapsible(false);

    auto* all = new QVBoxLayout(body_);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(0);
    all->addWidget(top_);
    all->addWidget(rows_, 1);
    static_cast<QVBoxLayout*>(QWidget::layout())->addWidget(body_);

    for (QWidget* stays : std::initializer_list<QWidget*>{plan_, audit_, charts_}) {
        stays->show(); // a change of the parent hides
    }
    connect(scrubber_, &panels::Scrubber::moved, this, [this] {
        set_pace();
        refresh();
    });
    connect(top_, &panels::TopBar::people_asked, this, &SessionScreen::people_asked);
    connect(top_, &panels::TopBar::sources_asked, this, &SessionScreen::sources_asked);
    connect_bookmarks();
    for (auto* splitter : {columns_, rows_}) {
        connect(splitter, &QSplitter::splitterMoved, this, [this, splitter] { moved_.insert(splitter); });
    }
    restore_layout(kept);
}

// Until a person has moved a border, it stands where the size of the screen wants it.
void SessionScreen::give_room() {
    const bool compact = height() < low_screen;
    middle_->set_compact(compact);
    plan_->set_compact(compact);
    if (!moved_.contains(columns_)) {
        const auto [plan, traffic] = side_widths(width());
        const int beside = plan + (traffic_->isHidden() ? 0 : traffic) + 2 * columns_->handleWidth();
        columns_->setSizes({plan, width() - beside, traffic});
    }
    if (!moved_.contains(rows_)) {
        const int room = height() - top_->height();
        int bars = 0;
        for (QWidget* bar : {static_cast<QWidget*>(scrubber_), static_cast<QWidget*>(rehearsal_)}) {
            bars += bar != nullptr && !bar->isHidden() ? bar->sizeHint().height() : 0;
        }
        const int bottom = bars + audit_height(room, bars);
        rows_->setSizes({room - bottom, bottom});
    }
}

void SessionScreen::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    give_room();
}

void SessionScreen::connect_lasting() {
    connect(charts_, &charts::ChartGrid::parts_asked, this, &SessionScreen::lag_asked);
    connect(charts_, &charts::ChartGrid::metric_chosen, this, [this](int place, const QString& metric) {
        chart_feed_.choose(static_cast<std::size_t>(place), metric);
        refresh();
        emit chart_metrics_changed();
    });
    connect(plan_, &panels::PlanList::step_selected, this, [this](const QString& step) {
        card_->select(step.isEmpty() ? std::nullopt : std::optional<plan::StepId>(step.toStdString()));
        refresh();
    });
}

void SessionScreen::keep_bookmarks_in(const std::filesystem::path& state) {
    keeper_ = std::make_unique<BookmarkKeeper>(state);
    connect(keeper_.get(), &BookmarkKeeper::opened, this, [this](const session::Bookmarks& bookmarks) {
        scrubber_->show_bookmarks(bookmarks);
        refresh();
    });
    connect(keeper_.get(), &BookmarkKeeper::failed, this, [this](const QString& why) { scrubber_->tell(why); });
    connect_bookmarks();
    if (!story_.empty()) {
        keeper_->open(bookmarks_name());
    }
}

OwnerWatch& SessionScreen::watch_owner(std::function<bool()> listens) {
    owner_ = std::make_unique<OwnerWatch>(std::move(listens));
    return *owner_;
}

std::string SessionScreen::bookmarks_name() const {
    const auto file = QFileInfo(source_->file()).absoluteFilePath().toStdString();
    return story_.release().opened.session + "-" + hex(sha256(file)).substr(0, 8);
}

void SessionScreen::connect_bookmarks() {
    if (keeper_) {
        connect(scrubber_, &panels::Scrubber::bookmarks_changed, keeper_.get(),
                [this] { keeper_->keep(scrubber_->bookmarks()); });
    }
}

void SessionScreen::set_chart_metrics(const QStringList& metrics) {
    chart_feed_.set_chosen(metrics);
    refresh();
}

// Keys of the whole screen come before those of the control that has the focus, unless that says that it needs them.
bool SessionScreen::event(QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride) {
        const auto* focus = QApplication::focusWidget();
        if (focus != nullptr && keeps_key(*focus, static_cast<QKeyEvent*>(event)->keyCombination())) {
            event->accept();
            return true;
        }
    }
    return QWidget::event(event);
}

void SessionScreen::paintEvent(QPaintEvent* event) {
    QWidget::paintEvent(event);
    if (!painted_ && !story_.empty()) {
        painted_ = true;
        // After the children, and what they have painted, are on the screen.
        QMetaObject::invokeMethod(
            this,
            [this] {
                qCInfo(start_log, "first frame");
                emit first_painted();
            },
            Qt::QueuedConnection);
    }
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
    const bool turns = std::any_of(delivery->entries.begin(), delivery->entries.end(), [](const story::Entry& entry) {
        return std::holds_alternative<release::RollbackStarted>(entry.event.body);
    });
    if (!first && turns && looks_back()) {
        time_.go_live(); // whoever asked for it: nobody is to look at the past while the release is rolled back
    }
    dirty_ = true;
    if (owner_) {
        story_.ended() ? owner_->rest() : owner_->heard();
    }
    if (delivery->trouble) {
        emit failed(QString::fromStdString(to_text(*delivery->trouble)));
    }
    if (delivery->ended) {
        become_replay();
        emit ended();
        QMetaObject::invokeMethod(
            this, [] { qCInfo(start_log, "whole session"); }, Qt::QueuedConnection);
    }
    if (first && !story_.empty()) {
        if (keeper_) {
            keeper_->open(bookmarks_name());
        }
        refresh();
    }
}

// A session that is over can be looked at and not be acted on, whoever ran it.
void SessionScreen::become_replay() {
    time_.set_over(true);
    before_.reset(); // there is no live to come back to
    commands_ = nullptr;
    const session::Bookmarks bookmarks = scrubber_->bookmarks();
    const std::string selected = plan_->selected();
    build();
    scrubber_->show_bookmarks(bookmarks);
    card_->select(selected.empty() ? std::nullopt : std::optional<plan::StepId>(selected));
    refresh();
}

void SessionScreen::pick(const plan::StepId& step) {
    plan_->show_selected(step);
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

// Of the whole file, wherever one looks at in it: what is altered after that moment is altered.
QString SessionScreen::file_words() {
    const QString name = QFileInfo(source_->file()).fileName();
    if (!story_.ended()) {
        return name;
    }
    if (proven_entries_ != story_.entries().size()) {
        proven_entries_ = story_.entries().size();
        proof_ = story::proof_word(story::present_seal(story_.latest(story::Mode::replay)));
    }
    return proof_.isEmpty() ? name : name + QStringLiteral(" · ") + proof_;
}

story::Moment SessionScreen::for_the_wall() {
    return story_.ended() ? moment() : story_.latest(mode());
}

bool SessionScreen::looks_back() const {
    return !story_.ended() && time_.mode() != session::TimeController::Mode::live;
}

void SessionScreen::remember_look() {
    if (looks_back() && !before_) {
        before_ = Before{view_.look(), plan_->selected()};
    } else if (!looks_back() && before_) {
        const Before before = *before_;
        before_.reset();
        view_.look_again(before.charts);
        if (before.step != plan_->selected()) {
            plan_->show_selected(before.step); // comes here again
        }
    }
}

void SessionScreen::refresh() {
    dirty_ = false;
    if (story_.empty()) {
        return;
    }
    remember_look();
    const story::Moment shown = moment();
    top_->show_moment(shown, story_.ended() ? shown : story_.latest(mode()));
    plan_->show_moment(shown);
    card_->show_moment(shown);
    traffic_->show_moment(shown);
    if (traffic_->has_content() == traffic_->isHidden()) {
        traffic_->setVisible(traffic_->has_content());
        give_room();
    }
    audit_->show_moment(shown);
    show_span(shown.now);
    charts_->set_choices(ChartFeed::choices(shown));
    charts_->show(chart_feed_.contents(shown, most_charts));
    const int bar = scrubber_->sizeHint().height();
    scrubber_->show_story(story_, file_words(), shown.now);
    if (scrubber_->sizeHint().height() != bar) { // folded while it is live
        give_room();
    }
    emit changed();
}

// A short session fills the charts; of a long one the last hour is shown until somebody looks elsewhere.
void SessionScreen::show_span(Nanos now) {
    const Nanos first = story_.readings().first().value_or(story_.begin());
    const Nanos length = std::clamp(now - first, minutes(5), hours(1));
    view_.set_extent({std::min(first, now - length), std::max(now, first + seconds(1))});
    view_.set_usual(length);
}

// Only what a person has moved is worth keeping.
QByteArray SessionScreen::layout() const {
    QByteArray bytes;
    QDataStream stream(&bytes, QIODevice::WriteOnly);
    for (auto* splitter : {columns_, rows_}) {
        stream << (moved_.contains(splitter) ? splitter->saveState() : QByteArray());
    }
    return bytes;
}

void SessionScreen::restore_layout(const QByteArray& layout) {
    moved_.clear();
    QDataStream stream(layout);
    for (auto* splitter : {columns_, rows_}) {
        QByteArray state;
        stream >> state;
        if (stream.status() == QDataStream::Ok && !state.isEmpty() && splitter->restoreState(state)) {
            moved_.insert(splitter);
        }
    }
    give_room();
}

} // namespace sluice::screens

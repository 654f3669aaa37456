#include "screens/snapshot.h"

#include "base/instant.h"
#include "screens/file_found.h"
#include "screens/help_window.h"
#include "screens/lag_dialog.h"
#include "screens/people_dialog.h"
#include "screens/picture_source.h"
#include "screens/plan_preview.h"
#include "screens/session_screen.h"
#include "screens/source_dialog.h"
#include "screens/start_screen.h"
#include "screens/visible_text.h"
#include "screens/war_room.h"
#include "story/chart_choice.h"
#include "story/file_source.h"
#include "theme/apply.h"

#include <QApplication>
#include <QEventLoop>
#include <QImage>
#include <QPainter>
#include <QTextStream>
#include <QTimer>
#include <functional>

namespace sluice::screens {
namespace {

constexpr int patience_ms = 60'000; ///< for the reading of a session of any size

/// Runs the event loop until the whole file has been read, or says why not. A session whose program was killed has no
/// end: what is there is read when nothing more comes.
Result<void> read_all(SessionScreen& screen) {
    QEventLoop loop;
    QString failure;
    QObject::connect(&screen, &SessionScreen::failed, &loop, [&](const QString& why) {
        failure = why;
        loop.quit();
    });
    QObject::connect(&screen, &SessionScreen::ended, &loop, &QEventLoop::quit);
    std::size_t events = 0;
    QTimer quiet;
    quiet.callOnTimeout([&] {
        const std::size_t now = screen.story().entries().size();
        if (now != 0 && now == events) {
            loop.quit();
        }
        events = now;
    });
    quiet.start(1000);
    QTimer::singleShot(patience_ms, &loop, &QEventLoop::quit);
    if (!screen.story().ended()) {
        loop.exec();
    }
    if (!failure.isEmpty() && screen.story().empty()) {
        return fail(ErrorCode::corrupt, failure.toStdString());
    }
    if (screen.story().empty()) {
        return fail(ErrorCode::timed_out, "the session has no event yet", screen.source().file().toStdString());
    }
    return {};
}

/// Layouts and what they postpone settle.
void settle() {
    for (int i = 0; i < 5; ++i) {
        QCoreApplication::sendPostedEvents();
        QCoreApplication::processEvents();
    }
}

void lay_out(QWidget& shown, const SnapshotWish& wish) {
    shown.setAttribute(Qt::WA_DontShowOnScreen);
    shown.resize(wish.size);
    shown.show();
}

Result<void> draw_and_save(const SnapshotWish& wish, const std::function<void(QPainter&)>& draw) {
    if (wish.picture.isEmpty()) {
        return {};
    }
    QImage image(wish.size * wish.ratio, QImage::Format_RGB32);
    image.setDevicePixelRatio(wish.ratio);
    image.fill(theme::tokens().background);
    QPainter painter(&image);
    draw(painter);
    painter.end();
    if (!image.save(wish.picture, "PNG")) {
        return fail(ErrorCode::io, "the picture could not be written", wish.picture.toStdString(),
                    "name a file in a folder that can be written");
    }
    return {};
}

/// Writes the picture of a widget, and prints its text, as wished.
Result<void> save_picture(QWidget& widget, const SnapshotWish& wish) {
    if (wish.text) {
        QTextStream(stdout) << visible_text(widget).join('\n') << '\n';
    }
    return draw_and_save(wish, [&](QPainter& painter) { widget.render(&painter); });
}

Result<void> show_and_save(QWidget& shown, SessionScreen& screen, WarRoom* wall, const SnapshotWish& wish) {
    lay_out(shown, wish);
    screen.refresh();
    if (wall != nullptr) {
        wall->show_moment(screen.moment());
    }
    settle();
    if (!wish.step.empty()) {
        screen.pick(wish.step);
        settle(); // its card is of another height
    }
    screen.refresh();
    QCoreApplication::processEvents();
    return save_picture(shown, wish);
}

/// A dialog as it lies over the cockpit.
template <typename Dialog>
Result<void> show_over_and_save(Dialog& dialog, SessionScreen& screen, const SnapshotWish& wish) {
    lay_out(screen, wish);
    screen.refresh();
    dialog.setAttribute(Qt::WA_DontShowOnScreen);
    dialog.show();
    dialog.show_moment(screen.moment());
    settle();
    if (wish.text) {
        QTextStream(stdout) << visible_text(dialog).join('\n') << '\n';
    }
    return draw_and_save(wish, [&](QPainter& painter) {
        screen.render(&painter);
        const QPoint at((wish.size.width() - dialog.width()) / 2, (wish.size.height() - dialog.height()) / 2);
        painter.fillRect(QRect(QPoint(), wish.size), QColor(0, 0, 0, 90)); // what lies behind it steps back
        dialog.render(&painter, at);
    });
}

/// What is read off the GUI thread is waited for: this is no window that somebody waits at.
template <typename Screen, typename Signal>
Result<void> save_when(Screen& screen, Signal ready, const SnapshotWish& wish, const std::function<void()>& begin) {
    QEventLoop loop;
    QObject::connect(&screen, ready, &loop, &QEventLoop::quit);
    QTimer::singleShot(patience_ms, &loop, [&loop] { loop.exit(1); });
    lay_out(screen, wish);
    begin();
    if (loop.exec() != 0) {
        return fail(ErrorCode::timed_out, "the disk did not answer within a minute", wish.session.toStdString());
    }
    settle();
    return save_picture(screen, wish);
}

Result<void> save_without_session(const SnapshotWish& wish) {
    if (wish.view == "start") {
        StartScreen start(wish.paths);
        return save_when(start, &StartScreen::refreshed, wish, [] {});
    }
    if (wish.view == "plan") {
        if (const auto found = look_at(wish.session.toStdString(), wish.paths); found.kind != FileFound::Kind::plan) {
            return fail(ErrorCode::bad_input,
                        found.kind == FileFound::Kind::missing ? "there is no such plan" : "this is a session, no plan",
                        wish.session.toStdString(), "name the YAML file of a plan");
        }
        PlanPreview preview(wish.paths);
        return save_when(preview, &PlanPreview::loaded, wish,
                         [&] { preview.show_plan(wish.session, wish.values, wish.variant); });
    }
    HelpWindow manual;
    lay_out(manual, wish);
    if (!wish.session.isEmpty()) {
        manual.show_page(wish.session);
    }
    settle();
    return save_picture(manual, wish);
}

} // namespace

Result<void> take_snapshot(QApplication& application, const SnapshotWish& wish) {
    theme::apply(application, wish.scheme);
    const bool has_charts =
        wish.view.isEmpty() || wish.view == "cockpit" || wish.view == "replay" || wish.view == "war-room";
    if (!wish.charts.empty() && !has_charts) {
        return fail(ErrorCode::bad_input, "this picture has no charts", "--view " + wish.view.toStdString(),
                    "--chart belongs to --view cockpit, replay or war-room");
    }
    if (wish.view == "start" || wish.view == "plan" || wish.view == "manual") {
        return save_without_session(wish);
    }
    if (const auto found = look_at(wish.session.toStdString(), wish.paths); found.kind != FileFound::Kind::session) {
        return fail(ErrorCode::bad_input,
                    found.kind == FileFound::Kind::missing ? "there is no such session file" : "not a session file",
                    wish.session.toStdString(), "a plan's picture: --view plan");
    }
    auto file = std::make_unique<story::FileSource>(wish.session.toStdString());
    std::vector<story::DeliveryPtr> deliveries;
    QObject::connect(file.get(), &story::FeedSource::delivered,
                     [&](const story::DeliveryPtr& delivery) { deliveries.push_back(delivery); });
    SessionScreen replay(std::move(file));
    if (auto read = read_all(replay); !read) {
        return read;
    }
    const auto& release = replay.story().release();
    if (!wish.step.empty() && !release.plan->step(wish.step)) {
        return fail(ErrorCode::bad_input, "the plan has no such step", "--step " + wish.step,
                    "'sluicectl show' lists them");
    }
    if (auto known = story::check_choices(replay.moment(), wish.charts); !known) {
        return known;
    }
    replay.set_chart_metrics(wish.charts);
    std::optional<Nanos> until;
    if (!wish.at.empty()) {
        const auto at = parse_instant(wish.at, release.t0.count != 0 ? release.t0 : release.started);
        if (!at) {
            return failed(at);
        }
        if (*at < replay.story().begin() || *at > replay.story().end() + seconds(1)) { // clocks are cut to seconds
            return fail(ErrorCode::bad_input, "the session does not hold that moment", "--at " + wish.at,
                        "it goes from " + utc(replay.story().begin()) + " to " + utc(replay.story().end()));
        }
        until = *at;
        replay.time().seek(*at);
    }
    // On what is past nobody can act: buttons that did then would be taken for buttons of now.
    const bool past = until || replay.story().ended();
    if (wish.view == "replay" || (wish.view.isEmpty() && past)) {
        return show_and_save(replay, replay, nullptr, wish);
    }
    SessionScreen then(std::make_unique<PictureSource>(std::move(deliveries), until, wish.session));
    then.set_chart_metrics(wish.charts);
    if (wish.view == "people") {
        PeopleDialog people(then.commands(), &then);
        return show_over_and_save(people, then, wish);
    }
    SessionScreen& below = past ? replay : then;
    if (wish.view == "sources") {
        SourceDialog sources(&below);
        return show_over_and_save(sources, below, wish);
    }
    if (wish.view == "lag") {
        LagDialog lag(&below);
        return show_over_and_save(lag, below, wish);
    }
    WarRoom wall;
    wall.set_chosen(wish.charts);
    const bool of_wall = wish.view == "war-room";
    return show_and_save(of_wall ? static_cast<QWidget&>(wall) : then, then, of_wall ? &wall : nullptr, wish);
}

} // namespace sluice::screens

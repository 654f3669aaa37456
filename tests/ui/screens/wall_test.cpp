/// The wall, and a second cockpit, beside the program that runs the session.
#include "net/local_socket.h"
#include "screens/screen_choice.h"
#include "screens/wall_follower.h"
#include "screens/war_room.h"
#include "story/file_source.h"
#include "story/owned_source.h"
#include "story/wall_view.h"
#include "support/suite.h"
#include "theme/apply.h"
#include "ui/screens/cockpit.h"
#include "ui/screens/desk.h"

using namespace sluice;
using release::StepStatus;
using screens::WallFollower;
using testing::OwnDesk;
using testing::patience_ms;
using testing::Shown;

namespace {

QScreen& screen() {
    return *QGuiApplication::primaryScreen();
}

/// Everything on it, to the last digit of its lines. (Where nothing was measured they hold NaN, which equals nothing.)
QStringList said(const story::WallView& view) {
    QStringList all{view.title,    view.where,     view.clock,
                    view.rollback, view.banner,    view.banner_why,
                    view.next,     view.next_when, QString::number(static_cast<int>(view.tone))};
    for (const auto& share : view.split) {
        all << QString("%1 %2 %3").arg(share.arm).arg(share.place).arg(share.percent);
    }
    for (const auto& phase : view.phases) {
        all << QString("%1 %2 %3").arg(phase.title).arg(phase.done, 0, 'g', 17).arg(phase.now);
    }
    for (const auto& tile : view.tiles) {
        all << QString("%1 %2 %3 %4").arg(tile.title, tile.value, tile.caption).arg(static_cast<int>(tile.mark));
        for (const double point : tile.line) {
            all << QString::number(point, 'g', 17);
        }
    }
    for (const auto& line : view.just_now) {
        all << line;
    }
    return all;
}

/// A release whose plan has no metrics, at its first step; what comes next has a long title.
story::Story without_figures() {
    release::SessionOpened opened;
    opened.session = "s1";
    opened.mode = "run";
    opened.plan_file = "p.yaml";
    opened.plan_source =
        "sluice: 1\nid: p\ntitle: P\nphases: [{id: a, title: All of it, steps: [{id: one, confirm: One}, "
        "{id: two, title: 'Tell every team that works on the service that it goes over to the new cluster "
        "now', confirm: Two}]}]\n";
    const Nanos then = seconds(1'767'600'000);
    story::Delivery delivery;
    delivery.now = then;
    delivery.entries.push_back({{1, then, opened}});
    delivery.entries.push_back({{2, then, release::PhaseStarted{"a"}}});
    delivery.entries.push_back({{3, then, release::StepStarted{"one", 1, "One"}}});
    story::Story story;
    story.take(delivery);
    return story;
}

/// Whether anything is drawn there: rectangles in hundredths of the height.
bool drawn_in(const QImage& image, const QRectF& where) {
    const double u = image.height() / 100.0;
    const QRect area = QRectF(where.x() * u, where.y() * u, where.width() * u, where.height() * u).toRect();
    const QRgb ground = image.pixel(2, 2);
    for (int y = area.top(); y <= area.bottom(); ++y) {
        for (int x = area.left(); x <= area.right(); ++x) {
            if (image.pixel(x, y) != ground) {
                return true;
            }
        }
    }
    return false;
}

} // namespace

class WallTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { theme::apply(*qApp, theme::Scheme::dark); }

    void it_shows_what_the_owner_shows_and_can_not_act() {
        QTemporaryDir folder;
        auto options = testing::nova_by_one(folder.path().toStdString(), true);
        options.speed = 240;
        auto owned = story::OwnedSource::rehearsal(options);
        auto* source = owned.get();
        Shown owner(std::move(owned));
        QVERIFY(QTest::qWaitFor([&] { return owner.status("bake-10") == StepStatus::running; }, patience_ms));
        source->set_speed(10);
        auto file = std::make_unique<story::FileSource>(options.session);
        QVERIFY(file->commands() == nullptr);
        WallFollower wall(std::move(file), [] { return true; });
        wall.open(screen());
        // A moment that both know whole: the same figures, to the last one.
        const Nanos then = owner.screen().story().end() + seconds(30);
        QVERIFY(QTest::qWaitFor(
            [&] {
                return wall.story().end() >= then + seconds(30) && owner.screen().story().end() >= then + seconds(30);
            },
            patience_ms));
        story::Story& theirs = const_cast<story::Story&>(owner.screen().story());
        story::Story& ours = const_cast<story::Story&>(wall.story());
        for (const Nanos at : {then - seconds(45), then - seconds(10), then}) {
            const auto wanted = story::present_wall(theirs.at(at, story::Mode::following));
            const auto shown = story::present_wall(ours.at(at, story::Mode::following));
            QCOMPARE(said(shown), said(wanted));
            QVERIFY(shown.tiles.size() >= 3 && shown.split.size() == 2);
        }
        // No way to act is in it: no action, no button.
        QVERIFY(wall.display().wall() != nullptr);
        QVERIFY(wall.display().wall()->findChildren<QAction*>().isEmpty());
        QVERIFY(wall.display().wall()->findChildren<QWidget*>().isEmpty());
        source->set_speed(0);
        QVERIFY(QTest::qWaitFor([&] { return wall.story().ended() && owner.screen().story().ended(); }, patience_ms));
        const auto last = [&] { return said(story::present_wall(theirs.latest(story::Mode::replay))); };
        (void)QTest::qWaitFor([&] { return said(wall.display().wall()->view()) == last(); }, patience_ms);
        QCOMPARE(said(wall.display().wall()->view()), last());
        QVERIFY(wall.display().wall()->trouble().isEmpty());
        QSignalSpy closed(&wall, &WallFollower::closed);
        wall.display().wall()->activateWindow(); // Escape is a key of the owner's window too
        QVERIFY(QTest::qWaitForWindowActive(wall.display().wall()));
        QTest::keyClick(wall.display().wall(), Qt::Key_Escape);
        QVERIFY(QTest::qWaitFor([&] { return closed.count() == 1; }, patience_ms));
    }

    void without_figures_what_comes_next_and_the_news_have_the_whole_width() {
        const story::Story story = without_figures();
        screens::WarRoom wall;
        wall.resize(1600, 1000);
        wall.show_moment(story.latest(story::Mode::following));
        QVERIFY(wall.view().tiles.empty() && !wall.view().just_now.empty());
        QVERIFY(wall.view().next.startsWith("Tell every team"));
        const QImage image = wall.grab().toImage();
        QVERIFY(!drawn_in(image, {4, 42, 152, 1})); // the phases stand above
        QVERIFY(drawn_in(image, {78, 48, 3, 5}));   // the title goes on over the middle
        QVERIFY(drawn_in(image, {4, 66, 40, 4}));   // the first of the news stands below it, from the left
        QVERIFY(!drawn_in(image, {90, 66, 60, 4}));
    }

    void it_says_when_the_owner_is_gone() {
        const OwnDesk desk;
        testing::RunOfAnother owner(desk);
        QVERIFY(owner.started);
        const auto session = owner.file;
        const auto socket = host::socket_of(desk.defaults().paths, session).string();
        WallFollower wall(std::make_unique<story::FileSource>(session),
                          [socket] { return net::CommandClient::connect(socket).has_value(); });
        wall.set_patience(200);
        wall.open(screen());
        QVERIFY(QTest::qWaitFor(
            [&] { return !wall.story().empty() && wall.story().release().at("ask").status == StepStatus::person; },
            patience_ms));
        // Nothing happens and the owner is there: that is no trouble.
        QVERIFY(!QTest::qWaitFor([&] { return !wall.display().wall()->trouble().isEmpty(); }, 1000));
        QVERIFY(owner.kill());
        QVERIFY(QTest::qWaitFor([&] { return wall.display().wall()->trouble().contains("has ended"); }, patience_ms));
    }

    void a_second_cockpit_confirms_a_step_over_the_owners_socket() {
        const OwnDesk desk;
        auto options = desk.rehearsal();
        options.session = desk.base() / "s.sluice";
        Shown owner(story::OwnedSource::rehearsal(options));
        QVERIFY(QTest::qWaitFor([&] { return owner.status("ask") == StepStatus::person; }, patience_ms));

        const auto socket = host::socket_of(options.paths, options.session).string();
        Shown second(
            std::make_unique<story::FileSource>(options.session, socket, release::Actor{"b.second", "release-lead"}));
        QVERIFY(QTest::qWaitFor(
            [&] { return !second.screen().story().empty() && second.status("ask") == StepStatus::person; },
            patience_ms));
        QVERIFY(second.screen().acts());
        QVERIFY(QTest::qWaitForWindowActive(&second.window()));
        QTest::keyClick(&second.window(), Qt::Key_Return, Qt::ControlModifier);
        QVERIFY(QTest::qWaitFor([&] { return owner.screen().story().ended() && second.screen().story().ended(); },
                                patience_ms));
        QVERIFY(second.status("ask") == StepStatus::passed);
        bool by_second = false; // and under the name of who pressed
        for (const auto& entry : owner.screen().story().entries()) {
            const QString told = QString::fromStdString(release::to_json(entry.event).dump());
            by_second = by_second || (told.contains("b.second") && told.contains("\"ask\""));
        }
        QVERIFY(by_second);
        QVERIFY(!second.screen().acts());
    }

    void a_screen_is_meant_by_its_number_or_its_name_data() {
        QTest::addColumn<QString>("wish");
        QTest::addColumn<int>("index"); // −1 = refused
        QTest::newRow("first") << "1" << 0;
        QTest::newRow("second") << "2" << 1;
        QTest::newRow("by name") << "hdmi-1" << 1;
        QTest::newRow("none such") << "3" << -1;
        QTest::newRow("zero") << "0" << -1;
        QTest::newRow("a name that is not there") << "DP-7" << -1;
    }
    void a_screen_is_meant_by_its_number_or_its_name() {
        QFETCH(QString, wish);
        QFETCH(int, index);
        const auto found = screens::screen_index(wish, {"eDP-1", "HDMI-1"});
        QCOMPARE(found ? *found : -1, index);
        QVERIFY(found || found.error().remedy.find("2 (HDMI-1)") != std::string::npos);
    }
};

SLUICE_TEST(WallTest)
#include "wall_test.moc"

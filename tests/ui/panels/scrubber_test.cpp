/// The scrubber over a rehearsed session: every key of it, typed times, bookmarks, loop, and words that don't overlap.
#include "panels/scrubber.h"

#include "story/format.h"
#include "support/suite.h"
#include "theme/apply.h"
#include "ui/story/nova_story.h"

#include <QApplication>
#include <QInputDialog>
#include <QtTest>
#include <rapidcheck.h>

using namespace sluice;
using namespace sluice::panels;
using Mode = session::TimeController::Mode;

namespace {

struct Desk {
    Nanos clock;
    session::TimeController time{[this] { return clock; }};
    Scrubber scrubber{time, nullptr};
    const story::Story& story;

    explicit Desk(const story::Story& told) : story(told) {
        time.set_range(story.begin(), story.end());
        time.set_over(true);
        time.seek(story.begin() + minutes(10));
        QObject::connect(&scrubber, &Scrubber::moved, [this] { show(); });
        scrubber.resize(1280, 110);
        scrubber.show();
        QApplication::setActiveWindow(&scrubber);
        scrubber.track().setFocus();
        show();
        QApplication::processEvents();
    }
    void show() { scrubber.show_story(story, "nova.sluice"); }
    void press(Qt::Key key, Qt::KeyboardModifiers modifiers = {}) {
        QTest::keyClick(&scrubber.track(), key, modifiers);
    }
    void type(const QString& text) {
        scrubber.clock().setFocus();
        scrubber.clock().selectAll();
        QTest::keyClicks(&scrubber.clock(), text);
        QTest::keyClick(&scrubber.clock(), Qt::Key_Return);
    }
    QString said() const {
        QStringList all;
        for (const auto* label : scrubber.findChildren<QLabel*>()) {
            all << label->text();
        }
        return all.join('\n');
    }
    void name_bookmark(const QString& name) {
        QInputDialog* dialog = nullptr;
        QVERIFY(QTest::qWaitFor([&] { return (dialog = scrubber.findChild<QInputDialog*>()) != nullptr; }, 1000));
        dialog->setTextValue(name);
        dialog->accept();
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
        QApplication::setActiveWindow(&scrubber);
        scrubber.track().setFocus();
    }
};

} // namespace

class ScrubberTest : public QObject {
    Q_OBJECT
    QTemporaryDir folder_;
    story::Story told_;

private slots:
    void initTestCase() {
        theme::apply(*qApp, theme::Scheme::dark);
        told_ = testing::nova_story(folder_, {"split:green>=50 errors 8% on green"});
    }

    void keys_move_by_seconds_events_and_to_the_ends() {
        Desk desk(told_);
        const Nanos from = desk.time.cursor();
        desk.press(Qt::Key_Right);
        QVERIFY(desk.time.cursor() == from + seconds(1));
        desk.press(Qt::Key_Left);
        desk.press(Qt::Key_Left, Qt::ShiftModifier);
        QVERIFY(desk.time.cursor() == from - seconds(10));
        desk.press(Qt::Key_Right, Qt::ShiftModifier);
        QVERIFY(desk.time.cursor() == from);
        desk.press(Qt::Key_Right, Qt::ControlModifier);
        QVERIFY(desk.time.cursor() == *story::next_event(told_, from));
        desk.press(Qt::Key_Left, Qt::ControlModifier);
        QVERIFY(desk.time.cursor() <= from);
        desk.press(Qt::Key_Home);
        QVERIFY(desk.time.cursor() == told_.begin());
        desk.press(Qt::Key_Left, Qt::ControlModifier);
        QVERIFY(desk.said().contains("no event before"));
        desk.press(Qt::Key_End);
        QVERIFY(desk.time.cursor() == told_.end());
        QVERIFY(!desk.said().contains("no event"));
    }

    void keys_play_and_change_the_speed() {
        Desk desk(told_);
        desk.press(Qt::Key_Space);
        QVERIFY(desk.time.mode() == Mode::playing);
        desk.press(Qt::Key_K);
        QVERIFY(desk.time.mode() == Mode::paused);
        desk.press(Qt::Key_L);
        QCOMPARE(desk.time.speed(), 1.0);
        desk.press(Qt::Key_L);
        QCOMPARE(desk.time.speed(), 2.0);
        desk.press(Qt::Key_J);
        QCOMPARE(desk.time.speed(), -2.0);
        desk.press(Qt::Key_J);
        QCOMPARE(desk.time.speed(), -4.0);
        for (int i = 0; i < 20; ++i) {
            desk.press(Qt::Key_Up, Qt::ControlModifier);
        }
        QCOMPARE(desk.time.speed(), -1000.0);
        for (int i = 0; i < 20; ++i) {
            desk.press(Qt::Key_Down, Qt::ControlModifier);
        }
        QCOMPARE(desk.time.speed(), -0.1);
        QVERIFY(desk.time.mode() == Mode::playing);
    }

    void while_it_plays_one_gets_back_past_what_was_just_passed() {
        Desk desk(told_);
        const Nanos second = *story::next_event(told_, told_.begin() + minutes(8));
        desk.time.seek(second);
        desk.time.set_speed(8);
        desk.time.play();
        desk.clock += milliseconds(100); // 0.8 s of the session
        desk.press(Qt::Key_Left, Qt::ControlModifier);
        QVERIFY(desk.time.cursor() < second);
    }

    void a_typed_time_is_gone_to_and_a_bad_one_told() {
        Desk desk(told_);
        const Nanos t0 = told_.release().t0;
        QVERIFY(t0.count != 0);
        desk.type("T+00:03:20");
        QVERIFY(desk.time.cursor() == t0 + seconds(200));
        desk.type("2:10");
        QVERIFY(desk.time.cursor() == t0 + seconds(130));
        desk.type(story::wall_time(t0 + seconds(90)));
        QVERIFY(std::abs((desk.time.cursor() - t0 - seconds(90)).count) < seconds(1).count);
        const Nanos stood = desk.time.cursor();
        desk.type("soon");
        QVERIFY(desk.time.cursor() == stood);
        QVERIFY2(desk.said().contains("“soon” is not a time"), qPrintable(desk.said()));
        QCOMPARE(desk.scrubber.clock().text(), "soon"); // to be mended
        desk.type("T+99:00:00");
        QVERIFY(desk.said().contains("not in this session"));
        desk.scrubber.track().setFocus();
        desk.press(Qt::Key_Right);
        QVERIFY(!desk.said().contains("not in this session"));
    }

    void bookmarks_are_made_named_gone_to_and_removed() {
        Desk desk(told_);
        QSignalSpy changed(&desk.scrubber, &Scrubber::bookmarks_changed);
        const Nanos first = desk.time.cursor();
        desk.press(Qt::Key_Comma);
        QVERIFY(desk.said().contains("no bookmarks yet"));
        desk.press(Qt::Key_M);
        desk.name_bookmark("lag grows");
        desk.time.move(minutes(1));
        desk.press(Qt::Key_M);
        desk.name_bookmark({});
        QCOMPARE(changed.count(), 2);
        QCOMPARE(desk.scrubber.bookmarks().all().size(), std::size_t(2));
        desk.press(Qt::Key_Comma);
        QVERIFY(desk.time.cursor() == first);
        QVERIFY(desk.scrubber.track().told_at(desk.scrubber.track().x_of(first)).contains("bookmark: lag grows"));
        desk.press(Qt::Key_Period);
        QVERIFY(desk.time.cursor() == first + minutes(1));
        desk.press(Qt::Key_Period);
        QVERIFY(desk.said().contains("no bookmark after"));
        desk.press(Qt::Key_M, Qt::ShiftModifier);
        QCOMPARE(desk.scrubber.bookmarks().all().size(), std::size_t(1));
        desk.press(Qt::Key_M, Qt::ShiftModifier);
        QVERIFY(desk.said().contains("no bookmark here"));
        QCOMPARE(changed.count(), 3);
    }

    void a_loop_is_set_by_its_ends_and_let_go() {
        Desk desk(told_);
        const Nanos from = desk.time.cursor();
        desk.press(Qt::Key_BracketLeft);
        desk.time.move(seconds(20));
        desk.press(Qt::Key_BracketRight);
        QVERIFY(desk.time.loop() && desk.time.loop()->from == from && desk.time.loop()->to == from + seconds(20));
        desk.press(Qt::Key_Space);
        desk.clock += seconds(5);
        QVERIFY(desk.time.cursor() == from + seconds(5));
        desk.press(Qt::Key_Backslash);
        QVERIFY(!desk.time.loop());
        desk.press(Qt::Key_End);
        desk.press(Qt::Key_BracketLeft);
        QVERIFY(desk.said().contains("a loop needs a length"));
    }

    void a_click_goes_there_and_a_drag_follows() {
        Desk desk(told_);
        auto& track = desk.scrubber.track();
        QTest::mousePress(&track, Qt::LeftButton, {}, {track.width() / 2, 40});
        QVERIFY(std::abs(track.x_of(desk.time.cursor()) - track.width() / 2.0) < 1);
        QTest::mouseMove(&track, {track.width() / 4, 40});
        QVERIFY(std::abs(track.x_of(desk.time.cursor()) - track.width() / 4.0) < 1);
        QTest::mouseRelease(&track, Qt::LeftButton, {}, {track.width() / 4, 40});
    }

    void the_way_back_has_its_words_at_any_width() {
        Desk desk(told_);
        auto& track = desk.scrubber.track();
        for (const int width : {700, 900, 1280, 2560}) {
            desk.scrubber.resize(width, 110);
            QApplication::processEvents();
            const auto& marks = track.map().marks;
            QStringList told;
            for (const auto& place : track.places()) {
                told << story::word_of(marks[place.wish].kind);
            }
            QVERIFY2(told.contains("rollback"), qPrintable(QString::number(width)));
        }
    }

    /// Of any marks: no words overlap, none runs out of the line, the heaviest has its words, and each row keeps off
    /// the stems that lead past it.
    void words_never_overlap() {
        const bool held =
            rc::check([](const std::vector<std::tuple<std::uint16_t, std::uint8_t, std::uint8_t>>& wanted) {
                std::vector<LabelWish> wishes;
                for (const auto& [x, width, weight] : wanted) {
                    wishes.push_back(
                        {static_cast<double>(x % 1000), 10.0 + width, static_cast<double>(weight % 6), weight % 8});
                }
                const auto places = place_labels(wishes, 0, 1000, 2);
                for (std::size_t i = 0; i < places.size(); ++i) {
                    const auto& one = places[i];
                    const double left = one.left, right = one.left + wishes[one.wish].width;
                    RC_ASSERT(left >= 0 && right <= 1000);
                    for (std::size_t k = 0; k < places.size(); ++k) {
                        if (k == i) {
                            continue;
                        }
                        const auto& other = places[k];
                        const double stem = wishes[other.wish].x;
                        if (other.row == one.row) {
                            const double from = other.left, to = other.left + wishes[other.wish].width;
                            RC_ASSERT(right <= from || to <= left);
                        }
                        if (other.row >= one.row) {
                            RC_ASSERT(stem <= left || stem >= right);
                        }
                    }
                }
                if (!wishes.empty()) { // there is always room for the first
                    const auto heaviest =
                        std::max_element(wishes.begin(), wishes.end(), [](const auto& a, const auto& b) {
                            return std::pair(a.weight, -a.x) < std::pair(b.weight, -b.x);
                        });
                    RC_ASSERT(std::any_of(places.begin(), places.end(), [&](const auto& place) {
                        const auto& wish = wishes[place.wish];
                        return wish.weight == heaviest->weight && wish.x == heaviest->x;
                    }));
                }
            });
        QVERIFY(held);
    }
};

SLUICE_TEST(ScrubberTest)
#include "scrubber_test.moc"

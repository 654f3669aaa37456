#include "panels/traffic_panel.h"

#include "panels/comparison_table.h"
#include "panels/fact_list.h"
#include "panels/shift_form.h"
#include "panels/split_bar.h"
#include "panels/split_slider.h"
#include "panels/split_track.h"
#include "story/owned_source.h"
#include "support/nova_plan.h"
#include "support/suite.h"
#include "theme/apply.h"
#include "theme/tokens.h"

#include <QAbstractItemModelTester>
#include <QAction>
#include <QApplication>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QWheelEvent>
#include <QtTest>

using namespace sluice;
using namespace sluice::panels;

namespace {

class Listener : public story::CommandChannel {
public:
    void submit(const release::Command& command, Answer answer) override {
        sent.push_back(command);
        answers.push_back(std::move(answer));
    }
    release::Actor actor() const override { return {"lena", "release-lead"}; }
    void act_as(const release::Actor&) override {}

    std::vector<release::Command> sent;
    std::vector<Answer> answers;
};

/// At 25 %; 0, 10 and 25 can be had.
story::TrafficView at_25() {
    story::TrafficView view;
    story::SplitView split;
    split.traffic = "edge";
    split.place = "ingress api-ingress";
    split.arms = {{"blue", "v1.2.3", 0, 75}, {"green", "v1.2.4", 1, 25}};
    split.released = "green";
    split.released_place = 1;
    split.weight = 25;
    for (const int weight : {0, 10, 25, 50, 100}) {
        story::Station station;
        station.weight = weight;
        station.weights = {{"blue", 100 - weight}, {"green", weight}};
        station.here = weight == 25;
        station.allowed = weight < 25;
        station.why_not = weight > 25 ? "not reached yet" : "";
        station.change = QStringLiteral("25 % → %1 % green").arg(weight);
        station.write = QStringLiteral("PATCH ingress/api-ingress-canary canary-weight %1").arg(weight);
        station.consequence = "Bake at 25 % starts to hold anew";
        split.stations.push_back(station);
    }
    view.splits = {split};
    view.released = "green";
    view.initial = "blue";
    view.comparisons = {{"Error rate", "%", "0.28", "0.24", "+0.04", story::Mark::holds, "holds"},
                        {"Latency", "ms", "42.8", "39.7", "+3.1", story::Mark::close, "close"}};
    view.triggers_head = "armed";
    view.triggers = {{"Errors", "0.26 %", story::Mark::holds, ""}};
    return view;
}

struct Shown {
    explicit Shown(const story::TrafficView& view) : panel(&channel) {
        panel.resize(300, 700);
        panel.show_view(view);
        panel.show();
        QVERIFY(QTest::qWaitForWindowExposed(&panel));
        panel.activateWindow();
    }
    SplitSlider& slider() { return *panel.findChild<SplitSlider*>(); }
    ShiftForm& form() { return *panel.findChild<ShiftForm*>(); }
    QLineEdit& reason() { return *form().findChild<QLineEdit*>(); }
    QPushButton& button(const QString& text) {
        for (auto* one : panel.findChildren<QPushButton*>()) {
            if (one->text() == text) {
                return *one;
            }
        }
        qFatal("no button %s", qPrintable(text));
    }
    /// The middle of the slider at a weight.
    QPoint at(int weight) { return {static_cast<int>(track_x(weight, slider().width())), 14}; }

    Listener channel;
    TrafficPanel panel;
};

} // namespace

class TrafficPanelTest : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() { theme::apply(*qApp, theme::Scheme::dark); }

    void the_arrows_stop_only_where_it_may_go() {
        Shown shown(at_25());
        shown.slider().setFocus();
        QCOMPARE(shown.slider().value(), 25);
        QTest::keyClick(&shown.slider(), Qt::Key_Right);
        QCOMPARE(shown.slider().value(), 25); // 50 is not allowed
        QTest::keyClick(&shown.slider(), Qt::Key_Left);
        QCOMPARE(shown.slider().value(), 10);
        QTest::keyClick(&shown.slider(), Qt::Key_Left);
        QTest::keyClick(&shown.slider(), Qt::Key_Left);
        QCOMPARE(shown.slider().value(), 0);
        QTest::keyClick(&shown.slider(), Qt::Key_End);
        QCOMPARE(shown.slider().value(), 25);
        QTest::keyClick(&shown.slider(), Qt::Key_Home);
        QCOMPARE(shown.slider().value(), 0);
        QTest::keyClick(&shown.slider(), Qt::Key_Escape);
        QCOMPARE(shown.slider().value(), 25);
        QVERIFY(!shown.form().is_open());
        QVERIFY(shown.channel.sent.empty());
    }

    void by_keyboard_nothing_is_sent_before_the_previews_send() {
        Shown shown(at_25());
        shown.slider().setFocus();
        QTest::keyClick(&shown.slider(), Qt::Key_Return);
        QVERIFY(!shown.form().is_open()); // nothing was chosen
        QTest::keyClick(&shown.slider(), Qt::Key_Left);
        QTest::keyClick(&shown.slider(), Qt::Key_Return);
        QVERIFY(shown.form().is_open());
        QStringList words;
        for (const auto* label : shown.form().findChildren<QLabel*>()) {
            words << label->text();
        }
        QVERIFY(words.contains("25 % → 10 % green"));
        QVERIFY(words.contains("PATCH ingress/api-ingress-canary canary-weight 10"));
        QVERIFY(words.contains("Bake at 25 % starts to hold anew"));
        QVERIFY(!shown.button("Send").isEnabled()); // no reason yet
        QTest::keyClick(&shown.reason(), Qt::Key_Return, Qt::ControlModifier);
        QTest::keyClicks(&shown.reason(), "errors look odd");
        QVERIFY(shown.button("Send").isEnabled());
        QTest::keyClick(&shown.reason(), Qt::Key_Return); // no consent: it leads to the button
        QVERIFY(shown.channel.sent.empty());
        QTest::keyClick(&shown.reason(), Qt::Key_Return, Qt::ControlModifier);
        QCOMPARE(shown.channel.sent.size(), std::size_t{1});
        const auto& shift = std::get<release::Shift>(shown.channel.sent.front());
        QCOMPARE(shift.traffic, "edge");
        QCOMPARE(shift.weights.at("green"), 10);
        QCOMPARE(shift.reason, "errors look odd");
        QVERIFY(!shown.button("Send").isEnabled()); // not twice
        shown.channel.answers.front()(std::nullopt);
        QVERIFY(!shown.form().is_open());
        QCOMPARE(shown.slider().value(), 25); // until it is commanded
    }

    void by_mouse_letting_go_asks_and_cancel_goes_back() {
        Shown shown(at_25());
        QTest::mousePress(&shown.slider(), Qt::LeftButton, {}, shown.at(25));
        QTest::mouseMove(&shown.slider(), shown.at(60));
        QCOMPARE(shown.slider().value(), 25); // it can't be dragged where it may not go
        QTest::mouseMove(&shown.slider(), shown.at(12));
        QCOMPARE(shown.slider().value(), 10);
        QVERIFY(!shown.form().is_open());
        QTest::mouseRelease(&shown.slider(), Qt::LeftButton, {}, shown.at(12));
        QVERIFY(shown.form().is_open());
        QTest::mouseClick(&shown.button("Cancel"), Qt::LeftButton);
        QVERIFY(!shown.form().is_open());
        QCOMPARE(shown.slider().value(), 25);
        QVERIFY(shown.channel.sent.empty());
        QWheelEvent wheel({5, 5}, shown.slider().mapToGlobal(QPointF(5, 5)), {}, {0, -120}, Qt::NoButton, {},
                          Qt::NoScrollPhase, false);
        QApplication::sendEvent(&shown.slider(), &wheel);
        QCOMPARE(shown.slider().value(), 25);
    }

    void a_refusal_is_shown_with_its_remedy_and_the_reason_stays() {
        Shown shown(at_25());
        shown.slider().setFocus();
        QTest::keyClick(&shown.slider(), Qt::Key_Left);
        QTest::keyClick(&shown.slider(), Qt::Key_Return);
        shown.reason().setText("odd");
        QTest::mouseClick(&shown.button("Send"), Qt::LeftButton);
        shown.channel.answers.front()(Error{ErrorCode::refused, "it is being rolled back", "edge", "wait"});
        QVERIFY(shown.form().is_open());
        QCOMPARE(shown.reason().text(), "odd");
        bool told = false;
        for (const auto* label : shown.form().findChildren<QLabel*>()) {
            told = told || (label->isVisible() && label->text() == QStringLiteral("it is being rolled back\n→ wait"));
        }
        QVERIFY(told);
    }

    void what_is_no_longer_allowed_cant_be_sent() {
        Shown shown(at_25());
        shown.slider().setFocus();
        QTest::keyClick(&shown.slider(), Qt::Key_Left);
        QTest::keyClick(&shown.slider(), Qt::Key_Return);
        shown.reason().setText("odd");
        auto view = at_25();
        for (auto& station : view.splits.front().stations) {
            station.allowed = false;
            station.why_not = "it is being rolled back";
        }
        shown.panel.show_view(view);
        QTest::keyClick(&shown.reason(), Qt::Key_Return, Qt::ControlModifier);
        QVERIFY(shown.channel.sent.empty());
    }

    void without_a_channel_nothing_acts() {
        TrafficPanel panel(nullptr);
        panel.show_view(at_25());
        QVERIFY(panel.findChildren<QAbstractSlider*>(QString(), Qt::FindChildrenRecursively).size() ==
                panel.findChildren<QScrollBar*>().size());
        QVERIFY(panel.findChildren<QPushButton*>().empty());
        QVERIFY(panel.findChildren<QLineEdit*>().empty());
        QVERIFY(panel.shift_action() == nullptr);
        const auto* track = panel.findChild<SplitTrack*>();
        QVERIFY(track && track->focusPolicy() == Qt::NoFocus);
    }

    void a_shift_in_doubt_is_answered_in_the_panel() {
        auto view = at_25();
        view.splits.front().doubt = story::ShiftDoubt{"s/~shift-1/1", "no answer", "canary-weight 25"};
        Shown shown(view);
        auto& form = *shown.panel.findChild<DoubtForm*>();
        QVERIFY(form.isVisible());
        auto& happened = shown.button("It happened");
        QVERIFY(!happened.isEnabled());
        form.findChild<QLineEdit*>()->setText("I looked");
        QTest::mouseClick(&happened, Qt::LeftButton);
        const auto& answer = std::get<release::ResolveDoubt>(shown.channel.sent.front());
        QCOMPARE(answer.operation, "s/~shift-1/1");
        QCOMPARE(answer.answer, "happened");
        shown.panel.show_view(at_25());
        QVERIFY(!form.isVisible());
    }

    void its_models_keep_the_rules_of_models() {
        TrafficPanel panel(nullptr);
        auto& comparisons = panel.findChild<ComparisonTable*>()->comparisons();
        QAbstractItemModelTester table(&comparisons, QAbstractItemModelTester::FailureReportingMode::QtTest);
        std::vector<std::unique_ptr<QAbstractItemModelTester>> lists;
        for (auto* list : panel.findChildren<FactList*>()) {
            lists.push_back(std::make_unique<QAbstractItemModelTester>(
                &list->facts(), QAbstractItemModelTester::FailureReportingMode::QtTest));
        }
        auto view = at_25();
        panel.show_view(view);
        QCOMPARE(comparisons.rowCount(), 2);
        QSignalSpy changed(&comparisons, &QAbstractItemModel::dataChanged);
        QSignalSpy reset(&comparisons, &QAbstractItemModel::modelReset);
        panel.show_view(view);
        QCOMPARE(changed.size(), 0);
        view.comparisons[1].released = "43.0";
        view.triggers.push_back({"Lag", "12", story::Mark::close, ""});
        panel.show_view(view);
        QCOMPARE(changed.size(), 1);
        QCOMPARE(changed.front().front().toModelIndex().row(), 1);
        view.comparisons.pop_back();
        view.triggers.clear();
        panel.show_view(view);
        QCOMPARE(comparisons.rowCount(), 1);
        QCOMPARE(reset.size(), 0);
    }

    void a_long_title_has_a_line_of_its_own_where_there_is_no_room_beside_it() {
        FactList list("Rollback triggers");
        list.show_facts(
            {{"Lag", "armed", story::Mark::to_come, ""},
             {"Share of requests that fail at checkout on green", "pending for 0:42", story::Mark::close, ""},
             {"The old arm has no pods that are ready to take traffic back", "", {}, ""}});
        const auto height = [&list](int row) { return list.visualRect(list.facts().index(row, 0)).height(); };
        for (const int width : {900, 260, 900}) {
            list.resize(width, list.height());
            list.show();
            QCoreApplication::processEvents();
            QCOMPARE(height(1) > height(0), width < 500);
            QCOMPARE(height(2), height(1));
            const int all = height(0) + height(1) + height(2);
            QVERIFY(list.height() >= all && list.height() <= all + 2);
        }
        list.show_facts({});
        QVERIFY(list.isHidden());
    }

    void everything_has_an_accessible_name() {
        Shown shown(at_25());
        for (const auto* widget : shown.panel.findChildren<QWidget*>()) {
            if (widget->focusPolicy() != Qt::NoFocus && widget->isVisibleTo(&shown.panel)) {
                const auto* button = qobject_cast<const QPushButton*>(widget);
                QVERIFY2(!widget->accessibleName().isEmpty() || (button && !button->text().isEmpty()),
                         widget->metaObject()->className());
            }
        }
    }

    void texts_on_the_arms_can_be_read() {
        for (const auto scheme : {theme::Scheme::dark, theme::Scheme::light}) {
            const auto& t = theme::tokens(scheme);
            QVERIFY(theme::contrast(t.on_arm, t.blue) >= 4.5);
            QVERIFY(theme::contrast(t.on_arm, t.green) >= 4.5);
        }
    }

    // Seen with real figures: SLUICE_PICTURES=folder writes them.
    void it_shows_a_real_session() {
        QTemporaryDir folder;
        auto options = testing::nova_options(folder.path().toStdString());
        options.faults = {"step:bake-50 errors 8% on green"};
        story::Story story;
        const auto source = story::OwnedSource::rehearsal(options);
        connect(source.get(), &story::FeedSource::delivered, source.get(),
                [&](const story::DeliveryPtr& delivery) { story.take(*delivery); });
        QSignalSpy closed(source.get(), &story::FeedSource::closed);
        source->start();
        QVERIFY(closed.wait(120'000));
        Nanos bake, fired;
        for (const auto& entry : story.entries()) {
            if (const auto* step = std::get_if<release::StepStarted>(&entry.event.body);
                step && step->step == "bake-25") {
                bake = entry.event.time + seconds(70);
            }
            if (std::holds_alternative<release::RollbackStarted>(entry.event.body)) {
                fired = entry.event.time + seconds(2);
            }
        }
        const QString to = qEnvironmentVariable("SLUICE_PICTURES");
        for (const auto scheme : {theme::Scheme::dark, theme::Scheme::light}) {
            theme::apply(*qApp, scheme);
            const QString name = scheme == theme::Scheme::dark ? "dark" : "light";
            const auto save = [&](TrafficPanel& panel, const QString& what) {
                panel.resize(300, 700);
                QWidget back;
                back.resize(300, 700);
                panel.setParent(&back);
                panel.show();
                back.show();
                if (auto* focused = back.focusWidget(); focused && what != "preview") {
                    focused->clearFocus();
                }
                QCoreApplication::processEvents();
                if (!to.isEmpty()) {
                    QVERIFY(back.grab().save(to + "/traffic-" + what + "-" + name + ".png"));
                }
                panel.setParent(nullptr);
            };
            Listener channel;
            TrafficPanel live(&channel);
            live.show_moment(story.at(bake, story::Mode::live));
            save(live, "live");
            auto* slider = live.findChild<SplitSlider*>();
            QTest::keyClick(slider, Qt::Key_Left);
            QTest::keyClick(slider, Qt::Key_Return);
            live.findChild<QLineEdit*>()->setText("errors look odd");
            save(live, "preview");
            TrafficPanel replay(nullptr);
            replay.show_moment(story.at(fired, story::Mode::replay));
            save(replay, "rollback");
            QCOMPARE(replay.findChild<SplitBar*>()->accessibleName().isEmpty(), false);
        }
        theme::apply(*qApp, theme::Scheme::dark);
    }
};

SLUICE_TEST(TrafficPanelTest)
#include "traffic_panel_test.moc"

#include "panels/ask_dialog.h"
#include "panels/step_card.h"
#include "release/decide.h"
#include "support/small_session.h"
#include "support/suite.h"
#include "theme/apply.h"

#include <QApplication>
#include <QLabel>
#include <QPushButton>
#include <QtTest>

using namespace sluice;
using panels::StepCard;

namespace {

/// The rules themselves answer, as in an engine.
class RulesChannel : public story::CommandChannel {
public:
    RulesChannel(testing::SmallSession& session, release::Actor by) : session_(session), by_(std::move(by)) {}

    void submit(const release::Command& command, Answer answer) override {
        sent << QString::fromStdString(release::to_json(command).dump());
        const auto bodies = release::decide(session_.drive.release, command, session_.drive.now, by_);
        if (bodies) {
            (void)session_.drive.submit(command, by_);
        }
        const auto error = bodies ? std::optional<Error>() : std::optional(bodies.error());
        QMetaObject::invokeMethod(
            this, [answer, error] { answer(error); }, Qt::QueuedConnection);
    }
    release::Actor actor() const override { return by_; }
    void act_as(const release::Actor& person) override { by_ = person; }

    QStringList sent;

private:
    testing::SmallSession& session_;
    release::Actor by_;
};

/// Presses what is in front: nothing here knows of a mouse.
void press(Qt::Key key, Qt::KeyboardModifiers modifiers = {}) {
    auto* window = QApplication::activeWindow();
    QVERIFY(window);
    auto* at = QApplication::focusWidget() ? QApplication::focusWidget() : window;
    QTest::keyClick(at, key, modifiers);
}

void type(const QString& text) {
    QVERIFY(QApplication::focusWidget());
    QTest::keyClicks(QApplication::focusWidget(), text);
}

struct Chord {
    Qt::Key key;
    Qt::KeyboardModifiers modifiers = Qt::ControlModifier;
};
constexpr Chord primary{Qt::Key_Return};
constexpr Chord skip{Qt::Key_K, Qt::ControlModifier | Qt::ShiftModifier};
constexpr Chord set_aside{Qt::Key_O, Qt::ControlModifier | Qt::ShiftModifier};
constexpr Chord refuse{Qt::Key_X, Qt::ControlModifier | Qt::ShiftModifier};
constexpr Chord roll_back{Qt::Key_B, Qt::ControlModifier | Qt::ShiftModifier};
constexpr Chord abort_release{Qt::Key_Q, Qt::ControlModifier | Qt::ShiftModifier};
constexpr Chord pause_release{Qt::Key_H, Qt::ControlModifier | Qt::ShiftModifier};
constexpr Chord go_on{Qt::Key_G, Qt::ControlModifier | Qt::ShiftModifier};
constexpr Chord note{Qt::Key_N};

} // namespace
Q_DECLARE_METATYPE(Chord)

class StepCardTest : public QObject {
    Q_OBJECT

    static void open(StepCard& card) {
        card.resize(900, 300);
        card.show();
        card.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&card));
    }
    /// The card of a session that was brought to a state, open, before its lead.
    struct Shown {
        explicit Shown(const std::string& state) : session(testing::make_small(state)) {
            card.show_moment(session->moment());
            open(card);
        }
        std::unique_ptr<testing::SmallSession> session;
        RulesChannel channel{*session, {"a.lead", "lead"}};
        StepCard card{&channel};
    };
    static panels::AskDialog* asked(StepCard& card) {
        auto* dialog = card.findChild<panels::AskDialog*>();
        if (dialog) {
            dialog->activateWindow();
            // A dialog counts as active with its parent: what is asked here is where keys go.
            (void)QTest::qWaitFor([&] { return QApplication::activeWindow() == dialog; });
        }
        return dialog;
    }

private slots:
    void initTestCase() { theme::apply(*qApp, theme::Scheme::dark); }

    void everything_is_done_by_the_keyboard_data() {
        QTest::addColumn<QString>("state");
        QTest::addColumn<Chord>("chord");
        QTest::addColumn<QString>("typed"); // empty: nothing is asked
        QTest::addColumn<bool>("danger");   // not done by Enter
        QTest::addColumn<QString>("command");
        const auto row = [](const char* name, const char* state, Chord chord, const char* typed, bool danger,
                            const char* command) {
            QTest::newRow(name) << state << chord << typed << danger << command;
        };
        row("confirm", "plain confirm", primary, "", false,
            R"({"do":"confirm","evidence":"","reason":"","refuse":false,"step":"told"})");
        row("confirm with evidence", "confirm", primary, "wiki/42", false,
            R"({"do":"confirm","evidence":"wiki/42","reason":"","refuse":false,"step":"told"})");
        row("refuse a confirmation", "confirm", refuse, "not told", false,
            R"({"do":"confirm","evidence":"","reason":"not told","refuse":true,"step":"told"})");
        row("refuse an approval", "approve", refuse, "too early", false,
            R"({"do":"approve","reason":"too early","refuse":true,"step":"go"})");
        row("decide the first", "decide", {Qt::Key_1}, "", false,
            R"({"choice":"back","do":"decide","reason":"","step":"fixable"})");
        row("decide the second", "decide", {Qt::Key_2}, "", false,
            R"({"choice":"stay","do":"decide","reason":"","step":"fixable"})");
        row("advance", "hold held", primary, "", false, R"({"do":"advance","step":"bake-25"})");
        row("skip", "confirm", skip, "not needed", false, R"({"do":"skip","reason":"not needed","step":"told"})");
        row("override", "hold paused", set_aside, "known outage", true,
            R"({"do":"override","gate":"db","reason":"known outage","step":"bake-25"})");
        row("retry", "triage", primary, "", false, R"({"do":"retry","reason":"","step":"migrate"})");
        row("roll back", "triage", roll_back, "it is bad", true,
            R"({"do":"roll-back","option":"to-blue","reason":"it is bad"})");
        row("abort", "triage", abort_release, "enough", false, R"({"do":"abort","reason":"enough"})");
        row("it happened", "in doubt", {Qt::Key_1}, "seen", false,
            R"({"answer":"happened","do":"resolve","operation":"s1/migrate/1","reason":"seen"})");
        row("run again", "in doubt", {Qt::Key_2}, "not seen", false,
            R"({"answer":"run-again","do":"resolve","operation":"s1/migrate/1","reason":"not seen"})");
        row("skip in doubt", "in doubt", {Qt::Key_3}, "no need", false,
            R"({"answer":"skip","do":"resolve","operation":"s1/migrate/1","reason":"no need"})");
        row("abort in doubt", "in doubt", {Qt::Key_4}, "stop", false,
            R"({"answer":"abort","do":"resolve","operation":"s1/migrate/1","reason":"stop"})");
        row("pause", "hold running", pause_release, "", false, R"({"do":"pause","reason":""})");
        row("continue", "paused", go_on, "", false, R"({"do":"continue"})");
        row("note", "run", note, "all is well", false, R"({"do":"note","step":"migrate","text":"all is well"})");
    }
    void everything_is_done_by_the_keyboard() {
        QFETCH(QString, state);
        QFETCH(Chord, chord);
        QFETCH(QString, typed);
        QFETCH(bool, danger);
        QFETCH(QString, command);
        const auto session = testing::make_small(state.toStdString());
        RulesChannel channel(*session,
                             state == "approve" ? release::Actor{"r.sre", "sre"} : release::Actor{"a.lead", "lead"});
        StepCard card(&channel);
        card.show_moment(session->moment());
        open(card);
        press(chord.key, chord.modifiers);
        if (!typed.isEmpty()) {
            auto* dialog = asked(card);
            QVERIFY(dialog);
            press(Qt::Key_Return); // nothing was given yet
            QVERIFY(channel.sent.isEmpty());
            type(typed);
            if (danger) {
                press(Qt::Key_Return);
                QVERIFY(channel.sent.isEmpty());
                press(Qt::Key_Tab);
                press(Qt::Key_Tab);
                press(Qt::Key_Space);
            } else {
                press(Qt::Key_Return);
            }
        }
        QCOMPARE(channel.sent, QStringList{command});
        QCoreApplication::processEvents();
        for (const auto* label : card.findChildren<QLabel*>()) {
            QVERIFY2(!label->text().contains("Refused"), qPrintable(label->text()));
        }
        card.show_moment(session->moment()); // and what follows is shown
    }

    void two_people_approve_in_their_roles() {
        const auto session = testing::make_small("approve fresh");
        for (const release::Actor& by : {release::Actor{"p.owner", "product-owner"}, release::Actor{"r.sre", "sre"}}) {
            RulesChannel channel(*session, by);
            StepCard card(&channel);
            card.show_moment(session->moment());
            open(card);
            press(Qt::Key_Return, Qt::ControlModifier);
            QCOMPARE(channel.sent.size(), 1);
            QCoreApplication::processEvents();
        }
        QCOMPARE(session->drive.status("go"), "passed");
    }

    void who_says_that_it_happened_says_what_it_gave() {
        Shown shown("lost answer");
        auto& [session, channel, card] = shown;
        press(Qt::Key_1, Qt::ControlModifier);
        QVERIFY(asked(card));
        type("web-3"); // what is asked first
        press(Qt::Key_Tab);
        press(Qt::Key_Tab);
        type("seen");
        press(Qt::Key_Return);
        QVERIFY(channel.sent.isEmpty()); // one is missing
        press(Qt::Key_Backtab);
        type("4");
        press(Qt::Key_Return);
        QCOMPARE(channel.sent, QStringList{R"({"answer":"happened","do":"resolve","operation":"s1/make/1",)"
                                           R"("outputs":{"pod":"web-3","replicas":"4"},"reason":"seen"})"});
        QCOMPARE(session->drive.status("use"), "running");
    }

    void escape_sends_nothing() {
        Shown shown("in doubt");
        auto& [session, channel, card] = shown;
        press(Qt::Key_1, Qt::ControlModifier);
        QVERIFY(asked(card));
        type("seen");
        press(Qt::Key_Escape);
        QVERIFY(channel.sent.isEmpty());
    }

    void a_button_that_can_not_be_pressed_says_why() {
        Shown shown("hold paused");
        auto& [session, channel, card] = shown;
        const auto& advance = card.actions()->entries().front();
        QVERIFY(!advance.action->isEnabled());
        QVERIFY2(advance.action->toolTip().contains("47:58 to go"), qPrintable(advance.action->toolTip()));
        press(Qt::Key_Return, Qt::ControlModifier);
        QVERIFY(channel.sent.isEmpty());
    }

    void a_refusal_is_told_in_words_with_its_remedy() {
        Shown shown("plain confirm");
        auto& [session, channel, card] = shown;
        // Somebody else was faster: the card has not heard of it yet.
        testing::SmallSession::must(session->drive.submit(release::Pause{""}));
        testing::SmallSession::must(session->drive.submit(release::Note{"x", ""}));
        press(Qt::Key_H, Qt::ControlModifier | Qt::ShiftModifier);
        QCoreApplication::processEvents();
        const auto labels = card.findChildren<QLabel*>();
        QVERIFY(std::any_of(labels.begin(), labels.end(), [](const QLabel* label) {
            return label->isVisible() && label->text().contains("Refused: it is paused already");
        }));
    }

    void an_answer_on_its_way_can_not_be_sent_twice() {
        class Slow : public story::CommandChannel {
        public:
            void submit(const release::Command&, Answer answer) override {
                ++sent;
                last = std::move(answer);
            }
            release::Actor actor() const override { return {"a.lead", "lead"}; }
            void act_as(const release::Actor&) override {}
            int sent = 0;
            Answer last;
        } channel;
        const auto session = testing::make_small("plain confirm");
        StepCard card(&channel);
        card.show_moment(session->moment());
        open(card);
        press(Qt::Key_Return, Qt::ControlModifier);
        press(Qt::Key_Return, Qt::ControlModifier);
        QCOMPARE(channel.sent, 1);
        channel.last(std::nullopt);
        QVERIFY(card.actions()->entries().front().action->isEnabled());
    }

    // Ten times a second, and sixty while scrubbing.
    void what_has_not_changed_is_left_alone() {
        Shown shown("hold running");
        auto& [session, channel, card] = shown;
        const auto before = card.findChildren<QWidget*>();
        const auto actions = card.QWidget::actions();
        int resets = 0, changed = 0;
        for (auto* model : card.findChildren<panels::CellsModel*>()) {
            connect(model, &QAbstractItemModel::modelReset, &card, [&] { ++resets; });
            connect(model, &QAbstractItemModel::dataChanged, &card, [&] { ++changed; });
        }
        card.show_moment(session->moment());
        QCOMPARE(changed, 0);
        session->drive.pass(seconds(1));
        card.show_moment(session->moment());
        QVERIFY2(changed > 0 && changed <= 10, qPrintable(QString::number(changed))); // five gates: held and age
        QCOMPARE(resets, 0);
        QCOMPARE(card.findChildren<QWidget*>(), before);
        QCOMPARE(card.QWidget::actions(), actions);
    }

    void every_action_has_a_chord_of_its_own_in_each_state() {
        for (const auto& name : testing::small_sessions()) {
            const auto session = testing::make_small(name);
            RulesChannel channel(*session, {"a.lead", "lead"});
            StepCard card(&channel);
            card.show_moment(session->moment());
            QSet<QString> chords;
            for (const auto& entry : card.actions()->entries()) {
                const QString chord = entry.action->shortcut().toString();
                QVERIFY2(!chord.isEmpty() && !chords.contains(chord), qPrintable(entry.offer.label + chord));
                chords.insert(chord);
            }
        }
    }
};

SLUICE_TEST(StepCardTest)
#include "step_card_test.moc"

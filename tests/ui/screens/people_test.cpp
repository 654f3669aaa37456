/// Who leads and who is here, from the window: by the keyboard, over the rules of a session that is at work.
#include "panels/ask_dialog.h"
#include "panels/top_bar.h"
#include "screens/people_dialog.h"
#include "screens/person_dialog.h"
#include "screens/visible_text.h"
#include "support/suite.h"
#include "ui/screens/cockpit.h"
#include "ui/screens/desk.h"

#include <QCheckBox>
#include <QDir>
#include <QToolButton>

using namespace sluice;
using release::StepStatus;
using screens::CockpitWindow;
using screens::PeopleDialog;
using screens::PersonDialog;
using testing::OwnDesk;
using testing::patience_ms;

namespace {

template <typename Dialog>
Dialog* opened(const QWidget& window) {
    auto* found = testing::shown<Dialog>(window);
    const QString folder = qEnvironmentVariable("SLUICE_PICTURES");
    if (found && !folder.isEmpty()) {
        found->grab().save(
            QDir(folder).filePath(QString("%1-%2.png").arg(found->windowTitle().simplified()).arg(found->width())));
    }
    if (found) { // a dialog counts as active with its parent: what is asked here is where keys go
        found->activateWindow();
        (void)QTest::qWaitFor([&] { return QApplication::activeWindow() == found; });
    }
    return found;
}

QAbstractButton* button(const QWidget& in, const QString& text) {
    for (auto* one : in.findChildren<QAbstractButton*>()) {
        if (QString(one->text()).remove(u'&') == text) {
            return one;
        }
    }
    return nullptr;
}

/// By the keyboard: Tab until it has the focus, then Space.
bool press(QWidget& dialog, const QString& text) {
    const auto* wanted = button(dialog, text);
    for (int i = 0; wanted != nullptr && i < 12; ++i) {
        QWidget* at = dialog.focusWidget() ? dialog.focusWidget() : &dialog;
        if (at == wanted) {
            QTest::keyClick(at, Qt::Key_Space);
            return true;
        }
        QTest::keyClick(at, Qt::Key_Tab);
    }
    return false;
}

bool can(const QWidget& in, const QString& text) {
    return QTest::qWaitFor([&] { return button(in, text) && button(in, text)->isEnabled(); }, patience_ms);
}

/// By the arrow keys.
bool choose(const PeopleDialog& dialog, const QString& name) {
    auto* list = dialog.findChild<QTreeWidget*>();
    list->setFocus();
    return QTest::qWaitFor(
        [&] {
            QTest::keyClick(list, Qt::Key_Home);
            for (int i = 0; i < list->topLevelItemCount(); ++i) {
                if (list->currentItem()->data(0, Qt::UserRole).toString() == name) {
                    return true;
                }
                QTest::keyClick(list, Qt::Key_Down);
            }
            return false;
        },
        patience_ms);
}

QAction* action(const QWidget& window, const QString& text) {
    for (auto* one : window.actions()) {
        if (one->text() == text) {
            return one;
        }
    }
    return nullptr;
}

const char* const people_words = "People: who leads, who is here";

} // namespace

class PeopleTest : public QObject {
    Q_OBJECT

    /// Of a rehearsal that waits at its person.
    static void begin(CockpitWindow& window, const OwnDesk& desk) {
        QVERIFY(testing::in_front(window));
        window.rehearse(desk.rehearsal());
        QVERIFY(QTest::qWaitFor(
            [&] {
                return window.session() && !window.session()->story().empty() &&
                       window.session()->story().release().at("ask").status == StepStatus::person;
            },
            patience_ms));
        QVERIFY(testing::in_front(window));
    }
    static PeopleDialog* people(CockpitWindow& window) {
        QTest::keyClick(&window, Qt::Key_T, Qt::ControlModifier | Qt::ShiftModifier);
        return opened<PeopleDialog>(window);
    }

private slots:
    void people_come_the_lead_goes_on_to_another_and_everybody_sees_who_leads() {
        const OwnDesk desk;
        CockpitWindow window(desk.defaults());
        begin(window, desk);
        const auto& release = window.session()->story().release();
        const QString first = QString::fromStdString(release.lead);
        auto* dialog = people(window);
        QVERIFY(dialog);
        QVERIFY2(screens::nameless(*dialog).isEmpty(), qPrintable(screens::nameless(*dialog).join(", ")));
        QCOMPARE(dialog->view().persons.size(), 1);
        QVERIFY(!button(*dialog, "Hand over the lead…")->isEnabled()); // to himself: and it says so
        QVERIFY(screens::visible_text(*dialog).join('\n').contains(first + " leads: hand over the lead first"));

        QVERIFY(press(*dialog, "Add a person…"));
        auto* add = opened<PersonDialog>(*dialog);
        QVERIFY(add);
        QVERIFY(!button(*add, "Add")->isEnabled());
        QTest::keyClicks(QApplication::focusWidget(), "ada");
        QVERIFY(!button(*add, "Add")->isEnabled()); // at least one role
        add->findChild<QCheckBox*>()->setFocus();
        QTest::keyClick(add->findChild<QCheckBox*>(), Qt::Key_Space);
        QTest::keyClick(add, Qt::Key_Return);
        QVERIFY(QTest::qWaitFor([&] { return release.bridge.contains("ada"); }, patience_ms));

        QVERIFY(choose(*dialog, "ada"));
        QVERIFY(can(*dialog, "Hand over the lead…"));
        QVERIFY(press(*dialog, "Hand over the lead…"));
        auto* ask = opened<panels::AskDialog>(*dialog);
        QVERIFY(ask);
        QTest::keyClicks(QApplication::focusWidget(), "my shift ends");
        QTest::keyClick(ask, Qt::Key_Return);
        QVERIFY(QTest::qWaitFor([&] { return release.lead == "ada"; }, patience_ms));
        QVERIFY(QTest::qWaitFor([&] { return dialog->view().lead.startsWith("ada leads since"); }, patience_ms));
        QCOMPARE(dialog->view().handed_over, "handed over by a.lead: my shift ends");
        QVERIFY(window.session()->findChild<panels::TopBar*>()->texts().contains("Lead: ada"));

        QVERIFY(release.bridge.contains("a.lead")); // with the first who is named, who names him is here
        QVERIFY(choose(*dialog, "a.lead"));
        QVERIFY(can(*dialog, "Has left"));
        QVERIFY(press(*dialog, "Has left"));
        QVERIFY(QTest::qWaitFor([&] { return !release.bridge.contains("a.lead"); }, patience_ms));
    }

    void somebody_else_sits_down_and_what_is_given_is_theirs() {
        const OwnDesk desk;
        CockpitWindow window(desk.defaults());
        begin(window, desk);
        auto* dialog = people(window);
        QVERIFY(dialog);
        QVERIFY(press(*dialog, "Somebody else sits here…"));
        auto* who = opened<PersonDialog>(*dialog);
        QVERIFY(who);
        QTest::keyClicks(QApplication::focusWidget(), "bob"); // over what is selected there
        QTest::keyClick(who, Qt::Key_Return);
        QVERIFY(QTest::qWaitFor([&] { return dialog->view().desk.startsWith("bob"); }, patience_ms));
        QCOMPARE(window.session()->commands()->actor().name, "bob");
        dialog->close();
        QVERIFY(testing::in_front(window));
        QTest::keyClick(&window, Qt::Key_Return, Qt::ControlModifier);
        QVERIFY(QTest::qWaitFor([&] { return window.session()->story().ended(); }, patience_ms));
        const auto& log = window.session()->story().entries();
        QVERIFY(std::any_of(log.begin(), log.end(), [](const story::Entry& entry) {
            const auto* confirmed = std::get_if<release::Confirmed>(&entry.event.body);
            return confirmed && confirmed->by.name == "bob";
        }));
    }

    void a_name_stays_as_it_is_typed_and_takes_no_role_of_another() {
        const std::map<std::string, std::vector<std::string>> known{{"bobby", {"sre"}}, {"lena", {"lead"}}};
        PersonDialog dialog({"Add", "Who", "Add"}, PersonDialog::Takes::roles, known, {"sre", "lead"}, "");
        QVERIFY(testing::in_front(dialog));
        QTest::keyClicks(QApplication::focusWidget(), "bob");
        QCOMPARE(dialog.person(), "bob"); // though one begins so who is known
        QTest::keyClicks(QApplication::focusWidget(), "by");
        QCOMPARE(dialog.roles(), std::vector<std::string>{"sre"});
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Backspace);
        QVERIFY(dialog.roles().empty()); // of whom nothing is known
    }

    void the_role_that_was_taken_stays_chosen() {
        PersonDialog dialog({"Who", "Who", "Go on"}, PersonDialog::Takes::one_role_or_none, {{"lena", {"lead", "sre"}}},
                            {"sre", "lead"}, "lena");
        QVERIFY(dialog.roles().empty());
        dialog.choose_role("sre");
        QCOMPARE(dialog.roles(), std::vector<std::string>{"sre"});
    }

    void nobody_can_sit_here_as_the_program_itself() {
        const OwnDesk desk;
        CockpitWindow window(desk.defaults());
        begin(window, desk);
        auto* commands = window.session()->commands();
        commands->act_as({release::own_name, ""});
        std::optional<std::optional<Error>> answered;
        commands->submit(release::Note{"a note", ""}, [&](const std::optional<Error>& error) { answered = error; });
        QVERIFY(QTest::qWaitFor([&] { return answered.has_value(); }, patience_ms));
        QVERIFY(answered->has_value());
        QCOMPARE((*answered)->what, "the command does not say who gives it");
    }

    void the_lead_in_the_top_bar_opens_it_and_a_replay_has_neither() {
        const OwnDesk desk;
        CockpitWindow window(desk.defaults());
        begin(window, desk);
        auto* top = window.session()->findChild<panels::TopBar*>();
        auto* lead = top->findChild<QToolButton*>(QString(), Qt::FindDirectChildrenOnly);
        for (auto* one : top->findChildren<QToolButton*>()) {
            lead = one->text().startsWith("Lead: ") ? one : lead;
        }
        QVERIFY(lead && lead->focusPolicy() & Qt::TabFocus);
        lead->setFocus();
        QTest::keyClick(lead, Qt::Key_Space);
        QPointer<PeopleDialog> dialog = opened<PeopleDialog>(window);
        QVERIFY(dialog);
        QVERIFY(action(window, people_words)->isEnabled());
        window.session()->commands()->submit(release::Abort{"it was only a test"}, [](const auto&) {});
        QVERIFY(QTest::qWaitFor([&] { return window.session()->story().ended(); }, patience_ms));
        testing::settle();
        QVERIFY(!dialog); // it went with the way to act
        QVERIFY(!action(window, people_words)->isEnabled());
        for (auto* one : window.session()->findChildren<QToolButton*>()) {
            QVERIFY(!one->text().startsWith("Lead: "));
        }
        const auto texts = window.session()->findChild<panels::TopBar*>()->texts();
        QVERIFY(texts.join('|').contains("Lead: ")); // who led is told all the same
        QTest::keyClick(&window, Qt::Key_T, Qt::ControlModifier | Qt::ShiftModifier);
        testing::settle();
        QVERIFY(window.findChildren<PeopleDialog*>().isEmpty());
    }
};

SLUICE_TEST(PeopleTest)
#include "people_test.moc"

/// What a lead does with a session beside acting on its steps: the break-glass sheet, another text for the plan, a
/// copy.
#include "host/plan_check.h"
#include "panels/step_card.h"
#include "screens/amend_dialog.h"
#include "screens/plan_preview.h"
#include "story/top_view.h"
#include "support/suite.h"
#include "ui/panels/recording_channel.h"
#include "ui/screens/cockpit.h"
#include "ui/screens/desk.h"

#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QTextBrowser>

using namespace sluice;
using release::StepStatus;
using screens::AmendDialog;
using screens::CockpitWindow;
using testing::OwnDesk;
using testing::patience_ms;
using testing::shown;

namespace {

bool waits(const CockpitWindow& window, const char* step) {
    return QTest::qWaitFor(
        [&] {
            return window.session() != nullptr && !window.session()->story().empty() &&
                   window.session()->story().release().at(step).status == StepStatus::person;
        },
        patience_ms);
}

QPushButton* button(QWidget& window, const QString& text) {
    for (auto* one : window.findChildren<QPushButton*>()) {
        if (QString(one->text()).remove('&').startsWith(text)) {
            return one;
        }
    }
    return nullptr;
}

} // namespace

class PapersTest : public QObject {
    Q_OBJECT

private slots:
    void the_plan_is_amended_from_a_file_with_its_diff_before_the_eyes() {
        const OwnDesk desk;
        CockpitWindow window(desk.defaults());
        QVERIFY(testing::in_front(window));
        window.rehearse(desk.rehearsal());
        QVERIFY(waits(window, "ask"));
        QTest::keyClick(&window, Qt::Key_A, Qt::ControlModifier | Qt::ShiftModifier);
        auto* dialog = shown<AmendDialog>(window);
        QVERIFY(dialog != nullptr);
        auto* amend = button(*dialog, "Amend");
        auto* diff = dialog->findChild<QPlainTextEdit*>();
        auto* reason = dialog->findChild<QLineEdit*>();
        QVERIFY(!amend->isEnabled());

        // Of a plan that does not load it says where and what, and nothing can be sent.
        dialog->read(desk.write("broken.yaml", "sluice: 1\nid: by-hand\nphases: nothing\n"));
        const auto says = [&](const char* words) {
            return QTest::qWaitFor(
                [&] {
                    for (auto* label : dialog->findChildren<QLabel*>()) {
                        if (label->isVisible() && label->text().contains(words)) {
                            return true;
                        }
                    }
                    return false;
                },
                patience_ms);
        };
        QVERIFY(says("broken.yaml:3"));
        reason->setText("because");
        QVERIFY(!amend->isEnabled());

        // What has begun stays as it is: the release says so, and the dialog stays open.
        std::string text = testing::plan_with_a_person(desk.base());
        const auto first = text.find("id: first");
        dialog->read(desk.write("past.yaml", std::string(text).replace(first, 9, "id: begun")));
        QVERIFY(QTest::qWaitFor([&] { return diff->toPlainText().contains("+      - {id: begun"); }, patience_ms));
        QVERIFY(amend->isEnabled());
        QTest::mouseClick(amend, Qt::LeftButton);
        QVERIFY(says("first"));
        QVERIFY(dialog->isVisible());

        text.replace(text.find("id: last"), 8, "id: then");
        dialog->read(desk.write("better.yaml", text));
        QVERIFY(QTest::qWaitFor([&] { return diff->toPlainText().contains("+      - {id: then"); }, patience_ms));
        QVERIFY(!diff->toPlainText().contains("begun"));
        QTest::mouseClick(amend, Qt::LeftButton);
        QVERIFY(
            QTest::qWaitFor([&] { return window.session()->story().release().amendments.size() == 1; }, patience_ms));
        const auto& release = window.session()->story().release();
        QVERIFY(release.plan->step("then") != nullptr && release.plan->step("last") == nullptr);
        QCOMPARE(QString::fromStdString(release.amendments.front().reason), QString("because"));
    }

    void the_glass_is_broken_for_a_change_only_where_it_is_ticked() {
        const OwnDesk desk;
        std::string text = testing::plan_with_a_person(desk.base());
        const auto before = host::read_plan(desk.write("before.yaml", text).toStdString());
        const QString after = desk.write("after.yaml", text.replace(text.find("id: last"), 8, "id: then"));
        for (const bool glass : {false, true}) {
            testing::RecordingChannel channel;
            channel.refuse = Error{ErrorCode::refused, "it was changed", "then", "break the glass for it"};
            const auto nothing = [](const plan::Plan&) { return AmendDialog::Cost(); };
            AmendDialog dialog(std::make_shared<const plan::Plan>(*before.plan), &channel, nothing, glass);
            dialog.show();
            dialog.read(after);
            dialog.findChild<QLineEdit*>()->setText("because");
            auto* amend = button(dialog, "Amend");
            QVERIFY(QTest::qWaitFor([&] { return amend->isEnabled(); }, patience_ms));
            auto* tick = dialog.findChild<QCheckBox*>();
            QCOMPARE(tick->isVisible(), glass);
            amend->click(); // refused: it stays, and can be sent with the tick
            tick->setChecked(glass);
            amend->click();
            QCOMPARE(channel.sent.size(), std::size_t(2));
            QCOMPARE(std::get<release::Amend>(channel.sent[0]).break_glass, false);
            QCOMPARE(std::get<release::Amend>(channel.sent[1]).break_glass, glass);
        }
    }

    void what_an_amendment_costs_is_said_before_it_is_sent() {
        const OwnDesk desk;
        std::string text = testing::plan_with_a_person(desk.base());
        const auto before = host::read_plan(desk.write("before.yaml", text).toStdString());
        QVERIFY(before.plan.has_value());
        const auto cost = [](const plan::Plan& after) {
            return AmendDialog::Cost{{"Bake (it has held 50m of 1h)"},
                                     after.step("then") ? QStringList{"Soak for lag"} : QStringList()};
        };
        AmendDialog dialog(std::make_shared<const plan::Plan>(*before.plan), nullptr, cost, false);
        dialog.show();
        const auto told = [&] {
            for (auto* label : dialog.findChildren<QLabel*>()) {
                if (label->isVisible() && label->text().contains("anew, whatever is changed: Bake (it has held 50m") &&
                    label->text().endsWith("\n△ Counts no more, and can't be measured again: Soak for lag")) {
                    return true;
                }
            }
            return false;
        };
        QVERIFY(!told());
        dialog.read(desk.write("after.yaml", text.replace(text.find("id: last"), 8, "id: then")));
        QVERIFY(QTest::qWaitFor(told, patience_ms));
        dialog.read(desk.write("same.yaml", before.plan->source)); // nothing is sent, and nothing begins anew
        QVERIFY(QTest::qWaitFor([&] { return !told(); }, patience_ms));
    }

    void the_sheet_of_a_session_is_shown() {
        const OwnDesk desk;
        CockpitWindow window(desk.defaults());
        QVERIFY(testing::in_front(window));
        QTest::keyClick(&window, Qt::Key_B, Qt::ControlModifier); // without a session there is none
        QVERIFY(window.findChild<QTextBrowser*>() == nullptr);
        auto options = desk.rehearsal();
        options.plan_file =
            desk.write("plan.yaml", testing::plan_with_a_person(desk.base()) +
                                        "rollback: {options: {back: {steps: [{id: undo, run: [helm, x], "
                                        "environment: {T: 'file:tok'}, rehearse: {}}]}}}\n")
                .toStdString();
        window.rehearse(options);
        QVERIFY(waits(window, "ask"));
        QTest::keyClick(&window, Qt::Key_B, Qt::ControlModifier);
        auto* page = shown<QTextBrowser>(window);
        QVERIFY(page != nullptr);
        const QString text = page->toPlainText();
        QVERIFY2(text.contains("A person between two programs"), qPrintable(text));
        QVERIFY2(text.contains("awaiting a person"), qPrintable(text)); // what is under way
        QVERIFY2(text.contains("/tok)") && text.contains(QDir::currentPath()), qPrintable(text));
        QVERIFY2(!text.contains("where the program was started"), qPrintable(text));
    }

    void a_run_keeps_the_copy_that_was_asked_for_and_says_how_it_stands() {
        const OwnDesk desk;
        const QString plan = desk.write("plan.yaml", testing::plan_with_a_person(desk.base()));
        std::filesystem::create_directory(desk.base() / "away");
        CockpitWindow window(desk.defaults());
        QVERIFY(testing::in_front(window));
        window.show_plan(plan);
        auto* preview = window.findChild<screens::PlanPreview*>();
        QVERIFY(QTest::qWaitFor([&] { return preview->shown() && preview->can_rehearse(); }, patience_ms));
        preview->set_copy(QString::fromStdString((desk.base() / "away").string()));
        QTimer patience;
        patience.callOnTimeout([&] {
            for (auto* box : window.findChildren<QMessageBox*>()) {
                if (box->isVisible()) {
                    testing::press_button(*box, "OK");
                }
            }
        });
        patience.start(20);
        QTest::keyClick(&window, Qt::Key_Return, Qt::ControlModifier | Qt::ShiftModifier);
        QVERIFY(waits(window, "ask"));
        patience.stop();
        const auto lines = [&] { return story::present_top(window.session()->moment()).sources; };
        QVERIFY(QTest::qWaitFor([&] { return !lines().empty() && lines().back().state == "kept"; }, patience_ms));
        QCOMPARE(lines().back().name, QString("Second copy"));
        // The card offers it a moment after the release has come there.
        auto* card = window.findChild<panels::StepCard*>();
        QVERIFY(QTest::qWaitFor(
            [&] { return button(*card, "Confirm") != nullptr && button(*card, "Confirm")->isEnabled(); }, patience_ms));
        QVERIFY(testing::in_front(window));
        QTest::keyClick(&window, Qt::Key_Return, Qt::ControlModifier);
        const bool over = QTest::qWaitFor([&] { return window.session()->story().ended(); }, patience_ms);
        QVERIFY2(over, (window.session()->story().release().outcome + ", last " +
                        release::describe(window.session()->story().entries().back().event.body))
                           .c_str());
        int copies = 0;
        for (const auto& entry : std::filesystem::directory_iterator(desk.base() / "away")) {
            copies += entry.path().extension() == ".sluice" ? 1 : 0;
        }
        QCOMPARE(copies, 1);
    }
};

SLUICE_TEST(PapersTest)
#include "papers_test.moc"

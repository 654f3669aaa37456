#include "panels/ask_dialog.h"
#include "panels/card_tables.h"
#include "panels/cells_view.h"
#include "panels/step_card.h"
#include "support/small_session.h"
#include "support/suite.h"
#include "theme/apply.h"

#include <QAbstractItemModelTester>
#include <QAccessible>
#include <QApplication>
#include <QClipboard>
#include <QDir>
#include <QLabel>
#include <QPushButton>
#include <QScrollBar>
#include <QToolButton>
#include <QtTest>

using namespace sluice;

namespace {

class NoAnswer : public story::CommandChannel {
public:
    void submit(const release::Command&, Answer) override {}
    release::Actor actor() const override { return {"r.sre", "sre"}; }
    void act_as(const release::Actor&) override {}
};

} // namespace

/// The card as it is drawn. With SLUICE_PICTURES=FOLDER each state is kept there, in both themes.
class StepCardLookTest : public QObject {
    Q_OBJECT
    NoAnswer channel_;

    static void settle(QWidget& card, int width) {
        card.resize(width, 10);
        card.show();
        for (int i = 0; i < 3; ++i) { // heights depend on widths, and those on what is shown
            QCoreApplication::sendPostedEvents();
            QCoreApplication::processEvents();
            card.resize(width, card.heightForWidth(width));
        }
    }

    static QString text_of(const panels::StepCard& card) {
        QStringList all;
        for (const auto* button : card.findChildren<QPushButton*>()) {
            all << (button->isVisible() ? button->text() : QString());
        }
        return all.join('|');
    }

private slots:
    void what_is_asked_is_whole_and_says_what_it_does() {
        const QString folder = qEnvironmentVariable("SLUICE_PICTURES");
        theme::apply(*qApp, theme::Scheme::dark);
        int asked = 0;
        for (const char* state : {"approve fresh", "severe", "proposed", "kept open", "run", "triage", "plain confirm",
                                  "in doubt", "lost answer"}) {
            const auto session = testing::make_small(state);
            const auto card = story::present_card(session->moment());
            for (const auto& offer : card.offers) {
                if (offer.asks == story::Asks::nothing && offer.subjects.empty()) {
                    continue;
                }
                panels::AskDialog dialog(card.title, offer);
                dialog.show();
                QCoreApplication::processEvents();
                for (const auto* label : dialog.findChildren<QLabel*>()) {
                    const int wants = label->hasHeightForWidth() ? label->heightForWidth(label->width()) : 0;
                    QVERIFY2(label->height() >= wants, qPrintable(label->text()));
                }
                QVERIFY(!offer.tip.isEmpty());
                ++asked;
                if (!folder.isEmpty()) {
                    dialog.grab().save(QDir(folder).filePath(QString("ask-%1-%2.png").arg(state).arg(asked)));
                }
            }
        }
        QVERIFY(asked >= 12);
    }

    void what_is_carried_elsewhere_says_what_to_do_with_it_and_is_copied() {
        const auto session = testing::make_small("rollback");
        panels::StepCard card(&channel_);
        card.show_moment(session->moment());
        card.show();
        for (const auto& [offer, action] : card.actions()->entries()) {
            if (offer.deed == story::Deed::by_hand) {
                action->trigger();
            }
        }
        auto* dialog = card.findChild<QDialog*>();
        QVERIFY(dialog && dialog->isVisible());
        const auto labels = dialog->findChildren<QLabel*>();
        QVERIFY(std::any_of(labels.begin(), labels.end(),
                            [](const QLabel* one) { return one->text().contains("in another terminal"); }));
        for (auto* button : dialog->findChildren<QPushButton*>()) {
            if (button->text() == "&Copy") {
                QTest::keyClick(button, Qt::Key_Space);
            }
        }
        QCOMPARE(QApplication::clipboard()->text(), card.card().by_hand);
        if (const QString folder = qEnvironmentVariable("SLUICE_PICTURES"); !folder.isEmpty()) {
            dialog->grab().save(QDir(folder).filePath("by-hand.png"));
        }
    }

    void with_little_height_the_middle_is_scrolled_and_never_cut_data() { every_state_is_drawn_in_both_themes_data(); }
    void with_little_height_the_middle_is_scrolled_and_never_cut() {
        QFETCH(QString, state);
        const auto session = testing::make_small(state.toStdString());
        panels::StepCard card(&channel_);
        card.set_compact(true);
        card.show_moment(session->moment());
        constexpr int width = 460; // of the middle at 1024 pixels
        settle(card, width);
        const int all = card.height_at(width), least = card.least_height_at(width);
        QVERIFY(least <= all);
        auto* body = card.findChild<panels::ScrolledBody*>();
        for (const int height : {all, least}) {
            card.resize(width, height);
            for (int i = 0; i < 3; ++i) {
                QCoreApplication::sendPostedEvents();
                QCoreApplication::processEvents();
            }
            for (const auto* button : card.findChildren<QPushButton*>()) {
                const QRect at(button->mapTo(&card, QPoint()), button->size());
                QVERIFY2(button->isHidden() || card.rect().contains(at), qPrintable(state + ' ' + text_of(card)));
            }
            for (const auto* part : body->widget()->findChildren<QWidget*>(QString(), Qt::FindDirectChildrenOnly)) {
                const int wants =
                    part->hasHeightForWidth() ? part->heightForWidth(part->width()) : part->sizeHint().height();
                QVERIFY2(part->isHidden() || part->height() >= wants, qPrintable(state + ' ' + part->accessibleName()));
                QVERIFY(part->isHidden() || body->widget()->rect().contains(part->geometry()));
            }
            const bool scrolls = body->verticalScrollBar()->maximum() > 0;
            QCOMPARE(scrolls, height < all && !body->isHidden());
            QCOMPARE(body->focusPolicy() == Qt::TabFocus, scrolls); // and the keys can do it
        }
    }

    void every_state_is_drawn_in_both_themes_data() {
        QTest::addColumn<QString>("state");
        for (const auto& name : testing::small_sessions()) {
            QTest::newRow(name.c_str()) << QString::fromStdString(name);
        }
    }
    void every_state_is_drawn_in_both_themes() {
        QFETCH(QString, state);
        std::unique_ptr<testing::SmallSession> session;
        try {
            session = testing::make_small(state.toStdString());
        } catch (const std::exception& error) {
            QFAIL(error.what());
        }
        const QString folder = qEnvironmentVariable("SLUICE_PICTURES");
        for (const auto scheme : {theme::Scheme::dark, theme::Scheme::light}) {
            theme::apply(*qApp, scheme);
            for (const int width : {910, 640}) {
                panels::StepCard card(&channel_);
                card.show_moment(session->moment());
                settle(card, width);
                QVERIFY2(card.minimumSizeHint().width() <= 640, qPrintable(state));
                for (const auto* label : card.findChildren<QLabel*>()) { // nothing lies outside of what it is in
                    QVERIFY2(label->isHidden() || label->parentWidget()->rect().contains(label->geometry()),
                             qPrintable(state + ' ' + label->text()));
                }
                for (auto* model : card.findChildren<panels::CellsModel*>()) {
                    new QAbstractItemModelTester(model, QAbstractItemModelTester::FailureReportingMode::QtTest, model);
                }
                if (!folder.isEmpty()) {
                    QDir().mkpath(folder);
                    card.grab().save(QDir(folder).filePath(
                        QStringLiteral("%1-%2-%3.png")
                            .arg(QString(state).replace(u' ', u'-'), scheme == theme::Scheme::dark ? "dark" : "light")
                            .arg(width)));
                }
            }
        }
    }

    void a_long_title_of_a_gate_takes_a_second_line_where_there_is_no_room() {
        std::vector<story::GateRow> gates(3);
        gates[0].title = "Share of requests that fail at checkout on green";
        gates[1].title = "Lag";
        gates[2].title = "share_of_requests_that_fail_at_checkout_on_green"; // one word stays on its line
        for (auto& gate : gates) {
            gate.now = gate.limit = gate.headroom = "1,234.5";
            gate.held = "12:00";
            gate.age = "0.4 s";
            gate.state = "holds";
        }
        panels::CellsView view(panels::gate_columns(), "Gates", true);
        view.show_rows(panels::gate_rows(gates));
        QVERIFY(view.hasHeightForWidth());
        const int one_line = panels::CellsView::row_height;
        for (const int width : {1200, 480, 1200}) {
            const bool narrow = width < 1000;
            view.resize(width, view.heightForWidth(width));
            view.show();
            QCoreApplication::processEvents();
            QCOMPARE(view.rowHeight(0) > one_line, narrow);
            QCOMPARE(view.rowHeight(1), one_line);
            QCOMPARE(view.rowHeight(2), one_line);
            QCOMPARE(view.heightForWidth(width), 2 + one_line + view.rowHeight(0) + 2 * one_line);
            QCOMPARE(view.sizeHint().height(), view.heightForWidth(width));
            QCOMPARE(view.verticalScrollBar()->maximum(), 0);
        }
        gates[0].title = "Errors";
        view.resize(480, 200);
        view.show_rows(panels::gate_rows(gates));
        QCOMPARE(view.rowHeight(0), one_line);
    }

    void everything_that_takes_the_keyboard_has_a_name() {
        for (const auto& name : testing::small_sessions()) {
            panels::StepCard card(&channel_);
            card.show_moment(testing::make_small(name)->moment());
            for (const auto* widget : card.findChildren<QWidget*>()) {
                if (widget->focusPolicy() != Qt::NoFocus && !widget->isHidden() &&
                    !widget->objectName().startsWith(QStringLiteral("qt_"))) {
                    auto* told = QAccessible::queryAccessibleInterface(const_cast<QWidget*>(widget));
                    QVERIFY2(!told->text(QAccessible::Name).isEmpty(), // a label's is what it says
                             qPrintable(QString::fromStdString(name) + ' ' + widget->metaObject()->className()));
                }
            }
        }
    }

    void in_replay_nothing_that_acts_is_made() {
        for (const auto& name : testing::small_sessions()) {
            panels::StepCard card(nullptr);
            card.show_moment(testing::make_small(name)->moment(story::Mode::replay));
            QVERIFY(card.actions() == nullptr);
            QVERIFY(card.findChildren<QPushButton*>().isEmpty());
            QVERIFY(card.findChildren<QToolButton*>().isEmpty());
            QVERIFY(static_cast<QWidget&>(card).actions().isEmpty());
        }
    }
};

SLUICE_TEST(StepCardLookTest)
#include "step_card_look_test.moc"

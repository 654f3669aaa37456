/// The page behind the ages of the sources, from the window: live, by the keyboard, and in a replay.
#include "panels/source_ages.h"
#include "panels/text_box.h"
#include "screens/source_dialog.h"
#include "screens/visible_text.h"
#include "support/suite.h"
#include "ui/screens/cockpit.h"
#include "ui/screens/desk.h"

#include <QClipboard>
#include <QPushButton>
#include <QTreeWidget>

using namespace sluice;
using screens::CockpitWindow;
using screens::SourceDialog;
using testing::OwnDesk;
using testing::patience_ms;

namespace {

SourceDialog* page_of(const QWidget& window) {
    const auto found = window.findChildren<SourceDialog*>();
    return found.isEmpty() || !found.front()->isVisible() ? nullptr : found.front();
}

QPushButton* button(const QWidget& in, const QString& text) {
    for (auto* one : in.findChildren<QPushButton*>()) {
        if (QString(one->text()).remove(u'&') == text) {
            return one;
        }
    }
    return nullptr;
}

} // namespace

class SourcesTest : public QObject {
    Q_OBJECT
private slots:
    void the_page_opens_by_its_key_and_by_a_click_and_follows_what_is_looked_at() {
        const OwnDesk desk;
        QTemporaryDir folder;
        CockpitWindow window(desk.defaults());
        QVERIFY(testing::rehearsed_nova(window, folder));
        QVERIFY(page_of(window) == nullptr);

        QTest::keyClick(&window, Qt::Key_I, Qt::ControlModifier);
        auto* page = page_of(window);
        QVERIFY(page != nullptr);
        QVERIFY2(screens::nameless(*page).isEmpty(), qPrintable(screens::nameless(*page).join(", ")));
        QCOMPARE(page->page().sources.size() > 1, true);
        auto* list = page->findChild<QTreeWidget*>();
        QCOMPARE(list->topLevelItemCount(), static_cast<int>(page->page().sources.size()));

        // Each metric, by the arrow keys: what it is asked can be copied.
        const auto& first = page->page().sources.front().metrics.front();
        list->setFocus();
        page->choose(first.name);
        const QString before = page->findChild<panels::TextBox*>()->toPlainText();
        QCOMPARE(before, first.question);
        button(*page, "Copy the question")->click();
        QCOMPARE(QGuiApplication::clipboard()->text(), first.question);
        QTest::keyClick(list, Qt::Key_Down);
        QVERIFY(page->findChild<panels::TextBox*>()->toPlainText() != before);

        // In a replay it shows the moment of the scrubber, and what was chosen stays chosen.
        page->choose("error_ratio");
        const QString chosen = list->currentItem()->text(0);
        const QString note = page->page().note;
        auto& time = window.session()->time();
        time.seek(window.session()->story().begin() + seconds(5));
        window.session()->refresh();
        QVERIFY(page->page().note != note);
        QCOMPARE(list->currentItem()->text(0).mid(1), chosen.mid(1)); // but for its mark

        page->close();
        testing::settle();
        QVERIFY(page_of(window) == nullptr);
        auto* ages = window.session()->findChild<panels::SourceAges*>();
        QVERIFY(ages != nullptr && ages->focusPolicy() == Qt::NoFocus); // Space plays
        QTest::mouseClick(ages, Qt::LeftButton);
        QVERIFY(page_of(window) != nullptr);
    }

    void a_plan_that_measures_nothing_has_a_page_that_says_so() {
        const OwnDesk desk;
        CockpitWindow window(desk.defaults());
        QVERIFY(testing::in_front(window));
        window.rehearse(desk.rehearsal());
        QVERIFY(
            QTest::qWaitFor([&] { return window.session() && window.session()->story().release().plan; }, patience_ms));
        QVERIFY(QTest::qWaitFor(
            [&] {
                QTest::keyClick(&window, Qt::Key_I, Qt::ControlModifier);
                return page_of(window) != nullptr;
            },
            patience_ms));
        const QString text = screens::visible_text(*page_of(window)).join('\n');
        QVERIFY2(text.contains("The plan measures nothing"), qPrintable(text));
        QVERIFY(!page_of(window)->findChild<QTreeWidget*>()->isVisible());
    }
};

SLUICE_TEST(SourcesTest)
#include "sources_test.moc"

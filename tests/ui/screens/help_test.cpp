/// What the manual and the list of keys say, against what there is.
#include "charts/time_view.h"
#include "panels/step_actions.h"
#include "screens/help_window.h"
#include "screens/plan_preview.h"
#include "screens/program_icon.h"
#include "screens/visible_text.h"
#include "story/card.h"
#include "story/owned_source.h"
#include "support/suite.h"
#include "theme/apply.h"
#include "ui/panels/recording_channel.h"
#include "ui/screens/cockpit.h"
#include "ui/screens/desk.h"

#include <QLineEdit>
#include <QListWidget>
#include <QTextBrowser>
#include <set>

using namespace sluice;
using screens::CockpitWindow;
using screens::HelpWindow;
using testing::OwnDesk;
using testing::patience_ms;

namespace {

using Keys = std::set<QString>;

/// The actions of a window and of all that is in it, whoever owns them.
std::vector<std::pair<QWidget*, QAction*>> actions_of(QWidget& window) {
    std::vector<std::pair<QWidget*, QAction*>> found;
    QList<QWidget*> widgets = window.findChildren<QWidget*>();
    widgets.prepend(&window);
    for (QWidget* widget : widgets) {
        for (QAction* action : widget->actions()) {
            found.emplace_back(widget, action);
        }
    }
    return found;
}

Keys keys_of(QWidget& window) {
    Keys keys;
    for (const auto& [widget, action] : actions_of(window)) {
        for (const auto& one : action->shortcuts()) {
            keys.insert(one.toString(QKeySequence::PortableText));
        }
    }
    return keys;
}

/// Every deed that a card can offer, whether a rehearsal comes there or not.
Keys keys_of_cards() {
    testing::RecordingChannel channel;
    QWidget owner;
    panels::StepActions actions(channel, owner);
    story::CardView card;
    for (int deed = 0; deed <= static_cast<int>(story::Deed::break_glass); ++deed) {
        story::Offer offer;
        offer.deed = static_cast<story::Deed>(deed);
        card.offers.push_back(offer);
    }
    actions.offer(card);
    return keys_of(owner);
}

/// Actions of what can be seen together that would answer to one chord: then none of them does.
QStringList shared_chords(QWidget& window) {
    std::map<QString, std::set<QAction*>> by_key;
    for (const auto& [widget, action] : actions_of(window)) {
        if (widget->isVisible() && action->isEnabled() && action->shortcutContext() == Qt::WindowShortcut) {
            for (const auto& one : action->shortcuts()) {
                by_key[one.toString()].insert(action);
            }
        }
    }
    QStringList shared;
    for (const auto& [key, actions] : by_key) {
        QStringList names;
        for (const auto* action : actions) {
            names << action->text();
        }
        if (names.size() > 1) {
            shared << key + ": " + names.join(" / ");
        }
    }
    return shared;
}

} // namespace

class HelpTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { theme::apply(*qApp, theme::Scheme::dark); }

    void every_key_that_the_manual_names_is_there() {
        const OwnDesk desk;
        auto options = desk.rehearsal();
        CockpitWindow window(desk.defaults());
        window.show();
        Keys there = keys_of(window); // start and preview are in it
        there.merge(keys_of_cards());
        window.rehearse(options);
        QVERIFY(QTest::qWaitFor(
            [&] {
                return window.session() && !window.session()->story().empty() &&
                       window.session()->story().release().at("ask").status == release::StepStatus::person;
            },
            patience_ms));
        window.session()->refresh();
        there.merge(keys_of(window));
        QVERIFY2(shared_chords(window).isEmpty(), qPrintable(shared_chords(window).join("; ")));
        QTest::keyClick(&window, Qt::Key_Return, Qt::ControlModifier);
        QVERIFY(QTest::qWaitFor([&] { return window.session()->story().ended(); }, patience_ms));
        there.merge(keys_of(window)); // the replay's
        QVERIFY2(shared_chords(window).isEmpty(), qPrintable(shared_chords(window).join("; ")));
        there.insert("Return"); // what is chosen in a list, by Qt

        int named = 0;
        QStringList strangers;
        for (const auto& page : screens::manual_pages()) {
            for (const QString& key : screens::keys_named(page.text)) {
                const QKeySequence sequence = QKeySequence::fromString(key, QKeySequence::PortableText);
                QVERIFY2(!sequence.isEmpty(), qPrintable(page.name + ": " + key));
                ++named;
                if (!there.contains(sequence.toString(QKeySequence::PortableText))) {
                    strangers << page.name + ": " + key;
                }
            }
        }
        QVERIFY2(strangers.isEmpty(), qPrintable(strangers.join(", ")));
        QVERIFY(named >= 50);
    }

    void pages_have_titles_and_their_links_lead_somewhere() {
        const auto pages = screens::manual_pages();
        QVERIFY(pages.size() >= 7);
        QSet<QString> files;
        for (const QString& file : QDir(":/manual").entryList()) {
            files.insert(file);
        }
        static const QRegularExpression link("\\]\\(([^)]+)\\)");
        for (const auto& page : pages) {
            QVERIFY(!page.title.isEmpty() && !page.name.isEmpty());
            for (auto found = link.globalMatch(page.text); found.hasNext();) {
                const QString to = found.next().captured(1);
                if (to.startsWith('#')) {
                    QVERIFY2(page.text.contains("\n## " + to.mid(1) + '\n'), qPrintable(page.name + " → " + to));
                    continue;
                }
                QVERIFY2(files.contains(to), qPrintable(page.name + " → " + to));
            }
        }
    }

    void the_manual_opens_by_its_key_and_is_searched() {
        const OwnDesk desk;
        CockpitWindow window(desk.defaults());
        window.show();
        window.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&window));
        QTest::keyClick(&window, Qt::Key_F1);
        HelpWindow* help = nullptr;
        for (QWidget* one : QApplication::topLevelWidgets()) {
            help = qobject_cast<HelpWindow*>(one) ? qobject_cast<HelpWindow*>(one) : help;
        }
        QVERIFY(help != nullptr && help->isVisible());
        QVERIFY2(screens::nameless(*help).isEmpty(), qPrintable(screens::nameless(*help).join(", ")));
        auto* contents = help->findChild<QListWidget*>();
        auto* page = help->findChild<QTextBrowser*>();
        QCOMPARE(static_cast<std::size_t>(contents->count()), screens::manual_pages().size());
        QVERIFY(QTest::qWaitForWindowActive(help));
        QTest::keyClick(help, Qt::Key_F, Qt::ControlModifier);
        QTest::keyClicks(help->focusWidget(), "six metres");
        QCOMPARE(contents->count(), 1);
        QVERIFY(page->toPlainText().startsWith("The war room"));
        QVERIFY(contents->item(0)->text().contains("six metres"));
        help->findChild<QLineEdit*>()->setText("xylophones");
        QCOMPARE(contents->count(), 0);
        help->show_page("replay");
        QVERIFY(page->toPlainText().startsWith("Replay"));
        QTest::keyClick(help, Qt::Key_Escape);
        QVERIFY(QTest::qWaitFor([] {
            const auto all = QApplication::topLevelWidgets();
            return std::none_of(all.begin(), all.end(), [](QWidget* one) { return qobject_cast<HelpWindow*>(one); });
        }));
    }

    void what_is_on_no_page_of_the_window_is_not_among_its_keys() {
        const OwnDesk desk;
        CockpitWindow window(desk.defaults());
        window.show();
        QVERIFY2(shared_chords(window).isEmpty(), qPrintable(shared_chords(window).join("; ")));
        window.show_plan(desk.write("plan.yaml", testing::plan_with_a_person(desk.base())));
        auto* preview = window.findChild<screens::PlanPreview*>();
        QVERIFY(QTest::qWaitFor([&] { return preview->can_rehearse(); }, patience_ms));
        QVERIFY2(shared_chords(window).isEmpty(), qPrintable(shared_chords(window).join("; ")));
        for (const auto* action : window.findChildren<QAction*>()) {
            const bool ours = action->parent() == &window || action->parent() == preview;
            QVERIFY2(!ours || !action->shortcuts().isEmpty(), qPrintable(action->text()));
        }
    }

    void the_icon_is_in_the_program() {
        const QIcon icon = screens::program_icon();
        QVERIFY(icon.availableSizes().size() >= 6);
        const QImage drawn = icon.pixmap(64).toImage();
        std::set<QRgb> colours;
        for (int y = 0; y < drawn.height(); ++y) {
            for (int x = 0; x < drawn.width(); ++x) {
                colours.insert(drawn.pixel(x, y));
            }
        }
        QVERIFY(colours.size() > 5); // not one empty square
    }
};

SLUICE_TEST(HelpTest)
#include "help_test.moc"

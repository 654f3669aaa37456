/// Whoever hears the screens instead of seeing them, and whoever sees little of them.
#include "panels/step_card.h"
#include "screens/cockpit_window.h"
#include "screens/plan_preview.h"
#include "screens/start_screen.h"
#include "screens/visible_text.h"
#include "screens/war_room.h"
#include "story/file_source.h"
#include "support/suite.h"
#include "theme/apply.h"
#include "ui/screens/cockpit.h"

#include <QSettings>
#include <QTemporaryDir>

using namespace sluice;
using screens::nameless;
using screens::visible_text;
using testing::patience_ms;
using testing::Shown;
using theme::Scheme;

namespace {

QString of(const QStringList& names) {
    return names.join(", ");
}

} // namespace
Q_DECLARE_METATYPE(QColor theme::Tokens::*)

class NamesTest : public QObject {
    Q_OBJECT
    QTemporaryDir folder_;
    host::RehearsalOptions options_;

private slots:
    void initTestCase() {
        QCoreApplication::setOrganizationName("sluice-test");
        QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, folder_.path());
        theme::apply(*qApp, Scheme::dark);
        options_ = testing::nova_by_one(folder_.path().toStdString(), true);
    }

    // In this order: the replay is of what was live.
    void the_live_cockpit_has_a_name_for_each_control() {
        auto options = options_;
        options.speed = 120;
        auto owned = story::OwnedSource::rehearsal(options);
        auto* source = owned.get();
        Shown shown(std::move(owned));
        QVERIFY(QTest::qWaitFor([&] { return shown.status("bake-10") == release::StepStatus::running; }, patience_ms));
        source->set_speed(1);
        shown.screen().refresh();
        testing::settle();
        QVERIFY2(nameless(shown.window()).isEmpty(), qPrintable(of(nameless(shown.window()))));
        QVERIFY(visible_text(shown.window()).filter("button:").size() >= 4);
        source->set_speed(0);
        QVERIFY(QTest::qWaitFor([&] { return shown.screen().story().ended(); }, patience_ms));
    }

    void the_replay_has_a_name_for_each_control() {
        Shown shown(std::make_unique<story::FileSource>(options_.session));
        QVERIFY(QTest::qWaitFor([&] { return shown.screen().story().ended(); }, patience_ms));
        const auto& release = shown.screen().story().release();
        for (const char* step : {"vacuum", "deploy-green", "to-10", "bake-10", "go", "monitor"}) {
            shown.screen().time().seek(release.at(step).started + seconds(20));
            shown.screen().refresh();
            testing::settle();
            QVERIFY2(nameless(shown.window()).isEmpty(), qPrintable(of(nameless(shown.window()))));
        }
        screens::WarRoom wall;
        wall.resize(1280, 800);
        wall.show();
        wall.show_moment(shown.screen().moment());
        QVERIFY2(nameless(wall).isEmpty(), qPrintable(of(nameless(wall))));
        QVERIFY(!wall.accessibleDescription().isEmpty()); // it is one picture, so its words are here
    }

    void what_stands_before_a_session_has_a_name_for_each_control() {
        host::StartOptions defaults;
        defaults.paths = options_.paths;
        defaults.values = options_.values;
        screens::CockpitWindow window(defaults);
        window.show();
        testing::settle();
        QVERIFY(window.findChild<screens::StartScreen*>()->isVisible());
        QVERIFY2(nameless(window).isEmpty(), qPrintable(of(nameless(window))));
        window.show_plan(QString::fromStdString(options_.plan_file));
        auto* preview = window.findChild<screens::PlanPreview*>();
        QVERIFY(QTest::qWaitFor([&] { return preview->shown(); }, patience_ms));
        QVERIFY(preview->isVisible());
        QVERIFY2(nameless(window).isEmpty(), qPrintable(of(nameless(window))));
        QVERIFY(!visible_text(window).filter("Nova Streaming").isEmpty());
    }

    void text_stands_out_from_what_is_behind_it_data() {
        using Token = QColor theme::Tokens::*;
        QTest::addColumn<Token>("text");
        QTest::addColumn<Token>("behind");
        using T = theme::Tokens;
        const std::vector<std::pair<const char*, Token>> texts{
            {"text", &T::text},   {"dim", &T::dim},       {"warn", &T::warn},      {"breach", &T::breach},
            {"green", &T::green}, {"accent", &T::accent}, {"unknown", &T::unknown}};
        const std::vector<std::pair<const char*, Token>> grounds{
            {"background", &T::background}, {"panel", &T::panel}, {"raised", &T::raised}};
        for (const auto& [name, text] : texts) {
            for (const auto& [ground, behind] : grounds) {
                QTest::addRow("%s on %s", name, ground) << text << behind;
            }
        }
        QTest::newRow("on_arm on blue") << &T::on_arm << &T::blue;
        QTest::newRow("on_arm on green") << &T::on_arm << &T::green;
        QTest::newRow("on_danger on danger") << &T::on_danger << &T::danger;
        QTest::newRow("on_accent on accent") << &T::on_accent << &T::accent;
    }
    void text_stands_out_from_what_is_behind_it() {
        using Token = QColor theme::Tokens::*;
        QFETCH(Token, text);
        QFETCH(Token, behind);
        for (const Scheme scheme : {Scheme::dark, Scheme::light}) {
            const auto& tokens = theme::tokens(scheme);
            const double contrast = theme::contrast(tokens.*text, tokens.*behind);
            QVERIFY2(
                contrast >= 4.5,
                qPrintable(QString("%1: %2").arg(scheme == Scheme::dark ? "dark" : "light").arg(contrast, 0, 'f', 2)));
        }
    }
};

SLUICE_TEST(NamesTest)
#include "names_test.moc"

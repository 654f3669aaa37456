#include "arguments.h"
#include "host/policy_file.h"
#include "host/user.h"
#include "screens/cockpit_window.h"
#include "screens/program_icon.h"
#include "screens/snapshot.h"
#include "war_room.h"

#include <QApplication>
#include <QSettings>
#include <cstdio>

namespace {

std::optional<QSize> size_of(const std::string& text) {
    int wide = 0, high = 0;
    char extra = 0;
    const bool good = std::sscanf(text.c_str(), "%5dx%5d%c", &wide, &high, &extra) == 2 && wide >= 320 && high >= 200 &&
                      wide <= 16384 && high <= 16384;
    return good ? std::optional(QSize(wide, high)) : std::nullopt;
}

int snapshot(QApplication& application, const Arguments& a) {
    const auto size = size_of(a.size);
    const bool needs_file = a.view != "start" && a.view != "manual";
    if (!size || (needs_file && a.file.empty())) {
        return complain({sluice::ErrorCode::bad_input,
                         size ? "which session?" : "not a size from 320x200 to 16384x16384",
                         size ? "--snapshot" : "--size " + a.size,
                         "for example: sluice --snapshot out.png --size 1600x1000 SESSION"});
    }
    const auto paths = sluice::host::own_paths();
    const auto values = sluice::host::settings(a.set);
    if (!paths || !values) {
        return complain(!paths ? paths.error() : values.error());
    }
    sluice::screens::SnapshotWish wish;
    wish.session = QString::fromStdString(a.file);
    wish.picture = a.snapshot == "-" ? QString() : QString::fromStdString(a.snapshot);
    wish.text = a.text;
    wish.view = QString::fromStdString(a.view);
    wish.at = a.at;
    wish.step = a.step;
    wish.charts = charts_of(a);
    wish.size = *size;
    wish.ratio = a.ratio;
    wish.paths = *paths;
    wish.values = *values;
    wish.variant = QString::fromStdString(a.variant);
    wish.scheme = a.theme == "light" ? sluice::theme::Scheme::light : sluice::theme::Scheme::dark;
    const auto taken = sluice::screens::take_snapshot(application, wish);
    return taken ? 0 : complain(taken.error());
}

int cockpit(const Arguments& a) {
    if (!a.charts.empty() && a.file.empty() && a.rehearse.empty()) {
        return complain({sluice::ErrorCode::bad_input, "of which session?", "--chart " + a.charts.front(),
                         "name a session, or a plan: sluice --chart METRIC SESSION"});
    }
    auto paths = sluice::host::own_paths();
    auto values = sluice::host::settings(a.set);
    if (!paths || !values) {
        return complain(!paths ? paths.error() : values.error());
    }
    sluice::host::RehearsalOptions options;
    options.paths = *paths;
    options.values = *values;
    options.by = sluice::host::user_as("");
    const sluice::host::PeopleAsked people{a.policy, a.operators, ""};
    options.wrapper = sluice::host::wrapper_beside_us();
    options.variant = a.variant;
    if (!a.theme.empty()) {
        QSettings().setValue("scheme", QString::fromStdString(a.theme));
    }
    // What was typed wrongly is told where it was typed, before there is a window.
    if (!a.rehearse.empty() || !a.policy.empty() || !a.operators.empty()) {
        if (const auto taken = sluice::host::take_people(options, people); !taken) {
            return complain(taken.error());
        }
    }
    if (!a.rehearse.empty()) {
        options.plan_file = a.rehearse;
        options.session = a.session;
        options.speed = a.speed;
        options.seed = a.seed;
        options.faults = a.faults;
        options.assume_yes = a.assume_yes;
        if (const auto checked = sluice::host::check_rehearsal(options); !checked) {
            return complain(checked.error());
        }
    }
    sluice::screens::CockpitWindow window(options, people);
    window.ask_for_charts(charts_of(a));
    window.show();
    if (!a.rehearse.empty()) {
        window.rehearse(options);
    } else if (!a.file.empty()) {
        window.open(QString::fromStdString(a.file));
    } else {
        window.offer_resume();
    }
    return QApplication::exec();
}

/// A picture needs no window system, and Qt's plugin for that says at every window what it can't do.
void tell_all_but_that(QtMsgType type, const QMessageLogContext& context, const QString& text) {
    if (!text.contains(QLatin1String("propagateSizeHints"))) {
        std::fprintf(stderr, "%s\n", qPrintable(qFormatLogMessage(type, context, text)));
    }
}

} // namespace

int main(int argc, char** argv) {
    const auto parsed = parse_arguments(argc, argv); // --help works without a display
    if (parsed.exit) {
        return *parsed.exit;
    }
    const Arguments& a = parsed.arguments;
    if (const auto none = war_room_refusal(a.war_room)) {
        return complain(*none);
    }
    const bool picture = !a.snapshot.empty();
    if (picture) {
        qInstallMessageHandler(tell_all_but_that);
    }
    if (picture && qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM")) {
        qputenv("QT_QPA_PLATFORM", "offscreen");
    }
    QApplication::setStyle("Fusion");
    QApplication application(argc, argv);
    QApplication::setOrganizationName("sluice"); // settings beside the operator's key
    QApplication::setApplicationName("sluice");
    QApplication::setApplicationDisplayName("Sluice");
    QGuiApplication::setDesktopFileName("io.github.sluice.Sluice");
    QGuiApplication::setWindowIcon(sluice::screens::program_icon());
    return picture ? snapshot(application, a) : a.war_room.empty() ? cockpit(a) : show_war_room(application, a);
}

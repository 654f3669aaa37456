#pragma once
#include "theme/apply.h"

#include <QApplication>
#include <QLoggingCategory>

namespace sluice::bench {

/// An application that needs no display, unless QT_QPA_PLATFORM says otherwise; in the dark theme.
class Offscreen {
public:
    Offscreen(int& argc, char** argv) : app_(quiet(argc), argv) { theme::apply(app_, theme::Scheme::dark); }

private:
    static int& quiet(int& argc) {
        if (!qEnvironmentVariableIsSet("QT_QPA_PLATFORM")) {
            qputenv("QT_QPA_PLATFORM", "offscreen");
        }
        // The platform without a display warns at each window of what it can't do.
        QLoggingCategory::setFilterRules("default.warning=false");
        return argc;
    }

    QApplication app_;
};

} // namespace sluice::bench

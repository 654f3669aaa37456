#pragma once
/// A desk of its own for a test: paths, settings, and the window on it.
#include "host/user.h"
#include "screens/cockpit_window.h"
#include "support/nova_plan.h"
#include "ui/screens/patience.h"

#include <QAbstractButton>
#include <QApplication>
#include <QMessageBox>
#include <QProcess>
#include <QSettings>
#include <QTemporaryDir>
#include <QtTest>
#include <fstream>

namespace sluice::testing {

class OwnDesk {
public:
    OwnDesk() {
        QCoreApplication::setOrganizationName("sluice-test");
        QCoreApplication::setApplicationName("sluice");
        QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, folder_.path() + "/settings");
        QSettings().clear();
    }

    std::filesystem::path base() const { return folder_.path().toStdString(); }
    host::StartOptions defaults() const {
        host::StartOptions options;
        options.paths = *host::user_paths([this](const std::string& name) -> std::optional<std::string> {
            if (name == "HOME") {
                return base().string();
            }
            return name == "XDG_RUNTIME_DIR" ? std::optional(base().string() + "/run") : std::nullopt;
        });
        options.by = {"a.lead", "release-lead"};
        options.wrapper = SLUICE_BINARY_DIR "/bin/sluice-exec";
        return options;
    }
    /// What `sluicectl` needs to be on the same desk.
    QProcessEnvironment environment() const {
        auto environment = QProcessEnvironment::systemEnvironment();
        for (const char* name : {"XDG_DATA_HOME", "XDG_CONFIG_HOME", "KUBECONFIG"}) {
            environment.remove(name);
        }
        environment.insert("HOME", folder_.path());
        environment.insert("XDG_RUNTIME_DIR", folder_.path() + "/run");
        return environment;
    }
    /// The plan with a person in it, to be rehearsed here.
    host::RehearsalOptions rehearsal() const;
    QString write(const QString& name, const std::string& text) const {
        QString file = folder_.filePath(name);
        std::ofstream(file.toStdString()) << text;
        return file;
    }

private:
    QTemporaryDir folder_;
};

/// Two programs with a person between them.
inline std::string plan_with_a_person(const std::filesystem::path& base) {
    return R"(
sluice: 1
id: by-hand
title: A person between two programs
roles: [release-lead]
phases:
  - id: all
    title: All of it
    steps:
      - {id: first, run: [touch, ')" +
           base.string() + R"(/first'], rehearse: {}}
      - {id: ask, confirm: Go on, owner: release-lead}
      - {id: last, run: [touch, ')" +
           base.string() + R"(/last'], rehearse: {}}
)";
}

inline host::RehearsalOptions OwnDesk::rehearsal() const {
    host::RehearsalOptions options;
    static_cast<host::StartOptions&>(options) = defaults();
    options.plan_file = write("plan.yaml", plan_with_a_person(base())).toStdString();
    return options;
}

/// The same plan, run by `sluicectl` on that desk until it waits for the person.
class RunOfAnother {
public:
    explicit RunOfAnother(const OwnDesk& desk) : file(desk.base() / "run.sluice") {
        const QString plan = desk.write("plan.yaml", plan_with_a_person(desk.base()));
        owner_.setProcessEnvironment(desk.environment());
        owner_.start(SLUICE_BINARY_DIR "/bin/sluicectl",
                     {"run", plan, "--session", QString::fromStdString(file.string()), "--no-input"});
        started = owner_.waitForStarted() &&
                  QTest::qWaitFor([&] { return std::filesystem::exists(desk.base() / "first"); }, patience_ms) &&
                  QTest::qWaitFor([&] { return story::read_recent_session(file, desk.defaults().paths).events >= 6; },
                                  patience_ms);
    }
    /// As a crash does.
    bool kill() {
        owner_.kill(); // SIGKILL
        return owner_.waitForFinished();
    }
    const std::filesystem::path file;
    bool started = false;

private:
    QProcess owner_;
};

/// With the keyboard on it.
inline bool in_front(QWidget& window) {
    window.show();
    window.activateWindow();
    return QTest::qWaitForWindowActive(&window);
}

/// The one of its kind that is open, or will be within a moment.
template <typename Widget>
Widget* shown(const QWidget& window) {
    Widget* found = nullptr;
    (void)QTest::qWaitFor(
        [&] {
            for (auto* one : window.findChildren<Widget*>()) {
                found = one->isVisible() ? one : found;
            }
            return found != nullptr;
        },
        patience_ms);
    return found;
}

inline QMessageBox* question(const QWidget& window) {
    return shown<QMessageBox>(window);
}

inline QAbstractButton* button_of(QMessageBox& box, const QString& text) {
    for (auto* button : box.buttons()) {
        if (QString(button->text()).remove('&') == text) {
            return button;
        }
    }
    return nullptr;
}

/// By the keyboard: Tab until it has the focus, then Space.
inline bool press_button(QMessageBox& box, const QString& text) {
    for (int i = 0; i < 8; ++i) {
        QWidget* at = box.focusWidget() ? box.focusWidget() : &box;
        const auto* button = qobject_cast<QAbstractButton*>(at);
        if (button != nullptr && QString(button->text()).remove('&') == text) {
            QTest::keyClick(at, Qt::Key_Space);
            return true;
        }
        QTest::keyClick(at, Qt::Key_Tab);
    }
    return false;
}

/// Rehearses Nova in the window, in front of everything, to its end; false: that took too long.
inline bool rehearsed_nova(screens::CockpitWindow& window, const QTemporaryDir& folder) {
    if (!in_front(window)) {
        return false;
    }
    window.rehearse(nova_options(folder.path().toStdString()));
    return QTest::qWaitFor([&] { return window.session() && window.session()->story().ended(); }, 120'000) &&
           in_front(window);
}

} // namespace sluice::testing

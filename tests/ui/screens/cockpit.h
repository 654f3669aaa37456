#pragma once
/// Sessions on a screen, for the tests of this folder: what is rehearsed, shown, and waited for.
#include "screens/session_screen.h"
#include "story/owned_source.h"
#include "support/nova_plan.h"
#include "ui/screens/patience.h"

#include <QApplication>
#include <QMainWindow>
#include <QtTest>

namespace sluice::testing {

/// Nova with its long waits cut, where one person may give every approval: a single pair of hands sits here.
inline host::RehearsalOptions nova_by_one(const std::filesystem::path& base, bool assume_yes) {
    auto options = nova_options(base);
    options.by = {"a.lead", "release-lead"};
    options.assume_yes = assume_yes;
    std::string text = *host::read_file(options.plan_file);
    cut(text, "approve: {roles: [technical-lead, product-owner, security, infrastructure], quorum: 4}",
        "approve: {roles: [release-lead], quorum: 1}", 1);
    cut(text, "approve: {roles: [product-owner, sre], quorum: 2}", "approve: {roles: [release-lead], quorum: 1}", 1);
    std::ofstream(options.plan_file) << text;
    return options;
}

/// A window with one session in it, as the cockpit has it.
class Shown {
public:
    explicit Shown(std::unique_ptr<story::FeedSource> source, QSize size = {1600, 1000}) {
        screen_ = new screens::SessionScreen(std::move(source));
        QObject::connect(screen_, &screens::SessionScreen::failed, screen_,
                         [this](const QString& reason) { failure_ = reason; });
        window_.setCentralWidget(screen_);
        window_.resize(size);
        window_.show();
        window_.activateWindow();
    }
    QMainWindow& window() { return window_; }
    screens::SessionScreen& screen() { return *screen_; }
    const QString& failure() const { return failure_; }

    template <typename Widget>
    Widget* find() const {
        return window_.findChild<Widget*>();
    }
    template <typename Widget>
    qsizetype count() const {
        return window_.findChildren<Widget*>().size();
    }
    release::StepStatus status(const char* step) const { return screen_->story().release().at(step).status; }

private:
    QMainWindow window_;
    screens::SessionScreen* screen_;
    QString failure_;
};

/// Widgets that are deleted later are gone after this.
inline void settle() {
    for (int i = 0; i < 5; ++i) {
        QCoreApplication::sendPostedEvents();
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
        QCoreApplication::processEvents();
    }
}

} // namespace sluice::testing

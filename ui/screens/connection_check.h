#pragma once
#include "engine/connection_tests.h"
#include "host/paths.h"

#include <QObject>
#include <QThread>
#include <memory>

namespace sluice::screens {

/// Tests a plan's connections in an engine thread of its own (host/preflight.h), which is never waited for while a
/// window is there. GUI thread.
class ConnectionCheck : public QObject {
    Q_OBJECT
public:
    explicit ConnectionCheck(QObject* parent = nullptr);
    ~ConnectionCheck() override; ///< gives up what is under way

    /// Gives up the one before.
    void start(std::shared_ptr<const plan::Plan> plan, plan::Scope values, const host::Paths& paths);
    void stop();
    bool running() const { return current_ != nullptr; }

signals:
    void answered(const sluice::engine::ConnectionAnswer& answer);
    void finished();

private:
    class Round;
    std::shared_ptr<Round> current_;
};

} // namespace sluice::screens

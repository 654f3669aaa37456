#pragma once
#include "base/scheduler.h"
#include "net/name_lookup.h"
#include "net/reach.h"

#include <QObject>
#include <memory>

namespace sluice::net {

/// Reach on Qt Network: lives in the engine's thread, needs its event loop. Name, connection and handshake each count
/// against the one timeout, which is real time.
class QtReach : public Reach {
public:
    explicit QtReach(Scheduler& scheduler) : scheduler_(scheduler) {}
    void ask(const ReachAsk& what, Done done) override;

private:
    struct Looking;
    void look_up(const std::shared_ptr<Looking>& looking);
    void connect(const std::shared_ptr<Looking>& looking);
    void answer(const std::shared_ptr<Looking>& looking, Result<Reached> result);

    Scheduler& scheduler_;
    NameLookup names_;
    QObject context_; ///< what Qt calls back goes with it
};

} // namespace sluice::net

#pragma once
#include "engine/connections.h"
#include "plan/condition.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace sluice::engine {

/// What one of the plan's connections answered.
struct ConnectionAnswer {
    enum class Level {
        good,   ///< it answered, and takes who we are
        later,  ///< not there, and the plan asks it only after steps that can make it: a service of the cluster, a
                ///< port-forward
        trouble ///< a run would fail by it
    };
    std::string name;
    plan::ConnectionKind kind = plan::ConnectionKind::http;
    std::string address; ///< as the plan has it: a URL, "context prod", bootstrap servers, host:port; no secret
    Level level = Level::good;
    std::string found;     ///< what answered: "Kubernetes v1.34.4", "status 200"; empty where nothing did
    std::string first_use; ///< title of the step that asks it first, where that matters (`later`)
    std::optional<Error> error;
    Nanos took; ///< until the answer was whole
};

/// Asks each connection of a plan one thing that changes nothing, all at once: a cluster its version and whether it
/// takes our credentials (an access review, which stores nothing), Prometheus a number, an HTTP connection the path
/// that a health metric reads there (else "/"), Kafka its topics, a host its addresses, whether its port listens, and
/// the ports and certificates that metrics look at there. Of what speaks HTTP also its clock is told, by the Date of
/// the answer: over a minute away from ours is trouble.
///
/// On the engine thread, as everything here. Each connection is opened by itself, so that one that can't be opened
/// hides no other. Secrets are resolved as a run resolves them, and kept out of every answer. `plan` and what is in
/// `outside` must live as long as this; its HTTP client must be gone, or have answered all, before this is destroyed.
class ConnectionTests {
public:
    using Each = std::function<void(const ConnectionAnswer&)>;

    /// `values` fill the paths of health metrics. `replaced` as in Connections::open.
    ConnectionTests(const plan::Plan& plan, plan::Scope values, const Outside& outside,
                    std::map<std::string, Json> replaced = {}, Nanos patience = seconds(10));
    ~ConnectionTests();

    /// Once. `each` is called once a connection, from the event loop, within `patience`; `done` after the last.
    void start(Each each, std::function<void()> done);

private:
    struct Test;
    struct State;
    std::shared_ptr<State> state_;
};

/// "a Kubernetes cluster", "Prometheus", …
const char* described(plan::ConnectionKind kind);

} // namespace sluice::engine

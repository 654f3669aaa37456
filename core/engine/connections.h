#pragma once
#include "base/json.h"
#include "base/redact.h"
#include "base/scheduler.h"
#include "kafka/cluster.h"
#include "kubernetes/client.h"
#include "kubernetes/port_forward.h"
#include "net/http.h"
#include "net/reach.h"
#include "plan/model.h"
#include "plan/way.h"

#include <functional>
#include <map>
#include <memory>
#include <string>

namespace sluice::engine {

/// What reaches the outside, passed in: a test or a rehearsal gives its own.
struct Outside {
    Scheduler& scheduler;
    net::HttpClient& http;
    kubernetes::ReadFile read_file;                           ///< a whole file of the desk
    std::function<Result<Secret>(const std::string&)> secret; ///< reference → its value, kept out of output
    std::shared_ptr<const RedactionSet> redactions;           ///< of all secrets that were resolved
    std::function<Nanos()> real_now;                          ///< the machine's clock, whatever the Scheduler says
    std::string kubeconfig;                                   ///< path of the user's kubeconfig
    net::Reach* reach = nullptr; ///< null in a rehearsal: what sockets and logs would tell is acted out
};

/// The plan's connections, opened: an HTTP client for each that speaks HTTP, a Kubernetes client for each cluster.
///
/// Opening reads files and references and sends nothing. A rehearsal passes `replaced`: for some connections the
/// settings of the range instead of the plan's; all code behind stays the same.
class Connections {
public:
    static Result<std::unique_ptr<Connections>> open(const plan::Plan& plan, const Outside& outside,
                                                     const std::map<std::string, Json>& replaced);
    ~Connections();

    kubernetes::Client* cluster(const std::string& name) const;

    /// Takes requests whose URL is a path ("/health?x=1"); puts on the address, the headers and the way around.
    net::HttpClient* http(const std::string& name) const;

    /// The same for messages of channels; they can have an address of their own (setting `messages`, only of a
    /// range's).
    net::HttpClient* messages(const std::string& name) const;

    /// A Kafka cluster, made at its first use. What acts has a connection of its own: a rollback must not wait behind
    /// polls.
    Result<std::shared_ptr<kafka::Cluster>> kafka(const std::string& name, net::Pool pool);

    /// How a TLS peer of the connection is believed: its own authorities, certificate and name; null = as the system
    /// does.
    std::shared_ptr<const net::Tls> tls(const std::string& name) const;

    /// As the plan, or the rehearsal, has them.
    const Json& settings(const std::string& name) const;

    /// Another plan has taken the place of this one: what is on its way may end, and no port-forward outlives it.
    void let_go();

private:
    explicit Connections(const Outside& outside);
    kubernetes::ForwardSpec forward_of(const plan::Way& way) const;
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

} // namespace sluice::engine

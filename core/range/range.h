#pragma once
#include "base/json.h"
#include "base/result.h"
#include "base/scheduler.h"
#include "range/faults.h"
#include "range/load/profile.h"
#include "range/writes.h"

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::range {

class World;
class LoadModel;

/// One of the plan's arms, as the range must know it to place faults and to see the split.
struct RangeArm {
    std::string name;     ///< "green"
    std::string workload; ///< "production-green/user-service-green"
    std::string service;  ///< "production/user-service-green"
};

struct RangeOptions {
    std::uint64_t seed = 1;
    Profile profile;
    std::vector<RangeArm> arms;
    std::vector<Fault> faults;
    std::string world;      ///< manifests: what stands when the rehearsal begins
    std::string world_name; ///< their file, for errors
    bool tls = false;       ///< the Kubernetes API speaks HTTPS
    bool kafka = true;
    /// Beside the profile's: topics that are there from the start, empty, and who reads them.
    std::vector<std::string> kafka_topics;
    std::map<std::string, std::vector<std::string>> kafka_groups;
    std::set<std::pair<std::string, std::string>> kafka_denied; ///< who, as /as/WHO tells it, and the topic
    Nanos scrape_interval = seconds(5);
    Nanos history = minutes(15);       ///< that Prometheus has before the start
    std::uint16_t kubernetes_port = 0; ///< 0: any free one
    std::uint16_t prometheus_port = 0;
    std::uint16_t edge_port = 0;
    std::uint16_t services_port = 0;
};

/// Where the simulated production can be reached.
struct Addresses {
    std::string kubernetes; ///< "http://127.0.0.1:…"
    std::string token;      ///< for `Authorization: Bearer`
    std::string ca_pem;     ///< empty without TLS
    std::string prometheus;
    std::string alertmanager;
    std::string edge;     ///< the public side, through the Ingresses
    std::string kafka;    ///< bootstrap; empty without Kafka
    std::string topics;   ///< what the brokers don't answer (kafka_topics.h)
    std::string services; ///< each Service by itself, as a port-forward would show it: ADDRESS/NAMESPACE/NAME/path

    /// A Service by the API server's proxy: "http://127.0.0.1:…/api/v1/namespaces/NS/services/NAME:PORT/proxy".
    std::string service(std::string_view space, std::string_view name, std::string_view port) const;

    /// "namespace/service" by itself, past the API server: what stands for a port-forward in a rehearsal.
    Result<std::string> direct(std::string_view service) const;
    /// Takes a message under any path, as the chat of a real production does, which is no service of it.
    std::string messages() const { return services + message_path; }
    static constexpr const char* message_path = "/~messages"; ///< no namespace is called so
};

Json to_json(const Addresses& addresses);
Result<Addresses> addresses_from(const Json& json);

/// The simulated production on loopback (DESIGN.md, "The range"): a Kubernetes API, applications behind Services and
/// Ingresses, Prometheus and Kafka, all moved by one Scheduler. In process it shares the engine's thread and its
/// virtual clock; in a process of its own it has a live one.
class Range {
public:
    static Result<std::unique_ptr<Range>> start(Scheduler& scheduler, RangeOptions options);
    ~Range();
    Range(const Range&) = delete;
    Range& operator=(const Range&) = delete;

    const Addresses& addresses() const;

    /// The rehearsal has started this step: faults waiting for it begin.
    void step_started(std::string_view step);

    /// What a command of the plan would have done (`rehearse: {apply: …, remove: […]}`).
    Result<void> apply_manifest(std::string_view manifests, std::string_view where);
    /// "namespace/kind/name" or "kind/name", as kubectl spells kinds: "production/deployment/user-service-green".
    Result<void> remove(std::string_view object);

    const Writes& writes() const;
    /// Requests that arrived so far, by server: "kubernetes", "prometheus", "edge", "service".
    std::map<std::string, std::int64_t> requests() const;
    const World& world() const;
    const LoadModel& load() const;
    /// The share of traffic that is commanded for an arm now, 0–100; what has reached it follows two seconds later.
    double commanded_percent(std::string_view arm) const;

private:
    class Production;
    explicit Range(std::unique_ptr<Production> production);
    std::unique_ptr<Production> production_;
};

/// `rehearse: {profile: {…}}` of a plan: names and figures that differ from the default. Unknown keys are `bad_input`.
Result<Profile> parse_profile(const Json& json);

} // namespace sluice::range

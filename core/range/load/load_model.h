#pragma once
#include "base/nanos.h"
#include "range/load/profile.h"
#include "series/exposition.h"

#include <deque>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace sluice::range {

/// The pods of one version behind one Service.
struct ArmKey {
    std::string service; ///< "production-green/user-service-green", resolved through ExternalName
    std::string version; ///< the image's tag

    friend auto operator<=>(const ArmKey&, const ArmKey&) = default;
};

/// Which part of the load each arm gets. An arm with ready pods and no traffic stands with 0; the rest up to 1 finds
/// nobody (a Service without ready pods, no Ingress) and is lost at the edge.
using Shares = std::map<ArmKey, double>;

/// What the faults do to an arm at a time.
struct Strain {
    std::int64_t errors_per_million = -1; ///< exactly this share fails; −1: the profile's
    std::int64_t latency_thousandths = 1000;
};

/// The load on the simulated production and what its applications count of it.
///
/// A pure function of profile, seed and time, and of the history of shares and strains. It goes second by second: the
/// requests of a second are a whole number, divided among the arms with remainders carried over, and so are errors and
/// buckets: of N requests at 6 % errors, N × 0.06 rounded down or up are errors, at any time.
class LoadModel {
public:
    using Strains = std::function<Strain(const ArmKey&, Nanos)>;

    /// Counts from `begin` on.
    LoadModel(Profile profile, std::uint64_t seed, Nanos begin, Strains strains);

    /// From `at` + 2 s on (clients keep connections, the controller reloads) traffic goes so. `at` must not go back.
    void set_shares(Nanos at, Shares shares);

    /// Counts up to `now`, whole seconds.
    void advance(Nanos now);

    double requests_per_second(Nanos at) const;
    double streams_total(Nanos at) const;
    /// How far the consumer group stands behind, in messages.
    std::int64_t lag(Nanos at) const;

    /// The arms that stand now, with the share that has reached them.
    const Shares& live() const { return live_; }

    /// What the `/metrics` of one arm's pods show together. Empty if it does not stand.
    series::Exposition exposition(const ArmKey& arm) const;
    /// The same as text, of all versions behind one Service together: for a person, or a scraper of the plan's.
    std::string exposition_text(std::span<const ArmKey> arms) const;
    /// What the ingress controller counts: requests by service and status class.
    series::Exposition edge_exposition() const;

    struct Totals {
        std::int64_t requests = 0;
        std::int64_t errors = 0;
    };
    Totals totals(const ArmKey& arm) const;

private:
    /// Counts whole things at a rate that need not be whole; what is left over is kept.
    struct Counter {
        std::int64_t total = 0;
        std::int64_t rest = 0; ///< millionths
        std::int64_t add(std::int64_t n, std::int64_t per_million);
    };
    struct Histogram {
        std::vector<Counter> buckets; ///< cumulative, as exposed; without +Inf
        std::int64_t count = 0;
        double sum = 0;
    };
    struct Arm {
        Counter requests;
        Counter errors;
        Counter query_count;
        Histogram durations;
        Histogram queries;
        double share = 0; ///< as long connections see it: follows within a minute
    };
    void second(Nanos at);
    void observe(Histogram& histogram, std::int64_t n, double median, double spread) const;
    void expose(series::Exposition& to, const std::string& name, const Histogram& histogram,
                const series::Labels& labels) const;
    series::Labels labels(const std::string& name, const ArmKey& arm) const;

    Profile profile_;
    std::uint64_t seed_;
    Strains strains_;
    Nanos counted_to_;
    std::int64_t load_rest_ = 0; ///< millionths of a request
    std::deque<std::pair<Nanos, Shares>> coming_;
    Shares live_;
    std::map<ArmKey, Arm> arms_;
    Counter lost_;
    std::map<std::string, std::map<std::string, std::int64_t>> edge_; ///< service → status class → requests
};

/// How much of a log-normal distribution lies at or below `bound`.
double log_normal_share(double bound, double median, double spread);

} // namespace sluice::range

#pragma once
#include "base/virtual_scheduler.h"
#include "chance.h"
#include "net/http.h"
#include "net/process.h"
#include "range/kubernetes/cluster_api.h"
#include "range/world/world.h"

#include <map>
#include <string>
#include <vector>

namespace sluice::simulation {

/// How badly the outside behaves in this run; each is "one in so many", 0 = never.
struct Weather {
    int lost_before = 0;   ///< a request that never arrives: the client knows
    int lost_unknown = 0;  ///< one that never arrives: the client can't tell
    int lost_after = 0;    ///< one that is carried out, and whose answer is lost
    int late = 0;          ///< one that arrives after the client has given up
    int refused = 0;       ///< answered 503 without anything being done
    int process_fails = 0; ///< exit 1
    int record_lost = 0;   ///< of a process that ended while nobody watched, nothing tells how
    int bad_errors = 0;    ///< of a minute: too many errors on green
    int bad_lag = 0;       ///< of a minute
    int unanswered = 0;    ///< of a minute: the metrics answer nothing
};

/// "s1/step/attempt" of a request's id; of a message to a channel too.
std::string operation_of(std::string_view request_id);

/// What is outside of the program, and goes on when that dies: a cluster, an application, metrics, processes. It keeps
/// its own account of everything that was really done, whatever the log says.
class Production {
public:
    Production(VirtualScheduler& scheduler, std::uint64_t seed, const Weather& weather);

    /// Something was done that can't be undone by doing it again.
    struct Deed {
        Nanos at;
        std::string operation; ///< whose: "s1/step/attempt"
        std::string what;      ///< "run", "post", "keyed", "write", "told CHANNEL", "escalated"
    };
    const std::vector<Deed>& deeds() const { return deeds_; }
    int count(const std::string& operation, const std::string& what) const;

    /// As a server answers: `host` is the one that the connection of the plan names.
    range::Answer handle(const std::string& host, const range::Asked& asked);

    struct Process {
        enum class State { asked, running, ended, lost } state = State::asked;
        std::string operation;
        Nanos ends;
        int exit = 0;
        int signal = 0;
        TimerId next = TimerId::none;
        net::ProcessSink sink; ///< of the program that watches it now; empty when nobody does
        std::string output;
    };
    std::map<std::string, Process>& processes() { return processes_; } ///< by their folder
    void start_process(const std::string& folder, const net::ProcessSpec& spec);
    void end_process(const std::string& folder, int exit, int signal);
    /// The program died: what it had asked for and what runs goes on, and nobody hears of it.
    void forget_watchers();

    /// What a metric truly is at that time, for the arm; the sources say the same when they answer.
    double truth(const std::string& metric, const std::string& arm, Nanos at) const;
    /// The canary's weight as it stands in the cluster.
    int canary_weight() const;

    VirtualScheduler& scheduler() { return scheduler_; }
    Chance& chance() { return chance_; }
    const Weather& weather() const { return weather_; }

private:
    range::Answer application(const range::Asked& asked);
    range::Answer prometheus(const range::Asked& asked) const;
    bool bad(int one_in, Nanos at, int salt) const;

    VirtualScheduler& scheduler_;
    Chance chance_;
    std::uint64_t seed_;
    Weather weather_;
    range::FaultBoard faults_;
    range::World world_;
    range::Writes writes_;
    range::ClusterApi cluster_;
    std::vector<Deed> deeds_;
    std::map<std::string, std::string> answered_; ///< idempotency key → answer
    std::map<std::string, Process> processes_;
};

} // namespace sluice::simulation

#pragma once
#include "base/json.h"
#include "base/scheduler.h"
#include "net/process.h"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace sluice::range {

/// What a command of the plan would do to the simulated production: `rehearse` of a `run` step.
struct Act {
    int exit = 0;
    std::string output;
    Nanos takes;
    std::string apply;               ///< manifest file, relative to the plan; empty: none
    std::vector<std::string> remove; ///< "namespace/kind/name"
    std::vector<Act> then;           ///< answers of the second, third, … run; the last one stays
};

/// Reads {exit, output, takes: "90s", apply, remove: […], then: […]}; every key may be missing. `bad_input` for others.
Result<Act> parse_act(const Json& json, std::string_view where);

/// Plays processes instead of running them. Nothing of the machine is touched: `takes` of virtual time pass, the
/// production changes, and it exits. The first line of its output comes at the start, the others on the way. A process
/// that nothing is known about did not run (`refused`).
///
/// A time-out and a cancel end it before it has changed anything (exit by signal 15).
class SimulatedProcesses : public net::ProcessRunner {
public:
    struct Production {
        /// Applies the manifest file, as `kubectl apply -f` would.
        std::function<Result<void>(const std::string& file)> apply;
        std::function<Result<void>(const std::string& object)> remove;
        /// Instead of both, for a production in another process; `done` is called once, later.
        std::function<void(const Act& act, std::function<void(Result<void>)> done)> elsewhere = nullptr;
    };

    SimulatedProcesses(Scheduler& scheduler, Production production)
        : scheduler_(scheduler), production_(std::move(production)) {}
    ~SimulatedProcesses() override;

    /// What the processes of that step do, where their specification (`ProcessSpec::rehearse`) does not say it itself:
    /// those whose key begins with `prefix` ("session/step/", say). Each process that is started takes the next of the
    /// act's answers.
    void expect(std::string prefix, Act act);

    net::ProcessId start(net::ProcessSpec spec, net::ProcessSink sink) override;
    void cancel(net::ProcessId process) override;
    void forget(const std::string&) override {} ///< it leaves no records
    /// The embedded production died with the program that had it: `never_ran`.
    Result<Adopted> adopt(const std::string& directory, const std::string& key, net::ProcessSink sink) override;

private:
    struct Expected {
        Act act;
        std::size_t runs = 0;
    };
    struct Running {
        net::ProcessSink sink;
        net::ProcessEnd end;
        TimerId timer = TimerId::none; ///< its end
        std::string output;            ///< all that it would print
        std::size_t printed = 0;       ///< bytes of it
        std::uint64_t budget = 0;      ///< bytes that are heard; the others are counted
        Nanos every;                   ///< from one piece to the next
        std::size_t piece_lines = 1;
        TimerId next_piece = TimerId::none;
    };
    void print(std::uint64_t id, const std::string& key, Nanos at);
    static void count_printed(Running& running);
    std::optional<Act> next_act(const std::string& key);
    std::optional<Act> scripted(const net::ProcessSpec& spec);
    static Act nth(const Act& act, std::size_t run);
    void change(const Act& act, const std::function<void(Result<void>)>& done);
    void ended(std::uint64_t id, const std::string& key, const Result<void>& changed);
    void deliver(const std::string& key, net::ProcessSink sink, Result<net::ProcessEnd> result);

    Scheduler& scheduler_;
    Production production_;
    std::map<std::string, Expected> expected_;
    std::map<std::string, std::size_t> runs_; ///< of acts that came with their process
    std::map<std::uint64_t, Running> running_;
    std::uint64_t last_id_ = 0;
};

} // namespace sluice::range

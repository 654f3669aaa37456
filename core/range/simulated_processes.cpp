#include "range/simulated_processes.h"

#include "base/digest.h"
#include "range/time_text.h"

#include <algorithm>
#include <csignal>
#include <fmt/format.h>

namespace sluice::range {

constexpr std::size_t most_pieces = 20; ///< in which the output of one process comes

Result<Act> parse_act(const Json& json, std::string_view where) {
    Act act;
    if (!json.is_object()) {
        return fail(ErrorCode::bad_input, "'rehearse' is not a map", std::string(where));
    }
    for (const auto& [key, value] : json.items()) {
        bool good = true;
        if (key == "exit") {
            good = value.is_number_integer() && value.get<std::int64_t>() >= 0 && value.get<std::int64_t>() <= 255;
            act.exit = good ? value.get<int>() : 0;
        } else if (key == "output" || key == "apply") {
            good = value.is_string();
            (key == "output" ? act.output : act.apply) = good ? value.get<std::string>() : std::string();
        } else if (key == "takes") {
            good = value.is_string() && parse_length(value.get<std::string>(), act.takes);
        } else if (key == "remove") {
            for (const Json& object : value.is_array() ? value : Json::array({value})) {
                good = good && object.is_string();
                act.remove.push_back(object.is_string() ? object.get<std::string>() : std::string());
            }
        } else if (key == "then" && value.is_array()) {
            for (const Json& next : value) {
                auto later = parse_act(next, where);
                if (!later) {
                    return later;
                }
                act.then.push_back(std::move(*later));
            }
        } else {
            return fail(ErrorCode::bad_input, fmt::format("the key '{}' is not known in 'rehearse'", key),
                        std::string(where), "possible: exit, output, takes, apply, remove, then");
        }
        if (!good) {
            return fail(ErrorCode::bad_input, fmt::format("'{}' of 'rehearse' can't be {}", key, value.dump()),
                        std::string(where));
        }
    }
    return act;
}

SimulatedProcesses::~SimulatedProcesses() {
    for (const auto& [id, running] : running_) {
        scheduler_.cancel(running.timer);
        scheduler_.cancel(running.next_piece);
    }
}

void SimulatedProcesses::expect(std::string prefix, Act act) {
    expected_[std::move(prefix)] = {std::move(act), 0};
}

std::optional<Act> SimulatedProcesses::next_act(const std::string& key) {
    Expected* found = nullptr;
    std::size_t longest = 0;
    for (auto& [prefix, expected] : expected_) {
        if (key.starts_with(prefix) && (!found || prefix.size() >= longest)) {
            found = &expected;
            longest = prefix.size();
        }
    }
    if (!found) {
        return std::nullopt;
    }
    return nth(found->act, found->runs++);
}

Act SimulatedProcesses::nth(const Act& act, std::size_t run) {
    return run == 0 || act.then.empty() ? act : act.then[std::min(run, act.then.size()) - 1];
}

/// All processes of one step, or of its read-back, are runs of one act: the key without attempt and number.
std::optional<Act> SimulatedProcesses::scripted(const net::ProcessSpec& spec) {
    const auto act = parse_act(spec.rehearse, spec.key);
    if (!act) {
        return std::nullopt;
    }
    std::string stem = spec.key.substr(0, spec.key.rfind('/'));
    if (spec.key.find("#verify") != std::string::npos) {
        stem += "#verify";
    }
    return nth(*act, runs_[stem]++);
}

net::ProcessId SimulatedProcesses::start(net::ProcessSpec spec, net::ProcessSink sink) {
    const std::uint64_t id = ++last_id_;
    const std::optional<Act> act = spec.rehearse.is_object() ? scripted(spec) : next_act(spec.key);
    if (!act) {
        deliver(spec.key, std::move(sink),
                fail(ErrorCode::refused, "the plan does not say what this command does in a rehearsal",
                     spec.argv.empty() ? spec.key : spec.argv.front(), "give the step a 'rehearse'"));
        return net::ProcessId{id};
    }
    const Nanos now = scheduler_.now();
    const bool in_time = act->takes <= spec.timeout;
    Running running;
    running.sink = std::move(sink);
    running.output = act->output;
    running.budget = spec.output_budget;
    const auto lines =
        static_cast<std::size_t>(std::max<std::ptrdiff_t>(1, std::count(act->output.begin(), act->output.end(), '\n')));
    running.piece_lines = (lines + most_pieces - 1) / most_pieces;
    running.every = act->takes / static_cast<std::int64_t>((lines + running.piece_lines - 1) / running.piece_lines);
    running.end.started = now;
    running.end.timed_out = !in_time;
    if (in_time) {
        running.end.exit_code = act->exit;
    } else {
        running.end.signal = SIGTERM;
    }
    running.timer =
        scheduler_.at(now + (in_time ? act->takes : spec.timeout), [this, id, act = *act, in_time, key = spec.key] {
            const auto end = [this, id, key](const Result<void>& changed) { ended(id, key, changed); };
            if (in_time) {
                change(act, end);
            } else {
                end({});
            }
        });
    running_.emplace(id, std::move(running));
    const auto hear = scheduler_.begin(spec.key + "/start");
    // As from a real process, nothing is heard before `start` has returned.
    scheduler_.finish(hear, [this, id, key = spec.key, now] {
        const auto found = running_.find(id);
        if (found == running_.end()) {
            return;
        }
        if (const auto started = found->second.sink.started) { // a callback may cancel it
            started();
        }
        print(id, key, now);
    });
    return net::ProcessId{id};
}

/// The next lines, due `at`; then waits for those that follow. All that is left when no time passes in between.
void SimulatedProcesses::print(std::uint64_t id, const std::string& key, Nanos at) {
    const auto found = running_.find(id);
    if (found == running_.end() || found->second.printed == found->second.output.size()) {
        return;
    }
    Running& running = found->second;
    const std::string_view all = running.output;
    const std::size_t from = running.printed;
    std::size_t to = running.every.count > 0 ? from : all.size();
    for (std::size_t line = 0; line < running.piece_lines && to < all.size(); ++line) {
        to = std::min(all.find('\n', to), all.size() - 1) + 1;
    }
    if (all.find('\n', to) == std::string_view::npos) {
        to = all.size(); // what stands behind the last line's end comes with it
    }
    running.printed = to;
    if (to < all.size()) {
        const Nanos next = at + running.every;
        running.next_piece = scheduler_.at(next, [this, id, key, next] {
            const WorkId work = scheduler_.begin(key + "/output");
            scheduler_.finish(work, [this, id, key, next] { print(id, key, next); });
        });
    }
    const std::size_t heard = std::clamp<std::size_t>(running.budget, from, to);
    const net::ProcessSink sink = running.sink; // a callback may cancel it
    const std::string piece(all.substr(from, heard - from));
    if (sink.output && !piece.empty()) {
        sink.output(piece);
    }
    if (sink.omitted && to > heard) {
        sink.omitted(to - heard);
    }
}

void SimulatedProcesses::count_printed(Running& running) {
    const std::string_view printed = std::string_view(running.output).substr(0, running.printed);
    running.end.length = printed.size();
    running.end.head = std::min<std::uint64_t>(printed.size(), running.budget);
    running.end.digest = hex(sha256(printed));
}

void SimulatedProcesses::change(const Act& act, const std::function<void(Result<void>)>& done) {
    if (production_.elsewhere) {
        production_.elsewhere(act, done);
        return;
    }
    Result<void> changed;
    for (const std::string& object : act.remove) {
        if (changed && production_.remove) {
            changed = production_.remove(object);
        }
    }
    if (changed && !act.apply.empty() && production_.apply) {
        changed = production_.apply(act.apply);
    }
    done(changed);
}

void SimulatedProcesses::ended(std::uint64_t id, const std::string& key, const Result<void>& changed) {
    auto node = running_.extract(id);
    if (node.empty()) {
        return; // cancelled meanwhile
    }
    Running& running = node.mapped();
    running.end.ended = scheduler_.now();
    scheduler_.cancel(running.next_piece);
    count_printed(running);
    if (changed) {
        deliver(key, std::move(running.sink), std::move(running.end));
    } else {
        deliver(key, std::move(running.sink), tl::unexpected(changed.error()));
    }
}

void SimulatedProcesses::cancel(net::ProcessId process) {
    auto node = running_.extract(static_cast<std::uint64_t>(process));
    if (node.empty()) {
        return;
    }
    Running& running = node.mapped();
    scheduler_.cancel(running.timer);
    scheduler_.cancel(running.next_piece);
    count_printed(running);
    running.end.exit_code.reset();
    running.end.signal = SIGTERM;
    running.end.cancelled = true;
    running.end.timed_out = false;
    running.end.ended = scheduler_.now();
    deliver(fmt::format("~cancelled/{}", static_cast<std::uint64_t>(process)), std::move(running.sink), running.end);
}

Result<net::ProcessRunner::Adopted> SimulatedProcesses::adopt(const std::string&, const std::string&,
                                                              net::ProcessSink) {
    return Adopted{net::Adoption::never_ran, net::ProcessId::none};
}

void SimulatedProcesses::deliver(const std::string& key, net::ProcessSink sink, Result<net::ProcessEnd> result) {
    const WorkId work = scheduler_.begin(key);
    scheduler_.finish(work, [sink = std::move(sink), result = std::move(result)] {
        if (sink.finished) {
            sink.finished(result);
        }
    });
}

} // namespace sluice::range

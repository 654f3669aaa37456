#include "sources/command_source.h"

#include "base/json.h"
#include "base/printable.h"
#include "base/quantity.h"
#include "sources/one_value.h"

#include <cmath>
#include <fmt/format.h>

namespace sluice::sources {
namespace {

constexpr std::string_view blanks = " \t\r\n";

std::string trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(blanks);
    return first == std::string_view::npos ? std::string()
                                           : std::string(text.substr(first, text.find_last_not_of(blanks) - first + 1));
}

std::string first_line(const std::string& text) {
    return trimmed(std::string_view(text).substr(0, text.find('\n')));
}

std::string last_line(const std::string& text) {
    const std::string all = trimmed(text);
    return trimmed(std::string_view(all).substr(all.rfind('\n') + 1)); // npos + 1 is 0
}

/// As a sentence can hold it.
std::string shown(const std::string& line) {
    std::string text = printable(line);
    constexpr std::size_t most = 120;
    if (text.size() > most) {
        std::size_t end = most;
        while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) {
            --end; // not within a character
        }
        text = text.substr(0, end) + "…";
    }
    return text;
}

Result<double> number_in(const CommandMetric& metric, const std::string& output) {
    if (trimmed(output).empty()) {
        return fail(ErrorCode::corrupt, "it printed nothing");
    }
    const auto found = metric.extract ? metric.extract->find(output) : std::optional(first_line(output));
    if (!found) {
        return fail(ErrorCode::corrupt,
                    fmt::format("the pattern finds nothing in what it printed, which begins with '{}'",
                                shown(first_line(output))));
    }
    const char* which = metric.extract ? "what the pattern finds," : "its first line";
    if (!metric.states.empty()) {
        const auto state = plan::state_said(metric.states, trimmed(*found));
        if (!state) {
            return fail(ErrorCode::corrupt, fmt::format("{} '{}' is none of its states", which, shown(*found)));
        }
        return *state;
    }
    const auto number = parse_number(trimmed(*found));
    if (!number || !std::isfinite(*number)) {
        return fail(ErrorCode::corrupt, fmt::format("{} '{}' is no number", which, shown(*found)));
    }
    return *number;
}

Result<double> number_of(const CommandMetric& metric, const CommandAnswer& answer) {
    if (!answer.end) {
        return fail(answer.end.error().code,
                    "it could not be run: " + redacted(answer.end.error().what, metric.redactions));
    }
    const net::ProcessEnd& end = *answer.end;
    if (end.timed_out) {
        return fail(ErrorCode::timed_out, "it ran too long, and was ended");
    }
    const std::string last = last_line(answer.output);
    const std::string said = last.empty() ? "" : ": " + shown(last);
    if (!end.exit_code) {
        return fail(ErrorCode::corrupt, fmt::format("it was killed by signal {}{}", end.signal.value_or(0), said));
    }
    if (*end.exit_code != 0) {
        return fail(ErrorCode::corrupt, fmt::format("exit {}{}", *end.exit_code, said));
    }
    if (end.length > CommandSource::budget) {
        return fail(ErrorCode::corrupt, fmt::format("it printed over {} KiB", CommandSource::budget / 1024));
    }
    return number_in(metric, answer.output);
}

/// What one run prints, for as long as the runner may tell of it.
struct Heard {
    Redactor redactor;
    std::string text;
};

} // namespace

series::SampleBatch judge_command(const CommandMetric& metric, const CommandAnswer& answer, Nanos now) {
    const auto number = number_of(metric, answer);
    return number ? one_value(metric.name, metric.unit, *number, now)
                  : no_value(metric.name, metric.unit, number.error().what, now);
}

void CommandSource::poll(Nanos deadline, std::string key, Done done) {
    net::ProcessSpec spec = metric_.program;
    spec.key = key + "#1";
    spec.directory = metric_.directory(key);
    spec.timeout = deadline - scheduler_.now();
    spec.grace = grace;
    spec.output_budget = budget;
    const auto secrets = metric_.redactions ? metric_.redactions : std::make_shared<const RedactionSet>();
    const auto heard = std::make_shared<Heard>(Heard{Redactor(secrets), {}});
    net::ProcessSink sink;
    sink.output = [heard](std::string_view bytes) { heard->text += heard->redactor.feed(bytes); };
    sink.finished = [this, alive = std::weak_ptr(alive_), &processes = processes_, directory = spec.directory, key,
                     heard](Result<net::ProcessEnd> end) {
        processes.forget(directory); // with what it printed, unredacted
        if (!alive.expired()) {
            heard->text += heard->redactor.finish();
            answer(key, {std::move(end), std::move(heard->text)});
        }
    };
    Run& run = runs_[key];
    run.done = std::move(done);
    run.deadline = scheduler_.at(deadline, [this, key] { too_late(key); });
    run.process = processes_.start(std::move(spec), std::move(sink));
}

void CommandSource::answer(const std::string& key, const CommandAnswer& answer) {
    auto run = runs_.extract(key);
    if (run.empty()) {
        return; // ended on purpose
    }
    scheduler_.cancel(run.mapped().deadline);
    if (run.mapped().done) {
        // It may destroy this source: nothing of it is touched afterwards.
        run.mapped().done(judge_command(metric_, answer, scheduler_.now()));
    }
}

void CommandSource::too_late(const std::string& key) {
    const auto run = runs_.find(key);
    if (run == runs_.end()) {
        return;
    }
    run->second.deadline = TimerId::none;
    processes_.cancel(run->second.process);
    const Done done = std::exchange(run->second.done, {});
    if (done) {
        done(no_value(metric_.name, metric_.unit, "it ran too long, and was ended", scheduler_.now()));
    }
}

void CommandSource::end() {
    const auto runs = std::exchange(runs_, {});
    for (const auto& [key, run] : runs) {
        scheduler_.cancel(run.deadline);
        processes_.cancel(run.process);
    }
}

} // namespace sluice::sources

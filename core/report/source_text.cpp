#include "analysis/latest.h"
#include "base/instant.h"
#include "base/printable.h"
#include "base/quantity.h"
#include "report/source_report.h"

#include <fmt/format.h>
#include <string_view>

namespace sluice::report {
namespace {

constexpr std::size_t name_width = 10;

/// "1.2s", "1m40s": tenths only where they say something.
std::string age_words(Nanos age) {
    const Nanos shown = std::max(age, Nanos{});
    const std::int64_t tenths = shown.count / milliseconds(100).count; // cut, not rounded: 9.96 is not 10.0
    return shown < seconds(10) ? fmt::format("{}.{}s", tenths / 10, tenths % 10)
                               : duration_text(seconds(shown.count / seconds(1).count));
}

/// A name and its text; further lines of the text stand below its first.
void put_line(std::string& out, std::string_view called, std::string_view text) {
    std::string_view shown = called;
    do {
        const auto end = std::min(text.find('\n'), text.size());
        const std::string line = fmt::format("    {:<{}}  {}", shown, name_width, printable(text.substr(0, end)));
        out += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
        text.remove_prefix(std::min(end + 1, text.size()));
        shown = {};
    } while (!text.empty());
}

std::string unit_words(const std::string& unit) {
    // Of the others the value says it already, or the title does.
    return unit == "messages" || unit == "bytes" ? " " + unit : unit == "per-second" ? "/s" : "";
}

std::string value_words(const Answer& answer, const MetricAccount& metric) {
    const std::string state = plan::state_name(metric.states, answer.value);
    const std::string value =
        answer.status == session::SampleStatus::ok
            ? !state.empty() ? state : analysis::format_value(answer.value, metric.unit) + unit_words(metric.unit)
        : answer.status == session::SampleStatus::no_data ? words(Health::no_data)
                                                          : words(Health::source_error);
    return value + (answer.health == Health::too_old ? ", too old" : "");
}

std::string answer_words(const Answer& answer, const MetricAccount& metric, Nanos now) {
    std::string text;
    for (const auto& part : {answer.arm, answer.labels}) {
        text += part.empty() ? "" : part + "  ";
    }
    text += value_words(answer, metric);
    if (answer.status == session::SampleStatus::ok) {
        text += fmt::format(", true {} ago", age_words(now - answer.measured_at));
    }
    text += answer.detail.empty() ? "" : ": " + answer.detail;
    return text + (answer.idle && answer.status != session::SampleStatus::ok ? " (it has no traffic)" : "");
}

std::string dependent_words(const Dependent& one) {
    std::string text = one.id;
    text += one.arm.empty() ? "" : " of " + one.arm;
    text += one.limit.empty() ? "" : " " + one.limit;
    text += one.title.empty() ? "" : " (" + one.title + ")";
    text += one.state.empty() ? "" : ": " + one.state;
    return text + (one.why.empty() ? "" : "; " + one.why);
}

const char* mark(Health health) {
    static constexpr const char* marks[] = {"✓", "○", "△", "△", "?", "!"};
    return marks[static_cast<int>(health)];
}

void put_metric(std::string& out, const MetricAccount& metric, Nanos now) {
    std::string state = words(metric.health);
    if (metric.since) {
        state += fmt::format(" since {} ({})", utc(*metric.since), age_words(now - *metric.since));
    }
    out += fmt::format("  {} {}{}: {}{}\n", mark(metric.health), printable(metric.name),
                       metric.title == metric.name ? "" : ", " + printable(metric.title), state,
                       metric.why.empty() ? "" : ": " + printable(metric.why));
    for (const auto& question : metric.asked) {
        put_line(out, question.what, question.text);
    }
    put_line(out, "every",
             (metric.interval.count != 0 ? duration_text(metric.interval) : "answer of what it is derived from") +
                 ", data older than " + duration_text(metric.max_age) + " is no data");
    if (metric.received_at) {
        put_line(out, "answered",
                 fmt::format("{}, {} ago", utc(*metric.received_at), age_words(now - *metric.received_at)));
    }
    for (const auto& answer : metric.answers) {
        put_line(out, "answer", answer_words(answer, metric, now));
    }
    if (metric.health >= Health::no_data && metric.received_at) {
        put_line(out, "last value",
                 metric.good_at ? "true " + utc(*metric.good_at) + ", " + age_words(now - *metric.good_at) + " ago"
                                : std::string("none yet"));
    }
    for (const auto& one : metric.dependents) {
        put_line(out, name(one.kind), dependent_words(one));
    }
}

Json optional_nanos(const std::optional<Nanos>& time) {
    return time ? Json(nanos_text(*time)) : Json(nullptr);
}

Json metric_json(const MetricAccount& metric) {
    Json json = {{"name", metric.name},
                 {"title", metric.title},
                 {"unit", metric.unit},
                 {"state", name(metric.health)},
                 {"why", metric.why},
                 {"since", optional_nanos(metric.since)},
                 {"interval", nanos_text(metric.interval)},
                 {"max_age", nanos_text(metric.max_age)},
                 {"received_at", optional_nanos(metric.received_at)},
                 {"last_value_at", optional_nanos(metric.good_at)},
                 {"asked", Json::array()},
                 {"answers", Json::array()},
                 {"dependents", Json::array()}};
    for (const auto& question : metric.asked) {
        json["asked"].push_back({{"what", question.what}, {"text", question.text}});
    }
    for (const auto& answer : metric.answers) {
        const bool has_value = answer.status == session::SampleStatus::ok;
        json["answers"].push_back({{"arm", answer.arm},
                                   {"labels", answer.labels},
                                   {"status", has_value                                         ? "ok"
                                              : answer.status == session::SampleStatus::no_data ? "no-data"
                                                                                                : "source-error"},
                                   {"state", name(answer.health)},
                                   {"value", has_value ? Json(number_text(answer.value)) : Json(nullptr)},
                                   {"measured_at", nanos_text(answer.measured_at)},
                                   {"no_traffic", answer.idle},
                                   {"detail", answer.detail}});
    }
    for (const auto& one : metric.dependents) {
        json["dependents"].push_back({{"kind", name(one.kind)},
                                      {"id", one.id},
                                      {"title", one.title},
                                      {"arm", one.arm},
                                      {"limit", one.limit},
                                      {"state", one.state},
                                      {"why", one.why}});
    }
    return json;
}

} // namespace

std::string source_text(const SourceReport& report) {
    std::size_t all = 0, trouble = 0;
    for (const auto& source : report.sources) {
        for (const auto& metric : source.metrics) {
            ++all;
            trouble += is_trouble(metric.health) ? 1 : 0;
        }
    }
    std::string out = fmt::format("sources of {} at {}: ", printable(report.session), utc(report.at));
    out += all == 0       ? "its plan measures nothing\n"
           : trouble == 0 ? fmt::format("nothing is wrong with {} metric{}\n", all, all == 1 ? "" : "s")
                          : fmt::format("{} of {} metric{} in trouble\n", trouble, all, all == 1 ? "" : "s");
    if (report.rehearsed && all != 0) {
        out += "a rehearsal: the simulated production answers in place of these addresses\n";
    }
    for (const auto& source : report.sources) {
        std::string heading = !source.name.empty()   ? source.name + (source.kind.empty() ? "" : "  ") + source.kind
                              : !source.kind.empty() ? source.kind
                                                     : "derived from the others";
        heading += source.address.empty() ? "" : "  " + source.address;
        out += printable(heading) + "\n";
        for (const auto& metric : source.metrics) {
            put_metric(out, metric, report.at);
        }
    }
    return out;
}

Json to_json(const SourceReport& report) {
    Json json = {{"at", nanos_text(report.at)},
                 {"session", report.session},
                 {"rehearsed", report.rehearsed},
                 {"sources", Json::array()}};
    for (const auto& source : report.sources) {
        Json one = {{"name", source.name},
                    {"kind", source.kind},
                    {"address", source.address},
                    {"state", name(source.health)},
                    {"metrics", Json::array()}};
        for (const auto& metric : source.metrics) {
            one["metrics"].push_back(metric_json(metric));
        }
        json["sources"].push_back(std::move(one));
    }
    return json;
}

} // namespace sluice::report

#include "kafka/lag_report.h"

#include "base/instant.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>
#include <set>
#include <string_view>
#include <utility>

namespace sluice::kafka {
namespace {

using analysis::LagState;

/// One part that is not known makes the whole unknown: it would be too small.
template <typename T, typename Join>
std::optional<T> joined(const std::optional<T>& all, const std::optional<T>& more, Join join) {
    return all && more ? std::optional<T>(join(*all, *more)) : std::nullopt;
}

/// Names come from brokers, and need not be UTF-8.
std::string quoted(const std::string& text) {
    return Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string quoted(const std::vector<std::string>& texts) {
    return Json(texts).dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// A JSON text in the making, whose keys are given as they stand there: {"a": as R"({"a":)".
class Text {
public:
    Text& raw(std::string_view text) {
        text_ += text;
        return *this;
    }
    Text& integer(std::string_view key, std::int64_t value) {
        char digits[24];
        const auto [end, error] = std::to_chars(digits, digits + sizeof digits, value);
        return raw(key).raw({digits, static_cast<std::size_t>(end - digits)});
    }
    Text& integer(std::string_view key, const std::optional<std::int64_t>& value) {
        return value ? integer(key, *value) : raw(key).raw("null");
    }
    Text& number(std::string_view key, const std::optional<double>& value) {
        const bool has_one = value && std::isfinite(*value);
        return raw(key).raw(has_one ? Json(std::round(*value * 1000) / 1000).dump() : "null");
    }
    Text& seconds_of(std::string_view key, const std::optional<Nanos>& value) {
        return number(key, value ? std::optional(value->seconds()) : std::nullopt);
    }
    Text& boolean(std::string_view key, bool value) { return raw(key).raw(value ? "true" : "false"); }
    Text& state(std::string_view key, const std::optional<LagState>& value) {
        return raw(key).raw(value ? quoted(std::string(analysis::name(*value))) : "null");
    }
    std::string taken() { return std::move(text_); }

private:
    std::string text_;
};

bool is_never(const std::optional<double>& drain) {
    return drain && std::isinf(*drain);
}

/// `topic` is the row's, quoted. Keys are sorted.
void write(const LagRow& row, const std::string& topic, Text& to) {
    const auto& figures = row.figures;
    to.seconds_of(R"({"behind_seconds":)", figures.age)
        .integer(R"(,"committed":)", row.at.committed)
        .number(R"(,"consumed_per_second":)", figures.consumed)
        .number(R"(,"drained_in_seconds":)", figures.drain)
        .integer(R"(,"end":)", row.end)
        .integer(R"(,"lag":)", row.lag)
        .integer(R"(,"last_stable":)", row.open_from ? row.open_from : row.end)
        .boolean(R"(,"never_drained":)", is_never(figures.drain))
        .raw(R"(,"note":)")
        .raw(row.note.empty() ? R"("")" : quoted(row.note))
        .integer(R"(,"partition":)", row.at.partition)
        .number(R"(,"produced_per_second":)", figures.produced)
        .state(R"(,"state":)", figures.state)
        .raw(R"(,"topic":)")
        .raw(topic)
        .raw("}");
}

void write(const GroupReport& group, Text& to) {
    to.seconds_of(R"({"behind_seconds":)", group.age)
        .number(R"(,"consumed_per_second":)", group.consumed)
        .number(R"(,"drained_in_seconds":)", group.drain)
        .raw(R"(,"group":)")
        .raw(quoted(group.name))
        .raw(R"(,"group_state":)")
        .raw(group.members.empty() ? "null" : quoted(group.members))
        .integer(R"(,"lag":)", group.lag)
        .boolean(R"(,"never_drained":)", is_never(group.drain))
        .boolean(R"(,"partial":)", group.is_partial)
        .raw(R"(,"partitions":[)");
    const std::string* topic = nullptr;
    std::string topic_text;
    for (const auto& row : group.rows) {
        if (topic == nullptr || *topic != row.at.topic) {
            topic_text = quoted(row.at.topic);
        }
        to.raw(topic == nullptr ? "" : ",");
        topic = &row.at.topic;
        write(row, topic_text, to);
    }
    to.number(R"(],"produced_per_second":)", group.produced)
        .state(R"(,"state":)", group.state)
        .integer(R"(,"without_commit":)", group.without_commit)
        .raw("}");
}

template <typename FiguresOf>
LagReport report_by(LagAnswer answer, std::span<const std::string> groups, Nanos at, const FiguresOf& figures_of) {
    LagReport report{at, {}, std::move(answer.missing_topics), std::move(answer.failures)};
    std::set<std::string> names(groups.begin(), groups.end());
    for (const auto& failed : answer.failed_groups) {
        names.erase(failed);
    }
    auto next = answer.partitions.begin(); // sorted by group, as the names are
    for (const auto& name : names) {
        GroupReport group;
        group.name = name;
        if (const auto state = answer.group_states.find(name); state != answer.group_states.end()) {
            group.members = state->second;
        }
        next = std::find_if(next, answer.partitions.end(), [&](const auto& one) { return one.group >= name; });
        for (; next != answer.partitions.end() && next->group == name; ++next) {
            const auto figures = figures_of(*next);
            group.rows.push_back(lag_row(std::move(*next), figures));
        }
        sum_up(group);
        report.groups.push_back(std::move(group));
    }
    return report;
}

} // namespace

bool is_rebalancing(const std::string& state) {
    return state == "PreparingRebalance" || state == "CompletingRebalance";
}

bool has_no_members(const std::string& state) {
    return state == "Empty";
}

LagRow lag_row(PartitionLag at, const analysis::LagFigures& figures) {
    LagRow row{std::move(at), {}, {}, {}, figures, {}};
    row.end = log_end(row.at);
    row.lag = whole_lag(row.at);
    if (row.at.high && row.at.end && *row.at.end < *row.at.high) {
        row.open_from = row.at.end;
    }
    if (!row.at.trouble.empty()) {
        row.note = row.at.trouble;
        row.lag.reset();
    } else if (!row.at.committed) {
        row.note = "no commit";
    } else if (row.end && *row.at.committed > *row.end) {
        row.note = "the commit lies past the end: was the topic made anew?";
    }
    return row;
}

void sum_up(GroupReport& group) {
    bool any_unknown = false;
    std::optional<LagState> worst;
    std::optional<double> produced = 0.0, consumed = 0.0, drain = 0.0;
    std::optional<Nanos> age = Nanos{};
    const auto longer = [](Nanos a, Nanos b) { return std::max(a, b); };
    for (const auto& row : group.rows) {
        if (!row.lag) {
            const bool reads_nothing = !row.at.committed && row.at.trouble.empty();
            group.without_commit += reads_nothing ? 1 : 0;
            group.is_partial = group.is_partial || !reads_nothing;
            continue;
        }
        group.lag = group.lag.value_or(0) + *row.lag;
        produced = joined(produced, row.figures.produced, std::plus<double>());
        consumed = joined(consumed, row.figures.consumed, std::plus<double>());
        age = joined(age, row.figures.age, longer);
        drain = analysis::slowest(drain, row.figures.drain);
        if (row.figures.state) {
            worst = std::max(worst.value_or(LagState::ok), *row.figures.state);
        } else {
            any_unknown = true;
        }
    }
    if (group.lag) {
        group.produced = produced;
        group.consumed = consumed;
        group.age = age;
        group.drain = drain;
        group.state = any_unknown && worst == LagState::ok ? std::nullopt : worst;
    }
}

LagReport report_of(LagAnswer answer, std::span<const std::string> groups, const LagHistory& history, Nanos at) {
    return report_by(std::move(answer), groups, at, [&](const PartitionLag& one) { return history.figures(one); });
}

LagReport report_of(LagAnswer answer, std::span<const std::string> groups, Nanos at) {
    return report_by(std::move(answer), groups, at, [&](const PartitionLag& one) {
        const auto end = log_end(one);
        return end && one.trouble.empty() ? analysis::figures_of({at, one.committed, *end}) : analysis::LagFigures{};
    });
}

std::string json_text(const LagReport& report) {
    Text text;
    text.raw(R"({"at":)").raw(quoted(utc(report.at))).raw(R"(,"failures":)").raw(quoted(report.failures));
    text.raw(R"(,"groups":[)");
    bool first = true;
    for (const auto& group : report.groups) {
        text.raw(first ? "" : ",");
        first = false;
        write(group, text);
    }
    text.raw(R"(],"missing_topics":)").raw(quoted(report.missing_topics)).raw("}");
    return text.taken();
}

Json to_json(const LagReport& report) {
    return Json::parse(json_text(report));
}

} // namespace sluice::kafka

#include "kafka/lag_report.h"

#include "base/instant.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <set>

namespace sluice::kafka {
namespace {

using analysis::LagState;

/// One part that is not known makes the whole unknown: it would be too small.
template <typename T, typename Join>
std::optional<T> joined(const std::optional<T>& all, const std::optional<T>& more, Join join) {
    return all && more ? std::optional<T>(join(*all, *more)) : std::nullopt;
}

Json number(const std::optional<double>& value) {
    return value && std::isfinite(*value) ? Json(std::round(*value * 1000) / 1000) : Json();
}

template <typename T>
Json or_null(const std::optional<T>& value) {
    return value ? Json(*value) : Json();
}

Json figures_json(const std::optional<double>& produced, const std::optional<double>& consumed,
                  const std::optional<Nanos>& age, const std::optional<double>& drain,
                  const std::optional<LagState>& state) {
    return {{"produced_per_second", number(produced)},
            {"consumed_per_second", number(consumed)},
            {"behind_seconds", number(age ? std::optional(age->seconds()) : std::nullopt)},
            {"drained_in_seconds", number(drain)},
            {"never_drained", drain && std::isinf(*drain)},
            {"state", state ? Json(analysis::name(*state)) : Json()}};
}

Json row_json(const LagRow& row) {
    Json json =
        figures_json(row.figures.produced, row.figures.consumed, row.figures.age, row.figures.drain, row.figures.state);
    json["topic"] = row.at.topic;
    json["partition"] = row.at.partition;
    json["committed"] = or_null(row.at.committed);
    json["end"] = or_null(row.end);
    json["last_stable"] = row.open_from ? Json(*row.open_from) : or_null(row.end);
    json["lag"] = or_null(row.lag);
    json["note"] = row.note;
    return json;
}

} // namespace

bool is_rebalancing(const GroupReport& group) {
    return group.members == "PreparingRebalance" || group.members == "CompletingRebalance";
}

LagRow lag_row(const PartitionLag& at, const analysis::LagFigures& figures) {
    LagRow row{at, log_end(at), {}, whole_lag(at), figures, {}};
    if (at.high && at.end && *at.end < *at.high) {
        row.open_from = at.end;
    }
    if (!at.trouble.empty()) {
        row.note = at.trouble;
        row.lag.reset();
    } else if (!at.committed) {
        row.note = "no commit";
    } else if (row.end && *at.committed > *row.end) {
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

LagReport report_of(const LagAnswer& answer, std::span<const std::string> groups, const LagHistory& history, Nanos at) {
    LagReport report{at, {}, answer.missing_topics, answer.failures};
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
            group.rows.push_back(lag_row(*next, history.figures(*next)));
        }
        sum_up(group);
        report.groups.push_back(std::move(group));
    }
    return report;
}

Json to_json(const LagReport& report) {
    Json groups = Json::array();
    for (const auto& group : report.groups) {
        Json json = figures_json(group.produced, group.consumed, group.age, group.drain, group.state);
        json["group"] = group.name;
        json["group_state"] = group.members.empty() ? Json() : Json(group.members);
        json["lag"] = or_null(group.lag);
        json["partial"] = group.is_partial;
        json["without_commit"] = group.without_commit;
        json["partitions"] = Json::array();
        for (const auto& row : group.rows) {
            json["partitions"].push_back(row_json(row));
        }
        groups.push_back(std::move(json));
    }
    return {{"at", utc(report.at)},
            {"groups", std::move(groups)},
            {"missing_topics", report.missing_topics},
            {"failures", report.failures}};
}

} // namespace sluice::kafka

#include "kafka/lag_record.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <fmt/format.h>
#include <limits>

namespace sluice::kafka {
namespace {

using analysis::LagState;

constexpr std::string_view unknown = "-";

template <typename T>
std::string written(const std::optional<T>& value) {
    return value ? std::to_string(*value) : std::string(unknown);
}

/// Four digits: what is estimated is not known better, and a rate that stands still is not written anew.
std::string written(const std::optional<double>& value) {
    return value ? fmt::format("{:.4g}", *value) : std::string(unknown);
}

std::string_view next_word(std::string_view& text) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const auto word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return word;
}

/// False if it is neither a number in the range nor unknown.
template <typename T>
bool read(std::string_view word, T least, std::optional<T>& into) {
    into.reset();
    if (word == unknown) {
        return true;
    }
    T value{};
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (error != std::errc() || end != word.data() + word.size() || !(value >= least)) {
        return false;
    }
    into = value;
    return true;
}

bool read(std::string_view word, std::optional<LagState>& into) {
    for (const auto state : {LagState::ok, LagState::warning, LagState::rewind, LagState::stall, LagState::stop}) {
        if (word == analysis::name(state)) {
            into = state;
        }
    }
    return into.has_value() || word == unknown;
}

bool read_list(const Json& json, const char* name, std::vector<std::string>& into) {
    const auto found = json.find(name);
    if (found == json.end()) {
        return true;
    }
    if (!found->is_array()) {
        return false;
    }
    for (const auto& one : *found) {
        if (!one.is_string()) {
            return false;
        }
        into.push_back(one.get<std::string>());
    }
    return true;
}

/// Most groups are stable, and need no word for it: the others by name, null where it is not known.
constexpr const char* usual_state = "Stable";

Json written_states(const LagHead& head) {
    Json states = Json::object();
    for (const auto& group : head.groups) {
        const auto state = head.states.find(group);
        if (state == head.states.end()) {
            states[group] = nullptr;
        } else if (state->second != usual_state) {
            states[group] = state->second;
        }
    }
    return states;
}

/// `head` has its groups.
bool read_states(const Json& json, LagHead& head) {
    const auto found = json.find("states");
    if (found == json.end()) {
        return true;
    }
    if (!found->is_object()) {
        return false;
    }
    for (const auto& group : head.groups) {
        const auto state = found->find(group);
        if (state == found->end()) {
            head.states[group] = usual_state;
        } else if (state->is_string()) {
            head.states[group] = state->get<std::string>();
        } else if (!state->is_null()) {
            return false;
        }
    }
    return true;
}

/// In trouble before all others, then by lag.
bool worse(const LagRow* a, const LagRow* b) {
    const auto rank = [](const LagRow& row) {
        return row.lag ? *row.lag : row.at.trouble.empty() ? -1 : std::numeric_limits<std::int64_t>::max();
    };
    return rank(*a) > rank(*b);
}

series::Sample sample_of(const LagRow& row, const std::string& series, std::string text, Nanos now) {
    series::Sample sample;
    sample.metric = series;
    sample.unit = "messages";
    sample.labels = {{"group", row.at.group}, {"partition", std::to_string(row.at.partition)}, {"topic", row.at.topic}};
    sample.status = row.lag                  ? series::Status::ok
                    : row.at.trouble.empty() ? series::Status::no_data
                                             : series::Status::source_error;
    sample.value = row.lag ? static_cast<double>(*row.lag) : 0;
    sample.measured_at = sample.received_at = now;
    sample.detail = std::move(text);
    return sample;
}

} // namespace

std::string partitions_of(const std::string& metric) {
    return metric + "/partitions";
}

std::string to_text(const LagHead& head) {
    Json json = {{"groups", head.groups}, {"since", nanos_text(head.since)}};
    for (const auto& [name, list] : {std::pair{"failed_groups", &head.failed_groups},
                                     {"failures", &head.failures},
                                     {"missing_topics", &head.missing_topics}}) {
        if (!list->empty()) {
            json[name] = *list;
        }
    }
    if (head.left_out > 0) {
        json["left_out"] = head.left_out;
    }
    if (!head.states.empty()) {
        json["states"] = written_states(head);
    }
    return json.dump(-1, ' ', false, Json::error_handler_t::replace); // what a broker says may be no UTF-8
}

std::optional<LagHead> read_head(std::string_view text) {
    const Json json = Json::parse(text, nullptr, false);
    LagHead head;
    if (!json.is_object() || !read_list(json, "groups", head.groups) ||
        !read_list(json, "failed_groups", head.failed_groups) || !read_list(json, "failures", head.failures) ||
        !read_list(json, "missing_topics", head.missing_topics) || !read_states(json, head)) {
        return std::nullopt;
    }
    const auto since = json.find("since");
    const auto at = parse_nanos(since != json.end() && since->is_string() ? since->get<std::string>() : "");
    const auto left = json.find("left_out");
    if (!at || (left != json.end() && !left->is_number_unsigned())) {
        return std::nullopt;
    }
    head.since = *at;
    head.left_out = left != json.end() ? left->get<std::int64_t>() : 0;
    return head;
}

std::string to_text(const LagRow& row) {
    const auto& figures = row.figures;
    const auto behind = figures.age ? std::optional(figures.age->seconds()) : std::nullopt;
    std::string text =
        fmt::format("{} {} {} {} {} {} {} {}", written(row.at.committed), written(row.at.end), written(row.at.high),
                    written(figures.produced), written(figures.consumed), written(behind), written(figures.drain),
                    figures.state ? std::string_view(analysis::name(*figures.state)) : unknown);
    return row.at.trouble.empty() ? text : text + " " + row.at.trouble;
}

std::optional<LagRow> read_row(std::string_view text, PartitionLag at) {
    constexpr double any = -std::numeric_limits<double>::max(); // a rate may be below nothing; NaN is none
    analysis::LagFigures figures;
    std::optional<double> behind;
    if (!read<std::int64_t>(next_word(text), 0, at.committed) || !read<std::int64_t>(next_word(text), 0, at.end) ||
        !read<std::int64_t>(next_word(text), 0, at.high) || !read(next_word(text), any, figures.produced) ||
        !read(next_word(text), any, figures.consumed) || !read(next_word(text), 0.0, behind) ||
        !read(next_word(text), 0.0, figures.drain) || !read(next_word(text), figures.state)) {
        return std::nullopt;
    }
    if (!std::isfinite(figures.produced.value_or(0)) || !std::isfinite(figures.consumed.value_or(0))) {
        return std::nullopt;
    }
    constexpr double longest = 9e9; // seconds that fit into Nanos
    if (behind) {
        figures.age = Nanos{static_cast<std::int64_t>(std::min(*behind, longest) * 1e9)};
    }
    at.trouble = text;
    return lag_row(at, figures);
}

LagRecord::LagRecord(const std::string& metric, std::vector<std::string> groups)
    : metric_(partitions_of(metric)), groups_(std::move(groups)) {}

bool LagRecord::is_whole(const std::vector<const LagRow*>& rows, Nanos now) const {
    const auto known =
        std::count_if(rows.begin(), rows.end(), [&](auto* row) { return told_.contains(key_of(row->at)); });
    return !whole_ || now - *whole_ >= whole_after || static_cast<std::size_t>(known) < told_.size();
}

std::vector<series::Sample> LagRecord::take(const LagAnswer& answer, Nanos now) {
    series::Sample head;
    head.metric = metric_;
    head.unit = "messages";
    head.measured_at = head.received_at = now;
    if (!answer.failure.empty()) {
        head.status = series::Status::source_error;
        head.detail = answer.failure;
        return {head};
    }
    history_.take(answer, now);
    const auto report = report_of(answer, groups_, history_, now);
    std::vector<const LagRow*> rows;
    LagHead said{.since = {},
                 .groups = {},
                 .failed_groups = answer.failed_groups,
                 .missing_topics = answer.missing_topics,
                 .failures = answer.failures};
    for (const auto& group : report.groups) {
        said.groups.push_back(group.name);
        if (!group.members.empty()) {
            said.states[group.name] = group.members;
        }
        for (const auto& row : group.rows) {
            rows.push_back(&row);
        }
    }
    head.value = static_cast<double>(rows.size());
    const bool whole = is_whole(rows, now);
    if (whole) {
        whole_ = now;
        told_.clear();
        if (rows.size() > most) {
            std::stable_sort(rows.begin(), rows.end(), worse);
        }
    }
    std::vector<series::Sample> samples(1);
    for (const LagRow* row : rows) {
        const auto known = told_.find(key_of(row->at));
        if (known == told_.end() && told_.size() >= most) {
            ++said.left_out;
            continue;
        }
        std::string text = to_text(*row);
        if (known == told_.end() || known->second != text) {
            samples.push_back(sample_of(*row, metric_, text, now));
            told_[key_of(row->at)] = std::move(text);
        }
    }
    said.since = *whole_;
    head.detail = to_text(said);
    samples.front() = std::move(head);
    return samples;
}

} // namespace sluice::kafka

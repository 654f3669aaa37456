#include "sources/prometheus_judge.h"

#include "sources/http_endpoint.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <iterator>
#include <set>
#include <span>

namespace sluice::sources {
namespace {

using series::Reading;
using series::Status;
using series::promql::Element;
using series::promql::Scalar;
using series::promql::Vector;

/// An answer as elements; a scalar is one without labels, and lies in `room`. They may be ten thousand: none is copied.
Result<std::span<const Element>> vector_of(const PrometheusReply& reply, Vector& room) {
    if (!reply) {
        return failed(reply);
    }
    if (const auto* vector = std::get_if<Vector>(&reply->value)) {
        return std::span<const Element>(*vector);
    }
    if (const auto* scalar = std::get_if<Scalar>(&reply->value)) {
        room = {{{}, scalar->at, scalar->value}};
        return std::span<const Element>(room);
    }
    return fail(ErrorCode::bad_input, "the query answers with ranges; one value a series is wanted");
}

/// Age of the data behind one arm, or why it can't be told.
struct Age {
    Status status = Status::ok;
    Nanos age;
    std::string detail;
};

class Judge {
public:
    Judge(const PrometheusMetric& metric, const PrometheusReplies& replies, Nanos now)
        : metric_(metric), replies_(replies), now_(now) {}

    /// Readings of one arm; `match` is the value of the by-arm label that names it.
    std::vector<Reading> arm(const std::string& name, const std::string& match) const {
        Vector room;
        const auto answer = vector_of(*replies_.value, room);
        if (!answer) {
            return {reading(name, Status::source_error, reason(answer.error()))};
        }
        std::vector<Reading> found;
        bool any = false;
        for (const auto& element : *answer) {
            if (belongs(element, match)) {
                any = true;
                if (metric_.state_label.empty() || element.value != 0) { // 0: a state that it is not in
                    found.push_back(of_element(element, name));
                }
            }
        }
        if (found.empty() && any) {
            return {reading(name, Status::no_data, fmt::format("no {} is set: all are 0", metric_.state_label))};
        }
        if (found.empty()) {
            return {empty(name, match)};
        }
        const Age age = age_of(replies_.value_ages, match);
        for (auto& each : found) {
            apply(age, each);
        }
        return reduce(std::move(found), metric_.reduce, metric_.at_least);
    }

private:
    bool belongs(const Element& element, const std::string& match) const {
        return metric_.by_arm.empty() || series::label(element.labels, metric_.by_arm) == match;
    }

    Reading reading(const std::string& arm, Status status, std::string detail) const {
        Reading reading;
        reading.arm = arm;
        reading.status = status;
        reading.measured_at = now_;
        reading.received_at = now_;
        reading.detail = std::move(detail);
        return reading;
    }

    Reading of_element(const Element& element, const std::string& arm) const {
        const bool is_number = !std::isnan(element.value);
        Reading found = reading(arm, is_number ? Status::ok : Status::no_data, is_number ? "" : "the answer is NaN");
        found.value = is_number ? element.value : 0;
        found.labels = element.labels;
        found.labels.erase(metric_.by_arm);
        if (!metric_.state_label.empty()) {
            take_state(element, found);
        }
        return found;
    }

    /// The label says it; without it the series is the same whatever state it is in.
    void take_state(const Element& element, Reading& found) const {
        const std::string said(series::label(element.labels, metric_.state_label));
        found.labels.erase(metric_.state_label);
        if (found.status != Status::ok) {
            return;
        }
        const auto state = plan::state_said(metric_.states, said);
        found.value = state.value_or(0);
        if (!state) {
            found.status = Status::source_error;
            found.detail = said.empty() ? fmt::format("its series have no label {}", metric_.state_label)
                                        : fmt::format("it says '{}', which is none of its states", said);
        }
    }

    /// Nothing was found: 0 where the witness answers, else no data.
    Reading empty(const std::string& arm, const std::string& match) const {
        // With a known cause a witness proves nothing: after a single scrape 'up' answers, and every rate is empty.
        if (replies_.witness == nullptr || !replies_.why_empty.empty()) {
            return reading(arm, Status::no_data, empty_answer("the answer is empty", match));
        }
        Vector room;
        const auto witness = vector_of(*replies_.witness, room);
        if (!witness) {
            return reading(arm, Status::source_error, "zero-while: " + reason(witness.error()));
        }
        const bool seen = std::ranges::any_of(
            *witness, [&](const Element& element) { return belongs(element, match) && !std::isnan(element.value); });
        if (!seen) {
            return reading(arm, Status::no_data, empty_answer("the answer is empty, and so is zero-while", match));
        }
        Reading zero = reading(arm, Status::ok, "counted as 0: zero-while answers");
        apply(age_of(replies_.witness_ages, match), zero);
        return zero;
    }

    std::string empty_answer(const char* what, const std::string& match) const {
        return replies_.why_empty.empty() ? what + strangers(match) : replies_.why_empty;
    }

    /// Whom the answers name instead, where that is no arm at all: what runs there may be another version than the plan
    /// says, and nothing else would tell so. At most three, in their order: as long as they are there the text stays.
    std::string strangers(const std::string& match) const {
        std::set<std::string> names;
        for (const auto* reply : {replies_.value, replies_.witness}) {
            Vector room;
            const auto answer = reply != nullptr ? vector_of(*reply, room) : std::span<const Element>();
            for (const auto& element : answer.value_or(std::span<const Element>())) {
                const auto name = series::label(element.labels, metric_.by_arm);
                if (!name.empty() && !metric_.arms.contains(std::string(name))) {
                    names.emplace(name);
                }
            }
        }
        const bool more = names.size() > 3;
        names.erase(std::next(names.begin(), more ? 3 : static_cast<std::ptrdiff_t>(names.size())), names.end());
        return names.empty() || match.empty()
                   ? ""
                   : fmt::format(" for {}={}; it names {}{}, which the plan's arms do not", metric_.by_arm, match,
                                 fmt::join(names, ", "), more ? ", …" : "");
    }

    /// The oldest of all selectors.
    Age age_of(const std::vector<AgeReply>& ages, const std::string& match) const {
        Age oldest;
        bool any = ages.empty();
        for (const auto& [reply, essential] : ages) {
            Vector room;
            const auto answer = vector_of(*reply, room);
            if (!answer) {
                return {Status::source_error, {}, "the data's age can't be told: " + reason(answer.error())};
            }
            const Element* found = nullptr;
            for (const auto& element : *answer) {
                // Series without the label are shared by all arms.
                const auto label = series::label(element.labels, metric_.by_arm);
                if ((metric_.by_arm.empty() || label == match || label.empty()) &&
                    (found == nullptr || element.value > found->value || std::isnan(element.value))) {
                    found = &element;
                }
            }
            if (found == nullptr && !essential) {
                continue;
            }
            if (found == nullptr || !std::isfinite(found->value) || std::abs(found->value) > 9e9) {
                return {Status::no_data, {}, "the series behind the answer have ended"};
            }
            if (found->value < -metric_.max_age.seconds()) {
                // It would look fresh until our time has come there, however long ago it ended.
                return {Status::no_data,
                        {},
                        fmt::format("the data is dated more than {:.0f} s ahead: a clock is off",
                                    metric_.max_age.seconds())};
            }
            any = true;
            oldest.age = std::max(oldest.age, milliseconds(std::llround(found->value * 1000)));
        }
        return any ? oldest : Age{Status::no_data, {}, "the series behind the answer have ended"};
    }

    void apply(const Age& age, Reading& reading) const {
        if (age.status == Status::ok) {
            reading.measured_at = now_ - age.age;
            if (age.age > metric_.max_age && reading.status == Status::ok) {
                reading.status = Status::no_data;
                reading.value = 0;
                // Without the age itself: a text that changes with each poll would be an event with each poll.
                reading.detail = fmt::format("the data is older than {:.0f} s", metric_.max_age.seconds());
            }
        } else if (reading.status == Status::ok) {
            reading.status = age.status;
            reading.value = 0;
            reading.detail = age.detail;
        }
    }

    const PrometheusMetric& metric_;
    const PrometheusReplies& replies_;
    Nanos now_;
};

void note_warnings(const PrometheusReply* reply, std::vector<std::string>& degraded) {
    if (reply == nullptr || !*reply) {
        return;
    }
    for (const auto& warning : (*reply)->warnings) {
        if (std::ranges::find(degraded, warning) == degraded.end()) {
            degraded.push_back(warning);
        }
    }
}

} // namespace

series::SampleBatch judge(const PrometheusMetric& metric, const PrometheusReplies& replies, Nanos now) {
    series::SampleBatch batch;
    batch.metric = metric.name;
    batch.unit = metric.unit;
    batch.received_at = now;
    const Judge judge(metric, replies, now);
    if (metric.by_arm.empty()) {
        batch.readings = judge.arm("", "");
    } else {
        for (const auto& [match, arm] : metric.arms) {
            std::ranges::move(judge.arm(arm, match), std::back_inserter(batch.readings));
        }
    }
    note_warnings(replies.value, batch.degraded);
    note_warnings(replies.witness, batch.degraded);
    for (const auto* ages : {&replies.value_ages, &replies.witness_ages}) {
        for (const auto& age : *ages) {
            note_warnings(age.reply, batch.degraded);
        }
    }
    conclude(batch);
    return batch;
}

PrometheusReply reply_of(const Result<net::HttpResponse>& response) {
    if (!response) {
        return failed(response);
    }
    auto answer = series::parse_prometheus_answer(response->body, "");
    const bool good = response->status >= 200 && response->status < 300;
    if (!good && (answer || answer.error().code == ErrorCode::corrupt)) {
        return fail(ErrorCode::refused, fmt::format("HTTP status {}", response->status));
    }
    if (!answer && answer.error().code == ErrorCode::timed_out) {
        answer.error().code = ErrorCode::refused; // its own words say more than "no answer in time"
    }
    return answer;
}

} // namespace sluice::sources

#include "engine/before_start.h"

#include "analysis/latest.h"
#include "plan/gates.h"
#include "sources/backfill.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace sluice::engine {
namespace {

constexpr Nanos request_timeout = seconds(15);
constexpr Nanos again_after = minutes(1);

bool counts(const series::Reading& reading, Nanos asked_for, Nanos max_age) {
    return reading.status == series::Status::ok && std::isfinite(reading.value) &&
           reading.measured_at >= asked_for - max_age;
}

} // namespace

PastAverages averages(const std::string& metric, const std::vector<series::SampleBatch>& past, std::int64_t asked,
                      Nanos max_age) {
    struct Sum {
        double total = 0;
        std::int64_t count = 0;
        Nanos from, to;
    };
    std::map<std::string, Sum> arms;
    for (const auto& batch : past) {
        for (const auto& reading : batch.readings) {
            auto& sum = arms[reading.arm];
            if (counts(reading, batch.received_at, max_age)) {
                sum.from = sum.count == 0 ? batch.received_at : sum.from;
                sum.to = batch.received_at;
                sum.total += reading.value;
                ++sum.count;
            }
        }
    }
    PastAverages found{Json::array(), {}};
    for (const auto& [arm, sum] : arms) {
        if (sum.count * 2 < asked || sum.count == 0) {
            found.why += fmt::format("{}{}{} of {} readings had a value, half must", found.why.empty() ? "" : "; ",
                                     arm.empty() ? "" : arm + ": ", sum.count, asked);
            continue;
        }
        found.readings.push_back({{"metric", metric},
                                  {"arm", arm},
                                  {"value", number_text(sum.total / static_cast<double>(sum.count))},
                                  {"count", sum.count},
                                  {"from", nanos_text(sum.from)},
                                  {"to", nanos_text(sum.to)}});
    }
    if (arms.empty()) {
        found.why = "its source had no value of it then";
    }
    return found;
}

series::promql::Instants instants_before(Nanos start, Nanos before, Nanos interval) {
    constexpr std::int64_t most = sources::Backfill::instants_at_once;
    constexpr std::int64_t ms = 1'000'000;
    const std::int64_t apart = std::max({interval.count / ms, (before.count / ms + most - 1) / most, std::int64_t{1}});
    const Nanos step = milliseconds(apart);
    const Nanos end = milliseconds(start.count / ms);
    const std::int64_t count = std::max<std::int64_t>(before.count / step.count, 1);
    return {end - step * count, end - step, step};
}

Nanos BeforeStart::reach(const plan::Plan& plan) {
    Nanos longest;
    for (const auto& [metric, spans] : plan::looks_back(plan, &plan::Against::before)) {
        longest = std::max(longest, *spans.rbegin());
    }
    return longest;
}

void BeforeStart::add(const plan::Plan& plan, const std::string& metric, sources::Source& source) {
    const auto spans = plan::looks_back(plan, &plan::Against::before);
    const auto found = spans.find(metric);
    const plan::Metric* known = plan.metric(metric);
    if (found != spans.end() && known != nullptr) {
        wanted_.insert_or_assign(metric, Wanted{*known, &source, found->second, {}, 0});
    }
}

void BeforeStart::take(const series::SampleBatch& answer) {
    const auto found = wanted_.find(answer.metric);
    if (found == wanted_.end() || answer.status == series::Status::source_error || journal_.release().closed()) {
        return;
    }
    auto& wanted = found->second;
    if (!wanted.source->has_past()) {
        for (const Nanos before : std::exchange(wanted.spans, {})) {
            say(answer.metric, before, {Json::array(), "its source keeps no history"});
        }
        return;
    }
    std::erase_if(wanted.spans, [&](Nanos before) { // a session that is gone on with has it
        const auto known = journal_.release().before.find(release::before_key(answer.metric, before));
        return known != journal_.release().before.end() && !known->second.values.empty();
    });
    for (const Nanos before : wanted.spans) {
        const auto last = wanted.asked.find(before);
        if (last == wanted.asked.end() || answer.received_at - last->second >= again_after) {
            ask(wanted, before, answer.received_at);
        }
    }
}

void BeforeStart::ask(Wanted& wanted, Nanos before, Nanos now) {
    wanted.asked[before] = now;
    const auto instants = instants_before(journal_.release().started, before, wanted.metric.interval);
    wanted.source->past(
        instants, request_timeout, fmt::format("before/{}/{}", wanted.metric.name, ++wanted.questions),
        [this, &wanted, before, asked = instants.count(), life = std::weak_ptr(life_)](auto past) {
            if (life.expired()) {
                return;
            }
            const std::string metric = wanted.metric.name;
            if (!past) {
                say(metric, before, {Json::array(), "it could not be asked for: " + plain(past.error())});
                return;
            }
            wanted.spans.erase(before); // answered: what was then does not become another
            say(metric, before, averages(metric, *past, asked, analysis::max_age(wanted.metric)));
        });
}

void BeforeStart::say(const std::string& metric, Nanos before, PastAverages said) {
    if (!journal_.release().closed()) {
        (void)journal_.submit(release::Baseline{{}, std::move(said.readings), metric, before, std::move(said.why)});
    }
}

void BeforeStart::stop() {
    life_ = std::make_shared<int>(0);
    wanted_.clear();
}

} // namespace sluice::engine

#include "range/alertmanager_api.h"

#include "base/json.h"
#include "range/noise.h"
#include "range/time_text.h"
#include "series/promql.h"
#include "series/promql/expression.h"

#include <algorithm>
#include <fmt/format.h>

namespace sluice::range {
namespace {

/// "service=~\"user.*\"" as a matcher; Alertmanager's syntax is that of PromQL here.
Result<std::vector<series::Matcher>> matchers_of(const std::vector<std::string>& filters) {
    std::vector<series::Matcher> all;
    for (const auto& filter : filters) {
        const auto read = series::promql::parse("alert{" + filter + "}");
        const auto* selector = read ? std::get_if<series::promql::Selector>(&read->root().node) : nullptr;
        if (selector == nullptr) {
            return fail(ErrorCode::bad_input, "bad matcher format: " + filter);
        }
        std::ranges::copy_if(selector->matchers, std::back_inserter(all),
                             [](const auto& matcher) { return matcher.label() != series::metric_name; });
    }
    return all;
}

Json json_of(const Alert& alert, Nanos now) {
    std::string all;
    for (const auto& [name, value] : alert.labels) {
        all += fmt::format("{}={}\n", name, value);
    }
    return {{"labels", alert.labels},
            {"annotations", Json::object()},
            {"startsAt", rfc3339(alert.since)},
            {"endsAt", rfc3339(now + minutes(4))},
            {"updatedAt", rfc3339(now)},
            {"fingerprint", fmt::format("{:016x}", mix(0, all))},
            {"generatorURL", ""},
            {"receivers", Json::array({{{"name", "release"}}})},
            {"status", {{"state", "active"}, {"silencedBy", Json::array()}, {"inhibitedBy", Json::array()}}}};
}

} // namespace

std::vector<Alert> AlertmanagerApi::firing() const {
    std::vector<Alert> all = rules_.firing();
    const Nanos now = scheduler_.now();
    for (std::size_t i = 0; i < faults_.size(); ++i) {
        const auto& fault = faults_.fault(i);
        const auto from = faults_.started(i);
        const auto until = faults_.ends(i);
        if (fault.kind == FaultKind::alert && from && *from <= now && (!until || now < *until)) {
            all.push_back({fault.labels, *from});
        }
    }
    return all;
}

Answer AlertmanagerApi::alerts(const Asked& asked) const {
    const auto matchers = matchers_of(asked.parameters("filter"));
    if (!matchers) {
        return json_answer(400, Json(matchers.error().what).dump());
    }
    Json list = Json::array();
    for (const auto& alert : asked.parameter("active") == "false" ? std::vector<Alert>{} : firing()) {
        if (std::ranges::all_of(*matchers, [&](const auto& matcher) { return matcher.holds(alert.labels); })) {
            list.push_back(json_of(alert, scheduler_.now()));
        }
    }
    return json_answer(200, list.dump());
}

Answer AlertmanagerApi::handle(const Asked& asked) const {
    if (asked.method != "GET") {
        return text_answer(405, "Method Not Allowed\n");
    }
    if (asked.path == "/api/v2/alerts") {
        return alerts(asked);
    }
    if (asked.path == "/api/v2/status") {
        return json_answer(200, Json{{"cluster", {{"status", "disabled"}}},
                                     {"versionInfo", {{"version", "0.25.0"}, {"revision", "sluice-range"}}}}
                                    .dump());
    }
    if (asked.path == "/-/healthy" || asked.path == "/-/ready") {
        return text_answer(200, "OK");
    }
    return text_answer(404, "404 page not found\n");
}

} // namespace sluice::range

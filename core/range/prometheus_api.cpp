#include "range/prometheus_api.h"

#include "base/json.h"
#include "base/quantity.h"
#include "series/prometheus_json.h"
#include "series/promql.h"
#include "series/promql_range.h"

#include <cmath>
#include <fmt/format.h>

namespace sluice::range {
namespace {

/// `time=` of the API: seconds since the epoch with decimals.
bool parse_time(const std::string& text, Nanos& at) {
    const auto number = parse_number(text);
    if (!number || !std::isfinite(*number) || std::abs(*number) > 9e9) {
        return false;
    }
    at = milliseconds(std::llround(*number * 1000));
    return true;
}

/// `step=` of the API: seconds with decimals, or a duration.
bool parse_step(const std::string& text, Nanos& step) {
    if (parse_time(text, step)) {
        return true;
    }
    const auto duration = parse_duration(text);
    step = duration ? *duration : step;
    return duration.has_value();
}

/// What a request says: in its body when it is a form, else in its address.
std::optional<std::string> value_of(const Asked& asked, std::string_view name) {
    auto found = asked.method == "POST" ? form_value(asked.body, name) : std::nullopt;
    return found ? found : asked.parameter(name);
}

Answer refuse(const Error& error) {
    return json_answer(series::prometheus_status(error), series::prometheus_failure(error));
}

/// In Prometheus' own words (web/api/v1), which its users look up.
Answer bad_parameter(std::string_view name, std::string_view why) {
    return refuse({ErrorCode::bad_input, fmt::format("invalid parameter \"{}\": {}", name, why), "", ""});
}

} // namespace

PrometheusApi::PrometheusApi(Scheduler& scheduler, LoadModel& load, const FaultBoard& faults, std::string job,
                             Watched watched, Nanos interval)
    : scheduler_(scheduler), load_(load), faults_(faults), job_(std::move(job)), watched_(std::move(watched)),
      interval_(interval), rules_(watched_.rules) {}

PrometheusApi::~PrometheusApi() {
    scheduler_.cancel(timer_);
}

void PrometheusApi::start(Nanos from) {
    Nanos at = from;
    for (; at <= scheduler_.now(); at += interval_) {
        scrape(at);
        rules_.evaluate(store_, at);
    }
    schedule(at);
}

void PrometheusApi::schedule(Nanos at) {
    timer_ = scheduler_.at(at, [this, at] {
        if (!faults_.active(FaultKind::no_data, at)) {
            scrape(at);
        }
        rules_.evaluate(store_, at);
        schedule(at + interval_);
    });
}

PrometheusApi::Target& PrometheusApi::target(const ArmKey& arm) {
    const auto found = targets_.find(arm);
    if (found != targets_.end()) {
        return found->second;
    }
    const auto slash = arm.service.find('/');
    series::Labels labels = {{"job", job_},
                             {"instance", fmt::format("{}.{}:8081/{}", arm.service.substr(slash + 1),
                                                      arm.service.substr(0, slash), arm.version)}};
    series::Labels up = labels;
    up[std::string(series::metric_name)] = "up";
    return targets_.emplace(arm, Target{series::ScrapedTarget(store_, labels), std::move(up)}).first->second;
}

void PrometheusApi::scrape(Nanos at) {
    load_.advance(at);
    for (const auto& [arm, share] : load_.live()) {
        Target& one = target(arm);
        one.down = false;
        one.scraped.take(load_.exposition(arm), at);
    }
    for (auto next = targets_.begin(); next != targets_.end();) {
        auto& [arm, one] = *next;
        if (load_.live().contains(arm)) {
            ++next;
        } else if (!one.down || (watched_.meant_to_run && watched_.meant_to_run(arm))) {
            one.scraped.failed(at);
            one.down = true;
            ++next;
        } else {
            store_.mark_stale(one.up, at);
            next = targets_.erase(next);
        }
    }
    if (watched_.exporters) {
        for (const auto& [job, shown] : watched_.exporters()) {
            const auto exporter =
                exporters_
                    .try_emplace(job, store_, series::Labels{{"job", job}, {"instance", job + ".monitoring:9100"}})
                    .first;
            exporter->second.take(shown, at);
        }
    }
}

Answer PrometheusApi::handle(const Asked& asked) {
    if (asked.path == "/api/v1/query" && (asked.method == "GET" || asked.method == "POST")) {
        return query(asked);
    }
    if (asked.path == "/api/v1/query_range" && (asked.method == "GET" || asked.method == "POST")) {
        return query_range(asked);
    }
    if (asked.path == "/-/healthy" || asked.path == "/-/ready") {
        return text_answer(200, asked.path == "/-/healthy" ? "Prometheus Server is Healthy.\n"
                                                           : "Prometheus Server is Ready.\n");
    }
    if (asked.path == "/api/v1/status/buildinfo") {
        return json_answer(200, R"({"status":"success","data":{"version":"2.42.0","revision":"sluice-range"}})");
    }
    return text_answer(404, "404 page not found\n");
}

Answer PrometheusApi::query(const Asked& asked) {
    Nanos at = scheduler_.now();
    if (const auto told = value_of(asked, "time"); told && !parse_time(*told, at)) {
        return bad_parameter("time", fmt::format("cannot parse \"{}\" to a valid timestamp", *told));
    }
    const auto parsed = series::promql::parse(value_of(asked, "query").value_or(""));
    if (!parsed) {
        return refuse(parsed.error());
    }
    const auto result = series::promql::evaluate(*parsed, store_, at);
    return result ? json_answer(200, series::prometheus_success(*result)) : refuse(result.error());
}

Answer PrometheusApi::query_range(const Asked& asked) {
    series::promql::Instants instants;
    for (const auto& [name, at] : {std::pair{"start", &instants.from}, {"end", &instants.to}}) {
        const std::string told = value_of(asked, name).value_or("");
        if (!parse_time(told, *at)) {
            return bad_parameter(name, fmt::format("cannot parse \"{}\" to a valid timestamp", told));
        }
    }
    if (instants.to < instants.from) {
        return bad_parameter("end", "end timestamp must not be before start time");
    }
    const std::string step = value_of(asked, "step").value_or("");
    if (!parse_step(step, instants.step)) {
        return bad_parameter("step", fmt::format("cannot parse \"{}\" to a valid duration", step));
    }
    if (instants.step <= Nanos{}) {
        return bad_parameter("step",
                             "zero or negative query resolution step widths are not accepted. Try a positive integer");
    }
    const auto parsed = series::promql::parse(value_of(asked, "query").value_or(""));
    if (!parsed) {
        return refuse(parsed.error());
    }
    auto result = series::promql::evaluate_range(*parsed, store_, instants);
    return result ? json_answer(200, series::prometheus_success(std::move(*result))) : refuse(result.error());
}

} // namespace sluice::range

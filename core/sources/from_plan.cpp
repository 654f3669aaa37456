#include "sources/from_plan.h"

#include "analysis/latest.h"
#include "plan/expect.h"
#include "plan/fill.h"
#include "sources/alertmanager_source.h"
#include "sources/cluster_source.h"
#include "sources/command_source.h"
#include "sources/http_health_source.h"
#include "sources/http_number_source.h"
#include "sources/kafka_lag_source.h"
#include "sources/kafka_login_source.h"
#include "sources/kafka_setting_source.h"
#include "sources/log_rate_source.h"
#include "sources/one_value.h"
#include "sources/prometheus_source.h"
#include "sources/reach_source.h"
#include "sources/scrape_source.h"

#include <fmt/format.h>

namespace sluice::sources {
namespace {

using Made = Result<std::unique_ptr<Source>>;

/// Which value of the metric's label names which arm; nothing of one that is not measured by arm.
Result<std::map<std::string, std::string>> arms_by_match(const plan::Plan& plan, const plan::Metric& metric,
                                                         const plan::Scope& scope) {
    std::map<std::string, std::string> arms;
    if (metric.by_arm.empty()) {
        return arms;
    }
    for (const auto& arm : plan.arms) {
        const auto match = plan::fill(arm.match.empty() ? arm.name : arm.match, scope);
        if (!match) {
            return failed(match);
        }
        const auto [known, added] = arms.emplace(*match, arm.name);
        if (!added) {
            return fail(ErrorCode::bad_input,
                        fmt::format("metrics name the arms {} and {} alike: '{}'", known->second, arm.name, *match), {},
                        "give the arms different values of 'match'");
        }
    }
    return arms;
}

Made by_query(const plan::Plan& plan, const plan::Metric& metric, const plan::Scope& scope, const Ways& ways) {
    PrometheusMetric asked;
    asked.name = metric.name;
    asked.unit = metric.unit;
    asked.by_arm = metric.by_arm;
    asked.reduce = metric.reduce;
    asked.at_least = metric.at_least;
    asked.max_age = analysis::max_age(metric);
    asked.state_label = metric.state_label;
    asked.states = metric.states;
    for (const auto& [from, to] : {std::pair{&metric.query, &asked.query},
                                   {&metric.freshness, &asked.freshness},
                                   {&metric.zero_while, &asked.zero_while}}) {
        auto filled = plan::fill_query(*from, scope);
        if (!filled) {
            return failed(filled);
        }
        *to = *std::move(filled);
    }
    auto arms = arms_by_match(plan, metric, scope);
    if (!arms) {
        return failed(arms);
    }
    asked.arms = *std::move(arms);
    if (ways.scraper) {
        return ScrapeSource::make(ways.scraper, ways.scheduler, std::move(asked), metric.interval);
    }
    return PrometheusSource::make(*ways.http, ways.scheduler, HttpEndpoint{}, std::move(asked));
}

Made health(const plan::Metric& metric, const plan::Scope& scope, const Ways& ways) {
    auto path = plan::fill_url(metric.health->path, scope);
    if (!path) {
        return failed(path);
    }
    Scheduler& scheduler = ways.scheduler;
    HealthRule rule = [expect = metric.health->expect, scope, &scheduler](const net::HttpResponse& response) -> Health {
        plan::StepResult result;
        result.status = response.status;
        result.text = response.body;
        if (auto json = parse_json(response.body, "")) {
            result.json = *std::move(json);
        }
        auto judgement = plan::judge(expect, result, scope, scheduler.now());
        return {judgement.met, judgement.met ? "" : std::move(judgement.why)};
    };
    return std::make_unique<HttpHealthSource>(
        *ways.http, scheduler, HttpEndpoint{},
        HealthMetric{metric.name, metric.unit, "", *std::move(path), std::move(rule), ways.through_proxy});
}

Made number(const plan::Metric& metric, const plan::Scope& scope, const Ways& ways) {
    if (metric.http->what == plan::HttpNumber::What::certificate_days) {
        plan::ReachNumber days;
        days.kind = plan::ReachRead::Kind::tls;
        days.what = plan::ReachNumber::What::days_left;
        return std::make_unique<ReachSource>(*ways.reach, ways.scheduler,
                                             ReachMetric{metric.name, metric.unit, days, ways.place, ways.tls});
    }
    auto path = plan::fill_url(metric.http->path, scope);
    if (!path) {
        return failed(path);
    }
    HttpNumberMetric asked{metric.name, metric.unit, *metric.http, ways.through_proxy, ways.redactions};
    asked.number.path = *std::move(path);
    asked.states = metric.states;
    return std::make_unique<HttpNumberSource>(*ways.http, ways.scheduler, HttpEndpoint{}, std::move(asked));
}

Made reached(const plan::Metric& metric, const Ways& ways) {
    return std::make_unique<ReachSource>(*ways.reach, ways.scheduler,
                                         ReachMetric{metric.name, metric.unit, *metric.reach, ways.place, ways.tls});
}

Made setting(const plan::Metric& metric, const plan::Scope& scope, const Ways& ways) {
    auto topic = plan::fill(metric.config->topic, scope);
    if (!topic) {
        return failed(topic);
    }
    SettingMetric asked;
    asked.name = metric.name;
    asked.unit = metric.unit;
    asked.owner.topic = *std::move(topic);
    asked.owner.broker = metric.config->broker;
    asked.key = metric.config->key;
    asked.redactions = ways.redactions;
    return std::make_unique<KafkaSettingSource>(ways.brokers, ways.scheduler, std::move(asked));
}

Made login(const plan::Metric& metric, const Ways& ways) {
    LoginMetric asked;
    asked.name = metric.name;
    asked.unit = metric.unit;
    asked.number = *metric.login;
    return std::make_unique<KafkaLoginSource>(ways.kafka, ways.scheduler, std::move(asked));
}

Made program(const plan::Metric& metric, const Ways& ways) {
    CommandMetric asked{metric.name, metric.unit, ways.program, std::nullopt, ways.directory, ways.redactions};
    asked.states = metric.states;
    if (!metric.run->extract.empty()) {
        auto pattern = Pattern::compile(metric.run->extract);
        if (!pattern) {
            return failed(pattern);
        }
        asked.extract = *std::move(pattern);
    }
    return std::make_unique<CommandSource>(*ways.processes, ways.scheduler, std::move(asked));
}

Made cluster(const plan::Metric& metric, const plan::Scope& scope, const Ways& ways) {
    auto asked = cluster_metric(metric, scope);
    if (!asked) {
        return failed(asked);
    }
    asked->redactions = ways.redactions;
    return std::make_unique<ClusterSource>(ways.cluster, ways.scheduler, *std::move(asked));
}

/// Whether there is a way to ask what the metric wants to know.
bool can_answer(const plan::Metric& metric, const Ways& ways) {
    if (metric.reach || (metric.http && metric.http->what == plan::HttpNumber::What::certificate_days)) {
        return ways.reach != nullptr && !ways.place.host.empty();
    }
    if (metric.lag || metric.login) {
        return ways.kafka != nullptr;
    }
    return metric.config    ? ways.brokers != nullptr
           : metric.logs    ? ways.pods != nullptr
           : metric.cluster ? ways.cluster != nullptr
           : metric.run     ? ways.processes != nullptr && ways.directory
                            : ways.http != nullptr;
}

Made lag(const plan::Metric& metric, const plan::Scope& scope, const Ways& ways) {
    auto groups = plan::fill(metric.lag->groups, scope);
    auto topics = plan::fill(metric.lag->topics, scope);
    if (!groups || !topics) {
        return failed(groups ? topics : groups);
    }
    LagMetric asked;
    asked.name = metric.name;
    asked.unit = metric.unit;
    asked.question = {*std::move(groups), *std::move(topics)};
    asked.reduce = metric.reduce;
    asked.at_least = metric.at_least;
    return std::make_unique<KafkaLagSource>(ways.kafka, ways.scheduler, std::move(asked));
}

Made log_rate(const plan::Metric& metric, const plan::Scope& scope, const Ways& ways) {
    auto pattern = Pattern::compile(metric.logs->pattern);
    if (!pattern) {
        return failed(pattern);
    }
    LogMetric asked{metric.name, metric.unit, *std::move(pattern)};
    asked.container = metric.logs->container;
    asked.over = metric.logs->over;
    if (!metric.logs->workload.empty()) {
        auto workload = kubernetes::parse_in_namespace(metric.logs->workload);
        if (!workload) {
            return failed(workload);
        }
        asked.name_space = workload->name_space;
        asked.workload = *std::move(workload);
    } else {
        const auto filled = plan::fill(metric.logs->name_space, scope);
        auto name_space = filled ? kubernetes::parse_namespace(*filled) : failed(filled);
        auto selector = plan::fill_selector(metric.logs->selector, scope);
        if (!name_space || !selector) {
            return failed(name_space ? selector : name_space);
        }
        if (selector->empty()) { // it would list every pod of the namespace
            return fail(ErrorCode::bad_input, "the selector is empty", {}, "name labels of the pods");
        }
        asked.name_space = *std::move(name_space);
        asked.selector = *std::move(selector);
    }
    return std::make_unique<LogRateSource>(*ways.pods, std::move(asked));
}

Made alerts(const plan::Plan& plan, const plan::Metric& metric, const plan::Scope& scope, const Ways& ways) {
    AlertMetric asked;
    asked.name = metric.name;
    asked.unit = metric.unit;
    asked.by_arm = metric.by_arm;
    asked.reduce = metric.reduce;
    for (const auto& matcher : metric.alerts->matchers) {
        auto filled = plan::fill_query(matcher, scope);
        if (!filled) {
            return failed(filled);
        }
        asked.matchers.push_back(*std::move(filled));
    }
    auto arms = arms_by_match(plan, metric, scope);
    if (!arms) {
        return failed(arms);
    }
    asked.arms = *std::move(arms);
    return std::make_unique<AlertmanagerSource>(*ways.http, ways.scheduler, HttpEndpoint{}, std::move(asked));
}

} // namespace

Made make_source(const plan::Plan& plan, const plan::Metric& metric, const plan::Scope& scope, const Ways& ways) {
    if (ways.acted_out && metric.rehearsed) {
        return std::make_unique<RehearsedSource>(ways.scheduler, metric.name, metric.unit, *metric.rehearsed);
    }
    if (!can_answer(metric, ways)) {
        return fail(ErrorCode::bad_input,
                    metric.run ? "nobody runs its program"
                               : fmt::format("the connection '{}' can't answer this metric", metric.from),
                    "metric " + metric.name);
    }
    Made made = metric.lag       ? lag(metric, scope, ways)
                : metric.health  ? health(metric, scope, ways)
                : metric.http    ? number(metric, scope, ways)
                : metric.reach   ? reached(metric, ways)
                : metric.config  ? setting(metric, scope, ways)
                : metric.login   ? login(metric, ways)
                : metric.run     ? program(metric, ways)
                : metric.cluster ? cluster(metric, scope, ways)
                : metric.logs    ? log_rate(metric, scope, ways)
                : metric.alerts  ? alerts(plan, metric, scope, ways)
                                 : by_query(plan, metric, scope, ways);
    if (!made) {
        made.error().where = "metric " + metric.name + (made.error().where.empty() ? "" : ", " + made.error().where);
    }
    return made;
}

} // namespace sluice::sources

#include "host/plan_check.h"

#include "plan/fill.h"
#include "plan/variables.h"
#include "range/range.h"
#include "range/series_names.h"
#include "release/schedule.h"
#include "release/window.h"
#include "series/promql.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <iterator>

namespace sluice::host {
namespace {

/// What may stand for a value that is only known at the start.
std::vector<std::string> stand_ins(const plan::Plan& plan, const std::string& name) {
    const auto variable =
        std::find_if(plan.variables.begin(), plan.variables.end(), [&](const auto& one) { return one.name == name; });
    if (variable != plan.variables.end()) {
        switch (variable->type) {
        case plan::VariableType::duration:
            return {"5m"};
        case plan::VariableType::integer:
        case plan::VariableType::quantity:
            return {"1"};
        default:
            break;
        }
        if (!variable->choices.empty()) {
            return {variable->choices.front()};
        }
    }
    return {"x", "1", "5m"};
}

/// All that may stand for what `expression` names and `values` does not hold; nothing when that is too much to try.
std::vector<plan::Scope> scopes_of(const plan::Plan& plan, const std::string& expression, const plan::Scope& values) {
    constexpr std::size_t most = 243;
    std::vector<plan::Scope> scopes{values};
    const auto names = plan::names_in(expression);
    for (const auto& use : names ? *names : std::vector<plan::NameUse>{}) {
        if (scopes.front().contains(use.name)) {
            continue;
        }
        const auto all = stand_ins(plan, use.name);
        if (scopes.size() * all.size() > most) {
            return {};
        }
        std::vector<plan::Scope> more;
        for (const auto& scope : scopes) {
            for (const auto& value : all) {
                more.push_back(scope);
                more.back()[use.name] = value;
            }
        }
        scopes = std::move(more);
    }
    return scopes;
}

/// "1:16" → 16, so that of several attempts the one that came furthest tells what is wrong.
int column_of(const std::string& where) {
    return std::atoi(where.substr(where.find(':') + 1).c_str());
}

/// Read with the first stand-ins that make it an expression; else what is wrong with it, whatever stands for a value
/// that is only known at the start. Nothing: there is none, or too much to try.
std::optional<Result<series::promql::Query>> read_expression(const plan::Plan& plan, const std::string& expression,
                                                             const plan::Scope& values) {
    std::optional<Result<series::promql::Query>> furthest;
    if (expression.empty()) {
        return furthest;
    }
    for (const auto& scope : scopes_of(plan, expression, values)) {
        const auto filled = plan::fill_query(expression, scope);
        auto parsed = filled ? series::promql::parse(*filled) : Result<series::promql::Query>(failed(filled));
        if (parsed || !furthest || column_of(parsed.error().where) > column_of(furthest->error().where)) {
            furthest = std::move(parsed);
        }
        if (*furthest) {
            break;
        }
    }
    return furthest;
}

/// The name of a selector's series; empty where several can be meant.
std::string series_of(const series::promql::Query::UsedSelector& selector) {
    return selector.text.substr(0, selector.text.find('{'));
}

/// Looks for the files that a rehearsal reads.
class Files {
public:
    Files(const plan::Plan& plan, const std::string& file) : folder_(std::filesystem::path(file).parent_path()) {
        if (plan.rehearse.is_object() && plan.rehearse.contains("world")) {
            look_for(plan.rehearse["world"].get<std::string>(), "the world of rehearsals", {1, 1});
        }
        for (const auto* steps : {&plan.steps, &plan.rollback_steps}) {
            for (const auto& step : *steps) {
                look_at(step.rehearse, step);
                look_at(step.verify_rehearse, step);
                if (step.ready) {
                    look_at(step.ready->rehearse, step);
                }
            }
        }
    }

    std::vector<plan::Diagnostic> missing() && { return std::move(missing_); }

private:
    void look_at(const std::optional<plan::Rehearse>& rehearse, const plan::Step& step) {
        if (rehearse && !rehearse->apply.empty()) {
            look_for(rehearse->apply, "the step '" + step.id + "'", step.at);
        }
        for (const auto& next : rehearse ? rehearse->then : std::vector<plan::Rehearse>{}) {
            look_at(next, step);
        }
    }

    void look_for(const std::string& file, const std::string& whose, const plan::Position& at) {
        std::error_code error;
        if (!std::filesystem::is_regular_file(folder_ / file, error)) {
            missing_.push_back({at, fmt::format("{}: there is no file '{}' beside the plan", whose, file),
                                "a rehearsal reads it: write it, or name another"});
        }
    }

    std::filesystem::path folder_;
    std::vector<plan::Diagnostic> missing_;
};

bool is_scraped(const plan::Plan& plan, const plan::Metric& metric) {
    const auto* from = plan.connection(metric.from);
    return from != nullptr && from->kind == plan::ConnectionKind::scrape;
}

/// What is scraped is evaluated by this program, all of it.
void not_evaluated(const plan::Plan& plan, const plan::Metric& metric, const plan::Scope& values,
                   std::vector<plan::Diagnostic>& found) {
    for (const auto& [name, expression] : {std::pair("query", &metric.query), std::pair("freshness", &metric.freshness),
                                           std::pair("zero-while", &metric.zero_while)}) {
        const auto read = read_expression(plan, *expression, values);
        if (read && !*read) {
            found.push_back({metric.at,
                             fmt::format("metric {}, {}: can't be evaluated over what is scraped: {}: {}", metric.name,
                                         name, read->error().where, read->error().what),
                             "mend it, or ask a prometheus connection"});
        }
    }
}

} // namespace

std::vector<plan::Diagnostic> expression_errors(const plan::Plan& plan, const plan::Scope& values) {
    std::vector<plan::Diagnostic> found;
    for (const auto& metric : plan.metrics) {
        if (is_scraped(plan, metric)) {
            not_evaluated(plan, metric, values, found);
            continue;
        }
        if (!metric.freshness.empty()) {
            continue; // nothing of it is read by this program
        }
        for (const auto* expression : {&metric.query, &metric.zero_while}) {
            const auto read = read_expression(plan, *expression, values);
            if (read && !*read) {
                found.push_back({metric.at,
                                 fmt::format("metric {}, {}: the data's age can't be derived: {}: {}", metric.name,
                                             expression == &metric.query ? "query" : "zero-while", read->error().where,
                                             read->error().what),
                                 "mend it, or say `freshness:`, a query that answers the age in seconds"});
            }
        }
    }
    return found;
}

std::vector<plan::Diagnostic> unsimulated_metrics(const plan::Plan& plan, const plan::Scope& values) {
    const auto profile = range::parse_profile(plan.rehearse.is_object() ? plan.rehearse.value("profile", Json::object())
                                                                        : Json::object());
    if (!profile) {
        return {}; // told by who starts the rehearsal
    }
    const auto of_prometheus = range::series_names(*profile);
    const auto of_service = range::service_series_names(*profile);
    std::vector<plan::Diagnostic> found;
    for (const auto& metric : plan.metrics) {
        const bool scraped = is_scraped(plan, metric);
        const auto& shown = scraped ? of_service : of_prometheus;
        // Where an empty answer means zero, what tells that is what has to be there.
        const std::string& expression = metric.zero_while.empty() ? metric.query : metric.zero_while;
        const auto read = read_expression(plan, expression, values);
        if (!read || !*read) {
            continue;
        }
        for (const auto& selector : (*read)->selectors()) {
            const std::string name = series_of(selector);
            const bool literal = !name.empty() && expression.find(name) != std::string::npos; // and no stand-in
            if (selector.essential && literal && !shown.contains(name)) {
                found.push_back({metric.at,
                                 fmt::format("metric {} has no data in a rehearsal: the simulated {} no series {}",
                                             metric.name, scraped ? "service shows" : "Prometheus has", name),
                                 "if it is one of the load's figures, name it in `rehearse: {profile: …}`",
                                 plan::Severity::warning});
                break;
            }
        }
    }
    return found;
}

std::vector<plan::Diagnostic> window_errors(const plan::Plan& plan, const plan::Scope& values, Nanos at) {
    return release::never_fit(release::at_start(std::make_shared<const plan::Plan>(plan), values, at), at);
}

std::vector<plan::Diagnostic> missing_files(const plan::Plan& plan, const std::string& file) {
    return Files(plan, file).missing();
}

std::vector<plan::Diagnostic> rehearsal_errors(const plan::Plan& plan, const std::string& file) {
    auto errors = plan::rehearsal_errors(plan);
    auto missing = missing_files(plan, file);
    std::move(missing.begin(), missing.end(), std::back_inserter(errors));
    plan::sort_diagnostics(errors);
    return errors;
}

plan::LoadOutcome read_plan(const std::string& file) {
    auto loaded = plan::load_file(file);
    if (!loaded.plan) {
        return loaded;
    }
    const auto values = plan::freeze(*loaded.plan, {}, {}).values;
    auto faults = expression_errors(*loaded.plan, values);
    const bool good = faults.empty();
    auto unseen = unsimulated_metrics(*loaded.plan, values);
    std::move(unseen.begin(), unseen.end(), std::back_inserter(faults));
    for (auto& missing : missing_files(*loaded.plan, file)) {
        missing.severity = plan::Severity::warning;
        faults.push_back(std::move(missing));
    }
    std::move(faults.begin(), faults.end(), std::back_inserter(loaded.diagnostics));
    plan::sort_diagnostics(loaded.diagnostics);
    if (!good) {
        loaded.plan.reset();
    }
    return loaded;
}

} // namespace sluice::host

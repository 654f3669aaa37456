#include "host/plan_check.h"

#include "plan/fill.h"
#include "plan/variables.h"
#include "series/promql.h"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <iterator>

namespace sluice::host {
namespace {

/// What is wrong with an expression, whatever stands for a value that is only known at the start; empty = nothing.
std::string fault_of(const std::string& expression, const plan::Scope& values) {
    std::string wrong;
    for (const char* unknown : {"x", "1", "5m"}) {
        plan::Scope scope = values;
        const auto names = plan::names_in(expression);
        for (const auto& use : names ? *names : std::vector<plan::NameUse>{}) {
            scope.emplace(use.name, unknown);
        }
        const auto filled = plan::fill_query(expression, scope);
        const auto parsed = filled ? series::promql::parse(*filled) : Result<series::promql::Query>(failed(filled));
        if (parsed) {
            return {};
        }
        wrong = wrong.empty() ? fmt::format("{}: {}", parsed.error().where, parsed.error().what) : wrong;
    }
    return wrong;
}

std::vector<plan::Diagnostic> faults_of_metrics(const plan::Plan& plan) {
    std::vector<plan::Diagnostic> found;
    const auto values = plan::freeze(plan, {}, {}).values;
    for (const auto& metric : plan.metrics) {
        if (!metric.freshness.empty()) {
            continue; // nothing of it is read by this program
        }
        for (const auto* expression : {&metric.query, &metric.zero_while}) {
            if (const std::string wrong = expression->empty() ? "" : fault_of(*expression, values); !wrong.empty()) {
                found.push_back({metric.at,
                                 fmt::format("metric {}, {}: the data's age can't be derived: {}", metric.name,
                                             expression == &metric.query ? "query" : "zero-while", wrong),
                                 "mend it, or say `freshness:`, a query that answers the age in seconds"});
            }
        }
    }
    return found;
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
        if (!std::filesystem::exists(folder_ / file, error)) {
            missing_.push_back({at, fmt::format("{}: there is no file '{}' beside the plan", whose, file),
                                "a rehearsal reads it: write it, or name another"});
        }
    }

    std::filesystem::path folder_;
    std::vector<plan::Diagnostic> missing_;
};

} // namespace

std::vector<plan::Diagnostic> rehearsal_errors(const plan::Plan& plan, const std::string& file) {
    auto errors = plan::rehearsal_errors(plan);
    auto missing = Files(plan, file).missing();
    std::move(missing.begin(), missing.end(), std::back_inserter(errors));
    plan::sort_diagnostics(errors);
    return errors;
}

plan::LoadOutcome read_plan(const std::string& file) {
    auto loaded = plan::load_file(file);
    if (!loaded.plan) {
        return loaded;
    }
    auto faults = faults_of_metrics(*loaded.plan);
    const bool good = faults.empty();
    for (auto& missing : Files(*loaded.plan, file).missing()) {
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

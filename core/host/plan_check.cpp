#include "host/plan_check.h"

#include "plan/fill.h"
#include "plan/variables.h"
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

/// What is wrong with an expression, whatever stands for a value that is only known at the start; empty = nothing.
std::string fault_of(const plan::Plan& plan, const std::string& expression, const plan::Scope& values) {
    std::optional<Error> furthest;
    for (const auto& scope : scopes_of(plan, expression, values)) {
        const auto filled = plan::fill_query(expression, scope);
        const auto parsed = filled ? series::promql::parse(*filled) : Result<series::promql::Query>(failed(filled));
        if (parsed) {
            return {};
        }
        if (!furthest || column_of(parsed.error().where) > column_of(furthest->where)) {
            furthest = parsed.error();
        }
    }
    return furthest ? fmt::format("{}: {}", furthest->where, furthest->what) : std::string();
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

} // namespace

std::vector<plan::Diagnostic> expression_errors(const plan::Plan& plan, const plan::Scope& values) {
    std::vector<plan::Diagnostic> found;
    for (const auto& metric : plan.metrics) {
        if (!metric.freshness.empty()) {
            continue; // nothing of it is read by this program
        }
        for (const auto* expression : {&metric.query, &metric.zero_while}) {
            const std::string wrong = expression->empty() ? "" : fault_of(plan, *expression, values);
            if (!wrong.empty()) {
                found.push_back({metric.at,
                                 fmt::format("metric {}, {}: the data's age can't be derived: {}", metric.name,
                                             expression == &metric.query ? "query" : "zero-while", wrong),
                                 "mend it, or say `freshness:`, a query that answers the age in seconds"});
            }
        }
    }
    return found;
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
    auto faults = expression_errors(*loaded.plan, plan::freeze(*loaded.plan, {}, {}).values);
    const bool good = faults.empty();
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

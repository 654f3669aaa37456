#include "plan/loader.h"

#include "plan/language.h"
#include "plan/reading.h"
#include "plan/shape_check.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace sluice::plan {

LoadOutcome load(std::string source, std::string file, const ReadInclude& read, Origin origin) {
    LoadOutcome outcome;
    auto root = read_yaml(source);
    if (!root) {
        outcome.diagnostics.push_back(root.error());
        return outcome;
    }
    const std::string_view text = std::string_view(source).substr(source.starts_with("\xEF\xBB\xBF") ? 3 : 0);
    Reading reading(text);
    reading.include = read;
    reading.of_log = origin == Origin::log;
    check_shape(*root, {Type::Kind::object, {"plan"}}, "the plan", reading.diagnostics, reading.of_log);
    read_plan(reading, *root);
    check_names(reading);
    check_graph(reading);
    check_promises(reading);
    sort_diagnostics(reading.diagnostics);
    outcome.diagnostics = std::move(reading.diagnostics);
    const bool wrong = std::any_of(outcome.diagnostics.begin(), outcome.diagnostics.end(),
                                   [](const Diagnostic& one) { return one.severity == Severity::error; });
    if (!wrong) {
        roll_up_undos(reading.plan);
        reading.plan.source = std::move(source);
        reading.plan.file = std::move(file);
        outcome.plan = std::move(reading.plan);
    }
    return outcome;
}

LoadOutcome load_file(const std::string& path) {
    const auto refuse = [](std::string what, std::string remedy) {
        return LoadOutcome{std::nullopt, {{{1, 1}, std::move(what), std::move(remedy), Severity::error}}};
    };
    std::error_code error;
    const auto kind = std::filesystem::status(path, error).type();
    if (kind == std::filesystem::file_type::not_found) {
        return refuse("there is no such file", "check the name");
    }
    if (kind == std::filesystem::file_type::directory) {
        return refuse("this is a folder", "name the plan's file in it");
    }
    std::ifstream stream(path, std::ios::binary);
    if (!stream) {
        return refuse("the file can't be read", "check its permissions");
    }
    const std::string source{std::istreambuf_iterator<char>(stream), {}};
    return source.empty() ? refuse("the file is empty", "'sluice: 1' is how a plan begins")
                          : load(source, path, beside(std::filesystem::path(path).parent_path().string()));
}

namespace {

/// What no range answers: a program, a socket, logs.
bool acted_out(const Probe* probe) {
    return probe != nullptr &&
           (std::holds_alternative<Command>(probe->what) || std::holds_alternative<ReachRead>(probe->what) ||
            std::holds_alternative<LogsRead>(probe->what));
}

} // namespace

std::vector<Diagnostic> rehearsal_errors(const Plan& plan) {
    std::vector<Diagnostic> errors;
    for (const auto* steps : {&plan.steps, &plan.rollback_steps}) {
        for (const Step& step : *steps) {
            const bool program = std::holds_alternative<Run>(step.body) || std::holds_alternative<Shell>(step.body) ||
                                 acted_out(std::get_if<Probe>(&step.body));
            const auto miss = [&](std::string what, std::string remedy) {
                errors.push_back({step.at, std::move(what), std::move(remedy), Severity::error});
            };
            if (program && !step.rehearse) {
                miss("the step '" + step.id + "' runs a program and does not say what that would do",
                     "add rehearse: {exit: 0, takes: 10s}");
            }
            if (step.verify && acted_out(&*step.verify) && !step.verify_rehearse) {
                miss("the read-back of '" + step.id + "' runs a program and does not say what that would answer",
                     "add rehearse: {exit: 0, output: …} to verify");
            }
            if (step.ready && acted_out(&step.ready->probe) && !step.ready->rehearse) {
                miss("what proves that '" + step.id +
                         "' can be done runs a program and does not say what that would "
                         "answer",
                     "add rehearse: {exit: 0, output: …} to ready");
            }
        }
    }
    for (const Metric& metric : plan.metrics) {
        if (metric.run && !metric.rehearsed) {
            errors.push_back({metric.at,
                              "the metric '" + metric.name + "' runs a program and does not say what that would tell",
                              "add rehearse: {value: …}, the number that it tells there", Severity::error});
        }
        if (metric.http && metric.http->what == HttpNumber::What::certificate_days && !metric.rehearsed) {
            errors.push_back({metric.at,
                              "the metric '" + metric.name + "' looks at a certificate, and no rehearsal has one",
                              "add rehearse: {value: 90}", Severity::error});
        }
        if (metric.reach && !metric.rehearsed) {
            errors.push_back({metric.at,
                              "the metric '" + metric.name + "' opens a socket of its own, and no rehearsal does",
                              "add rehearse: {value: …}, the number that it tells there", Severity::error});
        }
        if (metric.cluster && !metric.rehearsed && !rehearsable(*metric.cluster)) {
            errors.push_back({metric.at,
                              "the metric '" + metric.name + "' looks at " + metric.cluster->object +
                                  ", and a rehearsal has only deployments",
                              "add rehearse: {value: …}, the number that it tells there", Severity::error});
        }
    }
    sort_diagnostics(errors);
    return errors;
}

} // namespace sluice::plan

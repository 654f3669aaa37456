#include "report/source_questions.h"

#include "base/quantity.h"
#include "plan/fill.h"
#include "plan/formula.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace sluice::report {
namespace {

using FillText = Result<std::string> (*)(std::string_view, const plan::Scope&);

std::string filled_or_raw(FillText fill, const std::string& text, const plan::Scope& scope) {
    return fill(text, scope).value_or(text);
}

std::string plain_filled(const std::string& text, const plan::Scope& scope) {
    return plan::fill(text, scope).value_or(text);
}

std::string listed(const std::vector<std::string>& texts, const plan::Scope& scope, const char* between = ", ") {
    std::vector<std::string> all;
    all.reserve(texts.size());
    for (const auto& text : texts) {
        all.push_back(plain_filled(text, scope));
    }
    return fmt::format("{}", fmt::join(all, between));
}

std::string test_words(const plan::Matcher& matcher, const plan::Scope& scope) {
    using Kind = plan::Matcher::Kind;
    switch (matcher.kind) {
    case Kind::equals:
        return "is " + listed(matcher.values, scope);
    case Kind::in:
        return "is one of " + listed(matcher.values, scope);
    case Kind::matches:
        return "matches " + listed(matcher.values, scope);
    case Kind::must:
        return matcher.must.text;
    case Kind::at_least_version:
        return "is at least version " + listed(matcher.values, scope);
    case Kind::younger_than:
        break;
    }
    return "is younger than " + duration_text(matcher.age);
}

std::string json_words(const plan::JsonExpect& json, const plan::Scope& scope) {
    using Quantity = plan::JsonExpect::Quantity;
    const std::string test = test_words(json.matcher, scope);
    switch (json.quantity) {
    case Quantity::one:
        return fmt::format("{} {}", json.pointer, test);
    case Quantity::all:
        return fmt::format("each {} {}", json.pointer, test);
    case Quantity::any:
        return fmt::format("any {} {}", json.pointer, test);
    case Quantity::none:
        return fmt::format("no {} {}", json.pointer, test);
    case Quantity::count:
        break;
    }
    return fmt::format("the number of {} that {} {}", json.pointer, test, json.count.text);
}

std::string wanted_words(const plan::Expect& expect, const plan::Scope& scope) {
    std::vector<std::string> all{expect.status.empty() ? std::string("status 200 to 299")
                                                       : fmt::format("status {}", fmt::join(expect.status, ", "))};
    for (const auto& one : expect.text) {
        all.push_back((one.wanted ? "text with " : "no text with ") + one.pattern);
    }
    for (const auto& one : expect.json) {
        all.push_back(json_words(one, scope));
    }
    if (expect.number) {
        all.push_back("number " + expect.number->text);
    }
    if (expect.at_least) {
        all.push_back("version at least " + plain_filled(*expect.at_least, scope));
    }
    return fmt::format("{}", fmt::join(all, "\n"));
}

const char* reduced_word(plan::Reduce reduce) {
    switch (reduce) {
    case plan::Reduce::sum:
        return "the sum";
    case plan::Reduce::max:
        return "the largest";
    case plan::Reduce::min:
        return "the smallest";
    case plan::Reduce::avg:
        return "the average";
    case plan::Reduce::each:
        return "each by itself";
    case plan::Reduce::any:
        return "any of them";
    case plan::Reduce::none:
        break;
    }
    return "";
}

void add_arms(const plan::Plan& plan, const plan::Metric& metric, const plan::Scope& scope,
              std::vector<Question>& asked) {
    if (metric.by_arm.empty() || !metric.derived.empty()) {
        return;
    }
    std::vector<std::string> arms;
    for (const auto& arm : plan.arms) {
        arms.push_back(arm.name + " is " + plain_filled(arm.match.empty() ? arm.name : arm.match, scope));
    }
    asked.push_back({"arms", fmt::format("by {}: {}", metric.by_arm, fmt::join(arms, ", "))});
}

template <typename Use>
void each_use(const plan::Condition& condition, const std::string& metric, const Use& use) {
    if (condition.kind == plan::Condition::Kind::metric && condition.name == metric) {
        use(condition);
    }
    for (const auto& part : condition.parts) {
        each_use(part, metric, use);
    }
}

bool at_work(release::StepStatus status) {
    return status == release::StepStatus::running || status == release::StepStatus::person ||
           status == release::StepStatus::waiting;
}

/// Of triggers, or of alerts: one, or "green: pending, blue: armed" where it is judged by arm.
template <typename States>
std::string state_of(const States& states, const std::string& id, std::string& why) {
    std::vector<std::string> by_arm;
    std::string whole;
    for (const auto& [key, state] : states) {
        if (!release::key_names(key, id)) {
            continue;
        }
        if (key == id) {
            whole = state.state;
            why = why.empty() ? state.why : why;
        } else {
            by_arm.push_back(key.substr(id.size() + 1) + ": " + state.state);
            const bool quiet = state.state == "armed" || state.state == "inactive";
            why = !quiet && !state.why.empty() ? state.why : why;
        }
    }
    return by_arm.empty() ? whole : fmt::format("{}", fmt::join(by_arm, ", "));
}

/// None of a state: nothing is above or below it.
std::optional<double> bound_of(const plan::Must& must) {
    return must.states.empty() ? std::optional(must.limit) : std::nullopt;
}

class DependentsOf {
public:
    DependentsOf(const release::Release& release, const plan::Metric& metric, const plan::Scope& scope)
        : release_(release), metric_(metric), scope_(scope) {}

    std::vector<Dependent> all() {
        const plan::Plan& plan = *release_.plan;
        for (const auto* list : {&plan.steps, &plan.rollback_steps}) {
            for (const auto& step : *list) {
                gates(step, step.gates);
                if (const auto* hold = std::get_if<plan::Hold>(&step.body)) {
                    gates(step, hold->gates);
                }
            }
        }
        triggers(plan);
        alerts(plan);
        for (const auto& level : plan.severity) {
            if (level.when) {
                condition(Dependent::Kind::severity, level.id, level.title, *level.when);
            }
        }
        for (const auto* list : {&plan.steps, &plan.rollback_steps}) {
            for (const auto& step : *list) {
                conditions(step);
            }
        }
        for (const auto& option : plan.rollback.options) {
            if (option.available_if) {
                condition(Dependent::Kind::option, option.id, option.title, *option.available_if);
            }
        }
        formulas(plan);
        return std::move(found_);
    }

private:
    void add(Dependent::Kind kind, std::string id, const std::string& title, std::string arm, std::string limit,
             std::optional<double> bound, std::string state = {}, std::string why = {}) {
        found_.push_back({kind, std::move(id), plain_filled(title, scope_), std::move(arm), std::move(limit),
                          std::move(state), std::move(why), bound});
    }

    void gates(const plan::Step& step, const std::vector<plan::Gate>& gates) {
        const auto& state = release_.at(step.id);
        for (const auto& gate : gates) {
            if (gate.metric != metric_.name) {
                continue;
            }
            std::vector<std::string> verdicts, whys;
            for (const auto& [key, of] : state.gates) {
                if (at_work(state.status) && release::key_names(key, gate.id)) {
                    const std::string arm = key == gate.id ? "" : key.substr(gate.id.size() + 1);
                    verdicts.push_back((arm.empty() ? "" : arm + ": ") + of.verdict +
                                       (of.overridden ? ", overridden by " + of.overridden_by : ""));
                    if (!of.why.empty()) {
                        whys.push_back(of.why);
                    }
                }
            }
            std::string limit = plan::limit_text(gate);
            limit += gate.for_.count != 0 ? " for " + duration_text(gate.for_) : "";
            limit += gate.has_own_clock() ? ", important" : "";
            const std::string own = gate.title == metric_.title || gate.title == metric_.name ? "" : gate.title;
            add(Dependent::Kind::gate, step.id + "/" + gate.id, step.title + (own.empty() ? "" : ": " + own), gate.arm,
                limit, gate.against ? std::nullopt : bound_of(gate.must),
                (gate.shadow && !verdicts.empty() ? "shadow, " : "") + fmt::format("{}", fmt::join(verdicts, ", ")),
                fmt::format("{}", fmt::join(whys, "; ")));
        }
    }

    void triggers(const plan::Plan& plan) {
        for (const auto& trigger : plan.rollback.triggers) {
            each_use(trigger.condition, metric_.name, [&](const plan::Condition& use) {
                std::string why;
                const std::string state = state_of(release_.triggers, trigger.id, why);
                add(Dependent::Kind::trigger, trigger.id, trigger.title, use.arm.empty() ? trigger.arm : use.arm,
                    use.must.text + (trigger.for_.count != 0 ? " for " + duration_text(trigger.for_) : "") +
                        (trigger.mode == plan::TriggerMode::propose ? ", proposes" : ""),
                    bound_of(use.must), state, why);
            });
        }
    }

    void alerts(const plan::Plan& plan) {
        for (const auto& alert : plan.alerts) {
            each_use(alert.rule.condition, metric_.name, [&](const plan::Condition& use) {
                std::string why;
                const std::string state = state_of(release_.alerts, alert.rule.id, why);
                std::vector<std::string> when;
                if (!alert.only_absent) {
                    when.push_back(use.must.text +
                                   (alert.rule.for_.count != 0 ? " for " + duration_text(alert.rule.for_) : ""));
                }
                if (alert.absent) {
                    when.push_back("no data for " + duration_text(*alert.absent));
                }
                add(Dependent::Kind::alert, alert.rule.id, alert.rule.title, use.arm.empty() ? alert.rule.arm : use.arm,
                    fmt::format("{}", fmt::join(when, ", or ")), alert.only_absent ? std::nullopt : bound_of(use.must),
                    state, why);
            });
        }
    }

    void condition(Dependent::Kind kind, const std::string& id, const std::string& title,
                   const plan::Condition& looked_at) {
        each_use(looked_at, metric_.name,
                 [&](const plan::Condition& use) { add(kind, id, title, use.arm, use.must.text, bound_of(use.must)); });
    }

    void conditions(const plan::Step& step) {
        if (step.when) {
            condition(Dependent::Kind::step, step.id, step.title, *step.when);
        }
        if (const auto* wait = std::get_if<plan::Wait>(&step.body); wait && wait->until) {
            condition(Dependent::Kind::step, step.id, step.title, *wait->until);
        }
        const auto probe = [&](const plan::Probe& one) {
            if (const auto* read = std::get_if<plan::MetricRead>(&one.what)) {
                condition(Dependent::Kind::step, step.id, step.title, read->condition);
            }
        };
        if (const auto* own = std::get_if<plan::Probe>(&step.body)) {
            probe(*own);
        }
        if (step.verify) {
            probe(*step.verify);
        }
    }

    void formulas(const plan::Plan& plan) {
        for (const auto& other : plan.metrics) {
            for (const auto& [arm, text] : other.derived) {
                if (text.find(metric_.name) == std::string::npos) {
                    continue;
                }
                const auto formula = plan::Formula::read(text);
                const auto reads_it = [&](const auto& part) { return part.metric == metric_.name; };
                if (formula && std::any_of(formula->parts().begin(), formula->parts().end(), reads_it)) {
                    add(Dependent::Kind::metric, other.name, other.title, arm, text, std::nullopt);
                }
            }
        }
    }

    const release::Release& release_;
    const plan::Metric& metric_;
    const plan::Scope& scope_;
    std::vector<Dependent> found_;
};

} // namespace

std::vector<Question> questions(const plan::Plan& plan, const plan::Metric& metric, const plan::Scope& scope) {
    std::vector<Question> asked;
    const auto promql = [&](const char* what, const std::string& text) {
        if (!text.empty()) {
            asked.push_back({what, filled_or_raw(plan::fill_query, text, scope)});
        }
    };
    promql("query", metric.query);
    if (metric.lag) {
        asked.push_back({"groups", listed(metric.lag->groups, scope)});
        asked.push_back({"topics", metric.lag->topics.empty() ? "all that the groups have committed to"
                                                              : listed(metric.lag->topics, scope)});
    }
    if (metric.health) {
        asked.push_back({"path", filled_or_raw(plan::fill_url, metric.health->path, scope)});
        asked.push_back({"wanted", wanted_words(metric.health->expect, scope)});
    }
    if (metric.http) {
        if (!metric.http->path.empty()) {
            asked.push_back({"path", filled_or_raw(plan::fill_url, metric.http->path, scope)});
        }
        asked.push_back({"number", metric.http->what == plan::HttpNumber::What::json
                                       ? "at " + metric.http->pointer
                                       : std::string(name(metric.http->what))});
    }
    if (metric.logs) {
        const auto& logs = *metric.logs;
        asked.push_back(
            {"logs of", logs.workload.empty()
                            ? fmt::format("pods {} in {}", filled_or_raw(plan::fill_selector, logs.selector, scope),
                                          filled_or_raw(plan::fill, logs.name_space, scope))
                            : "the pods of " + logs.workload});
        if (!logs.container.empty()) {
            asked.push_back({"container", logs.container});
        }
        asked.push_back({"lines with", logs.pattern});
        asked.push_back({"over", duration_text(logs.over)});
    }
    if (metric.reach) {
        const auto& reach = *metric.reach;
        if (reach.port != 0) {
            asked.push_back({"port", std::to_string(reach.port)});
        }
        if (reach.addresses != plan::ReachNumber::Addresses::any) {
            asked.push_back({"addresses", reach.addresses == plan::ReachNumber::Addresses::a ? "IPv4" : "IPv6"});
        }
        asked.push_back({"number", fmt::format("{} of {}", name(reach.what), name(reach.kind))});
    }
    if (metric.config) {
        const auto& config = *metric.config;
        asked.push_back(config.topic.empty() ? Question{"broker", std::to_string(config.broker)}
                                             : Question{"topic", plain_filled(config.topic, scope)});
        asked.push_back({"number", "setting " + config.key});
    }
    if (metric.login) {
        asked.push_back({"number", fmt::format("{} of a login", name(metric.login->what))});
    }
    if (metric.run) {
        asked.push_back({"program", listed(metric.run->command.argv, scope, " ")});
        asked.push_back({"number", metric.run->extract.empty() ? std::string("the first line that it prints")
                                                               : "what matches " + metric.run->extract});
    }
    if (metric.cluster) {
        const auto& number = *metric.cluster;
        const std::string object = plain_filled(number.object, scope);
        asked.push_back({name(number.what), plan::of_workload(number.what) ? object : number.of});
        if (number.what == plan::ClusterNumber::What::usage) {
            asked.push_back({"of", object});
        }
        for (const auto& [what, text] : {std::pair{"namespace", &number.name_space}, {"selector", &number.selector}}) {
            if (!text->empty()) {
                asked.push_back({what, plain_filled(*text, scope)});
            }
        }
    }
    if (metric.alerts) {
        std::vector<std::string> matchers;
        for (const auto& matcher : metric.alerts->matchers) {
            matchers.push_back(filled_or_raw(plan::fill_query, matcher, scope));
        }
        asked.push_back(
            {"alerts", matchers.empty() ? std::string("all that fire") : fmt::format("{}", fmt::join(matchers, "\n"))});
    }
    for (const auto& [arm, formula] : metric.derived) {
        asked.push_back({arm.empty() ? "formula" : "formula of " + arm, formula});
    }
    promql("age", metric.freshness);
    promql("zero while", metric.zero_while);
    add_arms(plan, metric, scope, asked);
    if (metric.reduce != plan::Reduce::none) {
        asked.push_back({"taken", reduced_word(metric.reduce) +
                                      (metric.at_least > 1 ? fmt::format(", of at least {} series", metric.at_least)
                                                           : std::string())});
    }
    return asked;
}

std::vector<Dependent> dependents(const release::Release& release, const plan::Metric& metric,
                                  const plan::Scope& scope) {
    return DependentsOf(release, metric, scope).all();
}

std::string bare_address(const plan::Connection& connection, const plan::Scope& scope) {
    std::string address = plain_filled(plan::address_in(connection.settings), scope);
    const auto host = address.find("://");
    const auto from = host == std::string::npos ? 0 : host + 3;
    address.erase(std::min(address.find_first_of("?#", from), address.size()));
    const auto path = std::min(address.find('/', from), address.size());
    if (const auto user = address.substr(from, path - from).rfind('@'); user != std::string::npos) {
        address.erase(from, user + 1);
    }
    return address;
}

} // namespace sluice::report

#include "release/covered.h"

#include "base/digest.h"
#include "plan/describe.h"

#include <algorithm>
#include <map>
#include <set>

namespace sluice::release {
namespace {

/// The steps that must be over before each forward step can begin.
std::map<StepId, std::set<StepId>> before_each(const plan::Plan& plan) {
    std::map<StepId, std::set<StepId>> before;
    std::map<StepId, std::set<StepId>> within; // of groups and decides, at any depth
    for (const auto& step : plan.steps) {
        for (const auto* at = &step; !at->parent.empty(); at = plan.step(at->parent)) {
            within[at->parent].insert(step.id);
        }
    }
    std::map<std::string, std::set<StepId>> earlier_phases;
    std::set<StepId> so_far;
    for (const auto& phase : plan.phases) {
        earlier_phases[phase.id] = so_far;
        for (const auto& id : phase.steps) {
            so_far.insert(id);
            const auto& parts = within[id];
            so_far.insert(parts.begin(), parts.end());
        }
    }
    for (const auto& step : plan.steps) { // each stands after what it needs
        auto& mine = before[step.id];
        if (const auto* phase = plan.phase_of(step.id)) {
            const auto& earlier = earlier_phases[phase->id];
            mine.insert(earlier.begin(), earlier.end());
        }
        if (!step.parent.empty()) {
            const auto& outer = before[step.parent];
            mine.insert(outer.begin(), outer.end());
        }
        for (const auto& need : step.needs) {
            const auto& its = before[need];
            const auto& parts = within[need];
            mine.insert(need);
            mine.insert(its.begin(), its.end());
            mine.insert(parts.begin(), parts.end());
        }
    }
    return before;
}

/// As `plan::fill`, but what has no value yet stays as it is written.
std::string fill_known(const std::string& text, const plan::Scope& scope) {
    const auto names = plan::names_in(text);
    if (!names) {
        return text;
    }
    plan::Scope known = scope;
    for (const auto& use : *names) {
        known.emplace(use.name, "${" + use.name + "}");
    }
    const auto filled = plan::fill(text, known);
    return filled ? *filled : text;
}

Json fill_known(const Json& value, const plan::Scope& scope) {
    if (value.is_string()) {
        return fill_known(value.get<std::string>(), scope);
    }
    Json filled = value;
    for (auto& part : filled) {
        if (value.is_structured()) {
            part = fill_known(Json(part), scope);
        }
    }
    return filled;
}

Json body_of(const plan::KafkaAction& action) {
    if (const auto* offsets = std::get_if<plan::KafkaOffsets>(&action.what)) {
        return {{"set offsets of", offsets->group}, {"topics", offsets->topics}, {"to", offsets->to}};
    }
    if (const auto* topic = std::get_if<plan::KafkaTopic>(&action.what)) {
        return {{"create topic", topic->name},
                {"partitions", topic->partitions},
                {"replication", topic->replication},
                {"config", topic->config}};
    }
    if (const auto* config = std::get_if<plan::KafkaConfig>(&action.what)) {
        return {{"configure topic", config->topic}, {"config", config->config}};
    }
    const auto& message = std::get<plan::KafkaMessage>(action.what);
    Json headers = Json::array();
    for (const auto& [name, value] : message.headers) {
        headers.push_back({name, value});
    }
    return {{"produce to", message.topic},
            {"key", message.key},
            {"json", message.json.value_or(nullptr)},
            {"text", message.text},
            {"headers", headers}};
}

Json body_of(const plan::Step& step) {
    if (const auto* run = std::get_if<plan::Run>(&step.body)) {
        return {
            {"argv", run->command.argv}, {"environment", run->command.environment}, {"folder", run->command.folder}};
    }
    if (const auto* write = std::get_if<plan::KubernetesWrite>(&step.body)) {
        return {{"verb", static_cast<int>(write->verb)},
                {"object", write->object},
                {"namespace", write->name_space},
                {"body", write->body},
                {"file", write->file}};
    }
    if (const auto* shift = std::get_if<plan::Shift>(&step.body)) {
        return {{"traffic", shift->traffic}, {"weights", shift->weights}, {"final", shift->final_}};
    }
    if (const auto* scale = std::get_if<plan::Scale>(&step.body)) {
        return {{"workload", scale->workload}, {"replicas", scale->replicas}};
    }
    if (const auto* http = std::get_if<plan::HttpAction>(&step.body)) {
        Json headers = Json::array();
        for (const auto& [name, value] : http->call.headers) {
            headers.push_back({name, value});
        }
        return {{"method", http->call.method},
                {"path", http->call.path},
                {"headers", headers},
                {"json", http->call.json.value_or(nullptr)},
                {"text", http->call.text}};
    }
    if (const auto* shell = std::get_if<plan::Shell>(&step.body)) {
        return {{"shell", shell->text}, {"environment", shell->command.environment}, {"folder", shell->command.folder}};
    }
    if (const auto* flag = std::get_if<plan::Flag>(&step.body)) {
        return {{"flag", flag->name}, {"to", flag->value}, {"config-map", flag->config_map}};
    }
    if (const auto* external = std::get_if<plan::External>(&step.body)) {
        return {{"typed elsewhere", external->command}, {"text", external->text}};
    }
    if (const auto* kafka = std::get_if<plan::KafkaAction>(&step.body)) {
        return body_of(*kafka);
    }
    if (const auto* notify = std::get_if<plan::Notify>(&step.body)) {
        return {{"to", notify->channels}, {"message", notify->message}, {"text", notify->text}};
    }
    return nullptr; // what it does, in words, says it
}

/// The programs that read it back and prove it ready.
Json programs_asked(const plan::Step& step) {
    Json asks = Json::array();
    const auto add = [&](const char* what, const plan::Probe& probe) {
        if (const auto* command = plan::program_of(probe)) {
            asks.push_back({{what, command->argv}, {"environment", command->environment}, {"folder", command->folder}});
        }
    };
    if (step.verify) {
        add("verify", *step.verify);
    }
    if (step.ready) {
        add("ready", step.ready->probe);
    }
    return asks;
}

/// The files that it uses, as they were pinned: [{"path", "digest"}].
Json files_of(const Release& release, const plan::Step& step) {
    Json files = Json::array();
    for (const auto& [path, digest] : release.files) {
        const bool uses = std::any_of(step.files.begin(), step.files.end(), [&, at = path](const auto& one) {
            return at == one || at.starts_with(one + "/");
        });
        if (uses) {
            files.push_back({{"path", path}, {"digest", digest}});
        }
    }
    return files;
}

} // namespace

bool always_passed(const plan::Step& step) {
    return std::holds_alternative<plan::Approve>(step.body) && !step.when && step.parent.empty() &&
           step.left_out.empty();
}

std::vector<StepId> covered_by(const Release& release, const StepId& approve) {
    const auto before = before_each(*release.plan);
    std::vector<StepId> covered;
    for (const auto& step : release.plan->steps) {
        const auto& mine = before.at(step.id);
        if (!plan::changes_outside(step.body) || !mine.contains(approve)) {
            continue;
        }
        const bool behind_another = std::any_of(mine.begin(), mine.end(), [&](const StepId& id) {
            const auto* other = release.plan->step(id);
            return id != approve && other && always_passed(*other) && before.at(id).contains(approve);
        });
        if (!behind_another) {
            covered.push_back(step.id);
        }
    }
    return covered;
}

namespace {

/// As `always_passed`, and it may stand in groups that are always passed themselves: what comes after them waits for it
/// too. In a decision it may not be chosen.
bool passed_within(const plan::Plan& plan, const plan::Step& approve) {
    if (!std::holds_alternative<plan::Approve>(approve.body)) {
        return false;
    }
    const plan::Step* at = &approve;
    while (at != nullptr && !at->when && at->left_out.empty()) {
        if (at->parent.empty()) {
            return true;
        }
        at = plan.step(at->parent);
        if (at != nullptr && !std::holds_alternative<plan::Group>(at->body)) {
            return false;
        }
    }
    return false;
}

} // namespace

std::vector<StepId> before_any_approval(const Release& release) {
    std::vector<StepId> free;
    const auto before = before_each(*release.plan);
    for (const auto& step : release.plan->steps) {
        const auto& mine = before.at(step.id);
        if (plan::changes_production(step.body) && step.left_out.empty() &&
            std::none_of(mine.begin(), mine.end(), [&](const StepId& earlier) {
                return passed_within(*release.plan, *release.plan->step(earlier));
            })) {
            free.push_back(step.id);
        }
    }
    return free;
}

std::vector<StepId> probes_of_programs(const Release& release) {
    std::vector<StepId> ids;
    for (const auto& step : release.plan->steps) {
        const auto* probe = std::get_if<plan::Probe>(&step.body);
        if (probe && step.left_out.empty() && plan::program_of(*probe)) {
            ids.push_back(step.id);
        }
    }
    return ids;
}

namespace {

/// What does not become another while that approval is asked for: the variables, and what was given before its turn. A
/// way back may be approved long before it is taken; what other steps give meanwhile stands as its name, so that it is
/// the same for who asks and for who signs.
plan::Scope known_before(const Release& release, const StepId& approve) {
    auto names = scope(release);
    const auto before = before_each(*release.plan);
    const auto earlier = before.find(approve); // none of an approval on a way back
    for (const auto& step : release.plan->steps) {
        for (const auto& output : step.outputs) {
            if (earlier == before.end() || !earlier->second.contains(step.id)) {
                names.erase(output.name);
            }
        }
    }
    names.erase("T0");
    return names;
}

/// `later`: of how it is taken back.
Json run_of(const Release& release, const plan::Step& step, const plan::Scope& names, const plan::Scope& later) {
    Json run = {{"step", step.id},
                {"on", step.on},
                {"title", fill_known(step.title, names)},
                {"does", fill_known(plan::summary(step), names)},
                {"what", fill_known(body_of(step), names).dump()}}; // as text: keys may be any
    if (Json files = files_of(release, step); !files.empty()) {
        run["files"] = std::move(files);
    }
    if (Json asks = programs_asked(step); !asks.empty()) {
        run["asks"] = fill_known(asks, names).dump();
    }
    if (step.undo && plan::changes_outside(step.undo->body)) {
        run["undo"] = {{"does", fill_known(plan::summary(*step.undo), later)},
                       {"what", fill_known(body_of(*step.undo), later).dump()},
                       {"asks", fill_known(programs_asked(*step.undo), later).dump()}};
    }
    return run;
}

} // namespace

Json what_runs(const Release& release, const std::vector<StepId>& steps) {
    const auto names = scope(release);
    Json runs = Json::array();
    for (const auto& id : steps) {
        runs.push_back(run_of(release, *release.plan->step(id), names, names));
    }
    return runs;
}

Json to_approve(const Release& release, const StepId& approve) {
    const auto names = scope(release), later = known_before(release, approve);
    Json runs = Json::array();
    for (const auto& id : covered_by(release, approve)) {
        runs.push_back(run_of(release, *release.plan->step(id), names, later));
    }
    if (runs.empty()) {
        return runs;
    }
    for (const auto& step : release.plan->rollback_steps) { // what an undo does stands with its step
        if (step.undoes.empty() && plan::changes_outside(step.body)) {
            runs.push_back(run_of(release, step, later, later));
            runs.back()["way back"] = release.plan->option_of(step.id)->id;
        }
    }
    return runs;
}

std::string digest_of_runs(const Json& runs) {
    const auto text = canonical(runs);
    return text ? hex(sha256(*text)) : std::string();
}

StepId unapproved(const Release& release, const plan::Step& step) {
    if (!plan::changes_outside(step.body)) {
        return {};
    }
    std::vector<StepId> asked; // people were asked, and have not approved
    for (const auto& other : release.plan->steps) {
        const StepState& state = release.at(other.id);
        if (std::holds_alternative<plan::Approve>(other.body) && state.attempt > 0 && !satisfies(state.status)) {
            asked.push_back(other.id);
        }
    }
    if (asked.empty()) {
        return {};
    }
    // Not only what it covers: another approval behind it, as an amendment may add one, does not stand for it.
    const auto before = before_each(*release.plan);
    const auto mine = before.find(step.id);
    const auto guard = std::find_if(asked.begin(), asked.end(), [&](const StepId& id) {
        return mine != before.end() && mine->second.contains(id);
    });
    return guard == asked.end() ? StepId() : *guard;
}

bool any_to_come(const Release& release, const std::vector<StepId>& steps) {
    return std::any_of(steps.begin(), steps.end(),
                       [&](const StepId& id) { return release.at(id).attempt == 0 && !over(release.at(id).status); });
}

bool any_begun(const Release& release, const std::vector<StepId>& steps) {
    return std::any_of(steps.begin(), steps.end(), [&](const StepId& id) { return release.at(id).attempt > 0; });
}

} // namespace sluice::release

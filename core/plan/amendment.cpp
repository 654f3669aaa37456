#include "plan/amendment.h"

#include "plan/reading.h"
#include "plan/yaml_tree.h"

#include <algorithm>
#include <dtl/dtl.hpp>
#include <fmt/format.h>
#include <map>
#include <set>
#include <sstream>

namespace sluice::plan {
namespace {

struct Part {
    std::string kind, name;
    std::string text;       ///< what is compared
    std::string place = {}; ///< the list in which a step stands
    bool ordered = false;   ///< it names no needs, so that it comes after the one before it
};

/// Names may look like numbers.
std::string text_at(const Json& json, const char* key) {
    const auto found = json.find(key);
    if (found == json.end()) {
        return {};
    }
    return found->is_string() ? found->get<std::string>() : found->dump();
}

/// Takes a plan's tree apart.
class Parts {
public:
    explicit Parts(const Node& root) {
        Json top = plain_json(root);
        for (const auto& [key, kind] :
             {std::pair("variables", "variable"), std::pair("connections", "connection"), std::pair("arms", "arm"),
              std::pair("metrics", "metric"), std::pair("traffic", "traffic")}) {
            take_map(top, key, kind);
        }
        if (top.contains("phases")) {
            for (Json& phase : top["phases"]) {
                take_steps(phase, "steps", "", "phase " + id_of(phase));
                add("phase", id_of(phase), phase);
            }
            top.erase("phases");
        }
        take_alerts(top);
        if (top.contains("rollback") && top["rollback"].is_object()) {
            take_rollback(top["rollback"]);
            top.erase("rollback");
        }
        for (const auto& [key, value] : top.items()) {
            add("plan", key, value);
        }
    }

    const Part* find(const std::string& kind, const std::string& name) const {
        const auto found = std::find_if(all.begin(), all.end(),
                                        [&](const Part& part) { return part.kind == kind && part.name == name; });
        return found == all.end() ? nullptr : &*found;
    }

    std::vector<Part> all;

private:
    void take_alerts(Json& top) {
        if (top.contains("alerts") && top["alerts"].is_array()) {
            for (const Json& alert : top["alerts"]) {
                add("alert", id_of(alert), alert);
            }
            top.erase("alerts");
        }
    }

    static std::string id_of(const Json& json) { return text_at(json, "id"); }
    void add(const std::string& kind, const std::string& name, const Json& json) {
        all.push_back({kind, name, json.dump()});
    }

    void take_map(Json& top, const char* key, const char* kind) {
        if (!top.contains(key)) {
            return;
        }
        for (const auto& [name, value] : top[key].items()) {
            add(kind, name, value);
        }
        top.erase(key);
    }

    /// Steps leave the map in which they stand; where they stand is part of what they are.
    void take_steps(Json& holder, const char* key, const std::string& prefix, const std::string& place) {
        if (!holder.is_object() || !holder.contains(key) || !holder[key].is_array()) {
            return;
        }
        Json steps = std::move(holder[key]);
        holder.erase(key);
        for (Json& step : steps) {
            const std::string id = prefix + id_of(step);
            const std::size_t at = all.size();
            take_steps(step, "group", prefix, "group " + id);
            if (step.contains("decide") && step["decide"].contains("choices")) {
                for (Json& choice : step["decide"]["choices"]) {
                    take_steps(choice, "steps", prefix, fmt::format("choice {} of {}", id_of(choice), id));
                }
            }
            step["(in)"] = place;
            all.insert(all.begin() + static_cast<std::ptrdiff_t>(at),
                       Part{"step", id, step.dump(), place, !step.contains("needs")});
        }
    }

    void take_rollback(Json& rollback) {
        if (rollback.contains("options")) {
            for (auto& [name, option] : rollback["options"].items()) {
                take_steps(option, "steps", name + "/", "option " + name);
                add("option", name, option);
            }
            rollback.erase("options");
        }
        if (rollback.contains("triggers")) {
            for (const Json& trigger : rollback["triggers"]) {
                std::string name = id_of(trigger);
                if (name.empty()) { // as the loader makes it, near enough to be recognised
                    name = trigger.contains("severity")
                               ? "severity-" + text_at(trigger, "severity")
                               : text_at(trigger, trigger.contains("metric") ? "metric" : "title");
                    name = name.empty() ? "unnamed" : name;
                    name += trigger.contains("arm") ? "-" + text_at(trigger, "arm") : "";
                }
                add("trigger", name, trigger);
            }
            rollback.erase("triggers");
        }
        for (const auto& [key, value] : rollback.items()) {
            add("plan", "rollback " + key, value);
        }
    }
};

/// The step that it comes after, of those that both plans have; empty = the first.
std::string comes_after(const Parts& mine, const Part& step, const Parts& other) {
    std::string last;
    for (const Part& part : mine.all) {
        if (&part == &step) {
            break;
        }
        last = part.place == step.place && other.find("step", part.name) != nullptr ? part.name : last;
    }
    return last;
}

bool moved(const Parts& before, const Part& was, const Parts& after, const Part& is) {
    return was.ordered && is.ordered && comes_after(before, was, after) != comes_after(after, is, before);
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) {
        lines.push_back(line);
    }
    return lines;
}

} // namespace

std::string to_text(const PartChange& change) {
    static constexpr const char* words[] = {"added", "removed", "changed"};
    return fmt::format("{} {} {}", change.kind == "plan" ? "the plan's" : change.kind, change.name,
                       words[static_cast<int>(change.what)]);
}

std::vector<PartChange> changes_between(const std::string& before, const std::string& after) {
    const auto old_root = read_yaml(before);
    const auto new_root = read_yaml(after);
    if (!old_root || !new_root) {
        return {{PartChange::What::changed, "plan", "text"}};
    }
    const Parts old_parts(*old_root), new_parts(*new_root);
    std::vector<PartChange> changes;
    for (const Part& part : new_parts.all) {
        const Part* was = old_parts.find(part.kind, part.name);
        if (was == nullptr) {
            changes.push_back({PartChange::What::added, part.kind, part.name});
        } else if (was->text != part.text || moved(old_parts, *was, new_parts, part)) {
            changes.push_back({PartChange::What::changed, part.kind, part.name});
        }
    }
    for (const Part& part : old_parts.all) {
        if (new_parts.find(part.kind, part.name) == nullptr) {
            changes.push_back({PartChange::What::removed, part.kind, part.name});
        }
    }
    return changes;
}

std::string unified_diff(const std::string& before, const std::string& after) {
    if (before == after) {
        return {};
    }
    dtl::Diff<std::string> diff(lines_of(before), lines_of(after));
    diff.onHuge();
    diff.compose();
    diff.composeUnifiedHunks();
    std::ostringstream text;
    diff.printUnifiedFormat(text);
    return text.str();
}

namespace {

std::string text_of(const Includes& files, const std::string& name) {
    const auto found = files.find(name);
    return found == files.end() ? std::string() : found->second;
}

std::set<std::string> files_of_both(const Plan& before, const Plan& after) {
    std::set<std::string> names;
    for (const auto* plan : {&before, &after}) {
        for (const auto& [name, text] : plan->includes) {
            names.insert(name);
        }
    }
    return names;
}

/// Metric → what it asks and how that is reckoned, as text.
std::map<std::string, std::string> questions(const Plan& plan) {
    std::map<std::string, std::string> all;
    const auto root = read_yaml(plan.source);
    const Json top = root ? plain_json(*root) : Json();
    const Json metrics = top.value("metrics", Json::object());
    for (const auto& [name, metric] : metrics.items()) {
        Json asks = metric;
        for (const char* key : {"title", "interval", "max-age", "freshness", "rehearse"}) {
            asks.erase(key);
        }
        all[name] = asks.dump();
    }
    return all;
}

} // namespace

std::set<std::string> metrics_asked_otherwise(const Plan& before, const Plan& after) {
    const auto was = questions(before), is = questions(after);
    std::set<std::string> names;
    for (const auto* all : {&was, &is}) {
        for (const auto& [name, asks] : *all) {
            const auto one = was.find(name), other = is.find(name);
            if (one == was.end() || other == is.end() || one->second != other->second) {
                names.insert(name);
            }
        }
    }
    return names;
}

std::vector<PartChange> changes_between(const Plan& before, const Plan& after) {
    auto changes = changes_between(before.source, after.source);
    for (const auto& name : files_of_both(before, after)) {
        const bool was = before.includes.contains(name), is = after.includes.contains(name);
        if (was != is || text_of(before.includes, name) != text_of(after.includes, name)) {
            const auto what = !was  ? PartChange::What::added
                              : !is ? PartChange::What::removed
                                    : PartChange::What::changed;
            changes.push_back({what, "file", name});
        }
    }
    return changes;
}

std::string unified_diff(const Plan& before, const Plan& after) {
    std::string all = unified_diff(before.source, after.source);
    for (const auto& name : files_of_both(before, after)) {
        const auto diff = unified_diff(text_of(before.includes, name), text_of(after.includes, name));
        if (!diff.empty()) {
            all += name;
            all += ":\n";
            all += diff;
        }
    }
    return all;
}

} // namespace sluice::plan

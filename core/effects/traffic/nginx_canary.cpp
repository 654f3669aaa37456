#include "effects/traffic/nginx_canary.h"

#include "kubernetes/object_writes.h"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

namespace sluice::effects {
namespace {

using kubernetes::PreparedWrite;

constexpr const char* canary_key = "nginx.ingress.kubernetes.io/canary";
constexpr const char* weight_key = "nginx.ingress.kubernetes.io/canary-weight";
constexpr const char* total_key = "nginx.ingress.kubernetes.io/canary-weight-total";
constexpr const char* class_key = "kubernetes.io/ingress.class";
constexpr const char* made_by_key = "app.kubernetes.io/managed-by";

std::string annotation(const Json& ingress, const char* key) {
    return ingress.value(Json::json_pointer("/metadata/annotations") / key, "");
}

/// Weight of a canary that is there; absent annotation = 0, as ingress-nginx has it.
Result<int> weight_of(const CanarySettings& settings, const Json& canary) {
    const auto refuse = [&](ErrorCode code, std::string what, std::string remedy) {
        return fail(code, settings.canary.text() + " " + std::move(what), settings.canary.path(), std::move(remedy));
    };
    if (annotation(canary, canary_key) != "true") {
        return refuse(ErrorCode::conflict, "is there but is no canary", "give the canary another name in the plan");
    }
    const std::string total = annotation(canary, total_key);
    if (!total.empty() && total != "100") {
        return refuse(ErrorCode::conflict, fmt::format("counts its weight out of {}", total),
                      "take the annotation canary-weight-total away");
    }
    const std::string text = annotation(canary, weight_key);
    int weight = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), weight);
    if (!text.empty() && (error != std::errc() || end != text.data() + text.size() || weight < 0 || weight > 100)) {
        return refuse(ErrorCode::conflict, fmt::format("has the weight '{}'", text), "set it to 0 … 100");
    }
    const auto arm = arm_of(settings.canary, backends_of(canary, settings.services, settings.path));
    if (!arm) {
        return failed(arm);
    }
    if (*arm != settings.canary_arm) {
        return refuse(ErrorCode::conflict, fmt::format("leads to {}, not to {}", *arm, settings.canary_arm),
                      "correct its backend, or the plan");
    }
    return weight;
}

/// Changes the weight, expecting the one that was read.
PreparedWrite weight_write(const CanarySettings& settings, const Json& canary, int from, int to) {
    const auto shape = [](const Json& value) { return Json{{"metadata", {{"annotations", {{weight_key, value}}}}}}; };
    const std::string base = "/metadata/annotations/nginx.ingress.kubernetes.io~1canary";
    const bool has_weight = !annotation(canary, weight_key).empty();
    Json operations = kubernetes::identity_tests(canary);
    operations.push_back({{"op", "test"}, {"path", base}, {"value", "true"}});
    if (has_weight) {
        operations.push_back({{"op", "test"}, {"path", base + "-weight"}, {"value", std::to_string(from)}});
    } else {
        operations.push_back({{"op", "test"},
                              {"path", "/metadata/resourceVersion"},
                              {"value", canary.value("/metadata/resourceVersion"_json_pointer, "")}});
    }
    operations.push_back(
        {{"op", has_weight ? "replace" : "add"}, {"path", base + "-weight"}, {"value", std::to_string(to)}});
    PreparedWrite write;
    write.what = fmt::format("{}: {} {} → {} %", settings.canary.text(), settings.canary_arm, from, to);
    write.object_path = settings.canary.path();
    write.expected = shape(has_weight ? Json(std::to_string(from)) : Json());
    write.desired = shape(std::to_string(to));
    return kubernetes::patched(std::move(write), kubernetes::PatchKind::json, settings.canary.path(), operations,
                               canary);
}

/// One change of traffic on its way; collects the writes.
struct Change {
    const CanarySettings& settings;
    const CanaryState& state;
    std::vector<Backend> backends;
    int weight = 0; ///< the canary's, now
    std::vector<PreparedWrite> writes;

    bool has_canary() const { return !state.canary.is_null(); }
    bool ours() const {
        return state.canary.value(Json::json_pointer("/metadata/labels") / made_by_key, "") ==
               kubernetes::field_manager;
    }
    bool all_lead_to(const std::string& arm) const {
        return std::all_of(backends.begin(), backends.end(),
                           [&](const Backend& backend) { return backend.arm == arm; });
    }

    Result<void> lead_to(const std::string& arm) {
        if (all_lead_to(arm)) {
            return {};
        }
        return take(switch_write(settings.primary, state.primary, backends, settings.services, arm));
    }

    Result<void> take(Result<PreparedWrite> write) {
        if (!write) {
            return failed(write);
        }
        writes.push_back(std::move(*write));
        return {};
    }

    Result<void> set_weight(int to) {
        if (!has_canary()) {
            Json manifest = canary_manifest(settings, state.primary);
            if (!manifest["spec"].contains("rules")) {
                return fail(ErrorCode::bad_input, settings.primary.text() + " has no path that a canary can share",
                            settings.primary.path(),
                            "a default backend can't be split: give the Ingress a rule with a path");
            }
            if (auto made = take(kubernetes::create_write(settings.canary, manifest, {})); !made) {
                return made;
            }
            writes.back().what = fmt::format("{}: made, {} 0 %", settings.canary.text(), settings.canary_arm);
            writes.push_back(weight_write(settings, manifest, 0, to));
        } else if (weight != to) {
            writes.push_back(weight_write(settings, state.canary, weight, to));
        }
        return {};
    }

    /// Takes away what this program made; leaves what was there before at weight 0.
    Result<void> put_away() {
        if (!has_canary()) {
            return {};
        }
        if (!ours()) {
            return set_weight(0);
        }
        return take(kubernetes::delete_write(settings.canary, false, state.canary));
    }

    Result<void> to(int target, bool final) {
        if (target == 0) {
            auto step = lead_to(settings.primary_arm);
            // By the weight first: ingress-nginx takes it up without reloading, a removal it does not.
            if (step && has_canary() && weight != 0) {
                step = set_weight(0);
            }
            return step && has_canary() && ours() ? put_away() : step;
        }
        if (target == 100 && (final || all_lead_to(settings.canary_arm))) {
            auto step = lead_to(settings.canary_arm);
            return step && final ? put_away() : step;
        }
        auto step = set_weight(target);
        return step ? lead_to(settings.primary_arm) : step;
    }
};

} // namespace

Result<Split> commanded(const CanarySettings& settings, const CanaryState& state) {
    const auto lead = arm_of(settings.primary, backends_of(state.primary, settings.services, settings.path));
    if (!lead) {
        return failed(lead);
    }
    const auto weight = state.canary.is_null() ? Result<int>(0) : weight_of(settings, state.canary);
    if (!weight) {
        return failed(weight);
    }
    Split split = {{settings.primary_arm, 0}, {settings.canary_arm, 0}};
    split[*lead] += 100 - *weight;
    split[settings.canary_arm] += *weight;
    return split;
}

Result<std::vector<PreparedWrite>> canary_writes(const CanarySettings& settings, const CanaryState& state, int weight,
                                                 bool final) {
    Change change{settings, state, backends_of(state.primary, settings.services, settings.path), 0, {}};
    if (change.backends.empty()) {
        return failed(arm_of(settings.primary, change.backends));
    }
    if (change.has_canary()) {
        const auto now = weight_of(settings, state.canary);
        if (!now) {
            return failed(now);
        }
        change.weight = *now;
    }
    const auto done = change.to(weight, final);
    return done ? Result<std::vector<PreparedWrite>>(std::move(change.writes)) : failed(done);
}

Json canary_manifest(const CanarySettings& settings, const Json& primary) {
    Json annotations = {{canary_key, "true"}, {weight_key, "0"}};
    if (const std::string old_class = annotation(primary, class_key); !old_class.empty()) {
        annotations[class_key] = old_class; // clusters that pick Ingresses by it would not see the canary
    }
    Json spec = Json::object();
    if (primary.contains("/spec/ingressClassName"_json_pointer)) {
        spec["ingressClassName"] = primary.at("/spec/ingressClassName"_json_pointer);
    }
    // Only paths that lead to an arm: any other would be split between a service and itself.
    const Json rules = primary.value("/spec/rules"_json_pointer, Json::array());
    for (const Json& rule : rules) {
        Json paths = Json::array();
        for (Json path : rule.value("/http/paths"_json_pointer, Json::array())) {
            const std::string service = path.value("/backend/service/name"_json_pointer, "");
            const bool arm = std::any_of(settings.services.begin(), settings.services.end(),
                                         [&](const auto& own) { return own.second == service; });
            if (arm && (settings.path.empty() || settings.path == path.value("path", ""))) {
                path["/backend/service/name"_json_pointer] = settings.services.at(settings.canary_arm);
                paths.push_back(std::move(path));
            }
        }
        if (!paths.empty()) {
            Json copy = rule;
            copy["http"]["paths"] = std::move(paths);
            spec["rules"].push_back(std::move(copy));
        }
    }
    return {{"apiVersion", "networking.k8s.io/v1"},
            {"kind", "Ingress"},
            {"metadata",
             {{"name", settings.canary.name},
              {"namespace", settings.canary.name_space},
              {"labels", {{made_by_key, kubernetes::field_manager}}},
              {"annotations", annotations}}},
            {"spec", spec}};
}

} // namespace sluice::effects

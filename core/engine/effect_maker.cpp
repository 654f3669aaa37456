#include "engine/effect_maker.h"

#include "base/instant.h"
#include "effects/http_effect.h"
#include "effects/kubernetes_effect.h"
#include "effects/run_effect.h"
#include "effects/shift_effect.h"
#include "engine/calls.h"
#include "engine/kafka_specs.h"
#include "kubernetes/object_ref.h"
#include "kubernetes/yaml.h"
#include "plan/fill.h"
#include "plan/secret_reference.h"

#include <charconv>

namespace sluice::engine {
namespace {

using Made = Result<std::unique_ptr<effects::Effect>>;

/// The strings of a flat body: {"NAME": "value"}; null removes.
std::map<std::string, std::optional<std::string>> pairs_of(const Json& body) {
    std::map<std::string, std::optional<std::string>> pairs;
    for (const auto& [key, value] : body.items()) {
        pairs[key] = value.is_null()     ? std::nullopt
                     : value.is_string() ? std::optional(value.get<std::string>())
                                         : std::optional(value.dump());
    }
    return pairs;
}

std::string object_text(const std::string& object, const std::string& name_space) {
    const auto ref = kubernetes::parse_object(object, name_space);
    return ref ? ref->text() : object;
}

std::string workload_text(const std::string& workload) {
    const auto ref = kubernetes::parse_in_namespace(workload);
    return ref ? ref->text() : workload;
}

std::string ingress_text(const std::string& ingress) {
    const auto ref = kubernetes::parse_in_namespace(ingress, "ingress");
    return ref ? ref->text() : ingress;
}

/// A flag is one key of a ConfigMap.
plan::KubernetesWrite write_of(const plan::Flag& flag) {
    const auto slash = flag.config_map.find('/');
    plan::KubernetesWrite write;
    write.verb = plan::KubernetesWrite::Verb::patch;
    write.object = "configmap/" + flag.config_map.substr(slash + 1);
    write.name_space = flag.config_map.substr(0, slash);
    write.body = {{"data", {{flag.name, flag.value}}}};
    return write;
}

} // namespace

std::vector<std::string> EffectMaker::targets(const plan::Plan& plan, const plan::Step& step) {
    if (const auto* shift = std::get_if<plan::Shift>(&step.body)) {
        std::vector<std::string> objects;
        if (const auto* traffic = plan.traffic_named(shift->traffic)) {
            for (const char* side : {"primary", "canary"}) {
                if (traffic->settings.contains(side) && traffic->settings[side].is_string()) {
                    objects.push_back(ingress_text(traffic->settings[side].get<std::string>()));
                }
            }
        }
        return objects;
    }
    if (const auto* scale = std::get_if<plan::Scale>(&step.body)) {
        return {workload_text(scale->workload)};
    }
    if (const auto* flag = std::get_if<plan::Flag>(&step.body)) {
        const auto write = write_of(*flag);
        return {object_text(write.object, write.name_space)};
    }
    if (const auto* kafka = std::get_if<plan::KafkaAction>(&step.body)) {
        return {kafka_target(*kafka, step.on)};
    }
    if (const auto* write = std::get_if<plan::KubernetesWrite>(&step.body)) {
        if (write->verb == plan::KubernetesWrite::Verb::save || write->object.empty()) {
            return {};
        }
        return {object_text(write->object, write->name_space)};
    }
    return {};
}

Json EffectMaker::desired(const plan::Step& step) const {
    if (const auto* shift = std::get_if<plan::Shift>(&step.body)) {
        return {{"traffic", shift->traffic}, {"weights", shift->weights}, {"final", shift->final_}};
    }
    if (const auto* scale = std::get_if<plan::Scale>(&step.body)) {
        return {{"workload", scale->workload}, {"replicas", plan::fill(scale->replicas, eyes_.scope()).value_or("?")}};
    }
    return nullptr;
}

Result<effects::TrafficDriver*> EffectMaker::driver(const std::string& name) {
    if (const auto made = drivers_.find(name); made != drivers_.end()) {
        return made->second.get();
    }
    const plan::Traffic& traffic = *eyes_.plan.traffic_named(name);
    effects::TrafficSpec spec;
    spec.driver = traffic.driver;
    const auto setting = [&](const char* key) {
        return traffic.settings.contains(key) && traffic.settings[key].is_string()
                   ? traffic.settings[key].get<std::string>()
                   : std::string();
    };
    spec.primary = setting("primary");
    spec.canary = setting("canary");
    spec.path = setting("path");
    spec.sides = traffic.arms;
    for (const auto& [side, arm] : traffic.arms) {
        spec.services[arm] = eyes_.plan.arm(arm)->service;
    }
    auto driver = effects::make_driver(*eyes_.connections.cluster(traffic.on), spec);
    if (!driver) {
        return failed(driver);
    }
    return (drivers_[name] = std::move(*driver)).get();
}

Made EffectMaker::make(const plan::Step& step) {
    Made made = [&]() -> Made {
        if (const auto* write = std::get_if<plan::KubernetesWrite>(&step.body)) {
            return kubernetes(step, *write);
        }
        if (const auto* one = std::get_if<plan::Scale>(&step.body)) {
            return scale(step, *one);
        }
        if (const auto* one = std::get_if<plan::Shift>(&step.body)) {
            return shift(*one);
        }
        if (const auto* one = std::get_if<plan::HttpAction>(&step.body)) {
            return http(step, one->call);
        }
        if (const auto* one = std::get_if<plan::Shell>(&step.body)) {
            return run(step, one->command);
        }
        if (const auto* one = std::get_if<plan::Flag>(&step.body)) {
            return kubernetes(step, write_of(*one));
        }
        if (const auto* one = std::get_if<plan::KafkaAction>(&step.body)) {
            return kafka(step, *one);
        }
        if (const auto* one = std::get_if<plan::Notify>(&step.body)) {
            return notify(step, *one);
        }
        return run(step, std::get<plan::Run>(step.body).command);
    }();
    if (!made && made.error().where.empty()) {
        made.error().where = step.id;
    }
    return made;
}

Made EffectMaker::kubernetes(const plan::Step& step, const plan::KubernetesWrite& write) {
    using Verb = plan::KubernetesWrite::Verb;
    const plan::Scope scope = eyes_.scope();
    effects::KubernetesSpec spec;
    const auto object = plan::fill(write.object, scope);
    const auto name_space = plan::fill(write.name_space, scope);
    const auto body = plan::fill_json(write.body, scope);
    if (!object) {
        return failed(object);
    }
    if (!name_space) {
        return failed(name_space);
    }
    if (!body) {
        return failed(body);
    }
    spec.object = *object;
    spec.name_space = *name_space;
    switch (write.verb) {
    case Verb::save:
        spec.action = effects::SaveObject{};
        break;
    case Verb::patch:
        spec.action =
            effects::PatchObject{body->is_array() ? kubernetes::PatchKind::json : kubernetes::PatchKind::merge, *body};
        break;
    case Verb::apply:
        if (!write.file.empty()) {
            const auto text = eyes_.outside.read_file(eyes_.folder + "/" + write.file);
            if (!text) {
                return failed(text);
            }
            const auto filled = kubernetes::fill_manifest(
                *text, write.file, [&scope](std::string_view one) { return plan::fill(one, scope); });
            if (!filled) {
                return failed(filled);
            }
            spec.action = effects::ApplyManifests{*filled, write.file};
        } else {
            spec.action = effects::ApplyManifests{body->dump(), step.id};
        }
        break;
    case Verb::create:
        if (spec.object.starts_with("namespace/") && body->is_null()) {
            spec.action = effects::EnsureNamespace{};
        } else {
            spec.action = effects::CreateObject{body->dump(), step.id};
        }
        break;
    case Verb::remove:
        spec.action = effects::RemoveObject{};
        break;
    case Verb::set_image: {
        const auto pairs = pairs_of(*body);
        if (pairs.size() != 1 || !pairs.begin()->second) {
            return fail(ErrorCode::bad_input, "set-image takes one container and its image");
        }
        spec.action = effects::SetImage{pairs.begin()->first, *pairs.begin()->second};
        break;
    }
    case Verb::set_env: {
        effects::SetEnvironment action;
        for (const auto& [key, value] : pairs_of(*body)) {
            kubernetes::EnvChange change{key, value, false};
            // Only what the plan's author wrote is a reference: no value that was filled in.
            if (value && write.body.value(key, Json()) == *value && plan::is_secret_reference(*value)) {
                const auto secret = eyes_.outside.secret(*value);
                if (!secret) {
                    return failed(secret);
                }
                change.value = secret->reveal();
                change.secret = true;
            }
            action.changes.push_back(std::move(change));
        }
        spec.action = std::move(action);
        break;
    }
    case Verb::annotate:
        spec.action = effects::Annotate{pairs_of(*body)};
        break;
    case Verb::restart:
        spec.action = effects::Restart{scope.at("start")};
        break;
    }
    return effects::kubernetes_effect(*eyes_.connections.cluster(step.on), std::move(spec));
}

Made EffectMaker::scale(const plan::Step& step, const plan::Scale& scale) {
    const auto text = plan::fill(scale.replicas, eyes_.scope());
    if (!text) {
        return failed(text);
    }
    int replicas = -1;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), replicas);
    if (error != std::errc() || end != text->data() + text->size() || replicas < 0) {
        return fail(ErrorCode::bad_input, "'" + *text + "' is not a number of replicas", step.id);
    }
    return effects::scale_effect(*eyes_.connections.cluster(step.on), {scale.workload, replicas});
}

Made EffectMaker::shift(const plan::Shift& shift) {
    auto found = driver(shift.traffic);
    if (!found) {
        return failed(found);
    }
    auto& cluster = *eyes_.connections.cluster(eyes_.plan.traffic_named(shift.traffic)->on);
    return effects::shift_effect(cluster, **found, {shift.traffic, shift.weights, shift.final_});
}

Made EffectMaker::http(const plan::Step& step, const plan::HttpCall& call) {
    auto request = fill_call(eyes_, call);
    if (!request) {
        return failed(request);
    }
    effects::HttpSpec spec;
    spec.method = request->method;
    spec.url = request->url;
    spec.headers = request->headers;
    spec.body = request->body;
    spec.secrets = eyes_.outside.redactions;
    spec.idempotent = call.idempotent;
    spec.judged_by_caller = true;
    spec.timeout = step.timeout.value_or(spec.timeout);
    return effects::http_effect(*eyes_.connections.http(step.on), eyes_.outside.scheduler, std::move(spec));
}

Made EffectMaker::kafka(const plan::Step& step, const plan::KafkaAction& action) {
    auto spec = kafka_spec(action, eyes_.scope());
    if (!spec) {
        return failed(spec);
    }
    auto cluster = eyes_.connections.kafka(step.on, net::Pool::acting);
    if (!cluster) {
        return failed(cluster);
    }
    spec->timeout = step.timeout.value_or(spec->timeout);
    return effects::kafka_effect(*std::move(cluster), std::move(*spec));
}

Result<effects::Delivery> delivery(const Eyes& eyes, const std::string& channel, const MessageText& message) {
    const plan::Channel& to = *eyes.plan.channel(channel);
    plan::HttpCall call;
    call.method = "POST";
    call.path = to.path;
    auto request = fill_call(eyes, call);
    if (!request) {
        return failed(request);
    }
    const plan::Scope scope = eyes.scope();
    effects::HttpSpec spec;
    spec.url = request->url;
    spec.headers = request->headers;
    spec.headers.emplace_back("Content-Type", "application/json");
    spec.body = Json{{"title", message.title},
                     {"text", message.text},
                     {"session", scope.at("session")},
                     {"plan", scope.at("plan")},
                     {"step", message.step}}
                    .dump(-1, ' ', false, Json::error_handler_t::replace);
    spec.idempotent = to.idempotent;
    spec.secrets = eyes.outside.redactions;
    return effects::Delivery{channel, eyes.connections.messages(to.on), std::move(spec)};
}

std::string resolved_text(const release::AlertState& alert, Nanos now) {
    if (alert.state != "resolved") {
        return "";
    }
    if (now - alert.since <= minutes(1)) {
        return alert.why;
    }
    return alert.why + (alert.why.empty() ? "" : "\n") + "It has been so since " + utc(alert.since);
}

Result<MessageText> alert_text(const Eyes& eyes, const release::Release& release, const release::AlertSent& sent) {
    const auto& all = eyes.plan.alerts;
    const auto alert = std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.rule.id == sent.alert; });
    const auto state = release.alerts.find(release::key_of(sent.alert, sent.arm));
    if (alert == all.end() || state == release.alerts.end()) {
        return fail(ErrorCode::bad_input, "the plan has no such alert any more", sent.alert, "");
    }
    const auto title = plan::fill(alert->rule.title, eyes.scope());
    if (!title) {
        return failed(title);
    }
    const std::string on = *title + (sent.arm.empty() ? "" : " (" + sent.arm + ")");
    if (sent.resolved) { // what to do about it is of no use any more, nor why it may be about to fire again
        return MessageText{"Resolved: " + on, resolved_text(state->second, eyes.outside.scheduler.now()), {}};
    }
    std::string text = state->second.why;
    for (const auto* part : {&alert->text, &alert->advice}) {
        const auto filled = plan::fill(*part, eyes.scope());
        if (!filled) {
            return failed(filled);
        }
        text += (text.empty() || filled->empty() ? "" : "\n") + *filled;
    }
    return MessageText{(alert->page ? "ALERT: " : "Warning: ") + on, text, {}};
}

Made EffectMaker::notify(const plan::Step& step, const plan::Notify& notify) {
    const plan::Scope scope = eyes_.scope();
    const plan::Message* written = eyes_.plan.message(notify.message);
    const auto title = plan::fill(written ? written->title : step.title, scope);
    const auto text = plan::fill(written ? written->text : notify.text, scope);
    for (const auto* one : {&title, &text}) {
        if (!*one) {
            return tl::unexpected(one->error());
        }
    }
    std::vector<effects::Delivery> deliveries;
    for (const auto& channel : notify.channels) {
        auto one = delivery(eyes_, channel, {*title, *text, step.id});
        if (!one) {
            return failed(one);
        }
        deliveries.push_back(std::move(*one));
    }
    return effects::notify_effect(eyes_.outside.scheduler, std::move(deliveries));
}

Made EffectMaker::run(const plan::Step& step, const plan::Command& command) {
    effects::RunSpec spec;
    auto process = fill_command(eyes_, command, step.timeout.value_or(hours(1)), step.rehearse);
    if (!process) {
        return failed(process);
    }
    spec.process = std::move(*process);
    spec.records = eyes_.records;
    spec.secrets = eyes_.outside.redactions;
    return effects::run_effect(eyes_.processes, eyes_.outside.scheduler, std::move(spec));
}

} // namespace sluice::engine

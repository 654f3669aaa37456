#include "host/nova.h"

#include "range/world/world.h"
#include "session/session_reader.h"
#include "support/nova_plan.h"

#include <QtTest>

namespace sluice::host {
namespace {

template <typename Body>
std::string subject(const Body& body) {
    if constexpr (requires { body.step; }) {
        return body.step;
    } else if constexpr (requires { body.operation; }) {
        return body.operation.substr(body.operation.find('/') + 1);
    } else if constexpr (requires {
                             body.trigger;
                             body.state;
                         }) {
        return body.trigger + (body.arm.empty() ? "" : "/" + body.arm) + " " + body.state;
    } else if constexpr (requires { body.option; }) {
        return body.option;
    } else if constexpr (requires { body.outcome; }) {
        return body.outcome;
    } else {
        return {};
    }
}

} // namespace

std::string headline(const release::Event& event) {
    const std::string of = std::visit([](const auto& body) { return subject(body); }, event.body);
    return release::type_name(event.body) + (of.empty() ? "" : " " + of);
}

Nova::Nova(const Wish& wish) {
    auto options = testing::nova_options(folder_.path().toStdString(), wish.shortened);
    options.values["ramp"] = wish.ramp ? "true" : "false";
    options.speed = wish.speed;
    options.seed = wish.seed;
    options.faults = wish.faults;
    auto started = Rehearsal::start(options);
    if (!started) {
        qFatal("%s", to_text(started.error()).c_str());
    }
    host_ = std::move(*started);
    host_->on_closed([this] { closed_ = true; });
    traffic_before_ = traffic();
    installed_before_ = installed();
}

Nova::~Nova() = default;

bool Nova::run(const std::function<bool()>& done) {
    return host_->driver().run_until(
        [&] { return closed_ || (!release().closed() && release::needs_decision(release())) || (done && done()); },
        std::chrono::minutes(10));
}

void Nova::when(const std::string& type, const std::string& step, std::function<void()> what) {
    auto pending = std::make_shared<std::function<void()>>(std::move(what));
    host_->engine().journal().listen(
        [this, wanted = type + " " + step, pending](std::span<const release::Event> events) {
            for (const auto& event : events) {
                if (*pending && headline(event) == wanted) {
                    host_->scheduler().after({}, *pending);
                    *pending = nullptr;
                }
            }
        });
}

void Nova::roll_back(const std::string& option) {
    const auto receipt =
        host_->engine().submit(release::RollBack{option, "", "asked by the test"}, {"lena", "release-lead"});
    if (!receipt) {
        qWarning("%s", to_text(receipt.error()).c_str());
    }
}

QString Nova::ending() const {
    if (release().closed()) {
        return QString::fromStdString(release().outcome);
    }
    for (const auto& [id, state] : release().steps) {
        if (state.status == release::StepStatus::triage || state.status == release::StepStatus::in_doubt) {
            return QString::fromStdString(release::name(state.status) + (" " + id + ": ") + state.why);
        }
    }
    return "going on";
}

std::vector<session::EventRecord> Nova::records() const {
    const auto reader = session::SessionReader::open(host_->file());
    if (!reader) {
        qFatal("%s", to_text(reader.error()).c_str());
    }
    return *reader->events(1, INT64_MAX);
}

std::vector<release::Event> Nova::events() const {
    std::vector<release::Event> all;
    for (const auto& record : records()) {
        all.push_back(*release::event_from_json(Json::parse(record.body)));
    }
    return all;
}

Json Nova::traffic() const {
    const auto& objects = host_->range().world().objects();
    Json found = Json::object();
    for (const Json* ingress : objects.list(range::kind_named("Ingress"))) {
        found[(*ingress)["metadata"]["name"].get<std::string>()] = {
            {"annotations", (*ingress)["metadata"].value("annotations", Json::object())}, {"spec", (*ingress)["spec"]}};
    }
    const Json* blue = objects.find({&range::kind_named("Deployment"), "production", "user-service-blue"});
    found["blue"] = blue ? (*blue)["spec"]["replicas"] : Json();
    return found;
}

Json Nova::installed() const {
    const auto& objects = host_->range().world().objects();
    Json found = Json::object();
    for (const char* kind : {"Deployment", "Service", "Ingress"}) {
        for (const Json* object : objects.list(range::kind_named(kind))) {
            const Json& metadata = (*object)["metadata"];
            found[std::string(kind) + " " + metadata["namespace"].get<std::string>() + "/" +
                  metadata["name"].get<std::string>()] = (*object)["spec"];
        }
    }
    // A restart leaves its mark in the template, for good.
    for (auto& [name, spec] : found.items()) {
        if (name.starts_with("Deployment ")) {
            spec["template"].erase("metadata");
        }
    }
    return found;
}

} // namespace sluice::host

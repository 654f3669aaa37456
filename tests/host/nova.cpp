#include "host/nova.h"

#include "range/world/world.h"
#include "session/session_reader.h"

#include <QtTest>
#include <filesystem>
#include <fstream>

namespace sluice::host {
namespace {

const std::filesystem::path shipped = std::filesystem::path(SLUICE_SOURCE_DIR) / "plans/nova";

void cut(std::string& text, const std::string& from, const std::string& to, int times) {
    for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
        text.replace(at, from.size(), to);
        --times;
    }
    if (times != 0) {
        qFatal("the plan of Nova has '%s' more or less often than this test expects", from.c_str());
    }
}

/// The plan, its production and its manifests, copied; the plan's long times cut if asked.
std::string plan_in(const std::filesystem::path& folder, bool shortened) {
    std::filesystem::copy(shipped, folder, std::filesystem::copy_options::recursive);
    const auto file = folder / "blue-green.yaml";
    if (shortened) {
        std::string text = *read_file(file.string());
        cut(text, "hold: {for: 10m, deadline: 30m}", "hold: {for: 2m, deadline: 30m}", 2);
        cut(text, "hold: {for: 20m, deadline: 45m}", "hold: {for: 2m, deadline: 45m}", 1);
        cut(text, "hold: {for: 30m, deadline: 1h}", "hold: {for: 2m, deadline: 1h}", 1);
        cut(text, "hold: {for: 50m, deadline: 2h}", "hold: {for: 2m, deadline: 2h}", 1);
        cut(text, "hold: {for: 10m, deadline: 20m, then: ask}", "hold: {for: 2m, deadline: 20m, then: ask}", 1);
        cut(text, "not-before: to-100 + 2h", "not-before: to-100 + 10m", 2);
        cut(text, "within: 2h after to-100", "within: 10m after to-100", 1);
        std::ofstream(file) << text;
    }
    return file.string();
}

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
    const std::filesystem::path base(folder_.path().toStdString());
    RehearsalOptions options;
    options.plan_file = plan_in(base / "plan", wish.shortened);
    options.values = {{"version", "v1.2.4"}, {"previous", "v1.2.3"}, {"ramp", wish.ramp ? "true" : "false"}};
    options.session = base / "session.sluice";
    options.by = {"test", "release-lead"};
    options.paths = {base / "sessions", base / "config", base / "run", base / "kubeconfig"};
    options.speed = wish.speed;
    options.seed = wish.seed;
    options.faults = wish.faults;
    options.assume_yes = true;
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
        std::chrono::minutes(1));
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

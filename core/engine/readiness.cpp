#include "engine/readiness.h"

#include <fmt/format.h>

namespace sluice::engine {
namespace {

/// The arms that an option's shifts send something to.
std::map<std::string, std::string> arms_served(const plan::Plan& plan, const plan::Option& option) {
    std::map<std::string, std::string> arms; // arm → cluster
    for (const auto& step : plan.rollback_steps) {
        const auto* shift = std::get_if<plan::Shift>(&step.body);
        if (!shift || !step.id.starts_with(option.id + "/")) {
            continue;
        }
        for (const auto& [arm, weight] : shift->weights) {
            if (weight > 0) {
                arms[arm] = plan.traffic_named(shift->traffic)->on;
            }
        }
    }
    return arms;
}

bool scales(const plan::Plan& plan, const plan::Option& option, const std::string& workload) {
    for (const auto& step : plan.rollback_steps) {
        const auto* scale = std::get_if<plan::Scale>(&step.body);
        if (scale && step.id.starts_with(option.id + "/") && scale->workload == workload) {
            return true;
        }
    }
    return false;
}

} // namespace

Readiness::Readiness(const Eyes& eyes, Journal& journal) : eyes_(eyes), journal_(journal) {
    const plan::Option* option = eyes.plan.default_option();
    if (!option) {
        return;
    }
    option_ = option->id;
    for (const auto& [name, cluster] : arms_served(eyes.plan, *option)) {
        const plan::Arm& arm = *eyes.plan.arm(name);
        const auto slash = arm.workload.find('/');
        plan::KubernetesRead read;
        read.kind = plan::KubernetesRead::Kind::ready;
        read.name_space = arm.workload.substr(0, slash);
        read.object = "deployment/" + arm.workload.substr(slash + 1);
        targets_.push_back({name, cluster, plan::Probe{read, {}, {}}, scales(eyes.plan, *option, arm.workload)});
    }
}

Readiness::~Readiness() {
    stop();
}

void Readiness::start() {
    if (!targets_.empty()) {
        ask();
    }
}

void Readiness::stop() {
    eyes_.outside.scheduler.cancel(timer_);
    timer_ = TimerId::none;
}

void Readiness::ask() {
    timer_ = eyes_.outside.scheduler.after(interval, [this] { ask(); });
    const auto& release = journal_.release();
    if (release.rollback.active || release.closed()) {
        return;
    }
    answers_.clear();
    ++rounds_;
    for (std::size_t i = 0; i < targets_.size(); ++i) {
        look(eyes_, targets_[i].probe, {}, targets_[i].on, fmt::format("ready/{}/{}", targets_[i].arm, rounds_),
             seconds(10), {}, {}, [this, life = std::weak_ptr(life_), i](const Sight& sight) {
                 if (!life.expired()) {
                     seen(i, sight);
                 }
             });
    }
}

void Readiness::seen(std::size_t target, const Sight& sight) {
    answers_[target] = sight;
    if (answers_.size() < targets_.size() || journal_.release().closed()) {
        return;
    }
    release::Readiness command{option_, true, ""};
    for (const auto& [i, one] : answers_) {
        const Target& asked = targets_[i];
        std::string said;
        if (!one.answered) {
            command.ready = false;
            said = asked.arm + " could not be asked: " + one.why;
        } else if (one.met) {
            said = fmt::format("{} has {} ready", asked.arm, one.result.json->value("ready", 0));
        } else {
            command.ready = command.ready && asked.scaled;
            said =
                fmt::format("{} has {} of {} ready{}", asked.arm, one.result.json->value("ready", 0),
                            one.result.json->value("desired", 0), asked.scaled ? "; the rollback scales it first" : "");
        }
        command.why += (command.why.empty() ? "" : "; ") + said;
    }
    (void)journal_.submit(command);
}

} // namespace sluice::engine

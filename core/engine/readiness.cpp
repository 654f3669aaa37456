#include "engine/readiness.h"

#include "release/ways_back.h"

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

/// What only its own doing shows. Shifts and scalings are proven by their arms; a message holds nothing up.
bool is_outside(const plan::StepBody& body) {
    return std::holds_alternative<plan::External>(body) ||
           (plan::is_effect(body) && !std::holds_alternative<plan::Shift>(body) &&
            !std::holds_alternative<plan::Scale>(body) && !std::holds_alternative<plan::Notify>(body));
}

} // namespace

Readiness::Readiness(const Eyes& eyes, Journal& journal) : eyes_(eyes), journal_(journal) {}

void Readiness::aim(const plan::Option& option) {
    option_ = option.id;
    targets_.clear();
    unproven_.clear();
    for (const auto& [name, cluster] : arms_served(eyes_.plan, option)) {
        const plan::Arm& arm = *eyes_.plan.arm(name);
        const auto slash = arm.workload.find('/');
        plan::KubernetesRead read;
        read.kind = plan::KubernetesRead::Kind::ready;
        read.name_space = arm.workload.substr(0, slash);
        read.object = "deployment/" + arm.workload.substr(slash + 1);
        targets_.push_back(
            {name, cluster, plan::Probe{read, {}, {}}, scales(eyes_.plan, option, arm.workload), nullptr});
    }
    for (const auto& step : eyes_.plan.rollback_steps) {
        if (!step.id.starts_with(option.id + "/") || !step.parent.empty()) {
            continue;
        }
        if (step.ready) {
            targets_.push_back({step.id, step.ready->on, step.ready->probe, false, &*step.ready});
        } else if (is_outside(step.body)) {
            unproven_ += (unproven_.empty() ? "" : ", ") + step.id.substr(option.id.size() + 1);
        }
    }
}

Readiness::~Readiness() {
    stop();
}

void Readiness::start() {
    started_ = true;
    follow();
}

void Readiness::follow() {
    const auto* option = release::default_option(journal_.release());
    if (started_ && option != nullptr && option->id != option_) {
        stop();
        ask();
    }
}

void Readiness::stop() {
    eyes_.outside.scheduler.cancel(timer_);
    timer_ = TimerId::none;
}

void Readiness::ask() {
    const auto& release = journal_.release();
    const auto* option = release::default_option(release);
    if (option != nullptr && option->id != option_) {
        aim(*option);
    }
    if (!targets_.empty() || eyes_.plan.rollback.options.size() > 1) {
        timer_ = eyes_.outside.scheduler.after(interval, [this] { ask(); });
    }
    if (release.rollback.active || release.closed()) {
        return;
    }
    if (targets_.empty() && (!unproven_.empty() || !release.rollback.ready_option.empty())) {
        (void)journal_.submit(release::Readiness{option_, true, unproven_.empty() ? "" : "not provable: " + unproven_});
    }
    answers_.clear();
    ++rounds_;
    for (std::size_t i = 0; i < targets_.size(); ++i) {
        const plan::Ready* ready = targets_[i].ready;
        look(eyes_, targets_[i].probe, ready ? ready->expect : plan::Expect{}, targets_[i].on,
             fmt::format("ready/{}/{}", targets_[i].arm, rounds_), seconds(10),
             ready ? ready->rehearse : std::optional<plan::Rehearse>(), {},
             [this, life = std::weak_ptr(life_), round = rounds_, i](const Sight& sight) {
                 if (!life.expired() && round == rounds_) {
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
        if (asked.ready) {
            const std::string own = asked.arm.substr(option_.size() + 1);
            command.ready = command.ready && one.answered && one.met;
            said = own + (one.answered && one.met ? " can be done" : " can't be proven now: " + one.why);
        } else if (!one.answered) {
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
    if (!unproven_.empty()) {
        command.why += (command.why.empty() ? "" : "; ") + ("not provable: " + unproven_);
    }
    (void)journal_.submit(command);
}

} // namespace sluice::engine

#pragma once
/// From a step of the plan to the effect that carries it out.
#include "effects/effect.h"
#include "effects/notify_effect.h"
#include "effects/traffic/traffic_driver.h"
#include "engine/look.h"
#include "plan/model.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace sluice::engine {

struct MessageText {
    std::string title, text;
    plan::StepId step;
};

/// A message to a channel of the plan, as it is sent: JSON of title, text, session, plan and step.
Result<effects::Delivery> delivery(const Eyes& eyes, const std::string& channel, const MessageText& message);

/// What is said of one that has resolved: what was measured and, where it is told more than a minute after, when that
/// was. Nothing where it is about to fire again. Pure.
std::string resolved_text(const release::AlertState& alert, Nanos now);

/// What is told of an alert that fires: what was measured, the plan's text, and what to do.
Result<MessageText> alert_text(const Eyes& eyes, const release::Release& release, const release::AlertSent& sent);

class EffectMaker {
public:
    explicit EffectMaker(const Eyes& eyes) : eyes_(eyes) {}

    /// The effect of a step, filled in with what is known now.
    Result<std::unique_ptr<effects::Effect>> make(const plan::Step& step);

    /// What a shift or scale brings about, for the intent; null for other kinds.
    Json desired(const plan::Step& step) const;

    /// The objects that a step writes, as the plan names them: "ingress production/api-ingress"; empty for what is no
    /// object of a cluster, nor a topic or group of Kafka's. Two operations that share one are never in flight
    /// together.
    static std::vector<std::string> targets(const plan::Plan& plan, const plan::Step& step);

    /// Of a split of the plan; made at its first use.
    Result<effects::TrafficDriver*> driver(const std::string& traffic);

private:
    Result<std::unique_ptr<effects::Effect>> kubernetes(const plan::Step& step, const plan::KubernetesWrite& write);
    Result<std::unique_ptr<effects::Effect>> scale(const plan::Step& step, const plan::Scale& scale);
    Result<std::unique_ptr<effects::Effect>> shift(const plan::Shift& shift);
    Result<std::unique_ptr<effects::Effect>> http(const plan::Step& step, const plan::HttpCall& call);
    Result<std::unique_ptr<effects::Effect>> run(const plan::Step& step, const plan::Command& command);
    Result<std::unique_ptr<effects::Effect>> kafka(const plan::Step& step, const plan::KafkaAction& action);
    Result<std::unique_ptr<effects::Effect>> notify(const plan::Step& step, const plan::Notify& notify);

    const Eyes& eyes_;
    std::map<std::string, std::unique_ptr<effects::TrafficDriver>> drivers_;
};

} // namespace sluice::engine

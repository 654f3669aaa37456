#pragma once
#include "effects/kafka_effect.h"
#include "plan/fill.h"
#include "plan/model.h"

#include <functional>
#include <string>

namespace sluice::engine {

/// A kafka step, filled in. `bad_input` for what can't be a topic's name, a figure or a place in a topic.
Result<effects::KafkaSpec> kafka_spec(const plan::KafkaAction& action, const plan::Scope& scope);

/// "events: topic nova.events": what a kafka step writes, as the plan names it.
std::string kafka_target(const plan::KafkaAction& action, const std::string& connection);

/// What can be found out beforehand, without a change, about all that a plan asks of one of its Kafka connections:
/// topics that are not there and that no step makes, rights, figures and settings that the brokers would not take.
/// What is not known yet (outputs) is left out. `done` comes once, later, with what was found, or the first
/// trouble; not when the cluster is gone before.
void try_kafka(kafka::Cluster& cluster, const plan::Plan& plan, const plan::Scope& values,
               const std::string& connection, const std::string& key, Nanos ceiling,
               std::function<void(Result<std::string>)> done);

} // namespace sluice::engine

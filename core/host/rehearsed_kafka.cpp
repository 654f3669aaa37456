#include "host/rehearsed_kafka.h"

#include "plan/fill.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

namespace sluice::host {
namespace {

/// Goes through a plan and notes what it takes for granted.
class Granted {
public:
    explicit Granted(const plan::Scope& values) : values_(values) {}

    void topic(const std::string& name, const std::string& connection) {
        if (const auto filled = plan::fill(name, values_)) {
            topics_.insert(*filled);
            used_.emplace(connection, *filled);
        }
    }
    void group(const std::string& name, const std::vector<std::string>& topics, const std::string& connection) {
        for (const auto& one : topics) {
            topic(one, connection);
        }
        const auto reader = plan::fill(name, values_);
        const auto read = plan::fill(topics, values_);
        if (reader && read) {
            readers_[*reader].insert(read->begin(), read->end());
        }
    }
    void made(const std::string& name) { made_.insert(plan::fill(name, values_).value_or(name)); }

    /// A look at Kafka; one that is to be refused wants its topics denied to this connection.
    void look(const plan::Probe& probe, bool refused, const std::string& connection) {
        const auto* read = std::get_if<plan::KafkaRead>(&probe.what);
        if (read == nullptr) {
            return;
        }
        if (refused) {
            auto names = read->topics;
            if (read->kind == plan::KafkaRead::Kind::topic) {
                names.push_back(read->name);
            }
            for (const auto& name : names) {
                if (const auto filled = plan::fill(name, values_)) {
                    denied_.emplace(connection, *filled);
                }
            }
        } else if (read->kind == plan::KafkaRead::Kind::topic) {
            topic(read->name, connection);
        } else if (read->kind == plan::KafkaRead::Kind::group) {
            group(read->name, read->topics, connection);
        }
    }

    void act(const plan::KafkaAction& action, const std::string& connection) {
        if (const auto* creation = std::get_if<plan::KafkaTopic>(&action.what)) {
            made(creation->name);
        } else if (const auto* offsets = std::get_if<plan::KafkaOffsets>(&action.what)) {
            group(offsets->group, offsets->topics, connection);
        } else if (const auto* config = std::get_if<plan::KafkaConfig>(&action.what)) {
            topic(config->topic, connection);
        } else {
            topic(std::get<plan::KafkaMessage>(action.what).topic, connection);
        }
    }

    void give(range::RangeOptions& options) const {
        const auto there = [&](const std::string& name) { return !made_.contains(name); };
        std::copy_if(topics_.begin(), topics_.end(), std::back_inserter(options.kafka_topics), there);
        for (const auto& [reader, topics] : readers_) {
            std::copy_if(topics.begin(), topics.end(), std::back_inserter(options.kafka_groups[reader]), there);
        }
        std::set_difference(denied_.begin(), denied_.end(), used_.begin(), used_.end(),
                            std::inserter(options.kafka_denied, options.kafka_denied.end()));
    }

private:
    using Use = std::pair<std::string, std::string>; ///< connection, topic
    const plan::Scope& values_;
    std::set<std::string> topics_, made_;
    std::map<std::string, std::set<std::string>> readers_;
    std::set<Use> used_, denied_;
};

} // namespace

void add_kafka(const plan::Plan& plan, const plan::Scope& values, range::RangeOptions& options) {
    Granted granted(values);
    for (const auto& metric : plan.metrics) {
        if (metric.lag) {
            for (const auto& group : metric.lag->groups) {
                granted.group(group, metric.lag->topics, metric.from);
            }
        }
        if (metric.config && !metric.config->topic.empty()) {
            granted.topic(metric.config->topic, metric.from);
        }
    }
    for (const auto* steps : {&plan.steps, &plan.rollback_steps}) {
        for (const auto& step : *steps) {
            if (const auto* probe = std::get_if<plan::Probe>(&step.body)) {
                granted.look(*probe, step.expect.refused, step.on);
            }
            if (const auto* action = std::get_if<plan::KafkaAction>(&step.body)) {
                granted.act(*action, step.on);
            }
            if (step.verify) {
                granted.look(*step.verify, step.verify_expect.refused, step.on);
            }
            if (step.ready) {
                granted.look(step.ready->probe, step.ready->expect.refused, step.ready->on);
            }
        }
    }
    granted.give(options);
    // Brokers that nobody asks cost most of the time of a long rehearsal.
    options.kafka = std::any_of(plan.connections.begin(), plan.connections.end(),
                                [](const auto& connection) { return connection.kind == plan::ConnectionKind::kafka; });
}

} // namespace sluice::host

#pragma once
#include "base/redact.h"
#include "kafka/cluster.h"
#include "sources/open_polls.h"

#include <memory>
#include <string>

namespace sluice::sources {

struct SettingMetric {
    std::string name;
    std::string unit; ///< as the plan names it; the number is in the setting's own
    kafka::ConfigOwner owner;
    std::string key;
    std::shared_ptr<const RedactionSet> redactions; ///< text is shown where it is no number; may be null
};

/// What stands there as a number. `bad_input` for text, which it shows ("true" and "false" are text).
Result<double> setting_number(const kafka::ConfigOwner& owner, const std::string& key, const std::string& text,
                              const std::shared_ptr<const RedactionSet>& redactions);

/// A setting of a Kafka topic or broker, by one DescribeConfigs a poll. What can't be read is a source error: an ACL, a
/// topic or setting that is not there, brokers that are away.
class KafkaSettingSource : public Source {
public:
    KafkaSettingSource(std::shared_ptr<kafka::Cluster> cluster, Scheduler& scheduler, SettingMetric metric)
        : cluster_(std::move(cluster)), scheduler_(scheduler), metric_(std::move(metric)), polls_(scheduler) {}
    void poll(Nanos deadline, std::string key, Done done) override;

private:
    std::shared_ptr<kafka::Cluster> cluster_;
    Scheduler& scheduler_;
    SettingMetric metric_;
    OpenPolls polls_;
};

} // namespace sluice::sources

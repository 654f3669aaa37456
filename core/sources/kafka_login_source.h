#pragma once
#include "kafka/connection.h"
#include "kafka/login.h"
#include "plan/model.h"
#include "sources/open_polls.h"

#include <memory>
#include <string>

namespace sluice::sources {

struct LoginMetric {
    std::string name;
    std::string unit; ///< as the plan names it
    plan::LoginNumber number;
};

/// up: a no of the brokers is 0, with the reason; silence is a source error, since nobody has said no. latency: in s,
/// from `asked` to `now`, of a login that was let in. Pure.
series::SampleBatch judge_login(const LoginMetric& metric, const Result<kafka::LoginAnswer>& login, Nanos asked,
                                Nanos now);

/// Whether a Kafka cluster lets the user of its connection in, by one login a poll (kafka/login.h). The connection must
/// be this source's alone: who waits for others' questions would count that as latency. In a rehearsal it takes no
/// time.
class KafkaLoginSource : public Source {
public:
    KafkaLoginSource(std::shared_ptr<kafka::Connection> connection, Scheduler& scheduler, LoginMetric metric)
        : connection_(std::move(connection)), scheduler_(scheduler), metric_(std::move(metric)), polls_(scheduler) {}
    void poll(Nanos deadline, std::string key, Done done) override;

private:
    std::shared_ptr<kafka::Connection> connection_;
    Scheduler& scheduler_;
    LoginMetric metric_;
    OpenPolls polls_;
};

} // namespace sluice::sources

#include "sources/kafka_lag_source.h"

namespace sluice::sources {

KafkaLagSource::KafkaLagSource(std::shared_ptr<kafka::Connection> connection, Scheduler& scheduler, LagMetric metric)
    : connection_(std::move(connection)), scheduler_(scheduler), metric_(std::move(metric)),
      record_(metric_.name, metric_.question.groups), polls_(scheduler) {}

void KafkaLagSource::poll(Nanos deadline, std::string key, Done done) {
    const bool recorded = record_.ask(scheduler_.now());
    const auto judged = [this, recorded](const LagAnswer& answer) {
        LagAnswer counted = answer; // what is recorded is told as it was answered
        const auto told = hung_.take(counted, scheduler_.now());
        auto batch = judge(metric_, counted, scheduler_.now(), told);
        if (recorded) {
            batch.beside = record_.take(answer, scheduler_.now());
        }
        return batch;
    };
    const auto close = polls_.open(deadline, std::move(done), [judged] {
        LagAnswer late;
        late.failure = "no answer in time";
        return judged(late);
    });
    LagQuestion question = metric_.question;
    question.group_states = true;
    question.whole_log_beside = recorded; // a lag by partition is up to the log's end, as Kafka's own is
    connection_->ask(std::move(question), key + "#1",
                     [judged, close](const LagAnswer& answer) { close([&] { return judged(answer); }); });
}

} // namespace sluice::sources

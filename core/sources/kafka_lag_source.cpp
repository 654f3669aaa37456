#include "sources/kafka_lag_source.h"

namespace sluice::sources {

KafkaLagSource::KafkaLagSource(std::shared_ptr<kafka::Connection> connection, Scheduler& scheduler, LagMetric metric)
    : connection_(std::move(connection)), scheduler_(scheduler), metric_(std::move(metric)), polls_(scheduler) {}

void KafkaLagSource::poll(Nanos deadline, std::string key, Done done) {
    const auto judged = [this](const LagAnswer& answer) { return judge(metric_, answer, scheduler_.now()); };
    const auto close = polls_.open(deadline, std::move(done), [judged] {
        LagAnswer late;
        late.failure = "no answer in time";
        return judged(late);
    });
    connection_->ask(metric_.question, key + "#1",
                     [judged, close](const LagAnswer& answer) { close([&] { return judged(answer); }); });
}

} // namespace sluice::sources

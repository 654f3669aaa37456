#include "sources/kafka_lag_source.h"

#include <map>

namespace sluice::sources {

struct KafkaLagSource::Polls {
    struct Poll {
        Done done;
        TimerId deadline = TimerId::none;
    };
    std::uint64_t last = 0;
    std::map<std::uint64_t, Poll> open;
};

KafkaLagSource::KafkaLagSource(std::shared_ptr<kafka::Connection> connection, Scheduler& scheduler, LagMetric metric)
    : connection_(std::move(connection)), scheduler_(scheduler), metric_(std::move(metric)),
      polls_(std::make_shared<Polls>()) {}

KafkaLagSource::~KafkaLagSource() {
    for (const auto& [id, poll] : polls_->open) {
        scheduler_.cancel(poll.deadline);
    }
    polls_->open.clear();
}

void KafkaLagSource::poll(Nanos deadline, std::string key, Done done) {
    const auto id = ++polls_->last;
    // `this` is used only while the poll is open, and the destructor closes all of them.
    const auto close = [this, polls = polls_, id](const LagAnswer& answer) {
        auto poll = polls->open.extract(id);
        if (poll) {
            scheduler_.cancel(poll.mapped().deadline);
            poll.mapped().done(judge(metric_, answer, scheduler_.now()));
        }
    };
    const auto timer = scheduler_.at(deadline, [close] {
        LagAnswer late;
        late.failure = "no answer in time";
        close(late);
    });
    polls_->open.emplace(id, Polls::Poll{std::move(done), timer});
    connection_->ask(metric_.question, key + "#1", close);
}

} // namespace sluice::sources

#include "range/kafka_cluster.h"

#include "range/freed.h"

#include <QMetaObject>
#include <QObject>
#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <fmt/format.h>
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <mutex>
#include <set>
#include <thread>
#include <utility>

namespace sluice::range {
namespace {

constexpr int brokers = KafkaCluster::brokers;
constexpr int ceiling_ms = 10'000; // real time: a broker of this process that takes longer is broken

using Partitions = std::unique_ptr<rd_kafka_topic_partition_list_t, Freed<rd_kafka_topic_partition_list_destroy>>;

Error kafka_error(const char* doing, const char* what) {
    return {ErrorCode::unreachable, fmt::format("the simulated Kafka could not {}: {}", doing, what), "", ""};
}

} // namespace

class KafkaCluster::Worker {
public:
    Worker(Scheduler& scheduler, const Profile& profile)
        : scheduler_(scheduler), profile_(profile), ends_(static_cast<std::size_t>(profile.partitions)),
          commits_(static_cast<std::size_t>(profile.partitions)) {}

    ~Worker() {
        {
            const std::lock_guard lock(mutex_);
            stopping_ = true;
        }
        wake_.notify_one();
        if (thread_.joinable()) {
            thread_.join();
        }
        for (const WorkId work : pending_) { // nobody is left to say that it is done
            scheduler_.abandon(work);
        }
        if (client_) {
            rd_kafka_purge(client_.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
            rd_kafka_flush(client_.get(), 100);
        }
    }

    Result<void> start() {
        std::array<char, 512> text{};
        rd_kafka_conf_t* settings = rd_kafka_conf_new();
        const std::pair<const char*, const char*> wanted[] = {{"test.mock.num.brokers", "3"},
                                                              {"linger.ms", "1"},
                                                              {"batch.num.messages", "20000"},
                                                              {"queue.buffering.max.messages", "2000000"},
                                                              {"retry.backoff.ms", "50"},
                                                              {"reconnect.backoff.ms", "20"},
                                                              {"reconnect.backoff.max.ms", "100"},
                                                              {"topic.metadata.refresh.interval.ms", "1000"},
                                                              {"log_level", "2"},
                                                              {"delivery.report.only.error", "true"}};
        for (const auto& [name, value] : wanted) {
            if (rd_kafka_conf_set(settings, name, value, text.data(), text.size()) != RD_KAFKA_CONF_OK) {
                rd_kafka_conf_destroy(settings);
                return tl::unexpected(kafka_error("be configured", text.data()));
            }
        }
        // With delivery reports as events, flush waits for the last message instead of looking every ten milliseconds.
        rd_kafka_conf_set_events(settings, RD_KAFKA_EVENT_DR);
        client_.reset(rd_kafka_new(RD_KAFKA_PRODUCER, settings, text.data(), text.size()));
        if (!client_) {
            rd_kafka_conf_destroy(settings);
            return tl::unexpected(kafka_error("start", text.data()));
        }
        mock_ = rd_kafka_handle_mock_cluster(client_.get());
        if (!mock_ || rd_kafka_mock_topic_create(mock_, profile_.topic.c_str(), profile_.partitions, brokers) !=
                          RD_KAFKA_RESP_ERR_NO_ERROR) {
            return tl::unexpected(kafka_error("make its topic", profile_.topic.c_str()));
        }
        bootstrap_ = rd_kafka_mock_cluster_bootstraps(mock_);
        place_leaders();
        thread_ = std::thread([this] { run(); });
        return {};
    }

    const std::string& bootstrap() const { return bootstrap_; }

    void set_lag(std::int64_t lag, std::int64_t produced, std::function<void(Result<void>)> done) {
        const WorkId work = scheduler_.begin(fmt::format("range/kafka/{}", ++jobs_));
        pending_.insert(work);
        push([this, lag, produced, work, done = std::move(done)] {
            auto result = move_to(lag, produced);
            QMetaObject::invokeMethod(
                &context_,
                [this, work, done, result = std::move(result)] {
                    pending_.erase(work);
                    scheduler_.finish(work, [done, result] {
                        if (done) {
                            done(result);
                        }
                    });
                },
                Qt::QueuedConnection);
        });
    }

    Result<void> create(const std::string& topic, int partitions, int replication) {
        const auto error = rd_kafka_mock_topic_create(mock_, topic.c_str(), partitions, replication);
        return error == RD_KAFKA_RESP_ERR_NO_ERROR
                   ? Result<void>()
                   : tl::unexpected(kafka_error("make the topic", rd_kafka_err2str(error)));
    }

    void stand_at_the_start(std::vector<GroupTopics> groups) {
        const WorkId work = scheduler_.begin(fmt::format("range/kafka/{}", ++jobs_));
        pending_.insert(work);
        push([this, work, groups = std::move(groups)] {
            for (const auto& [group, topics] : groups) {
                Partitions list(rd_kafka_topic_partition_list_new(0));
                for (const auto& [topic, count] : topics) {
                    for (int p = 0; p < count; ++p) {
                        rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), p)->offset = 0;
                    }
                }
                (void)commit(group, list.get()); // what fails shows where the offsets are read
            }
            QMetaObject::invokeMethod(
                &context_,
                [this, work] {
                    pending_.erase(work);
                    scheduler_.finish(work, [] {});
                },
                Qt::QueuedConnection);
        });
    }

    void set_down(int broker, bool down) {
        down_[static_cast<std::size_t>(broker - 1)] = down;
        if (down) {
            rd_kafka_mock_broker_set_down(mock_, broker);
            const std::lock_guard lock(leaders_mutex_);
            for (int p = 0; p < profile_.partitions; ++p) {
                leaderless_[p] = leaderless_[p] || leader_[p] == broker;
            }
        } else {
            rd_kafka_mock_broker_set_up(mock_, broker);
            place_leaders();
        }
    }

    /// Whoever leads goes on leading while it answers (no preferred-leader election); else the next that answers does.
    void place_leaders() {
        const std::lock_guard lock(leaders_mutex_);
        for (int p = 0; p < profile_.partitions; ++p) {
            const int before = leader_[p];
            const int leader = next_up(before == 0 ? p % brokers + 1 : before);
            if (leader != 0 && leader != before) {
                rd_kafka_mock_partition_set_leader(mock_, profile_.topic.c_str(), p, leader);
            }
            leader_[p] = leader;
            leaderless_[p] = leader == 0;
        }
        if (const int coordinator = next_up(1); coordinator != 0) {
            rd_kafka_mock_coordinator_set(mock_, "group", profile_.group.c_str(), coordinator);
        }
    }

private:
    int next_up(int broker) const {
        for (int i = 0; i < brokers; ++i) {
            const int candidate = (broker - 1 + i) % brokers + 1;
            if (!down_[static_cast<std::size_t>(candidate - 1)]) {
                return candidate;
            }
        }
        return 0;
    }

    void push(std::function<void()> job) {
        {
            const std::lock_guard lock(mutex_);
            queue_.push_back(std::move(job));
        }
        wake_.notify_one();
    }

    void run() {
        std::unique_lock lock(mutex_);
        for (;;) {
            wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
            if (stopping_) {
                return;
            }
            const auto job = std::move(queue_.front());
            queue_.pop_front();
            lock.unlock();
            job();
            lock.lock();
        }
    }

    std::vector<int> led() {
        const std::lock_guard lock(leaders_mutex_);
        std::vector<int> partitions;
        for (int p = 0; p < profile_.partitions; ++p) {
            if (!leaderless_[p]) {
                partitions.push_back(p);
            }
        }
        return partitions;
    }

    Result<void> move_to(std::int64_t lag, std::int64_t produced) {
        const std::vector<int> partitions = led();
        if (partitions.empty()) {
            return {};
        }
        // What partitions without a leader keep, the others do not have to stand behind.
        std::int64_t rest = lag;
        for (int p = 0; p < profile_.partitions; ++p) {
            if (std::find(partitions.begin(), partitions.end(), p) == partitions.end()) {
                rest -= ends_[static_cast<std::size_t>(p)] - commits_[static_cast<std::size_t>(p)];
            }
        }
        rest = std::max<std::int64_t>(rest, 0);
        const auto n = static_cast<std::int64_t>(partitions.size());
        std::vector<std::int64_t> wanted;
        for (std::int64_t i = 0; i < n; ++i) {
            const auto p = static_cast<std::size_t>(partitions[static_cast<std::size_t>(i)]);
            const std::int64_t behind = rest / n + (i < rest % n ? 1 : 0);
            const std::int64_t more = produced / n + (i < produced % n ? 1 : 0);
            const std::int64_t end = std::max(ends_[p] + more, commits_[p] + behind);
            if (auto sent = produce(static_cast<int>(p), end - ends_[p]); !sent) {
                return sent;
            }
            ends_[p] = end;
            wanted.push_back(end - behind);
        }
        if (rd_kafka_flush(client_.get(), ceiling_ms) != RD_KAFKA_RESP_ERR_NO_ERROR) {
            return tl::unexpected(kafka_error("take the messages", "no answer in time"));
        }
        return commit(partitions, wanted);
    }

    Result<void> produce(int partition, std::int64_t count) {
        for (std::int64_t i = 0; i < count; ++i) {
            char body = 'e';
            const rd_kafka_resp_err_t error = rd_kafka_producev(
                client_.get(), RD_KAFKA_V_TOPIC(profile_.topic.c_str()), RD_KAFKA_V_PARTITION(partition),
                RD_KAFKA_V_VALUE(&body, 1), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END);
            if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
                return tl::unexpected(kafka_error("take a message", rd_kafka_err2str(error)));
            }
        }
        return {};
    }

    Result<void> commit(const std::vector<int>& partitions, const std::vector<std::int64_t>& wanted) {
        Partitions offsets(rd_kafka_topic_partition_list_new(static_cast<int>(partitions.size())));
        for (std::size_t i = 0; i < partitions.size(); ++i) {
            rd_kafka_topic_partition_list_add(offsets.get(), profile_.topic.c_str(), partitions[i])->offset = wanted[i];
        }
        if (auto done = commit(profile_.group, offsets.get()); !done) {
            return done;
        }
        for (std::size_t i = 0; i < partitions.size(); ++i) {
            commits_[static_cast<std::size_t>(partitions[i])] = wanted[i];
        }
        return {};
    }

    Result<void> commit(const std::string& group, const rd_kafka_topic_partition_list_t* offsets) {
        std::unique_ptr<rd_kafka_queue_t, Freed<rd_kafka_queue_destroy>> queue(rd_kafka_queue_new(client_.get()));
        rd_kafka_AlterConsumerGroupOffsets_t* request = rd_kafka_AlterConsumerGroupOffsets_new(group.c_str(), offsets);
        rd_kafka_AlterConsumerGroupOffsets(client_.get(), &request, 1, nullptr, queue.get());
        rd_kafka_AlterConsumerGroupOffsets_destroy(request);
        std::unique_ptr<rd_kafka_event_t, Freed<rd_kafka_event_destroy>> event(
            rd_kafka_queue_poll(queue.get(), ceiling_ms));
        if (!event) {
            return tl::unexpected(kafka_error("commit", "no answer in time"));
        }
        if (rd_kafka_event_error(event.get()) != RD_KAFKA_RESP_ERR_NO_ERROR) {
            return tl::unexpected(kafka_error("commit", rd_kafka_event_error_string(event.get())));
        }
        std::size_t count = 0;
        const auto* result = rd_kafka_event_AlterConsumerGroupOffsets_result(event.get());
        const rd_kafka_group_result_t** groups = rd_kafka_AlterConsumerGroupOffsets_result_groups(result, &count);
        for (std::size_t i = 0; i < count; ++i) {
            if (const rd_kafka_error_t* error = rd_kafka_group_result_error(groups[i])) {
                return tl::unexpected(kafka_error("commit", rd_kafka_error_string(error)));
            }
        }
        return {};
    }

    Scheduler& scheduler_;
    Profile profile_;
    std::unique_ptr<rd_kafka_t, Freed<rd_kafka_destroy>> client_;
    rd_kafka_mock_cluster_t* mock_ = nullptr; ///< the client's
    std::string bootstrap_;
    QObject context_;
    std::uint64_t jobs_ = 0;
    std::set<WorkId> pending_; ///< the engine thread's

    std::array<bool, brokers> down_{};
    std::mutex leaders_mutex_;
    std::map<int, int> leader_;
    std::map<int, bool> leaderless_;

    std::vector<std::int64_t> ends_; ///< the worker's
    std::vector<std::int64_t> commits_;

    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<std::function<void()>> queue_;
    bool stopping_ = false;
    std::thread thread_;
};

KafkaCluster::KafkaCluster(std::unique_ptr<Worker> worker) : worker_(std::move(worker)) {}
KafkaCluster::~KafkaCluster() = default;

Result<std::unique_ptr<KafkaCluster>> KafkaCluster::start(Scheduler& scheduler, const Profile& profile) {
    auto worker = std::make_unique<Worker>(scheduler, profile);
    if (auto started = worker->start(); !started) {
        return failed(started);
    }
    return std::unique_ptr<KafkaCluster>(new KafkaCluster(std::move(worker)));
}

std::string KafkaCluster::bootstrap() const {
    return worker_->bootstrap();
}

void KafkaCluster::set_lag(std::int64_t lag, std::int64_t produced, std::function<void(Result<void>)> done) {
    worker_->set_lag(lag, produced, std::move(done));
}
Result<void> KafkaCluster::create(const std::string& topic, int partitions, int replication) {
    return worker_->create(topic, partitions, replication);
}
void KafkaCluster::stand_at_the_start(std::vector<GroupTopics> groups) {
    worker_->stand_at_the_start(std::move(groups));
}
void KafkaCluster::broker_down(int broker) {
    worker_->set_down(broker, true);
}
void KafkaCluster::fail_over() {
    worker_->place_leaders();
}
void KafkaCluster::broker_up(int broker) {
    worker_->set_down(broker, false);
}

} // namespace sluice::range

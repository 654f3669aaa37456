#include "sources/kafka_connection.h"

#include "sources/kafka_question.h"

#include <QMetaObject>
#include <QObject>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <set>
#include <thread>

namespace sluice::sources {
namespace {

/// `group`: whose commits are asked for, empty = nobody's. librdkafka 2.0.2 follows a null pointer when a client
/// without `group.id` is told that a coordinator has moved, as it does while a broker restarts. It never joins the
/// group.
Result<KafkaClient> make_client(const KafkaSettings& settings, const std::string& group = {}) {
    KafkaConf conf(rd_kafka_conf_new());
    char words[512];
    for (const auto& [name, value] : settings.properties) {
        if (rd_kafka_conf_set(conf.get(), name.c_str(), value.c_str(), words, sizeof words) != RD_KAFKA_CONF_OK) {
            // librdkafka's own words can repeat the value, which may be a secret.
            return fail(ErrorCode::bad_input, "librdkafka does not take the property " + name, "kafka",
                        "see librdkafka's CONFIGURATION.md for its values");
        }
    }
    if (!group.empty() && !settings.properties.contains("group.id")) {
        rd_kafka_conf_set(conf.get(), "group.id", group.c_str(), words, sizeof words);
    }
    // Its log would go to stderr; what matters comes back as an answer.
    rd_kafka_conf_set_log_cb(conf.get(), [](const rd_kafka_t*, int, const char*, const char*) {});
    KafkaClient client(rd_kafka_new(RD_KAFKA_CONSUMER, conf.get(), words, sizeof words));
    if (client == nullptr) {
        return fail(ErrorCode::bad_input, std::string("librdkafka refuses the settings: ") + words, "kafka");
    }
    conf.release(); // the client owns it now
    return client;
}

} // namespace

/// The thread, its queue, and the way back to the engine thread.
class KafkaConnection::Worker {
public:
    struct Question {
        LagQuestion question;
        WorkId work;
        std::function<void(LagAnswer)> done;
    };

    Worker(Scheduler& scheduler, const KafkaSettings& settings, KafkaClient client)
        : scheduler_(scheduler), settings_(settings), ceiling_(settings.ceiling.count / 1'000'000),
          client_(std::move(client)), thread_([this] { run(); }) {}

    ~Worker() {
        {
            const std::lock_guard lock(mutex_);
            stop_ = true;
        }
        wake_.notify_one();
        thread_.join();
        for (const auto work : in_flight_) {
            scheduler_.abandon(work);
        }
    }

    void ask(LagQuestion question, std::string key, std::function<void(LagAnswer)> done) {
        const WorkId work = scheduler_.begin(std::move(key));
        in_flight_.insert(work);
        {
            const std::lock_guard lock(mutex_);
            questions_.push_back({std::move(question), work, std::move(done)});
        }
        wake_.notify_one();
    }

private:
    void run() {
        for (;;) {
            std::unique_lock lock(mutex_);
            wake_.wait(lock, [this] { return stop_ || !questions_.empty(); });
            if (stop_) {
                return;
            }
            Question next = std::move(questions_.front());
            questions_.pop_front();
            lock.unlock();
            auto answer = std::make_shared<LagAnswer>(
                ask_lag(client_for(next.question), next.question, settings_.explicit_partitions, ceiling_, stop_));
            // Dropped with `home_` when the connection goes away first.
            QMetaObject::invokeMethod(
                &home_,
                [this, answer, work = next.work, done = std::move(next.done)] {
                    in_flight_.erase(work);
                    scheduler_.finish(work, [answer, done] { done(std::move(*answer)); });
                },
                Qt::QueuedConnection);
        }
    }

    /// On the worker's thread.
    rd_kafka_t* client_for(const LagQuestion& question) {
        if (question.groups.empty()) {
            return client_.get();
        }
        auto& of_group = of_groups_[question.groups.front()];
        if (of_group == nullptr) {
            if (auto made = make_client(settings_, question.groups.front())) {
                of_group = *std::move(made);
            }
        }
        return of_group ? of_group.get() : client_.get();
    }

    Scheduler& scheduler_;
    const KafkaSettings settings_;
    std::chrono::milliseconds ceiling_;
    KafkaClient client_;                           ///< of questions for no group
    std::map<std::string, KafkaClient> of_groups_; ///< by the group that a question names first; the worker's thread
    std::set<WorkId> in_flight_;                   ///< engine thread only
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Question> questions_;
    std::atomic<bool> stop_ = false;
    QObject home_; ///< lives on the engine thread
    std::thread thread_;
};

KafkaConnection::KafkaConnection(std::unique_ptr<Worker> worker) : worker_(std::move(worker)) {}
KafkaConnection::~KafkaConnection() = default;

Result<std::unique_ptr<KafkaConnection>> KafkaConnection::make(Scheduler& scheduler, const KafkaSettings& settings) {
    auto client = make_client(settings);
    if (!client) {
        return failed(client);
    }
    return std::unique_ptr<KafkaConnection>(
        new KafkaConnection(std::make_unique<Worker>(scheduler, settings, *std::move(client))));
}

void KafkaConnection::ask(LagQuestion question, std::string key, std::function<void(LagAnswer)> done) {
    worker_->ask(std::move(question), std::move(key), std::move(done));
}

} // namespace sluice::sources

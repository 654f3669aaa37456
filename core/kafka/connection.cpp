#include "kafka/connection.h"

#include "kafka/call.h"
#include "kafka/groups.h"

#include <QMetaObject>
#include <QObject>
#include <algorithm>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <thread>

namespace sluice::kafka {
namespace {

constexpr std::chrono::milliseconds longest_call = std::chrono::seconds(5);

} // namespace

/// The thread, its queue, and the way back to the engine thread.
class Connection::Worker {
public:
    struct Question {
        Work work;
        WorkId id;
        std::chrono::milliseconds ceiling;
        std::optional<Call::Clock::time_point> ends_at; ///< nothing: `ceiling` counts from when it is asked
    };

    Worker(Scheduler& scheduler, const Settings& settings, Client client)
        : scheduler_(scheduler), settings_(settings), client_(std::move(client)), thread_([this] { run(); }) {}

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

    void submit(std::string key, Nanos ceiling, bool waiting_counts, Work work) {
        const WorkId id = scheduler_.begin(std::move(key));
        in_flight_.insert(id);
        const std::chrono::milliseconds most(ceiling.count / 1'000'000);
        {
            const std::lock_guard lock(mutex_);
            questions_.push_back(
                {std::move(work), id, most, waiting_counts ? std::optional(Call::Clock::now() + most) : std::nullopt});
        }
        wake_.notify_one();
    }

    Scheduler& scheduler() const { return scheduler_; }
    const Settings& settings() const { return settings_; }

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
            const Call call{client_.get(),
                            settings_,
                            next.ends_at.value_or(Call::Clock::now() + next.ceiling),
                            std::min(next.ceiling / 2, longest_call),
                            stop_,
                            &others_,
                            &states_};
            // Dropped with `home_` when the connection goes away first.
            QMetaObject::invokeMethod(
                &home_,
                [this, id = next.id, answered = next.work(call)] {
                    in_flight_.erase(id);
                    scheduler_.finish(id, answered);
                },
                Qt::QueuedConnection);
        }
    }

    Scheduler& scheduler_;
    const Settings settings_;
    Client client_;
    std::map<std::string, Client> others_; ///< the thread's, as it needs them
    StatesBeside states_;                  ///< the thread's too
    std::set<WorkId> in_flight_;           ///< engine thread only
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Question> questions_;
    std::atomic<bool> stop_ = false;
    QObject home_; ///< lives on the engine thread
    std::thread thread_;
};

Connection::Connection(std::unique_ptr<Worker> worker) : worker_(std::move(worker)) {}
Connection::~Connection() = default;

std::unique_ptr<Connection> Connection::without_client(Scheduler& scheduler, const Settings& settings) {
    return std::unique_ptr<Connection>(new Connection(std::make_unique<Worker>(scheduler, settings, Client())));
}

Result<std::unique_ptr<Connection>> Connection::make(Scheduler& scheduler, const Settings& settings) {
    auto client = make_client(settings, RD_KAFKA_CONSUMER);
    if (!client) {
        return failed(client);
    }
    return std::unique_ptr<Connection>(
        new Connection(std::make_unique<Worker>(scheduler, settings, *std::move(client))));
}

void Connection::ask(LagQuestion question, std::string key, std::function<void(LagAnswer)> done) {
    submit(std::move(key), worker_->settings().ceiling, false,
           [question = std::move(question), done = std::move(done)](const Call& call) {
               auto answer = std::make_shared<LagAnswer>(ask_lag(call, question));
               return [answer, done] { done(std::move(*answer)); };
           });
}

void Connection::submit(std::string key, Nanos ceiling, bool waiting_counts, Work work) {
    worker_->submit(std::move(key), ceiling, waiting_counts, std::move(work));
}

Scheduler& Connection::scheduler() const {
    return worker_->scheduler();
}

} // namespace sluice::kafka

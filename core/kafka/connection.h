#pragma once
#include "base/result.h"
#include "base/scheduler.h"
#include "kafka/lag.h"
#include "kafka/settings.h"

#include <functional>
#include <memory>
#include <string>

namespace sluice::kafka {

struct Call;

/// One Kafka cluster, with a worker thread of its own for librdkafka's blocking calls.
///
/// Made, used and destroyed on the engine thread, which needs an event loop. Questions are asked one after the other.
/// Destroying it waits for the call under way, at most half the settings' ceiling (five seconds of others), and calls
/// nobody.
class Connection {
public:
    /// `bad_input` when librdkafka does not take the settings. Does not connect yet: that shows at the first question.
    static Result<std::unique_ptr<Connection>> make(Scheduler& scheduler, const Settings& settings);
    /// For questions that make a client of their own (login.h): the one that each connection has logs in by itself, and
    /// again and again while it is refused. Calls have no client here.
    static std::unique_ptr<Connection> without_client(Scheduler& scheduler, const Settings& settings);
    ~Connection();

    /// `done` is called once, through the Scheduler, with work `key` in flight until then.
    void ask(LagQuestion question, std::string key, std::function<void(LagAnswer)> done);

    /// The same for any question: `work` runs on the worker thread and may touch nothing but the call and what it holds
    /// itself. `ceiling` is real time from now on, what it waits for its turn included.
    template <typename Answer>
    void call(const std::string& key, Nanos ceiling, std::function<Answer(const Call&)> work,
              std::function<void(Answer)> done) {
        submit(key, ceiling, true, [work = std::move(work), done = std::move(done)](const Call& call) {
            auto answer = std::make_shared<Answer>(work(call));
            return [answer, done] { done(std::move(*answer)); };
        });
    }

    Scheduler& scheduler() const;

private:
    /// Runs on the worker thread; what it gives runs on the engine thread.
    using Work = std::function<std::function<void()>(const Call&)>;
    void submit(std::string key, Nanos ceiling, bool waiting_counts, Work work);

    class Worker;
    explicit Connection(std::unique_ptr<Worker> worker);
    std::unique_ptr<Worker> worker_;
};

} // namespace sluice::kafka

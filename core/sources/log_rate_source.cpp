#include "sources/log_rate_source.h"

#include "base/quantity.h"
#include "kubernetes/object_ref.h"
#include "sources/http_endpoint.h"
#include "sources/one_value.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>

namespace sluice::sources {

using kubernetes::LoggingContainer;
using series::Status;

struct LogRateSource::Watch : std::enable_shared_from_this<Watch> {
    struct Poll {
        Nanos asked, deadline;
        std::string key;
        Done done;
        std::uint64_t taken = 0; ///< as the tally was when it began
        std::vector<LoggingContainer> containers;
        std::optional<Nanos> listed;
        std::vector<LogTally::Read> reads;
        std::map<std::size_t, std::string> failed; ///< by the place of what was read
        bool too_much = false;
        std::size_t open = 0;
    };
    using Id = std::uint64_t;

    Watch(kubernetes::Client& of, LogMetric asked) : cluster(of), metric(std::move(asked)), tally(metric.over) {}
    ~Watch() {
        for (const auto& [id, timer] : timers) {
            cluster.scheduler().cancel(timer);
        }
    }

    Nanos now() const { return cluster.scheduler().now(); }

    kubernetes::Ask ask(const Poll& poll, const std::string& part) const {
        return {poll.key + "#" + part, net::Pool::polling, std::max(poll.deadline - now(), milliseconds(1))};
    }

    /// An answer for this poll, if it still waits for one. What stands where the API is supposed to be may answer
    /// anything that is JSON.
    template <typename Take>
    auto back(Id id, Take take) {
        return [weak = weak_from_this(), id, take](auto answer) {
            if (const auto self = weak.lock(); self && self->polls.contains(id)) {
                try {
                    take(*self, self->polls.at(id), std::move(answer));
                } catch (const Json::exception&) {
                    if (!self->polls.contains(id)) {
                        throw; // what was told of it threw, not the reading
                    }
                    self->fail(id, "the answer is not what an API server sends");
                }
            }
        };
    }

    void begin(Nanos deadline, std::string key, Done done) {
        const Id id = ++last_id;
        Poll& poll = polls[id];
        poll.asked = now();
        poll.deadline = deadline;
        poll.key = std::move(key);
        poll.done = std::move(done);
        poll.taken = tally.taken();
        timers[id] = cluster.scheduler().at(std::max(deadline, poll.asked), [this, id] {
            timers.erase(id);
            finish(id, no_value(metric.name, metric.unit, "no answer in time", now()));
        });
        if (metric.workload && selector.empty()) {
            find_selector(id, poll);
        } else {
            list(id, poll);
        }
    }

    /// It does not change in a workload's life; only one that was made anew may have another.
    void find_selector(Id id, const Poll& poll) {
        cluster.get(*metric.workload, ask(poll, "workload"),
                    back(id, [id](Watch& self, Poll& of, Result<kubernetes::Reply> reply) {
                        if (!reply && reply.error().code == ErrorCode::not_found) {
                            self.tally_up(id, of, self.metric.workload->text() + " is not there");
                            return;
                        }
                        if (!reply) {
                            self.fail(id, reason(reply.error()));
                            return;
                        }
                        self.selector = kubernetes::selector_text(
                            reply->object.value("/spec/selector"_json_pointer, Json::object()));
                        if (self.selector.empty()) { // it would list every pod of the namespace
                            self.fail(id, self.metric.workload->text() + " selects no pods");
                            return;
                        }
                        self.list(id, of);
                    }));
    }

    void list(Id id, const Poll& poll) {
        const std::string& wanted = metric.workload ? selector : metric.selector;
        cluster.list(**kubernetes::find_type("pods"), metric.name_space, wanted, ask(poll, "pods"),
                     back(id, [id](Watch& self, Poll& of, Result<kubernetes::Reply> reply) {
                         if (!reply) {
                             self.fail(id, reason(reply.error()));
                             return;
                         }
                         const Json items = reply->object.at("items");
                         if (!items.is_array() && !items.is_null()) { // Go's empty list may be null
                             self.fail(id, "the answer is not what an API server sends");
                             return;
                         }
                         auto containers = kubernetes::logging_containers(items, self.metric.container);
                         if (!containers) {
                             self.fail(id, containers.error().what);
                             return;
                         }
                         of.containers = *std::move(containers);
                         of.listed = reply->server_time;
                         self.read(id, of);
                     }));
    }

    void read(Id id, Poll& poll) {
        if (poll.containers.empty() && metric.workload) {
            selector.clear();
        }
        poll.reads = tally.reads(poll.containers);
        if (poll.reads.size() > most_logs) {
            tally.forget({});
            fail(id, fmt::format("{} logs, which is over {}: name fewer pods", poll.reads.size(), most_logs));
            return;
        }
        poll.open = poll.reads.size();
        if (poll.open == 0) {
            tally_up(id, poll, poll.containers.empty() ? "there are no pods" : "no container has run yet");
            return;
        }
        for (std::size_t i = 0; i < poll.reads.size(); ++i) {
            const auto& one = poll.reads[i];
            kubernetes::LogQuestion question{
                .name_space = metric.name_space, .pod = one.of.pod, .container = one.of.name};
            question.previous = one.previous;
            question.timestamps = true;
            if (one.cursor.old_until) {
                question.since = *one.cursor.old_until + Nanos{1};
            }
            question.last_lines = one.skips ? 1 : 0;
            question.most_bytes = budget(poll);
            // The API does not keep its limit to the byte.
            cluster.read_text(kubernetes::log_path(question), 2 * question.most_bytes,
                              ask(poll, fmt::format("log{}", i)),
                              back(id, [id, i](Watch& self, Poll& of, const Result<std::string>& log) {
                                  self.take(of, i, log);
                                  if (--of.open == 0) {
                                      self.all_read(id, of);
                                  }
                              }));
        }
    }

    static std::size_t budget(const Poll& poll) { return std::min(most_of_one, most_of_all / poll.reads.size()); }

    void take(Poll& poll, std::size_t index, const Result<std::string>& log) const {
        auto& one = poll.reads[index];
        if (!log) {
            // The pod went away meanwhile, or there is no such instance any more.
            const auto code = log.error().code;
            // One that is listed and never has a log is no pod that goes.
            one.lost = (code == ErrorCode::not_found && !one.missed) ||
                       (one.previous && (code == ErrorCode::not_found || code == ErrorCode::bad_input));
            if (one.skips) { // of one that has ended: all of it is old
                one.cursor.old_until = poll.asked;
            }
            if (!one.lost && (!one.of.over || code == ErrorCode::refused)) {
                poll.failed[index] = fmt::format("pods/log of {}: {}", one.of.pod, reason(log.error()));
            }
            return;
        }
        constexpr std::size_t about = 1024;
        Result<void> done;
        if (one.skips) {
            auto cursor = behind_all(*log);
            done = cursor ? Result<void>() : failed(cursor);
            one.cursor = cursor ? *std::move(cursor) : LogCursor();
        } else if (log->size() + about >= budget(poll)) {
            poll.too_much = true;
            poll.failed[index] =
                fmt::format("the log of {} grew by over {} KiB since the last poll: poll more often, or "
                            "read a container that writes less",
                            one.of.pod, budget(poll) / 1024);
        } else {
            const auto count = count_new(*log, metric.pattern, most_lines, one.cursor);
            done = count ? Result<void>() : failed(count);
            one.count = count.value_or(LogCount());
            if (one.count.too_many) {
                poll.too_much = true;
                poll.failed[index] = fmt::format("the log of {} grew by over {} lines since the last poll: poll more "
                                                 "often, or read a container that writes less",
                                                 one.of.pod, most_lines);
            }
        }
        if (!done) {
            poll.failed[index] = fmt::format("the log of {}: {}", one.of.pod, done.error().what);
        } else if (poll.listed && one.cursor.old_until && *one.cursor.old_until > *poll.listed + minutes(1)) {
            // All lines until then would be taken for old ones.
            poll.failed[index] =
                fmt::format("the log of {} is dated ahead of the API server: a clock is off", one.of.pod);
        }
    }

    void all_read(Id id, Poll& poll) {
        if (poll.too_much) {
            tally.forget("a log was larger than what is read of one");
        }
        if (!poll.failed.empty()) {
            fail(id, poll.failed.begin()->second);
            return;
        }
        tally_up(id, poll, {});
    }

    /// `nothing`: why there is no data now, whatever was counted before.
    void tally_up(Id id, Poll& poll, const std::string& nothing) {
        if (poll.taken == tally.taken()) {
            tally.take(poll.containers, poll.reads, poll.listed, poll.asked);
        }
        const auto rate = tally.per_second();
        if (!nothing.empty() || !rate) {
            auto batch = series::without_value(metric.name, Status::no_data, now(),
                                               nothing.empty() ? tally.why_none() : nothing);
            batch.unit = metric.unit;
            finish(id, std::move(batch));
            return;
        }
        auto batch = one_value(metric.name, metric.unit, *rate, now());
        batch.readings.front().measured_at = tally.last().value_or(now());
        finish(id, std::move(batch));
    }

    void fail(Id id, std::string why) { finish(id, no_value(metric.name, metric.unit, std::move(why), now())); }

    void finish(Id id, series::SampleBatch batch) {
        if (const auto timer = timers.find(id); timer != timers.end()) {
            cluster.scheduler().cancel(timer->second);
            timers.erase(timer);
        }
        Done done = std::move(polls.at(id).done);
        polls.erase(id);
        // `done` may destroy the source: nothing of it is touched afterwards.
        done(std::move(batch));
    }

    kubernetes::Client& cluster;
    LogMetric metric;
    LogTally tally;
    std::string selector; ///< of the workload's pods; empty = to be asked for
    Id last_id = 0;
    std::map<Id, Poll> polls;
    std::map<Id, TimerId> timers; ///< of the polls' deadlines
};

LogRateSource::LogRateSource(kubernetes::Client& cluster, LogMetric metric)
    : watch_(std::make_shared<Watch>(cluster, std::move(metric))) {}

LogRateSource::~LogRateSource() = default;

void LogRateSource::poll(Nanos deadline, std::string key, Done done) {
    watch_->begin(deadline, std::move(key), std::move(done));
}

} // namespace sluice::sources

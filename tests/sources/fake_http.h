#pragma once
#include "base/scheduler.h"
#include "net/http.h"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace sluice::testing {

/// An HttpClient without a network: answers from a function, through the Scheduler, after `delay`; an answer that would
/// come past the request's timeout is `timed_out` instead.
class FakeHttp : public net::HttpClient {
public:
    using Answer = std::function<Result<net::HttpResponse>(const net::HttpRequest&)>;
    FakeHttp(Scheduler& scheduler, Answer answer) : answer_(std::move(answer)), scheduler_(scheduler) {}

    net::ExchangeId send(net::HttpRequest request, Done done) override {
        requests.push_back(request);
        const auto id = net::ExchangeId{++last_id_};
        const bool late = delay > request.timeout;
        timers_[id] =
            scheduler_.after(late ? request.timeout : delay, [this, id, late, request, done = std::move(done)] {
                timers_.erase(id);
                done(late ? Result<net::HttpResponse>(fail(ErrorCode::timed_out, "no answer after 127.0.0.1:1234"))
                          : answer_(request));
            });
        return id;
    }
    void cancel(net::ExchangeId exchange) override {
        if (const auto found = timers_.find(exchange); found != timers_.end()) {
            scheduler_.cancel(found->second);
            timers_.erase(found);
        }
    }
    std::size_t in_flight() const { return timers_.size(); }

    std::vector<net::HttpRequest> requests;
    Nanos delay = milliseconds(1);

private:
    Answer answer_;
    Scheduler& scheduler_;
    std::uint64_t last_id_ = 0;
    std::map<net::ExchangeId, TimerId> timers_;
};

} // namespace sluice::testing

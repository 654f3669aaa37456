#include "sources/open_polls.h"

#include <cstdint>
#include <map>

namespace sluice::sources {

struct OpenPolls::State {
    struct Poll {
        Source::Done done;
        TimerId deadline = TimerId::none;
    };
    Scheduler& scheduler;
    std::uint64_t last = 0;
    std::map<std::uint64_t, Poll> open;
};

OpenPolls::OpenPolls(Scheduler& scheduler)
    : state_(std::make_shared<State>(State{.scheduler = scheduler, .last = 0, .open = {}})) {}

OpenPolls::~OpenPolls() {
    for (const auto& [id, poll] : state_->open) {
        state_->scheduler.cancel(poll.deadline);
    }
    state_->open.clear();
}

OpenPolls::Close OpenPolls::open(Nanos deadline, Source::Done done, Answer late) {
    const auto id = ++state_->last;
    const Close close = [weak = std::weak_ptr(state_), id](const Answer& answer) {
        const auto state = weak.lock();
        auto poll = state ? state->open.extract(id) : decltype(state->open)::node_type();
        if (poll) {
            state->scheduler.cancel(poll.mapped().deadline);
            // `done` may destroy the source, and this: nothing of them is touched afterwards.
            poll.mapped().done(answer());
        }
    };
    const auto timer = state_->scheduler.at(deadline, [close, late = std::move(late)] { close(late); });
    state_->open.emplace(id, State::Poll{std::move(done), timer});
    return close;
}

} // namespace sluice::sources

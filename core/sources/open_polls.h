#pragma once
#include "base/scheduler.h"
#include "sources/source.h"

#include <functional>
#include <memory>

namespace sluice::sources {

/// The polls of a source whose answers come from a worker, which nothing takes back: each is closed once, by its answer
/// or at its deadline, whatever comes first. In a rehearsal virtual time stands still meanwhile; there the worker's own
/// ceiling ends it.
class OpenPolls {
public:
    using Answer = std::function<series::SampleBatch()>;
    using Close = std::function<void(const Answer&)>;

    explicit OpenPolls(Scheduler& scheduler);
    ~OpenPolls(); ///< and nobody is called any more
    OpenPolls(const OpenPolls&) = delete;

    /// `late` tells what is answered at the deadline. What comes back closes the poll by another answer; it is asked
    /// only while the poll is open, so it may use the source.
    Close open(Nanos deadline, Source::Done done, Answer late);

private:
    struct State;
    std::shared_ptr<State> state_;
};

} // namespace sluice::sources

#pragma once
#include "base/nanos.h"
#include "base/result.h"
#include "series/promql_range.h"
#include "series/sample.h"

#include <functional>
#include <string>
#include <vector>

namespace sluice::sources {

/// Where the samples of one metric come from. Engine thread only.
class Source {
public:
    using Done = std::function<void(series::SampleBatch)>;
    virtual ~Source() = default;

    /// Asks once. `done` is called exactly once, later, from the Scheduler: with values, with `no_data`, or with
    /// `source_error` and its reason, at the latest at `deadline` (an instant on the Scheduler's clock). Not called any
    /// more once the source is destroyed. `key` names the poll among all work in flight ("poll/error_ratio/12"); what
    /// the source does in parts gets "KEY#1", "KEY#2", …
    virtual void poll(Nanos deadline, std::string key, Done done) = 0;

    /// No answer is wanted any more, also not to what was asked: what runs on this machine for one is ended.
    virtual void end() {}

    /// How long from now the server wants to be left alone, by its answer to the last poll; zero as a rule. To be
    /// looked at when `done` is called.
    virtual Nanos rest() const { return {}; }

    /// Whether it knows what the metric was before it was polled. Only a Prometheus does: all others say what is now.
    virtual bool has_past() const { return false; }

    using Past = std::function<void(Result<std::vector<series::SampleBatch>>)>;
    /// Asks what polls at these instants (whole milliseconds) would have found, judged as these are: one batch an
    /// instant, oldest first, each received at its instant. `done` is called once, later; not any more once the
    /// source is destroyed. `timeout` is for each of its requests. One of them at a time is on its way, so that no poll
    /// waits behind them. Only of a source that has a past.
    virtual void past(const series::promql::Instants& instants, Nanos timeout, std::string key, Past done);
};

} // namespace sluice::sources

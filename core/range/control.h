#pragma once
#include "range/range.h"

#include <cstdint>
#include <memory>

namespace sluice::range {

/// The one address of a range in a process of its own (`sluicectl range PLAN --listen ADDRESS`), by which a rehearsal
/// elsewhere (`--range ADDRESS`) finds the rest and tells what only it knows. Not a part of the simulated production.
///
///   GET  /addresses            where everything is, with the token and the authority (JSON)
///   POST /steps/ID             the rehearsal has started that step: faults waiting for it begin
///   POST /manifests            what a command would have applied; 422 with the reason as text
///   POST /removals             "namespace/kind/name": what it would have taken away
///   GET  /writes               the range's own log of writing requests, one line each
class Control {
public:
    Control(Scheduler& scheduler, Range& range);
    ~Control();

    /// On 127.0.0.1; port 0 takes a free one.
    Result<void> listen(std::uint16_t port);
    std::string url() const;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace sluice::range

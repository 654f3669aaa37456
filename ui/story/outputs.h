#pragma once
#include "session/records.h"

#include <map>
#include <string>

namespace sluice::story {

/// What steps have printed, by operation; bounded, the end is what counts.
class Outputs {
public:
    static constexpr std::size_t kept = 256 * 1024; ///< bytes an operation

    void take(const session::OutputChunk& chunk);
    /// The last `kept` bytes; empty if it printed nothing.
    const std::string& of(const std::string& operation) const;

private:
    std::map<std::string, std::string> text_;
};

} // namespace sluice::story

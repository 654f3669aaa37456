#pragma once
#include "session/records.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::story {

/// What steps have printed, by operation, and when. All that the session kept is kept here, since any moment can be
/// asked for; what is shown of one is bounded.
class Outputs {
public:
    static constexpr std::size_t shown = 256 * 1024; ///< bytes an operation

    void take(const session::OutputChunk& chunk);

    /// The last `shown` bytes of what it had printed by `time`, from the start of a line; empty if that was nothing.
    /// What has no time (files of version 1) counts as printed from the beginning on. Valid until the next `take`.
    std::string_view of(const std::string& operation, Nanos time) const;

    /// Likewise of the last look of a probe that had printed by `time`: its looks are `attempt#1`, `attempt#2`, …
    std::string_view of_last_look(const std::string& attempt, Nanos time) const;

    /// When something was printed last, by any of them; none = never, or it was not recorded.
    std::optional<Nanos> last() const { return last_; }

private:
    struct Piece {
        Nanos time; ///< never less than that of the piece before, whatever the clock did
        std::size_t end = 0;
    };
    struct Printed {
        std::string text;
        std::vector<Piece> pieces;
    };
    std::map<std::string, Printed> printed_;
    std::optional<Nanos> last_;
};

} // namespace sluice::story

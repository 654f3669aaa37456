#pragma once
#include "base/result.h"
#include "session/key.h"
#include "session/records.h"
#include "session/session_reader.h"

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Whether a session is as it was written. Everything is recomputed from the bodies; nothing in the file is believed.
namespace sluice::session {

/// What was kept outside of the file, and is believed.
struct Kept {
    std::vector<VerifierKey> keys;         ///< of the operators (several if the session was resumed by another)
    std::optional<std::string> checkpoint; ///< a signed note of this session, from a report, a follower, a message
};

struct Verdict {
    std::int64_t events = 0;

    std::string fault;                     ///< what is wrong, one sentence; empty: nothing
    std::optional<std::int64_t> first_bad; ///< the first event that is not as it was written, if the file tells
    /// Where the roots were computed anew: the first bad event is in here (both ends included).
    std::optional<std::pair<std::int64_t, std::int64_t>> bad_between;

    /// Events 1 … this are covered by a checkpoint that fits; the ones after it could be altered by whoever has the
    /// file.
    std::int64_t covered = 0;
    /// A signature by one of the kept keys holds for `covered`, or the kept checkpoint is what covers them.
    bool authenticated = false;

    bool good() const { return fault.empty(); }
};

/// `events` in the order of the file; one with a seq below 1 at the front is a row that no event is.
Verdict verify(std::string_view session_id, std::span<const EventRecord> events,
               std::span<const CheckpointRecord> checkpoints, const Kept& kept);

/// An error only if the file can't be read as a session (missing, foreign, of another version, damaged).
Result<Verdict> verify_file(const std::filesystem::path& path, const Kept& kept);

/// A few lines for a person.
std::string to_text(const Verdict& verdict);

} // namespace sluice::session

#pragma once
#include "base/digest.h"
#include "base/result.h"
#include "session/key.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Checkpoints: C2SP signed notes (c2sp.org/signed-note) over the three lines of c2sp.org/tlog-checkpoint.
namespace sluice::session {

struct NoteSignature {
    std::string name;
    std::uint32_t key_id = 0;
    std::string signature; ///< without the key id; 64 bytes for Ed25519, of any length for kinds not known here
};

struct Note {
    std::string text; ///< what is signed, with its last line feed
    std::vector<NoteSignature> signatures;
};

/// Strict, and sparing: at most 64 KiB and 100 signatures, valid lines only. Does not look at what the signatures say.
Result<Note> parse_note(std::string_view note);

/// `text` and one signature by `key`. The text is non-empty, ends in a line feed and holds no other control characters.
std::string sign_note(std::string_view text, const SigningKey& key);

enum class Signed {
    by_key,    ///< a signature by the key, and it holds
    by_others, ///< no signature under this key's name and id
    wrongly,   ///< claims to be by this key, and is not
};
Signed check_signature(const Note& note, const VerifierKey& key);

/// How large the tree of a session was, and its root.
struct Checkpoint {
    std::string origin; ///< "sluice/session/<id>"
    std::uint64_t size = 0;
    Digest root{};

    bool operator==(const Checkpoint&) const = default;
};

std::string origin_of(std::string_view session_id);
std::string checkpoint_text(const Checkpoint& checkpoint);

/// Exactly three lines; extension lines are refused, since nothing here could say what they mean.
Result<Checkpoint> parse_checkpoint(std::string_view text);

} // namespace sluice::session

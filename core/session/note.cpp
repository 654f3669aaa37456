#include "session/note.h"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

namespace sluice::session {
namespace {

constexpr std::string_view dash = "\u2014 ";

tl::unexpected<Error> not_a_note(std::string what) {
    return fail(ErrorCode::bad_input, "not a signed checkpoint: " + std::move(what));
}

/// Takes the next line, without its line feed, off the front.
std::string_view take_line(std::string_view& text) {
    const auto end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    return line;
}

} // namespace

Result<Note> parse_note(std::string_view note) {
    if (note.size() > 64 * 1024) {
        return not_a_note("larger than 64 KiB");
    }
    if (std::ranges::any_of(note, [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\n'; })) {
        return not_a_note("it holds control characters");
    }
    const auto blank = note.rfind("\n\n");
    if (blank == std::string_view::npos || !note.ends_with('\n')) {
        return not_a_note("no blank line before signatures, or no line feed at the end");
    }
    Note parsed;
    parsed.text = note.substr(0, blank + 1);
    for (std::string_view rest = note.substr(blank + 2); !rest.empty();) {
        std::string_view line = take_line(rest);
        if (!line.starts_with(dash)) {
            return not_a_note("a signature line does not start with a dash (U+2014)");
        }
        line.remove_prefix(dash.size());
        const auto blank_at = line.find(' ');
        std::string bytes;
        if (blank_at == std::string_view::npos || blank_at == 0 || !from_base64(line.substr(blank_at + 1), bytes) ||
            bytes.size() < 5) {
            return not_a_note("a signature line is not a name and base64");
        }
        std::uint32_t id = 0;
        for (int i = 0; i < 4; ++i) {
            id = id << 8 | static_cast<unsigned char>(bytes[static_cast<std::size_t>(i)]);
        }
        parsed.signatures.push_back({std::string(line.substr(0, blank_at)), id, bytes.substr(4)});
        if (parsed.signatures.size() > 100) {
            return not_a_note("more than 100 signatures");
        }
    }
    if (parsed.signatures.empty()) {
        return not_a_note("it has no signature");
    }
    return parsed;
}

std::string sign_note(std::string_view text, const SigningKey& key) {
    const std::uint32_t id = key.verifier().id();
    std::string bytes;
    for (int shift = 24; shift >= 0; shift -= 8) {
        bytes += static_cast<char>(id >> shift & 0xff);
    }
    bytes += key.sign(text);
    return fmt::format("{}\n{}{} {}\n", text, dash, key.verifier().name(), base64(bytes));
}

Signed check_signature(const Note& note, const VerifierKey& key) {
    // The first line under this name and id decides (as Go's note package does): a second one can't mend a wrong one.
    for (const NoteSignature& signature : note.signatures) {
        if (signature.name == key.name() && signature.key_id == key.id()) {
            return key.verify(note.text, signature.signature) ? Signed::by_key : Signed::wrongly;
        }
    }
    return Signed::by_others;
}

std::string origin_of(std::string_view session_id) {
    return fmt::format("sluice/session/{}", session_id);
}

std::string checkpoint_text(const Checkpoint& checkpoint) {
    const std::string_view root(reinterpret_cast<const char*>(checkpoint.root.data()), checkpoint.root.size());
    return fmt::format("{}\n{}\n{}\n", checkpoint.origin, checkpoint.size, base64(root));
}

Result<Checkpoint> parse_checkpoint(std::string_view text) {
    Checkpoint checkpoint;
    checkpoint.origin = take_line(text);
    const std::string_view size = take_line(text);
    const std::string_view root = take_line(text);
    if (checkpoint.origin.empty() || !text.empty()) {
        return not_a_note("its text is not the three lines origin, size and root");
    }
    const auto [end, error] = std::from_chars(size.data(), size.data() + size.size(), checkpoint.size);
    if (error != std::errc() || end != size.data() + size.size() || size != std::to_string(checkpoint.size)) {
        return not_a_note("its second line is not a size");
    }
    std::string bytes;
    if (!from_base64(root, bytes) || bytes.size() != checkpoint.root.size()) {
        return not_a_note("its third line is not a root of 32 bytes in base64");
    }
    std::copy(bytes.begin(), bytes.end(), checkpoint.root.begin());
    return checkpoint;
}

} // namespace sluice::session

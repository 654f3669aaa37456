#pragma once
#include "base/result.h"
#include "base/secret.h"

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

inline constexpr std::string_view redaction_mark = "‹redacted›";

/// The secrets that must not appear in any output, in the forms in which programs print them: as they are,
/// percent-encoded (whichever characters the encoder takes), JSON-escaped (once or twice), in hex (either case, without
/// separators), and base64 (both alphabets, at each of the three alignments, so also as part of something longer such
/// as `user:password`). Of a secret of several lines, each line of 16 bytes or more counts by itself. Not found: base64
/// broken into lines, `xxd`'s columns, anything encrypted or compressed.
class RedactionSet {
public:
    static constexpr std::size_t shortest = 4;

    RedactionSet() = default;
    RedactionSet(const RedactionSet&) = delete;
    RedactionSet& operator=(const RedactionSet&) = delete;
    ~RedactionSet(); ///< wipes what it knows

    /// `bad_input` for a secret shorter than 4 bytes: replacing it would make output unreadable and tell its value.
    /// `name` (the reference) goes into the error.
    Result<void> add(const Secret& secret, std::string_view name);

private:
    friend class Redactor;

    using Token = std::vector<std::string>; ///< the ways of writing one character
    using Pattern = std::vector<Token>;

    struct Found {
        std::size_t length = 0; ///< 0 = nothing begins here
        bool open = false;      ///< more bytes could make it a (longer) match
    };
    Found find(std::string_view text) const;
    void add_pattern(Pattern pattern);

    std::vector<Pattern> patterns_;
    std::array<std::vector<std::size_t>, 256> by_first_byte_; ///< patterns that can begin with this byte
};

/// Reads bytes in chunks and gives them back with every occurrence of a secret replaced by `redaction_mark`;
/// occurrences that overlap or touch become one mark. What comes out does not depend on how the bytes were cut.
class Redactor {
public:
    explicit Redactor(std::shared_ptr<const RedactionSet> secrets) : secrets_(std::move(secrets)) {}
    ~Redactor() { wipe(pending_); }
    Redactor(const Redactor&) = default;
    Redactor& operator=(const Redactor&) = default;
    Redactor(Redactor&&) = default;
    Redactor& operator=(Redactor&&) = default;

    /// Bytes that may be the beginning of a secret are held back until the next call.
    std::string feed(std::string_view bytes);
    /// The end of the bytes: gives what was held back.
    std::string finish();

private:
    std::string scan(bool last);

    std::shared_ptr<const RedactionSet> secrets_;
    std::string pending_;
    std::size_t covered_ = 0; ///< bytes from the start of pending_ that belong to a match found already
    bool marked_ = false;     ///< the mark of the run that reaches into or up to pending_ is written
};

/// All at once.
std::string redact(std::string_view bytes, const std::shared_ptr<const RedactionSet>& secrets);

/// A whole text; `secrets` may be null.
std::string redacted(std::string_view text, const std::shared_ptr<const RedactionSet>& secrets);

} // namespace sluice

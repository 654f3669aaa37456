#include "session/verify.h"

#include "session/event_check.h"
#include "session/note.h"

#include <algorithm>
#include <fmt/format.h>

namespace sluice::session {
namespace {

/// One pass over the events, then the checkpoints against the roots that came out.
class Verification {
public:
    Verification(std::string_view session_id, const Kept& kept) : origin_(origin_of(session_id)), kept_(kept) {}

    void take(const EventRecord& event) {
        ++verdict_.events;
        if (event.seq < 1 && roots_.empty()) { // sorted to the front, wherever it came from
            stray_ = event.seq;
            return;
        }
        if (!verdict_.fault.empty()) {
            return;
        }
        if (const auto fault = check_.take(event)) {
            verdict_.fault = fault->what;
            verdict_.first_bad = fault->seq;
            return;
        }
        roots_.push_back(event.root);
    }

    Verdict finish(std::span<const CheckpointRecord> checkpoints) {
        if (verdict_.good() && stray_) {
            verdict_.first_bad = static_cast<std::int64_t>(roots_.size()) + 1;
            verdict_.fault = fmt::format("event {} is missing: {} stands in its place", *verdict_.first_bad, *stray_);
        }
        // In the order of sizes, so that the first that does not fit bounds where the events differ.
        std::vector<Entry> entries;
        // The kept one is first among its size: another root of that size, even under the same key, is the forged one.
        if (kept_.checkpoint) {
            entries.push_back({*kept_.checkpoint, std::nullopt, "the kept checkpoint", true});
        }
        for (const CheckpointRecord& record : checkpoints) {
            entries.push_back({record.note, record.size, "a checkpoint in the file", false});
        }
        for (Entry& entry : entries) {
            read(entry);
        }
        std::ranges::stable_sort(entries, {}, [](const Entry& entry) { return entry.checkpoint.size; });
        for (const Entry& entry : entries) {
            compare(entry);
        }
        if (verdict_.good() && !kept_.keys.empty() && !verdict_.authenticated) {
            verdict_.fault = "no checkpoint is signed by the key";
        }
        verdict_.covered = verdict_.authenticated ? trusted_ : consistent_;
        return std::move(verdict_);
    }

private:
    struct Entry {
        std::string note;
        std::optional<std::int64_t> size_column;
        std::string name;
        bool from_outside = false;
        Checkpoint checkpoint{};
        std::string wrong{};
        bool by_kept_key = false;
    };

    void read(Entry& entry) const {
        const auto note = parse_note(entry.note);
        const auto checkpoint = note ? parse_checkpoint(note->text) : Result<Checkpoint>(failed(note));
        if (!checkpoint) {
            entry.wrong = checkpoint.error().what;
            return;
        }
        entry.checkpoint = *checkpoint;
        if (checkpoint->origin != origin_) {
            entry.wrong = fmt::format("it is of {}, not of {}", checkpoint->origin, origin_);
            return;
        }
        if (entry.size_column && static_cast<std::uint64_t>(*entry.size_column) != checkpoint->size) {
            entry.wrong = "its size is not that of its column";
            return;
        }
        for (const VerifierKey& key : kept_.keys) {
            const Signed state = check_signature(*note, key);
            if (state == Signed::wrongly) {
                entry.wrong = fmt::format("the signature of {} does not hold", key.name());
                return;
            }
            entry.by_kept_key |= state == Signed::by_key;
        }
        if (!kept_.keys.empty() && !entry.by_kept_key) {
            entry.wrong =
                fmt::format("it is signed by {}, with a key that was not given", note->signatures.front().name);
        }
    }

    void compare(const Entry& entry) {
        const std::string name = entry.checkpoint.size > 0
                                     ? fmt::format("{} (of {} events)", entry.name, entry.checkpoint.size)
                                     : entry.name;
        if (!entry.wrong.empty()) {
            note_fault(fmt::format("{} is not good: {}", name, entry.wrong));
            return;
        }
        const std::uint64_t size = entry.checkpoint.size;
        if (size > roots_.size()) {
            if (verdict_.good()) {
                verdict_.fault = fmt::format("{} events were cut off: {} covers more than the {} that are here",
                                             size - roots_.size(), name, roots_.size());
                verdict_.first_bad = static_cast<std::int64_t>(roots_.size()) + 1;
            }
            return;
        }
        if ((size == 0 ? sha256({}) : roots_[size - 1]) != entry.checkpoint.root) {
            if (verdict_.good()) {
                const auto first = trusted_ + 1;
                verdict_.bad_between = {first, static_cast<std::int64_t>(size)};
                verdict_.fault = fmt::format("events {} to {} are not those that {} was signed for", first, size, name);
            }
            return;
        }
        if (!verdict_.bad_between) {
            consistent_ = std::max(consistent_, static_cast<std::int64_t>(size));
            if (entry.by_kept_key || entry.from_outside) {
                trusted_ = std::max(trusted_, static_cast<std::int64_t>(size));
                verdict_.authenticated = true;
            }
        }
    }

    void note_fault(std::string fault) {
        if (verdict_.good()) {
            verdict_.fault = std::move(fault);
        }
    }

    std::string origin_;
    const Kept& kept_;
    EventCheck check_;
    std::vector<Digest> roots_;
    std::optional<std::int64_t> stray_;
    std::int64_t consistent_ = 0; // size of the largest checkpoint that fits
    std::int64_t trusted_ = 0;    // the same, of those that whoever has the file can't have made
    Verdict verdict_;
};

} // namespace

Verdict verify(std::string_view session_id, std::span<const EventRecord> events,
               std::span<const CheckpointRecord> checkpoints, const Kept& kept) {
    Verification verification(session_id, kept);
    for (const EventRecord& event : events) {
        verification.take(event);
    }
    return verification.finish(checkpoints);
}

Result<Verdict> verify_file(const std::filesystem::path& path, const Kept& kept) {
    const auto reader = SessionReader::open(path);
    if (!reader) {
        return failed(reader);
    }
    Verification verification(reader->meta().id, kept);
    constexpr std::int64_t at_once = 1000;
    for (std::int64_t next = INT64_MIN;;) {
        const auto events = reader->events(next, at_once);
        if (!events) {
            return failed(events);
        }
        for (const EventRecord& event : *events) {
            verification.take(event);
        }
        if (static_cast<std::int64_t>(events->size()) < at_once || events->back().seq == INT64_MAX) {
            break;
        }
        next = events->back().seq + 1;
    }
    const auto checkpoints = reader->checkpoints();
    if (!checkpoints) {
        return failed(checkpoints);
    }
    return verification.finish(*checkpoints);
}

std::string to_text(const Verdict& verdict) {
    std::string text;
    if (!verdict.good()) {
        text = fmt::format("NOT as it was written: {}\n", verdict.fault);
        if (verdict.first_bad) {
            text += fmt::format("first bad event: {}\n", *verdict.first_bad);
        }
    } else {
        text = fmt::format("{}: {} events\n", verdict.authenticated ? "authentic" : "consistent, not authenticated",
                           verdict.events);
    }
    if (const auto tail = verdict.events - verdict.covered; verdict.good() && tail > 0) {
        text += fmt::format("the tail of {} event{} after the last checkpoint is not protected\n", tail,
                            tail == 1 ? "" : "s");
    }
    return text;
}

} // namespace sluice::session

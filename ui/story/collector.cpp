#include "story/collector.h"

#include "base/json.h"
#include "session/note.h"

#include <fmt/format.h>

namespace sluice::story {

void Collector::events(std::span<const session::EventRecord> batch) {
    for (const auto& record : batch) {
        const auto json = parse_json(record.body, fmt::format("event {}", record.seq));
        auto event = json ? release::event_from_json(*json) : Result<release::Event>(failed(json));
        if (!event) {
            trouble(event.error());
            return;
        }
        tree_.add(session::leaf_hash(record.body));
        roots_.push_back(tree_.root());
        times_.push_back(record.time);
        intact_ = intact_ && roots_.back() == record.root;
        if (const auto* opened = std::get_if<release::SessionOpened>(&event->body)) {
            session_ = opened->session;
            public_key_ = opened->public_key;
        }
        gathered_.entries.push_back({std::move(*event), record.root, intact_});
        any_ = true;
    }
    look_at_notes(); // a checkpoint may come before the last events that it covers
}

void Collector::output(std::span<const session::OutputChunk> chunks) {
    gathered_.output.insert(gathered_.output.end(), chunks.begin(), chunks.end());
    any_ = true;
}

void Collector::samples(const session::Tick& tick) {
    gathered_.ticks.push_back(tick);
    any_ = true;
}

void Collector::checkpoint(const std::string& note) {
    notes_.push_back(note);
    look_at_notes();
    any_ = true;
}

void Collector::look_at_notes() {
    std::erase_if(notes_, [this](const std::string& note) { return judge(note); });
}

/// False while events that it covers may still come.
bool Collector::judge(const std::string& text) {
    const auto note = session::parse_note(text);
    const auto checkpoint = note ? session::parse_checkpoint(note->text) : Result<session::Checkpoint>(failed(note));
    Seal seal;
    if (checkpoint && checkpoint->size > 0) {
        const bool here = checkpoint->size <= roots_.size();
        if (!here && !gathered_.ended) {
            return false;
        }
        seal.size = static_cast<std::int64_t>(checkpoint->size);
        if (here) {
            seal.covers = times_[checkpoint->size - 1];
            seal.fits =
                checkpoint->origin == session::origin_of(session_) && checkpoint->root == roots_[checkpoint->size - 1];
        }
        const auto key = session::VerifierKey::parse(public_key_);
        seal.by_operator = key && session::check_signature(*note, *key) == session::Signed::by_key;
    }
    gathered_.seals.push_back(seal);
    return true;
}

void Collector::ended() {
    gathered_.ended = true;
    look_at_notes();
    any_ = true;
}

void Collector::trouble(const Error& error) {
    gathered_.trouble = error;
    any_ = true;
}

DeliveryPtr Collector::take(Nanos now) {
    if (!any_) {
        return nullptr;
    }
    gathered_.now = now;
    any_ = false;
    return std::make_shared<const Delivery>(std::exchange(gathered_, {}));
}

} // namespace sluice::story

#include "engine/journal.h"

#include <fmt/format.h>

namespace sluice::engine {
namespace {

/// DESIGN.md, "Keys": at the start, at each approval, around each action, and at the end.
bool wants_signature(const release::Body& body) {
    return std::holds_alternative<release::SessionOpened>(body) ||
           std::holds_alternative<release::SessionResumed>(body) ||
           std::holds_alternative<release::SessionClosed>(body) || std::holds_alternative<release::Approved>(body) ||
           std::holds_alternative<release::Attested>(body) || std::holds_alternative<release::GlassBroken>(body) ||
           std::holds_alternative<release::Intent>(body) || std::holds_alternative<release::Settled>(body) ||
           std::holds_alternative<release::InDoubt>(body) || std::holds_alternative<release::PlanAmended>(body) ||
           std::holds_alternative<release::RollbackStarted>(body);
}

} // namespace

Journal::Journal(Scheduler& scheduler, session::SessionLog& log, session::SigningKey key)
    : scheduler_(scheduler), log_(log), key_(std::move(key)) {}

Result<void> Journal::replay(std::span<const session::EventRecord> records) {
    for (const auto& record : records) {
        const auto json = parse_json(record.body, fmt::format("event {}", record.seq));
        if (!json) {
            return failed(json);
        }
        const auto event = release::event_from_json(*json);
        if (!event) {
            return failed(event);
        }
        release::apply(release_, *event);
    }
    return {};
}

Result<Receipt> Journal::submit(const release::Command& command, const release::Actor& by) {
    // Else what was asleep would count as held by what is decided now.
    scheduler_.tell_jump();
    // Time never goes back within a log, whatever the clock does.
    const Nanos now = std::max(scheduler_.now(), release_.time);
    auto bodies = release::decide(release_, command, now, by);
    if (!bodies) {
        return failed(bodies);
    }
    if (bodies->empty()) {
        return Receipt{};
    }
    std::vector<release::Event> events;
    std::vector<session::NewEvent> records;
    bool sign_now = false, ends = false;
    for (auto& body : *bodies) {
        ends = ends || std::holds_alternative<release::SessionClosed>(body);
        sign_now = sign_now || wants_signature(body);
        events.push_back({release_.seq + static_cast<std::int64_t>(events.size()) + 1, now, std::move(body)});
        auto bytes = canonical(release::to_json(events.back()));
        if (!bytes) {
            return failed(bytes);
        }
        records.push_back({now, std::move(*bytes)});
    }
    if (ends && before_the_end_) {
        before_the_end_();
    }
    auto stored = log_.append(records, sign_now ? &key_ : nullptr);
    if (!stored) {
        if (broken_) {
            std::exchange(broken_, nullptr)(stored.error());
        }
        return failed(stored);
    }
    for (const auto& event : events) {
        release::apply(release_, event);
    }
    if (sign_now) {
        signed_ = release_.seq;
        if (checkpoint_) {
            checkpoint_(log_.last_checkpoint());
        }
    }
    const Receipt receipt{events.front().seq, events.back().seq};
    untold_.insert(untold_.end(), std::make_move_iterator(events.begin()), std::make_move_iterator(events.end()));
    if (!record_listeners_.empty()) {
        untold_records_.insert(untold_records_.end(), std::make_move_iterator(stored->begin()),
                               std::make_move_iterator(stored->end()));
    }
    tell();
    return receipt;
}

void Journal::tell() {
    if (telling_) {
        return; // whoever is telling goes on with what has come meanwhile
    }
    telling_ = true;
    while (!untold_.empty()) {
        const auto batch = std::exchange(untold_, {});
        const auto records = std::exchange(untold_records_, {});
        for (std::size_t i = 0; i < listeners_.size(); ++i) {
            listeners_[i](batch);
        }
        for (std::size_t i = 0; i < record_listeners_.size(); ++i) {
            record_listeners_[i](records);
        }
    }
    telling_ = false;
}

Result<void> Journal::sign() {
    if (signed_ == release_.seq) {
        return {};
    }
    if (const auto note = log_.checkpoint(key_); !note) {
        return failed(note);
    } else if (checkpoint_) {
        checkpoint_(*note);
    }
    signed_ = release_.seq;
    return {};
}

} // namespace sluice::engine

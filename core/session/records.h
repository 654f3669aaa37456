#pragma once
#include "base/digest.h"
#include "base/nanos.h"

#include <compare>
#include <cstdint>
#include <string>
#include <vector>

/// What a session file holds (doc/session-format.md), as values. Nothing here knows what an event means.
namespace sluice::session {

/// What the file says of itself, written once.
struct SessionMeta {
    std::string id;           ///< 1–100 of A–Z a–z 0–9 . _ -; part of the checkpoints' origin
    Nanos created;            ///< UTC
    std::string program;      ///< what wrote it: "sluice 0.1.0"
    std::string operator_key; ///< VerifierKey::text() of the operator at the start; may be empty

    bool operator==(const SessionMeta&) const = default;
};

/// An event that is to be appended. `body` is canonical JSON with "seq" (the log's next), "time" (this one) and "type".
struct NewEvent {
    Nanos time;
    std::string body;
};

/// An event that is in the file.
struct EventRecord {
    std::int64_t seq = 0; ///< from 1; the tree after this event has `seq` leaves
    Nanos time;
    std::string body; ///< the bytes that are hashed
    Digest root{};    ///< of the tree after this event

    bool operator==(const EventRecord&) const = default;
};

/// A piece of what an operation wrote, redacted before it came here.
struct OutputChunk {
    std::int64_t id = 0;   ///< grows with each commit; given by the file, ignored when writing
    Nanos time;            ///< when it was heard, UTC; 0 = not recorded (files of version 1)
    std::string operation; ///< "session/step/attempt"
    std::int64_t offset = 0;
    std::string bytes;

    bool operator==(const OutputChunk&) const = default;
};

/// What is measured, where, in what unit.
struct SeriesKey {
    std::string metric;
    std::string arm;           ///< empty: of no arm
    std::string labels = "{}"; ///< canonical JSON object
    std::string unit;

    auto operator<=>(const SeriesKey&) const = default;
};

enum class SampleStatus : std::uint8_t { ok = 0, no_data = 1, source_error = 2 };

struct Sample {
    SeriesKey series;
    SampleStatus status = SampleStatus::ok;
    double value = 0;   ///< bit-exact if `ok`; reads back as NaN else
    Nanos measured_at;  ///< when the value was true, as the source says
    Nanos received_at;  ///< when the answer arrived
    std::string detail; ///< why there is no value; may be empty
    /// Asked for afterwards (the hour before the start, a gap of the desk): `received_at` is the instant that was asked
    /// about. Nothing hung on it then; when it came is the time of its tick.
    bool past = false;
};

/// Samples that were committed together.
struct Tick {
    std::int64_t id = 0; ///< grows with each commit; given by the file
    Nanos time;
    std::vector<Sample> samples;
};

/// A series has nothing between two instants, and why.
struct Gap {
    SeriesKey series;
    Nanos from;
    Nanos to;
    std::string reason;
};

} // namespace sluice::session

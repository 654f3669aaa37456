#pragma once
#include "base/json.h"
#include "base/nanos.h"
#include "base/result.h"
#include "base/secret.h"

#include <functional>
#include <map>
#include <string>

namespace sluice::kafka {

/// A Kafka connection of a plan, ready for librdkafka.
struct Settings {
    std::map<std::string, std::string> properties; ///< librdkafka's CONFIGURATION.md; holds secrets: never log it
    Nanos ceiling = seconds(5); ///< real time that one question may take, beside the Scheduler's deadline
    std::string topics_at;      ///< URL of a simulated production that knows topics and their settings; else empty
    bool explicit_partitions = false; ///< this cluster lists a group's commits only for partitions that are named

    Settings() = default;
    Settings(const Settings&) = default;
    Settings& operator=(const Settings&) = default;
    Settings(Settings&&) = default;
    Settings& operator=(Settings&&) = default;
    ~Settings(); ///< wipes the properties
};

/// What every client of ours begins with: it reads, makes no topic and commits nothing by itself.
std::map<std::string, std::string> usual_properties();

/// Turns a secret reference ("env:KAFKA_SASL_PASSWORD") into the secret.
using ResolveSecret = std::function<Result<Secret>(const std::string& reference)>;

/// Reads the plan's `kafka:` block:
/// - `bootstrap`: "host:port,…"
/// - `security`: `protocol` (plaintext, ssl, sasl_plaintext, sasl_ssl), `mechanism` (plain, scram-sha-256,
/// scram-sha-512),
///   `username`, `password` (a reference), `ca`, `certificate` (PEM files), `key` (a reference to PEM)
/// - `isolation`: read_committed (default: lag up to the last stable offset) or read_uncommitted
/// - `group-offsets`: `all` (default) or `named`, see `explicit_partitions`
/// - `topics-at`: only from a rehearsal, see `topics_at`
/// - `properties`: any of librdkafka's, going before what the others made
///
/// `bad_input` for anything else. Whether librdkafka takes the properties shows when the connection is made.
Result<Settings> settings_of(const Json& block, const ResolveSecret& resolve);

} // namespace sluice::kafka

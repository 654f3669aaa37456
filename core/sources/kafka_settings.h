#pragma once
#include "base/json.h"
#include "base/nanos.h"
#include "base/result.h"
#include "base/secret.h"

#include <functional>
#include <map>
#include <string>

namespace sluice::sources {

/// A Kafka connection of a plan, ready for librdkafka.
struct KafkaSettings {
    std::map<std::string, std::string> properties; ///< librdkafka's CONFIGURATION.md; holds secrets: never log it
    Nanos ceiling = seconds(5);       ///< real time that one question may take, beside the Scheduler's deadline
    bool explicit_partitions = false; ///< this cluster lists a group's commits only for partitions that are named

    KafkaSettings() = default;
    KafkaSettings(const KafkaSettings&) = default;
    KafkaSettings& operator=(const KafkaSettings&) = default;
    KafkaSettings(KafkaSettings&&) = default;
    KafkaSettings& operator=(KafkaSettings&&) = default;
    ~KafkaSettings(); ///< wipes the properties
};

/// Turns a secret reference ("env:KAFKA_SASL_PASSWORD") into the secret.
using ResolveSecret = std::function<Result<Secret>(const std::string& reference)>;

/// Reads the plan's `kafka:` block:
/// - `bootstrap`: "host:port,…"
/// - `security`: `protocol` (plaintext, ssl, sasl_plaintext, sasl_ssl), `mechanism` (plain, scram-sha-256,
/// scram-sha-512),
///   `username`, `password` (a reference), `ca`, `certificate`, `key` (PEM files), `key-password` (a reference)
/// - `isolation`: read_committed (default: lag up to the last stable offset) or read_uncommitted
/// - `group-offsets`: `all` (default) or `named`, see `explicit_partitions`
/// - `properties`: any of librdkafka's, going before what the others made
///
/// `bad_input` for anything else. Whether librdkafka takes the properties shows when the connection is made.
Result<KafkaSettings> kafka_settings(const Json& block, const ResolveSecret& resolve);

} // namespace sluice::sources

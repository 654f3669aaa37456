#include "kafka/client_keys.h"

#include <algorithm>
#include <array>

namespace sluice::kafka {
namespace {

using Kind = KeyUse::Kind;

struct Row {
    std::string_view key; ///< one that ends with a dot is the begin of many
    Kind kind;
    std::string_view words = {};
};

constexpr std::string_view no_java_class = "a Java class can't be run here; use SCRAM, PLAIN or a client certificate";
constexpr std::string_view no_oauth = "use SCRAM, PLAIN or a client certificate";
constexpr std::string_view no_code = "no other code is loaded from a settings file; remove it";
constexpr std::string_view tls_of_openssl = "the versions of TLS are OpenSSL's here";

constexpr std::array rows{
    Row{"sasl.mechanism", Kind::renamed, "sasl.mechanisms"},
    Row{"metadata.broker.list", Kind::renamed, "bootstrap.servers"},
    Row{"sasl.jaas.config", Kind::together},
    Row{"ssl.truststore.location", Kind::together},
    Row{"ssl.truststore.type", Kind::together},
    Row{"ssl.truststore.password", Kind::together},
    Row{"ssl.truststore.certificates", Kind::together},
    Row{"ssl.keystore.location", Kind::together},
    Row{"ssl.keystore.type", Kind::together},
    Row{"ssl.keystore.password", Kind::together},
    Row{"ssl.keystore.key", Kind::together},
    Row{"ssl.keystore.certificate.chain", Kind::together},

    Row{"sasl.client.callback.handler.class", Kind::refused, no_java_class},
    Row{"sasl.login.callback.handler.class", Kind::refused, no_java_class},
    Row{"sasl.login.class", Kind::refused, no_java_class},
    Row{"ssl.engine.factory.class", Kind::refused, no_java_class},
    Row{"config.providers", Kind::refused, "write the values themselves into a file that only you can read"},
    Row{"sasl.oauthbearer.", Kind::refused, no_oauth},
    Row{"enable.sasl.oauthbearer.", Kind::refused, no_oauth},
    Row{"plugin.library.paths", Kind::refused, no_code},
    Row{"ssl.engine.", Kind::refused, no_code},
    Row{"ssl.provider", Kind::warned, "a provider of Java's has no meaning here"},
    Row{"security.providers", Kind::warned, "a provider of Java's has no meaning here"},
    Row{"ssl.protocol", Kind::warned, tls_of_openssl},
    Row{"ssl.enabled.protocols", Kind::warned, tls_of_openssl},
    Row{"sasl.kerberos.", Kind::warned, "Kerberos is not supported here"},

    // Who only asks for offsets neither joins a group nor reads or writes, and has its own times and retries.
    Row{"group.", Kind::left_out},
    Row{"auto.", Kind::left_out},
    Row{"enable.auto.", Kind::left_out},
    Row{"enable.metrics.push", Kind::left_out},
    Row{"enable.idempotence", Kind::left_out},
    Row{"isolation.level", Kind::left_out}, // both ends of a log are shown
    Row{"allow.auto.create.topics", Kind::left_out},
    Row{"exclude.internal.topics", Kind::left_out},
    Row{"check.crcs", Kind::left_out},
    Row{"fetch.", Kind::left_out},
    Row{"max.", Kind::left_out},
    Row{"session.timeout.ms", Kind::left_out},
    Row{"heartbeat.interval.ms", Kind::left_out},
    Row{"partition.assignment.strategy", Kind::left_out},
    Row{"partitioner", Kind::left_out},
    Row{"partitioner.", Kind::left_out},
    Row{"key.", Kind::left_out},
    Row{"value.", Kind::left_out},
    Row{"interceptor.classes", Kind::left_out},
    Row{"metric.reporters", Kind::left_out},
    Row{"metrics.", Kind::left_out},
    Row{"metadata.max.idle.ms", Kind::left_out},
    Row{"metadata.recovery.", Kind::left_out},
    Row{"acks", Kind::left_out},
    Row{"batch.size", Kind::left_out},
    Row{"buffer.memory", Kind::left_out},
    Row{"compression.", Kind::left_out},
    Row{"linger.ms", Kind::left_out},
    Row{"delivery.timeout.ms", Kind::left_out},
    Row{"retries", Kind::left_out},
    Row{"retry.backoff.", Kind::left_out},
    Row{"reconnect.backoff.", Kind::left_out},
    Row{"transaction.", Kind::left_out},
    Row{"transactional.id", Kind::left_out},
    Row{"request.timeout.ms", Kind::left_out},
    Row{"default.api.timeout.ms", Kind::left_out},
    Row{"client.dns.lookup", Kind::left_out},
    Row{"socket.connection.setup.timeout.max.ms", Kind::left_out},
    Row{"send.buffer.bytes", Kind::left_out},
    Row{"receive.buffer.bytes", Kind::left_out},
    Row{"sasl.login.", Kind::left_out}, // of tickets and tokens, which are refused
    Row{"ssl.keymanager.algorithm", Kind::left_out},
    Row{"ssl.trustmanager.algorithm", Kind::left_out},
    Row{"ssl.secure.random.implementation", Kind::left_out},
    Row{"schema.registry.", Kind::left_out},
    Row{"basic.auth.", Kind::left_out},
    Row{"statistics.interval.ms", Kind::left_out},
    Row{"debug", Kind::left_out}, // librdkafka's log goes nowhere
    Row{"log_level", Kind::left_out},
};

} // namespace

KeyUse use_of(std::string_view key) {
    // A whole name goes before the begin of many.
    const Row* found = nullptr;
    for (const auto& row : rows) {
        const bool fits = row.key.ends_with('.') ? key.starts_with(row.key) : key == row.key;
        if (fits && (found == nullptr || row.key.size() > found->key.size())) {
            found = &row;
        }
    }
    return found == nullptr ? KeyUse{} : KeyUse{found->kind, found->words};
}

} // namespace sluice::kafka

#pragma once
#include "kafka/settings.h"

#include <string_view>
#include <vector>

namespace sluice::kafka {

struct ClientFile {
    Settings settings;                 ///< no "bootstrap.servers" where the file has none
    std::vector<std::string> warnings; ///< "client.properties:4: …": what it says and is not done here
};

/// Reads a Kafka client's properties file as users have it, for Java's client or for librdkafka, into what librdkafka
/// takes. Pure: opens none of the files that it names.
///
/// Understood of Java: `security.protocol`, `sasl.mechanism` (PLAIN, SCRAM), `sasl.jaas.config` (kafka/jaas.h), trust
/// and key stores of the types PEM (files, or given inline) and, for keys, PKCS12, `ssl.endpoint.identification.
/// algorithm`. All of librdkafka's own keys but those that load code. What only matters to who reads or writes messages
/// is left out silently; unknown keys are warned of, unless they begin with ssl., sasl. or security.
///
/// `bad_input` with file, line and remedy for what can't be honoured: JKS, Kerberos, OAuth, Java classes, a value that
/// librdkafka does not take. No error or warning repeats a value that could be secret.
Result<ClientFile> read_client_file(std::string_view text, const std::string& file);

/// "host:port,…" as `--bootstrap` and `bootstrap.servers` give it; a port may be left out (9092), [::1]:9092 is good.
Result<void> check_bootstrap(std::string_view servers, const std::string& where);

} // namespace sluice::kafka

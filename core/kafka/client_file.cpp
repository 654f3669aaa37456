#include "kafka/client_file.h"

#include "base/printable.h"
#include "kafka/client_keys.h"
#include "kafka/handles.h"
#include "kafka/jaas.h"
#include "kafka/java_properties.h"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <map>

namespace sluice::kafka {
namespace {

constexpr const char* pem_remedy =
    "make it PEM: keytool -importkeystore -srckeystore STORE -destkeystore ca.p12 -deststoretype PKCS12, then openssl "
    "pkcs12 -in ca.p12 -nokeys -out ca.pem; write ssl.truststore.type=PEM and ssl.truststore.location=ca.pem";
constexpr const char* key_remedy =
    "make it PKCS12: keytool -importkeystore -srckeystore STORE -destkeystore key.p12 -deststoretype PKCS12; write "
    "ssl.keystore.type=PKCS12 and ssl.keystore.location=key.p12";

std::string upper_case(std::string text) {
    std::ranges::transform(text, text.begin(),
                           [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
    return text;
}

/// One file under way.
class Reading {
public:
    explicit Reading(const std::string& file) : file_(file), scratch_(rd_kafka_conf_new()) {
        read_.settings.properties = usual_properties();
    }
    Reading(const Reading&) = delete;
    Reading& operator=(const Reading&) = delete;
    ~Reading() {
        for (auto& [key, given] : given_) {
            wipe(given.value);
        }
    }

    Result<ClientFile> read(std::vector<Property> properties) {
        for (auto& property : properties) { // the last one of a name counts, as in Java
            auto& given = given_[property.key];
            if (given.line != 0) {
                warn(given.line, fmt::format("'{}' is given again in line {}, which counts", printable(property.key),
                                             property.line));
            }
            wipe(given.value);
            given = std::move(property);
        }
        for (const auto& [key, given] : given_) {
            if (const auto taken = take(given); !taken) {
                return failed(taken);
            }
        }
        for (const auto step : {&Reading::take_trust, &Reading::take_keys, &Reading::take_login, &Reading::agree}) {
            if (const auto done = (this->*step)(); !done) {
                return failed(done);
            }
        }
        return std::move(read_);
    }

private:
    std::string at(int line) const { return fmt::format("{}:{}", file_, line); }
    tl::unexpected<Error> refuse(int line, std::string what, std::string remedy) const {
        return fail(ErrorCode::bad_input, std::move(what), at(line), std::move(remedy));
    }
    void warn(int line, const std::string& what) { read_.warnings.push_back(at(line) + ": " + what); }

    const Property* given(const std::string& key) const {
        const auto found = given_.find(key);
        return found == given_.end() ? nullptr : &found->second;
    }
    std::string type_of(const std::string& key) const {
        const auto* type = given(key);
        return type == nullptr ? "" : upper_case(type->value);
    }

    /// A property that librdkafka knows and takes, told by the line of the file.
    Result<void> put(const Property& from, const std::string& name, const std::string& value) {
        char ignored[512]; // its words can repeat a secret
        switch (rd_kafka_conf_set(scratch_.get(), name.c_str(), value.c_str(), ignored, sizeof ignored)) {
        case RD_KAFKA_CONF_OK:
            read_.settings.properties[name] = value;
            return {};
        case RD_KAFKA_CONF_INVALID:
            return refuse(from.line, fmt::format("'{}' has a value that can't be used", printable(from.key)),
                          "see librdkafka's CONFIGURATION.md for its values");
        default:
            break;
        }
        const bool secures =
            from.key.starts_with("ssl.") || from.key.starts_with("sasl.") || from.key.starts_with("security.");
        if (secures) {
            return refuse(from.line, fmt::format("the key '{}' is not known here", printable(from.key)),
                          "is it spelt right? Without it the connection could be another one than is meant");
        }
        warn(from.line, fmt::format("the key '{}' is not known here and left out", printable(from.key)));
        return {};
    }

    Result<void> take(const Property& given) {
        const auto use = use_of(given.key);
        switch (use.kind) {
        case KeyUse::Kind::refused:
            return refuse(given.line, fmt::format("'{}' is not supported here", printable(given.key)),
                          std::string(use.words));
        case KeyUse::Kind::warned:
            warn(given.line, fmt::format("'{}' is left out: {}", printable(given.key), use.words));
            return {};
        case KeyUse::Kind::left_out:
        case KeyUse::Kind::together:
            return {};
        default:
            return take_own(given, use.kind == KeyUse::Kind::renamed ? std::string(use.words) : given.key);
        }
    }

    Result<void> take_own(const Property& given, const std::string& name) {
        if (name == "bootstrap.servers") {
            if (auto good = check_bootstrap(given.value, at(given.line)); !good) {
                return good;
            }
        } else if (name == "sasl.mechanisms") {
            return take_mechanism(given);
        } else if (name == "ssl.endpoint.identification.algorithm" && given.value.empty()) {
            return put(given, name, "none"); // as Java has it
        } else if (name == "ssl.cipher.suites" && given.value.find("TLS_") != std::string::npos) {
            warn(given.line, "'ssl.cipher.suites' is left out: OpenSSL has other names for them than Java");
            return {};
        }
        return put(given, name, given.value);
    }

    Result<void> take_mechanism(const Property& given) {
        const std::string mechanism = upper_case(given.value);
        if (mechanism == "PLAIN" || mechanism == "SCRAM-SHA-256" || mechanism == "SCRAM-SHA-512") {
            return put(given, "sasl.mechanisms", mechanism);
        }
        return refuse(given.line,
                      mechanism == "GSSAPI" ? "Kerberos is not supported here"
                                            : "this mechanism of SASL is not supported here",
                      "use PLAIN, SCRAM-SHA-256, SCRAM-SHA-512 or a client certificate");
    }

    /// What a file of certificates has instead of a password.
    void no_password(const char* key) {
        if (const auto* password = given(key)) {
            warn(password->line, fmt::format("'{}' is left out: PEM has none", key));
        }
    }

    Result<void> take_trust() {
        const auto* location = given("ssl.truststore.location");
        const auto* inlined = given("ssl.truststore.certificates");
        if (location == nullptr && inlined == nullptr) {
            return {};
        }
        if (type_of("ssl.truststore.type") != "PEM") {
            return refuse((location != nullptr ? location : inlined)->line,
                          "only a trust store of PEM can be read here, and its type is not said to be that",
                          pem_remedy);
        }
        no_password("ssl.truststore.password");
        if (location != nullptr) {
            return put(*location, "ssl.ca.location", location->value);
        }
        return put(*inlined, "ssl.ca.pem", inlined->value);
    }

    Result<void> take_keys() {
        const auto* location = given("ssl.keystore.location");
        const auto* key = given("ssl.keystore.key");
        const auto* chain = given("ssl.keystore.certificate.chain");
        const std::string type = type_of("ssl.keystore.type");
        if (location == nullptr && key == nullptr && chain == nullptr) {
            return {};
        }
        if (location != nullptr && type == "PKCS12") {
            const auto* password = given("ssl.keystore.password");
            const auto put_password =
                password == nullptr ? Result<void>() : put(*password, "ssl.keystore.password", password->value);
            return put_password ? put(*location, "ssl.keystore.location", location->value) : put_password;
        }
        if (type != "PEM") {
            return refuse((location != nullptr ? location
                           : key != nullptr    ? key
                                               : chain)
                              ->line,
                          "only a key store of PEM or PKCS12 can be read here, and its type is not said to be one",
                          key_remedy);
        }
        no_password("ssl.keystore.password");
        if (location != nullptr) { // one file of both; each reader takes the blocks of its kind
            const auto certificate = put(*location, "ssl.certificate.location", location->value);
            return certificate ? put(*location, "ssl.key.location", location->value) : certificate;
        }
        if (key == nullptr || chain == nullptr) {
            return refuse((key != nullptr ? key : chain)->line,
                          "ssl.keystore.key and ssl.keystore.certificate.chain belong together", "give both");
        }
        constexpr std::string_view begin = "-----BEGIN CERTIFICATE-----";
        if (chain->value.find(begin) != chain->value.rfind(begin)) {
            warn(chain->line, "only the first certificate of an inline chain is sent; a file of PEM sends all "
                              "(ssl.keystore.location)");
        }
        const auto certificate = put(*chain, "ssl.certificate.pem", chain->value);
        return certificate ? put(*key, "ssl.key.pem", key->value) : certificate;
    }

    Result<void> take_login() {
        const auto* jaas = given("sasl.jaas.config");
        if (jaas == nullptr) {
            return {};
        }
        const auto login = parse_jaas(jaas->value, at(jaas->line));
        if (!login) {
            return failed(login);
        }
        const auto user = put(*jaas, "sasl.username", login->username);
        return user ? put(*jaas, "sasl.password", login->password.reveal()) : user;
    }

    /// Whether the parts make one connection.
    Result<void> agree() {
        const auto& properties = read_.settings.properties;
        const auto* protocol = given("security.protocol");
        const std::string name = protocol == nullptr ? "PLAINTEXT" : upper_case(protocol->value);
        const int line = protocol == nullptr ? 0 : protocol->line;
        if (name.starts_with("SASL_")) {
            if (!properties.contains("sasl.mechanisms")) {
                return refuse(line, "sasl.mechanism is missing, and its default is Kerberos",
                              "add sasl.mechanism=SCRAM-SHA-512, or as the brokers have it");
            }
            if (!properties.contains("sasl.username") || !properties.contains("sasl.password")) {
                return refuse(line, "username and password are missing",
                              "add sasl.jaas.config, or sasl.username and sasl.password");
            }
        }
        const auto unused = [&](std::string_view begin, std::string_view in_name) {
            const auto found = std::ranges::find_if(
                given_, [&](const auto& one) { return std::string_view(one.first).starts_with(begin); });
            if (found != given_.end() && name.find(in_name) == std::string::npos) {
                warn(found->second.line,
                     fmt::format("'{}' is not used: security.protocol is {}", printable(found->first), name));
            }
        };
        unused("sasl.", "SASL");
        unused("ssl.", "SSL");
        return {};
    }

    const std::string& file_;
    Conf scratch_;
    std::map<std::string, Property> given_;
    ClientFile read_;
};

Result<void> check_server(std::string_view server, const std::string& where) {
    const auto refuse = [&](const char* what) {
        return fail(ErrorCode::bad_input, what, where, "host:9092,host:9092");
    };
    if (const auto protocol = server.find("://"); protocol != std::string_view::npos) {
        server.remove_prefix(protocol + 3);
    }
    const auto bracket = server.rfind(']');
    const auto colon = server.rfind(':');
    const bool has_port = colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
    const auto host = has_port ? server.substr(0, colon) : server;
    if (host.empty() || host.find_first_of(" \t/") != std::string_view::npos) {
        return refuse("a broker without a name");
    }
    if (host.front() != '[' && host.find(':') != std::string_view::npos) {
        return refuse("an address of IPv6 stands in brackets");
    }
    if (!has_port) {
        return {};
    }
    const auto text = server.substr(colon + 1);
    unsigned port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc() || end != text.data() + text.size() || port == 0 || port > 65535) {
        return refuse("a port is 1 to 65535");
    }
    return {};
}

} // namespace

Result<ClientFile> read_client_file(std::string_view text, const std::string& file) {
    auto properties = parse_properties(text, file);
    if (!properties) {
        return failed(properties);
    }
    return Reading(file).read(*std::move(properties));
}

Result<void> check_bootstrap(std::string_view servers, const std::string& where) {
    for (;;) {
        const auto comma = servers.find(',');
        auto one = servers.substr(0, comma);
        while (!one.empty() && one.front() == ' ') {
            one.remove_prefix(1);
        }
        while (!one.empty() && one.back() == ' ') {
            one.remove_suffix(1);
        }
        if (auto good = check_server(one, where); !good) {
            return good;
        }
        if (comma == std::string_view::npos) {
            return {};
        }
        servers.remove_prefix(comma + 1);
    }
}

} // namespace sluice::kafka

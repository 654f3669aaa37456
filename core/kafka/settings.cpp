#include "kafka/settings.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace sluice::kafka {
namespace {

struct SecurityKey {
    std::string_view key;
    std::string_view property;
    bool secret = false;
};
constexpr std::array security_keys{
    SecurityKey{"protocol", "security.protocol"}, SecurityKey{"mechanism", "sasl.mechanisms"},
    SecurityKey{"username", "sasl.username"},     SecurityKey{"password", "sasl.password", true},
    SecurityKey{"ca", "ssl.ca.location"},         SecurityKey{"certificate", "ssl.certificate.location"},
    SecurityKey{"key", "ssl.key.pem", true},
};

Result<std::string> text_of(const Json& value, const std::string& key) {
    if (value.is_string()) {
        return value.get<std::string>();
    }
    if (value.is_boolean() || value.is_number_integer()) {
        return value.dump();
    }
    return fail(ErrorCode::bad_input, "a text is expected", key);
}

std::string upper_case(std::string text) {
    std::ranges::transform(text, text.begin(),
                           [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
    return text;
}

Result<void> read_security(const Json& block, const ResolveSecret& resolve, Settings& settings) {
    if (!block.is_object()) {
        return fail(ErrorCode::bad_input, "a block of keys is expected", "security");
    }
    for (const auto& [key, value] : block.items()) {
        const auto known = std::ranges::find(security_keys, std::string_view(key), &SecurityKey::key);
        if (known == security_keys.end()) {
            return fail(ErrorCode::bad_input, fmt::format("the key '{}' is not known here", key), "security");
        }
        auto text = text_of(value, "security." + key);
        if (text && known->secret) {
            const auto secret = resolve(*text);
            text = secret ? Result<std::string>(secret->reveal()) : failed(secret);
        }
        if (!text) {
            return failed(text);
        }
        settings.properties[std::string(known->property)] = key == "mechanism" ? upper_case(*text) : *text;
    }
    return {};
}

Result<void> read_choice(const Json& value, const std::string& key, const char* first, const char* second,
                         bool& is_second) {
    if (value != first && value != second) {
        return fail(ErrorCode::bad_input, fmt::format("'{}' or '{}' is expected", first, second), key);
    }
    is_second = value == second;
    return {};
}

Result<void> read_key(const std::string& key, const Json& value, const ResolveSecret& resolve, Settings& settings) {
    bool second = false;
    if (key == "bootstrap") {
        const auto text = text_of(value, key);
        if (!text) {
            return failed(text);
        }
        settings.properties["bootstrap.servers"] = *text;
        return {};
    }
    if (key == "topics-at") {
        const auto text = text_of(value, key);
        settings.topics_at = text.value_or("");
        return text ? Result<void>() : failed(text);
    }
    if (key == "security") {
        return read_security(value, resolve, settings);
    }
    if (key == "isolation") {
        const auto read = read_choice(value, key, "read_committed", "read_uncommitted", second);
        settings.properties["isolation.level"] = second ? "read_uncommitted" : "read_committed";
        return read;
    }
    if (key == "group-offsets") {
        return read_choice(value, key, "all", "named", settings.explicit_partitions);
    }
    if (key == "properties" || key == "group-states") { // properties come last; group states are not for lag
        return {};
    }
    return fail(ErrorCode::bad_input, fmt::format("the key '{}' is not known here", key), "kafka");
}

} // namespace

Settings::~Settings() {
    for (auto& [name, value] : properties) {
        wipe(value);
    }
}

std::map<std::string, std::string> usual_properties() {
    return {{"client.id", "sluice"},
            {"isolation.level", "read_committed"},
            {"allow.auto.create.topics", "false"},
            {"enable.auto.commit", "false"},
            {"reconnect.backoff.max.ms", "1000"}};
}

Result<Settings> settings_of(const Json& block, const ResolveSecret& resolve) {
    if (!block.is_object() || !block.contains("bootstrap")) {
        return fail(ErrorCode::bad_input, "a kafka connection needs 'bootstrap'", "kafka");
    }
    Settings settings;
    settings.properties = usual_properties();
    for (const auto& [key, value] : block.items()) {
        if (const auto read = read_key(key, value, resolve, settings); !read) {
            return failed(read);
        }
    }
    if (const auto own = block.find("properties"); own != block.end()) {
        if (!own->is_object()) {
            return fail(ErrorCode::bad_input, "a block of keys is expected", "properties");
        }
        for (const auto& [key, value] : own->items()) {
            auto text = text_of(value, "properties." + key);
            if (!text) {
                return failed(text);
            }
            settings.properties[key] = *std::move(text);
        }
    }
    return settings;
}

} // namespace sluice::kafka

#include "release/event.h"

namespace sluice::release {

Body::Body() = default;
Body::Body(const Body& other) = default;
Body::Body(Body&& other) noexcept = default;
Body& Body::operator=(const Body& other) = default;
Body& Body::operator=(Body&& other) noexcept = default;
Body::~Body() = default;

std::string key_of_proof(const Json& proof) {
    const auto key = proof.is_object() ? proof.find("key") : proof.end();
    return key != proof.end() && key->is_string() ? key->get<std::string>() : std::string();
}

std::optional<std::int64_t> pid_of(const Json& observed) {
    const auto pid = observed.is_object() ? observed.find("pid") : observed.end();
    return pid != observed.end() && pid->is_number_integer() ? std::optional(pid->get<std::int64_t>()) : std::nullopt;
}

std::vector<BaselineReading> readings_of(const BaselineCaptured& baseline) {
    std::vector<BaselineReading> all;
    for (const auto& one : baseline.readings.is_array() ? baseline.readings : Json::array()) {
        const auto text = [&](const char* key) {
            const auto found = one.is_object() ? one.find(key) : one.end();
            return found != one.end() && found->is_string() ? found->get<std::string>() : std::string();
        };
        const auto value = parse_number(text("value"));
        const auto count = one.is_object() ? one.find("count") : one.end();
        if (value && !text("metric").empty()) {
            all.push_back({text("metric"), text("arm"), *value,
                           count != one.end() && count->is_number_integer() ? count->get<std::int64_t>() : 0});
        }
    }
    return all;
}

} // namespace sluice::release

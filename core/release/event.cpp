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

} // namespace sluice::release

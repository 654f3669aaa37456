#pragma once
#include "base/json.h"
#include "range/http_server.h"
#include "range/world/admission.h"

#include <string>
#include <string_view>
#include <vector>

namespace sluice::range {

/// Why the API server refuses, as a Kubernetes Status object tells it.
struct Refusal {
    int code = 500;
    std::string reason; ///< "NotFound", "Conflict", "Invalid", …
    std::string message;
    Json details; ///< null when there are none
};

Refusal not_found(const Key& key);
Refusal already_exists(const Key& key);
Refusal modified_meanwhile(const Key& key);
Refusal invalid(const Key& key, const std::vector<Cause>& causes);
Refusal bad_request(std::string message);
Refusal unsupported_media(std::string_view type, std::string_view accepted);
Refusal not_allowed();

Answer answer(const Refusal& refusal);
Answer object_answer(int code, const Json& object);

} // namespace sluice::range

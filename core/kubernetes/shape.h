#pragma once
#include "base/json.h"

#include <string>
#include <string_view>
#include <vector>

namespace sluice::kubernetes {

/// A shape is a partial object: what must be found in a whole one.
///
/// Keys that it has must be there with that value; other keys don't matter; null = must be absent; zero, false and
/// empty match absence, as the server leaves them out. A list whose elements all have a `name` is matched by name, so
/// that an injected side-car changes nothing (`"$absent": true` = no such element); any other list must have as many
/// elements, each matching in place. Quantities in `limits` and `requests` are compared as numbers (`0.5` is `500m`).
struct Difference {
    std::string pointer; ///< "/spec/template/spec/containers[app]/image"
    std::string wanted;  ///< as JSON, or "nothing"; masked where values may be secret
    std::string found;
};
std::vector<Difference> differences(const Json& shape, const Json& object);

/// The shape that fixes the value at `pointer` of an object (absent there = must be absent).
Json shape_at(const Json& object, const Json::json_pointer& pointer);

/// One shape that asks for both.
Json merged_shapes(Json a, const Json& b);

/// "/spec/replicas: wanted 4, found 5; …", at most `limit` of them.
std::string to_text(const std::vector<Difference>& differences, std::size_t limit = 4);

/// True for places that may hold secrets: data of Secrets, values of environment variables.
bool sensitive(std::string_view kind, std::string_view pointer);

/// A Kubernetes quantity ("500m", "1Gi", "2e3", 0.5) as a number; NaN if it is none.
double quantity_of(const Json& value);

} // namespace sluice::kubernetes

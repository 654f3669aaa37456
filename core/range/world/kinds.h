#pragma once
#include <compare>
#include <span>
#include <string>
#include <string_view>

namespace sluice::range {

/// One kind of object that the simulated cluster serves.
struct Kind {
    std::string_view group;    ///< "" for the core group
    std::string_view version;  ///< "v1"
    std::string_view resource; ///< "deployments"
    std::string_view kind;     ///< "Deployment"
    bool namespaced = true;
    bool counts_generations = false; ///< metadata.generation grows with every change of spec
    bool computed = false;           ///< made when asked (metrics.k8s.io); can't be written

    std::string api_version() const; ///< "apps/v1", "v1"
    /// "deployments.apps", "pods": as status messages name it.
    std::string qualified() const;
};

std::span<const Kind> kinds();
const Kind* find_resource(std::string_view group, std::string_view version, std::string_view resource);
const Kind* find_kind(std::string_view api_version, std::string_view kind);
/// The kind of that name, for code that knows it to exist ("Deployment", "Pod", …).
const Kind& kind_named(std::string_view kind);

/// Names one object.
struct Key {
    const Kind* kind = nullptr;
    std::string space; ///< namespace; empty for cluster-wide kinds
    std::string name;

    friend bool operator==(const Key&, const Key&) = default;
    friend std::strong_ordering operator<=>(const Key& a, const Key& b);
};

/// "deployments.apps production/user-service-blue": a stable text, also what generated names are derived from.
std::string to_text(const Key& key);

} // namespace sluice::range

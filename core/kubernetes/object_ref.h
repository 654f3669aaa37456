#pragma once
#include "base/json.h"
#include "base/result.h"

#include <string>
#include <string_view>
#include <vector>

namespace sluice::kubernetes {

/// A kind of object as the API server names it. Only what is in the table is known: there is no discovery.
struct ResourceType {
    std::string kind;                ///< "Deployment"
    std::string plural;              ///< "deployments", as in paths
    std::string singular;            ///< "deployment"
    std::vector<std::string> shorts; ///< "deploy"
    std::string group;               ///< "apps"; empty for the core group
    std::string version;             ///< "v1"
    bool namespaced = true;
    bool custom = false; ///< defined by a CustomResourceDefinition: refuses strategic merge patches

    std::string api_version() const; ///< "apps/v1", "v1"
    std::string qualified() const;   ///< "deployments.apps", "pods", as in messages about access
};

/// All known types, in the order in which they are listed to the user.
const std::vector<ResourceType>& resource_types();

/// Finds a type by kind, plural, singular or short name, in any case; "pods.metrics.k8s.io" takes the one of that
/// group. The result lives as long as the program. An unknown word is `bad_input` with the list of known ones.
Result<const ResourceType*> find_type(std::string_view word);

/// By a manifest's apiVersion and kind.
Result<const ResourceType*> find_type(std::string_view api_version, std::string_view kind);

/// One object: type, namespace (empty for types without one) and name.
struct ObjectRef {
    const ResourceType* type = nullptr;
    std::string name_space;
    std::string name;

    std::string path() const;      ///< "/apis/apps/v1/namespaces/production/deployments/user-service-blue"
    std::string list_path() const; ///< the same without the name: list here, create by POST here
    std::string text() const;      ///< "deployment production/user-service-blue", for people
    bool operator==(const ObjectRef&) const = default;
};

/// "deployment/user-service" in a namespace; types without one ignore it. Names are checked, so they are safe in a
/// path.
Result<ObjectRef> parse_object(std::string_view text, std::string_view name_space);

/// The name of a namespace, checked.
Result<std::string> parse_namespace(std::string_view text);

/// "production/user-service-blue": namespace and name of the given kind.
Result<ObjectRef> parse_in_namespace(std::string_view text, std::string_view kind = "deployment");

/// The object that a manifest describes; `name_space` where it names none.
Result<ObjectRef> object_of(const Json& manifest, std::string_view name_space);

/// Path of a list. An empty namespace lists all of them; `selector` as in "app=user-service,tier in (web)" or empty.
std::string list_path(const ResourceType& type, std::string_view name_space, std::string_view selector = {});

/// The selector text of a workload's `spec.selector` (matchLabels and matchExpressions); empty when it selects nothing.
std::string selector_text(const Json& selector);

/// Percent-encodes everything but RFC 3986's unreserved characters.
std::string percent_encoded(std::string_view text);

} // namespace sluice::kubernetes

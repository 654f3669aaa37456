#pragma once
#include "range/world/objects.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::range {

/// A Service port that ingress-nginx would send requests to, with its share of them.
struct Backend {
    std::string ingress; ///< "production/api-ingress"
    std::string space;
    std::string service;
    Json port;         ///< number or name, as the Ingress says it
    int percent = 100; ///< 0–100; all backends of one path make 100
};

/// How ingress-nginx divides the requests for a host and path: the Ingress whose rule has that host (or any, when none
/// has it) and the longest prefix, and beside it the first one with `nginx.ingress.kubernetes.io/canary: "true"` for
/// the same host and path in that namespace, by `canary-weight` of `canary-weight-total` (100). A canary alone serves
/// nothing.
std::vector<Backend> backends(const Objects& objects, std::string_view host, std::string_view path);

/// The backends of one named Ingress's first path, with its canary: where the load enters.
std::vector<Backend> backends_of(const Objects& objects, const Key& ingress);

/// A Service resolved through ExternalName (NAME.NAMESPACE.svc…), at most four hops; nothing if it leads nowhere.
std::optional<Key> resolve_service(const Objects& objects, const std::string& space, const std::string& service);

/// Ready pods behind a (resolved) Service, by name.
std::vector<const Json*> ready_pods(const Objects& objects, const Key& service);

/// The same, counted by the image's tag: {"v1.2.3": 3}.
std::map<std::string, int> ready_versions(const Objects& objects, const Key& service);

} // namespace sluice::range

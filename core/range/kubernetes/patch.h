#pragma once
#include "base/json.h"
#include "range/kubernetes/status.h"

#include <string_view>
#include <tl/expected.hpp>

namespace sluice::range {

/// The object as it would be after the patch (Kubernetes: "Update API Objects in Place Using kubectl patch").
/// `media` is the Content-Type: application/merge-patch+json, application/json-patch+json or
/// application/strategic-merge-patch+json (refused for custom resources, 415). A failed JSON-patch `test` is 422, as
/// the real server has it.
tl::expected<Json, Refusal> patched(const Key& key, const Json& live, std::string_view media, std::string_view body);

/// Strategic merge: lists whose items have a merge key (containers, env, volumes by name, ports by number, …) are
/// merged by it, other lists are replaced; null deletes; `$patch: delete` and `replace` are obeyed.
Json strategic_merge(const Json& live, const Json& patch);

/// Server-side apply: what `live` becomes when `manager` applies `applied`. 409 naming the managers and fields when
/// others decided otherwise, unless forced.
tl::expected<Json, Refusal> server_side_applied(const Key& key, const Json* live, const Json& applied,
                                                const std::string& manager, bool force);

} // namespace sluice::range

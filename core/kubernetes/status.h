#pragma once
#include "base/json.h"
#include "base/result.h"

#include <string>

namespace sluice::kubernetes {

/// What was asked, for the words of an error.
struct Asked {
    std::string verb;    ///< "get", "patch", … as in access rules
    std::string object;  ///< "deployments.apps user-service-blue", or a path
    std::string where;   ///< "PATCH https://…"
    std::string cluster; ///< context or connection
    std::string user;    ///< as the kubeconfig names it; may be empty
};

/// Turns an answer other than 2xx into an Error: `body` is the server's Status object, or anything if it sent none.
///
/// 401, 403 → refused (who may be missing what) · 404 → not_found · 409, 410 → conflict (with the managers that own the
/// fields) · 400, 415 → bad_input · 422 → refused (with the fields) · 429 → refused · 5xx → unreachable, 504 →
/// timed_out: after those two a write may have happened, see `may_have_happened`.
Error error_of(int http_status, const Json& body, std::string_view retry_after, const Asked& asked);

/// True when a request that ended in this error can have reached the server and been carried out there.
bool may_have_happened(const Error& error);

} // namespace sluice::kubernetes

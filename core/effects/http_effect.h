#pragma once
#include "base/redact.h"
#include "base/scheduler.h"
#include "effects/effect.h"
#include "net/http.h"

#include <memory>
#include <string>

namespace sluice::effects {

struct HttpSpec {
    std::string method = "POST";
    std::string url;
    net::Headers headers; ///< values may be secret: only names go into the intent
    std::string body;
    bool idempotent = false;       ///< the other side honours Idempotency-Key: keyed, else opaque
    bool judged_by_caller = false; ///< true: any answer is `done` (an `expect` looks at the status); false: only 2xx is
    Nanos timeout = seconds(10);
    std::size_t kept = 64u << 10; ///< bytes of the answer's body that go into the result
    std::shared_ptr<const net::Tls> tls;
    std::shared_ptr<const RedactionSet>
        secrets; ///< kept out of result and output: a server can repeat what it was sent
};

/// A call that changes something outside. Keyed when `idempotent`: the key is the operation id, and after a crash the
/// stored one is sent again. Reading back is not possible (`unknown`): that is for the step's `verify`.
///
/// The result is {"status", "headers": {lower-case name: value}, "body", "cut": true if the body was longer}; cookies
/// are left out. An answer of 5xx to an opaque call is `failed`; no answer, or one that broke off, is `unknown`,
/// unless the request certainly was not sent.
std::unique_ptr<Effect> http_effect(net::HttpClient& http, Scheduler& scheduler, HttpSpec spec);

/// The call as it is sent, under the key by which the other side knows it again if it comes twice. `id`: of the
/// request.
net::HttpRequest request_of(const HttpSpec& spec, const std::string& key, std::string id);

/// The address as people may see it: a query can carry a token.
std::string without_query(const std::string& url);

} // namespace sluice::effects

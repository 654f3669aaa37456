#pragma once
#include "sources/one_get_source.h"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::sources {

struct Health {
    bool healthy = false;
    std::string why; ///< one sentence when it is not: what was wanted, what was there
};

/// Judges an answer that came. Pure.
using HealthRule = std::function<Health(const net::HttpResponse&)>;

/// The status is one of `statuses` (empty = 200 … 299) and the body's JSON has `expected` at `pointer` (RFC 6901; an
/// empty pointer asks nothing of the body). Strings compare as they are, other scalars by their JSON text.
HealthRule status_and_json(std::vector<int> statuses, std::string pointer, std::string expected);

struct HealthMetric {
    std::string name;
    std::string unit; ///< as the plan names it; may be empty
    std::string arm;  ///< empty = the whole
    std::string path; ///< "/health"
    HealthRule rule;
    bool through_proxy = false; ///< by a cluster's service proxy, which may not let us ask
};

/// 1 where the rule holds, 0 where an answer came and it does not; no answer, or one that the rule does not want and
/// that tells of us (a 429, a cluster that does not let us ask), is a source error. How long the answer took is another
/// metric (http_number_source.h).
class HttpHealthSource : public OneGetSource {
public:
    HttpHealthSource(net::HttpClient& http, Scheduler& scheduler, HttpEndpoint endpoint, HealthMetric metric);
};

} // namespace sluice::sources

#pragma once
#include "base/redact.h"
#include "plan/model.h"
#include "sources/one_get_source.h"

#include <memory>
#include <string>

namespace sluice::sources {

struct HttpNumberMetric {
    std::string name;
    std::string unit;           ///< as the plan names it
    plan::HttpNumber number;    ///< its path filled in; certificate_days is another source's (reach_source.h)
    bool through_proxy = false; ///< by a cluster's service proxy, whose own errors are no answer of the service
    std::shared_ptr<const RedactionSet>
        redactions;                       ///< what stands in an answer is shown where it is no number; may be null
    std::vector<plan::State> states = {}; ///< of json: what may stand there; empty = a number
};

/// The number that is asked for, or a source error that says what is there instead: never 0 for what did not come. An
/// answer that is not 2xx has a status, and neither a number nor a latency that tells of the service at work. The
/// latency is from `asked` to `now`, in s. Pure.
series::SampleBatch judge_number(const HttpNumberMetric& metric, const Result<net::HttpResponse>& response, Nanos asked,
                                 Nanos now);

/// Asks for it by one GET a poll.
class HttpNumberSource : public OneGetSource {
public:
    HttpNumberSource(net::HttpClient& http, Scheduler& scheduler, HttpEndpoint endpoint,
                     const HttpNumberMetric& metric);
};

} // namespace sluice::sources

#pragma once
#include "net/http.h"
#include "series/prometheus_json.h"
#include "sources/prometheus_metric.h"

#include <string>
#include <vector>

namespace sluice::sources {

using PrometheusReply = Result<series::PrometheusAnswer>;

/// One question for the age of data, with its answer.
struct AgeReply {
    const PrometheusReply* reply = nullptr;
    bool essential = true;
};

/// The answers to one poll.
struct PrometheusReplies {
    const PrometheusReply* value = nullptr;
    std::vector<AgeReply> value_ages;
    const PrometheusReply* witness = nullptr; ///< null when the metric has none
    std::vector<AgeReply> witness_ages;
    std::string why_empty = {}; ///< what is known to make an empty answer empty; empty = nothing is
};

/// What the answers say about the metric. Pure.
series::SampleBatch judge(const PrometheusMetric& metric, const PrometheusReplies& replies, Nanos now);

/// Turns an HTTP answer of `/api/v1/query` into an answer or the reason why there is none.
PrometheusReply reply_of(const Result<net::HttpResponse>& response);

} // namespace sluice::sources

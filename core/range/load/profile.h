#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace sluice::range {

/// What an application and its load look like when all is well: names of its metrics and base figures. The default is
/// the Nova platform of `plans/nova`; other plans describe theirs by other values.
struct Profile {
    std::string job = "user-service";               ///< label `job` of every series
    std::string ingress = "production/api-ingress"; ///< where the load enters
    std::string version_label = "version";          ///< taken from the image's tag

    std::string requests = "nova_http_requests_total";
    std::string errors =
        "nova_http_errors_total"; ///< appears with the first error of a version, as client libraries do
    std::string duration = "nova_http_request_duration_seconds";
    std::string connections = "nova_streaming_websocket_connections";
    std::string streams = "nova_streaming_active_streams";
    std::string queries = "pg_query_duration_seconds";
    std::string lag = "kafka_consumergroup_lag";

    double requests_per_second = 240;      ///< mean; the day's wave and the seed move it by up to a quarter
    std::int64_t errors_per_million = 200; ///< of requests, when nothing is wrong (0.02 %)
    double median_seconds = 0.060;         ///< of a request; log-normal, so that 95 % are done in 0.137 s
    double spread = 0.5;                   ///< standard deviation of its logarithm
    double query_median_seconds = 0.018;   ///< 95 % in 0.041 s
    double query_spread = 0.5;
    double queries_per_request = 2;
    double connections_total = 18'000;
    double streams_total = 1'450;

    /// Upper bounds of the histograms' buckets in seconds, ascending, without +Inf.
    std::vector<double> buckets = {0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.125, 0.15, 0.2,
                                   0.25,  0.3,  0.4,   0.5,  0.75,  1,   2.5,   5,    10};

    std::string topic = "nova.events";
    std::string group = "analytics";
    int partitions = 6;
    std::int64_t lag_messages = 400; ///< mean; the seed moves it by up to half
};

} // namespace sluice::range

#include "sources/prometheus_past.h"

#include "sources/http_endpoint.h"

#include <algorithm>
#include <fmt/format.h>

namespace sluice::sources {
namespace {

using series::promql::Matrix;
using series::promql::Stretch;
using series::promql::Vector;

std::string time_text(Nanos time) {
    const std::int64_t all = time.count / 1'000'000;
    return fmt::format("{}.{:03}", all / 1000, all % 1000);
}

/// Reads a matrix instant by instant, forwards.
class Instantly {
public:
    explicit Instantly(const Matrix& matrix) {
        for (const auto& stretch : matrix) {
            places_.push_back({&stretch, 0});
        }
    }

    /// What an instant query would have answered then. Instants must not go back.
    Vector at(Nanos instant) {
        Vector vector;
        for (auto& [stretch, next] : places_) {
            while (next < stretch->points.size() && stretch->points[next].at < instant) {
                ++next;
            }
            if (next < stretch->points.size() && stretch->points[next].at == instant) {
                vector.push_back({stretch->labels, instant, stretch->points[next].value});
            }
        }
        return vector;
    }

private:
    struct Place {
        const Stretch* stretch;
        std::size_t next;
    };
    std::vector<Place> places_;
};

} // namespace

std::vector<Instants> parts(const Instants& span, std::int64_t most) {
    std::vector<Instants> made;
    for (std::int64_t first = 0, all = span.count(); first < all; first += most) {
        const std::int64_t last = std::min(first + most, all) - 1;
        made.push_back({span.from + span.step * first, span.from + span.step * last, span.step});
    }
    std::reverse(made.begin(), made.end());
    return made;
}

std::string range_path(const std::string& query, const Instants& instants) {
    return fmt::format("/api/v1/query_range?query={}&start={}&end={}&step={}", percent_encoded(query),
                       time_text(instants.from), time_text(instants.to), time_text(instants.step));
}

Result<std::vector<series::SampleBatch>> judge_past(const PrometheusQuestions& questions,
                                                    const PrometheusQuestions::Replies& replies,
                                                    const Instants& instants) {
    std::vector<Instantly> read;
    for (const auto& reply : replies) {
        if (!*reply) {
            return failed(*reply);
        }
        const auto* matrix = std::get_if<Matrix>(&(*reply)->value);
        if (matrix == nullptr) {
            return fail(ErrorCode::corrupt, "a range query was not answered with ranges", "",
                        "is this the address of a Prometheus?");
        }
        read.emplace_back(*matrix);
    }
    std::vector<series::SampleBatch> batches;
    for (std::int64_t i = 0; i < instants.count(); ++i) {
        const Nanos at = instants.from + instants.step * i;
        PrometheusQuestions::Replies then;
        for (std::size_t question = 0; question < read.size(); ++question) {
            then.emplace_back(series::PrometheusAnswer{read[question].at(at), (*replies[question])->warnings});
        }
        batches.push_back(questions.judge(then, at));
    }
    return batches;
}

} // namespace sluice::sources

#include "series/promql_range.h"

#include <map>

namespace sluice::series::promql {

Result<Matrix> evaluate_range(const Query& query, const SeriesStore& store, const Instants& instants) {
    if (instants.count() > most_instants) {
        return fail(ErrorCode::bad_input, "exceeded maximum resolution of 11,000 points per timeseries. Try decreasing "
                                          "the query resolution (?step=XX)");
    }
    std::map<Labels, std::vector<Point>> by_labels;
    for (std::int64_t i = 0; i < instants.count(); ++i) {
        const Nanos at = instants.from + instants.step * i;
        auto answer = evaluate(query, store, at);
        if (!answer) {
            return failed(answer);
        }
        if (const auto* scalar = std::get_if<Scalar>(&*answer)) {
            by_labels[{}].push_back({at, scalar->value});
        } else if (const auto* vector = std::get_if<Vector>(&*answer)) {
            for (const auto& element : *vector) {
                by_labels[element.labels].push_back({at, element.value});
            }
        } else {
            return fail(ErrorCode::bad_input, R"(invalid expression type "range vector" for range query, must be )"
                                              "Scalar or instant Vector");
        }
    }
    Matrix matrix;
    for (auto& [labels, points] : by_labels) {
        matrix.push_back({labels, std::move(points)});
    }
    return matrix;
}

} // namespace sluice::series::promql

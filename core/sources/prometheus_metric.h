#pragma once
#include "plan/states.h"
#include "sources/reduce.h"

#include <map>
#include <string>
#include <vector>

namespace sluice::sources {

/// A metric asked in PromQL, its templates filled: of a Prometheus, or of what was scraped.
struct PrometheusMetric {
    std::string name;
    std::string unit;
    std::string query;
    std::string by_arm;                      ///< label whose value names the arm; empty = one value for the whole
    std::map<std::string, std::string> arms; ///< that label's value → arm; other values are left out
    std::string state_label;         ///< label whose value says the state, of series that are not 0; empty = none
    std::vector<plan::State> states; ///< with that label
    Reduce reduce = Reduce::none;
    int at_least = 1;
    Nanos max_age = seconds(30); ///< older data is no data
    std::string freshness;       ///< query whose answer is the data's age in seconds; empty = derived from the query
    std::string zero_while;      ///< witness: where it answers, an empty answer means 0; empty = it means no data
};

} // namespace sluice::sources

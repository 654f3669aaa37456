#include "base/printable.h"
#include "report/recorded_lag.h"
#include "sluicectl/lag_table.h"
#include "sluicectl/session_file.h"
#include "sluicectl/verbs.h"

namespace sluicectl {

using namespace sluice;

/// Each metric as `sluicectl lag --watch` tells a cluster, as of its last answer up to the moment.
int recorded_lag(const std::string& file, const std::string& at, bool json) {
    const auto measured = measured_at(file, at);
    if (!measured) {
        return complain(measured.error());
    }
    const auto& [then, readings] = *measured;
    Json all = Json::array();
    std::string text;
    for (const auto& metric : then.release.plan->metrics) {
        const auto lag = metric.lag ? report::recorded_lag(readings, metric.name, then.now) : std::nullopt;
        if (!lag) {
            continue;
        }
        Json told = lag->answered ? to_json(lag->report) : Json::object();
        told["metric"] = metric.name;
        told["failure"] = lag->failure;
        told["left_out"] = lag->left_out;
        told["unreadable"] = lag->unreadable;
        all.push_back(std::move(told));
        text += fmt::format("{}{}{}\n{}", text.empty() ? "" : "\n", metric.name,
                            lag->failure.empty() ? "" : ": " + printable(lag->failure),
                            lag->answered ? lag_table(lag->report, true) : "");
        for (const auto& [number, what] : {std::pair{lag->left_out, "are not recorded, since there are so many"},
                                           {lag->unreadable, "have a record that can't be read"}}) {
            text += number > 0 ? fmt::format("{} partition(s) {}\n", number, what) : "";
        }
    }
    if (all.empty()) {
        return complain({ErrorCode::bad_input, "no lag is recorded by partition up to then", file,
                         "the plan needs a metric with 'lag', and sessions of older programs have none"});
    }
    if (json) {
        fmt::print("{}\n", all.dump(-1, ' ', false, Json::error_handler_t::replace));
    } else {
        fmt::print("{}", text);
    }
    return done;
}

} // namespace sluicectl

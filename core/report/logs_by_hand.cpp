#include "report/logs_by_hand.h"

#include "base/json.h"

#include <fmt/format.h>

namespace sluice::report {
namespace {

LogsByHand logs_of(std::string name_space, std::vector<std::string> pods, Nanos back, const std::string& container) {
    LogsByHand logs{std::move(name_space), {"logs"}, {}};
    const bool one_of_several = pods.size() == 1 && !pods.front().starts_with("pod/");
    logs.words.insert(logs.words.end(), pods.begin(), pods.end());
    logs.words.push_back(fmt::format("--since={}s", back.count / 1'000'000'000));
    if (!container.empty()) {
        logs.words.insert(logs.words.end(), {"-c", container});
    }
    if (one_of_several) {
        logs.remarks.emplace_back("kubectl reads one of its pods: repeat this for each that 'kubectl get pods' shows");
    }
    return logs;
}

} // namespace

LogsByHand logs_by_hand(const plan::LogsRead& read, const Filled& filled) {
    auto logs = logs_of(filled(read.name_space), {filled(read.pods)}, read.since, read.container);
    logs.remarks.push_back("count the lines in which this is found: " + read.pattern);
    return logs;
}

LogsByHand logs_by_hand(const plan::LogRate& rate, const Filled& filled) {
    const auto slash = rate.workload.find('/');
    auto logs =
        rate.workload.empty()
            // By labels it shows ten lines of each, if not told otherwise.
            ? logs_of(filled(rate.name_space), {"-l", filled(rate.selector), "--tail=-1"}, rate.over, rate.container)
            : logs_of(rate.workload.substr(0, slash), {"deployment/" + rate.workload.substr(slash + 1)}, rate.over,
                      rate.container);
    logs.remarks.push_back(fmt::format("count the lines in which this is found, and divide by {}: {}",
                                       number_text(rate.over.seconds()), rate.pattern));
    return logs;
}

} // namespace sluice::report

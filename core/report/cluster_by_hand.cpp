#include "report/cluster_by_hand.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <iterator>

namespace sluice::report {

ByHand cluster_by_hand(const plan::ClusterNumber& number, std::vector<std::string> kubectl, const Filled& filled) {
    using What = plan::ClusterNumber::What;
    const std::string object = filled(number.object);
    ByHand out;
    const auto words = [&](std::initializer_list<std::string> more) { kubectl.insert(kubectl.end(), more); };
    switch (number.what) {
    case What::ready:
        words({"get", object});
        break;
    case What::rollout:
        words({"rollout", "status", object, "--watch=false"});
        out.remarks.emplace_back("'kubectl describe' of its pods tells what keeps them");
        break;
    case What::restarts:
        words({"get", "pods"});
        out.remarks.push_back(fmt::format("the column RESTARTS of the pods of {}", object));
        break;
    case What::usage:
        words({"top", object == "nodes" ? "nodes" : "pods"});
        if (object != "nodes") {
            out.remarks.push_back(fmt::format("the pods of {} count", object));
        }
        break;
    case What::nodes:
        words({number.of == "ready" || number.of == "not-ready" || number.of == "cordoned" ? "get" : "describe",
               "nodes"});
        out.remarks.push_back("count the nodes that are " + number.of);
        break;
    case What::capacity:
        words({"describe", "nodes"});
        out.remarks.push_back(
            fmt::format("of each node that takes pods: allocatable {0} without the requests of {0}", number.of));
        break;
    }
    if (!number.selector.empty()) {
        words({"-l", filled(number.selector)});
    }
    std::vector<std::string> quoted;
    std::transform(kubectl.begin(), kubectl.end(), std::back_inserter(quoted), shell_word);
    out.commands.push_back(fmt::format("{}", fmt::join(quoted, " ")));
    return out;
}

std::string proxied_path(const std::string& url) {
    const auto host = url.find("://") == std::string::npos ? url : url.substr(url.find("://") + 3);
    const auto end = host.find_first_of("/:");
    const std::string names = host.substr(0, end);
    const std::string port = end != std::string::npos && host[end] == ':' ? host.substr(end, host.find('/') - end) : "";
    const auto dot = names.find('.');
    const std::string service = names.substr(0, dot);
    const std::string rest = dot == std::string::npos ? "default" : names.substr(dot + 1);
    return fmt::format("/api/v1/namespaces/{}/services/{}{}/proxy", rest.substr(0, rest.find('.')), service, port);
}

} // namespace sluice::report

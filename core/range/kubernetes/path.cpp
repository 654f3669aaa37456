#include "range/kubernetes/path.h"

#include "range/http_server.h"

#include <algorithm>
#include <vector>

namespace sluice::range {

std::optional<ApiPath> parse_api_path(std::string_view path) {
    std::vector<std::string> parts;
    std::vector<std::size_t> ends; // where each part ends, to cut the rest of a proxy path out as it came
    for (std::size_t at = 0; at < path.size();) {
        const auto slash = path.find('/', at);
        const auto end = slash == std::string_view::npos ? path.size() : slash;
        if (end > at) {
            parts.push_back(percent_decoded(path.substr(at, end - at)));
            ends.push_back(end);
        }
        at = end + 1;
    }
    std::size_t next = 0;
    const auto take = [&] { return next < parts.size() ? parts[next++] : std::string(); };
    const std::string root = take();
    if (root != "api" && root != "apis") {
        return std::nullopt;
    }
    const std::string group = root == "apis" ? take() : std::string();
    const std::string version = take();
    ApiPath result;
    std::string resource = take();
    if (resource == "namespaces" && next + 1 < parts.size() && find_resource(group, version, parts[next + 1])) {
        result.space = take();
        resource = take();
    }
    result.kind = find_resource(group, version, resource);
    if (!result.kind) {
        return std::nullopt;
    }
    result.name = take();
    result.subresource = take();
    if (result.subresource == "proxy") {
        path.remove_prefix(std::min(ends[next - 1], path.size()));
        result.rest.assign(path);
        if (result.rest.empty()) {
            result.rest = "/";
        }
    } else if (next < parts.size()) {
        return std::nullopt;
    }
    return result;
}

ProxyTarget parse_proxy_target(std::string_view name) {
    ProxyTarget target{"http", "", ""};
    const auto first = name.find(':');
    const auto last = name.rfind(':');
    if (first == std::string_view::npos) {
        target.service = std::string(name);
    } else if (first == last) {
        target.service = std::string(name.substr(0, first));
        target.port = std::string(name.substr(first + 1));
    } else {
        target.scheme = first == 0 ? "http" : std::string(name.substr(0, first));
        target.service = std::string(name.substr(first + 1, last - first - 1));
        target.port = std::string(name.substr(last + 1));
    }
    return target;
}

} // namespace sluice::range

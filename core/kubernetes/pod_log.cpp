#include "kubernetes/pod_log.h"

#include "base/instant.h"
#include "kubernetes/object_ref.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <utility>

namespace sluice::kubernetes {
namespace {

constexpr std::int64_t second = 1'000'000'000;

std::string text_at(const Json& object, const char* pointer) {
    const Json value = object.is_object() ? object.value(Json::json_pointer(pointer), Json()) : Json();
    return value.is_string() ? value.get<std::string>() : std::string();
}

Json list_at(const Json& object, const char* pointer) {
    Json value = object.is_object() ? object.value(Json::json_pointer(pointer), Json()) : Json();
    return value.is_array() ? value : Json::array();
}

/// Those of the pod; the ones that run before them count where one is asked for by its name (a sidecar is such one).
Result<std::string> container_of(const Json& pod, const std::string& name) {
    std::vector<std::string> names;
    for (const Json& container : list_at(pod, "/spec/containers")) {
        names.push_back(text_at(container, "/name"));
    }
    const std::string known = fmt::format("{}", fmt::join(names, ", "));
    if (name.empty()) {
        return names.size() == 1
                   ? Result<std::string>(names.front())
                   : fail(ErrorCode::bad_input, fmt::format("its pods have several containers: {}", known), {},
                          "name one: container");
    }
    for (const Json& container : list_at(pod, "/spec/initContainers")) {
        names.push_back(text_at(container, "/name"));
    }
    return std::find(names.begin(), names.end(), name) != names.end()
               ? Result<std::string>(name)
               : fail(ErrorCode::bad_input, fmt::format("the pod {} has no container '{}', but {}",
                                                        text_at(pod, "/metadata/name"), name, known));
}

/// Whose log is served: the kubelet's rule (kubelet_pods.go, validateContainerLogStatus). Where a server tells no ids,
/// the restarts tell the instances apart.
void tell_instances(const Json& status, LoggingContainer& container) {
    const std::string running = text_at(status, "/containerID");
    const std::string ended = text_at(status, "/state/terminated/containerID");
    const std::string before = text_at(status, "/lastState/terminated/containerID");
    const Json state = status.value("state", Json::object());
    const Json restarts = status.value("restartCount", Json());
    container.nth = restarts.is_number_integer() ? restarts.get<int>() : 0;
    container.ended = !state.contains("running");
    if (running.empty() && ended.empty() && before.empty()) {
        const auto numbered = [](int n) { return n < 0 ? std::string() : fmt::format("#{}", n); };
        container.previous = numbered(container.nth - 1);
        container.nth -= state.contains("running") || state.contains("terminated") ? 0 : 1;
        container.current = numbered(container.nth);
        return;
    }
    container.previous = before;
    container.current = state.contains("running")                        ? running
                        : state.contains("terminated") && !ended.empty() ? ended
                                                                         : before;
}

} // namespace

std::string log_path(const LogQuestion& question) {
    std::string path = fmt::format("/api/v1/namespaces/{}/pods/{}/log", percent_encoded(question.name_space),
                                   percent_encoded(question.pod));
    char sign = '?';
    const auto add = [&](const char* name, const std::string& value) {
        path += fmt::format("{}{}={}", std::exchange(sign, '&'), name, percent_encoded(value));
    };
    if (question.back) {
        add("sinceSeconds", std::to_string(std::max<std::int64_t>(1, question.back->count / second)));
    }
    if (!question.container.empty()) {
        add("container", question.container);
    }
    if (question.previous) {
        add("previous", "true");
    }
    if (question.timestamps) {
        add("timestamps", "true");
    }
    if (question.since) {
        const std::int64_t count = question.since->count;
        add("sinceTime", utc(Nanos{count - ((count % second) + second) % second}));
    }
    if (question.last_lines > 0) {
        add("tailLines", std::to_string(question.last_lines));
    }
    if (question.most_bytes > 0) {
        add("limitBytes", std::to_string(question.most_bytes));
    }
    return path;
}

Result<std::vector<LoggingContainer>> logging_containers(const Json& pods, const std::string& name) {
    std::vector<LoggingContainer> found;
    for (const Json& pod : pods) {
        auto container = container_of(pod, name);
        if (!container) {
            return failed(container);
        }
        LoggingContainer one;
        one.pod = text_at(pod, "/metadata/name");
        one.pod_uid = text_at(pod, "/metadata/uid");
        one.name = *std::move(container);
        const auto created = parse_instant(text_at(pod, "/metadata/creationTimestamp"), {});
        one.created = created ? std::optional(*created) : std::nullopt;
        const std::string phase = text_at(pod, "/status/phase");
        one.over = phase == "Succeeded" || phase == "Failed";
        for (const char* statuses : {"/status/containerStatuses", "/status/initContainerStatuses"}) {
            for (const Json& status : list_at(pod, statuses)) {
                if (text_at(status, "/name") == one.name) {
                    tell_instances(status, one);
                }
            }
        }
        found.push_back(std::move(one));
    }
    std::sort(found.begin(), found.end(),
              [](const auto& a, const auto& b) { return std::pair(a.pod, a.pod_uid) < std::pair(b.pod, b.pod_uid); });
    return found;
}

} // namespace sluice::kubernetes

#include "range/application.h"

#include "base/digest.h"
#include "range/noise.h"
#include "range/time_text.h"
#include "range/world/conditions.h"
#include "range/world/routing.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace sluice::range {
namespace {

constexpr std::string_view collection = "/api/v1/streams";

Answer problem(int status, const char* what) {
    return json_answer(status, Json{{"error", what}}.dump());
}

} // namespace

Answer take_message(const Asked& asked) {
    const auto message = parse_json(asked.body, "hook");
    const bool good = asked.method == "POST" && message && message->is_object() && message->contains("text");
    return good ? json_answer(200, R"({"ok":true})") : problem(400, "a POST of a JSON object with a text is wanted");
}

Answer Application::handle(const Key& service, const Asked& asked) {
    if (asked.method == "HEAD") {
        Asked get = asked;
        get.method = "GET";
        Answer answer = handle(service, get);
        answer.body.clear();
        return answer;
    }
    const auto resolved = resolve_service(world_.objects(), service.space, service.name);
    const auto versions = resolved ? ready_versions(world_.objects(), *resolved) : std::map<std::string, int>();
    if (versions.empty()) {
        return json_answer(503,
                           Json{{"kind", "Status"},
                                {"apiVersion", "v1"},
                                {"status", "Failure"},
                                {"reason", "ServiceUnavailable"},
                                {"message", fmt::format("no endpoints available for service \"{}\"", service.name)},
                                {"code", 503}}
                               .dump());
    }
    if (asked.path == "/health" && asked.method == "GET") {
        return json_answer(200, R"({"status":"healthy"})");
    }
    if (asked.path == "/metrics" && asked.method == "GET") {
        if (faults_.active(FaultKind::no_data, scheduler_.now()) != nullptr) {
            return text_answer(503, "the metrics can't be collected\n");
        }
        load_.advance(scheduler_.now());
        std::vector<ArmKey> arms;
        for (const auto& [version, pods] : versions) {
            arms.push_back({resolved->space + "/" + resolved->name, version});
        }
        return {200,
                {{"Content-Type", "text/plain; version=0.0.4; charset=utf-8"}},
                load_.exposition_text(arms),
                {},
                false};
    }
    if (asked.path == collection || asked.path.starts_with(std::string(collection) + "/")) {
        return streams(asked);
    }
    if (asked.path.starts_with("/hooks/")) {
        return take_message(asked);
    }
    return problem(404, "no such path");
}

Json Application::stored_list() const {
    Json list = Json::array();
    for (const auto& [id, stream] : streams_) {
        list.push_back(stream);
    }
    return list;
}

Answer Application::streams(const Asked& asked) {
    const std::string_view token = asked.header("Authorization");
    if (!token.starts_with("Bearer ") || token.size() == 7) {
        return problem(401, "a bearer token is wanted");
    }
    std::string_view rest(asked.path);
    rest.remove_prefix(std::min(rest.size(), collection.size() + 1));
    if (rest.empty() && asked.method == "POST") {
        return create_once(asked);
    }
    if ((rest.empty() || rest == "active") && asked.method == "GET") {
        const auto running = std::llround(load_.streams_total(scheduler_.now()));
        return json_answer(
            200, Json{{"total_count", running + static_cast<long long>(streams_.size())}, {"streams", stored_list()}}
                     .dump());
    }
    const auto found = streams_.find(std::string(rest));
    if (found == streams_.end()) {
        return problem(404, "no such stream");
    }
    if (asked.method == "GET") {
        return json_answer(200, found->second.dump());
    }
    if (asked.method == "DELETE") {
        streams_.erase(found);
        return {204, {}, "", {}, false};
    }
    return problem(405, "method not allowed");
}

Answer Application::create(const Asked& asked) {
    Json stream = Json::parse(asked.body, nullptr, false);
    if (!stream.is_object() || !stream.value("title", Json()).is_string()) {
        return problem(400, "a title is wanted");
    }
    std::string id;
    for (std::uint64_t i = 0; id.empty() || streams_.contains(id); ++i) {
        id = uuid(world_.objects().seed(), fmt::format("stream {} {}", asked.id(), asked.body), i);
    }
    stream["id"] = id;
    stream["created_at"] = rfc3339(scheduler_.now());
    streams_[id] = stream;
    return json_answer(201, stream.dump());
}

/// As draft-ietf-httpapi-idempotency-key-header has it.
Answer Application::create_once(const Asked& asked) {
    const std::string key(asked.header("Idempotency-Key"));
    if (key.empty()) {
        return create(asked);
    }
    const std::string digest = hex(sha256(asked.body));
    const auto known = by_key_.find(key);
    if (known == by_key_.end()) {
        return by_key_.emplace(key, Remembered{digest, create(asked)}).first->second.answer;
    }
    return known->second.body_digest == digest ? known->second.answer
                                               : problem(422, "this Idempotency-Key came with another body");
}

Answer Application::at_edge(const Asked& asked) {
    std::string_view host = asked.header("X-Forwarded-Host");
    if (host.empty()) {
        host = asked.header("Host");
    }
    const auto choices = backends(world_.objects(), host.substr(0, host.find(':')), asked.path);
    const auto dice = static_cast<int>(mix(world_.objects().seed(), fmt::format("edge {} {}", asked.id(), asked.path),
                                           static_cast<std::uint64_t>(scheduler_.now().count)) %
                                       100);
    int reached = 0;
    for (const Backend& backend : choices) {
        reached += backend.percent;
        if (dice < reached) {
            return handle({&kind_named("Service"), backend.space, backend.service}, asked);
        }
    }
    return problem(404, "default backend: no Ingress for this host and path");
}

std::string Application::pod_log(const Json& pod, const PodLogAsked& asked, std::string_view arm) const {
    const Json* ready = condition(pod, "Ready");
    if (!ready || !condition_holds(pod, "Ready")) {
        return {};
    }
    const Nanos now = scheduler_.now();
    Nanos from = now - hours(1);
    Nanos since_ready;
    if (parse_rfc3339(ready->value("lastTransitionTime", ""), since_ready)) {
        from = std::max(from, since_ready);
    }
    from = std::max(from, asked.since.value_or(from));
    const std::string version = pod.value("/spec/containers/0/image"_json_pointer, "");
    std::vector<std::string> lines;
    const std::int64_t step = seconds(30).count;
    for (Nanos at{(from.count + step - 1) / step * step}; at <= now; at += {step}) {
        const std::string stamp = asked.timestamps ? rfc3339(at) + " " : std::string();
        lines.push_back(fmt::format("{}{} INFO streaming: alive, image {}, {} streams in all", stamp, rfc3339(at),
                                    version, std::llround(load_.streams_total(at))));
        if (const Fault* errors = faults_.active(FaultKind::errors, at, arm)) {
            lines.push_back(fmt::format("{}{} ERROR streaming: {:.2f} % of requests fail", stamp, rfc3339(at),
                                        static_cast<double>(errors->amount) / 10'000));
        }
    }
    std::string text;
    const auto skip = asked.tail_lines >= 0 && asked.tail_lines < static_cast<std::int64_t>(lines.size())
                          ? lines.size() - static_cast<std::size_t>(asked.tail_lines)
                          : 0;
    for (std::size_t i = skip; i < lines.size(); ++i) {
        text += lines[i] + "\n";
    }
    return text;
}

} // namespace sluice::range

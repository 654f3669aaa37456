#include "engine/sockets_and_logs.h"

#include "base/pattern.h"
#include "kubernetes/object_ref.h"
#include "kubernetes/pod_log.h"
#include "kubernetes/rollout.h"
#include "plan/fill.h"

#include <algorithm>
#include <deque>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace sluice::engine {
namespace {

using LogsDone = std::function<void(Result<std::string>)>;

struct LogReading {
    const Eyes& eyes;
    plan::LogsRead read;
    std::string on, key, name_space;
    Nanos timeout;
    std::deque<std::string> pods;
    std::string text;
    LogsDone done;
};

void next_pod(const std::shared_ptr<LogReading>& reading) {
    if (reading->pods.empty()) {
        reading->done(std::move(reading->text));
        return;
    }
    const std::string pod = reading->pods.front();
    reading->pods.pop_front();
    const std::string path = kubernetes::log_path({.name_space = reading->name_space,
                                                   .pod = pod,
                                                   .container = reading->read.container,
                                                   .back = reading->read.since});
    constexpr std::size_t budget = 16u << 20;
    const kubernetes::Ask ask{reading->key + "/" + pod, net::Pool::polling, reading->timeout};
    reading->eyes.connections.cluster(reading->on)
        ->read_text(path, budget, ask, [reading, pod](const Result<std::string>& log) {
            if (!log) {
                Error error = log.error();
                error.what = fmt::format("the logs of {}: {}", pod, error.what);
                reading->done(tl::unexpected(std::move(error)));
                return;
            }
            reading->text += redacted(*log, reading->eyes.outside.redactions);
            if (!reading->text.empty() && reading->text.back() != '\n') {
                reading->text += '\n';
            }
            if (reading->text.size() > budget) {
                reading->done(fail(ErrorCode::corrupt, "the logs are larger than 16 MiB", reading->read.pods,
                                   "look back over less time: since"));
                return;
            }
            next_pod(reading);
        });
}

} // namespace

plan::StepResult found(plan::ReachRead::Kind kind, const net::Reached& reached, Nanos now) {
    plan::StepResult result;
    result.exit = 0;
    switch (kind) {
    case plan::ReachRead::Kind::dns:
        result.json = Json{{"addresses", reached.addresses}};
        result.number = static_cast<double>(reached.addresses.size());
        result.text = fmt::format("{}", fmt::join(reached.addresses, "\n"));
        break;
    case plan::ReachRead::Kind::tcp:
        result.json = Json{{"connected", true}};
        result.text = "connected";
        break;
    case plan::ReachRead::Kind::tls: {
        const std::int64_t days = net::whole_days(reached.valid_until.value_or(now) - now);
        result.json = Json{{"days", days},
                           {"subject", reached.subject},
                           {"issuer", reached.issuer},
                           {"until", release::instant(reached.valid_until.value_or(Nanos{}))}};
        result.number = static_cast<double>(days);
        result.text = fmt::format("{} days left: {}, by {}", days, reached.subject, reached.issuer);
        break;
    }
    }
    return result;
}

Result<plan::StepResult> counted(const std::string& log, const std::string& wanted) {
    const auto pattern = Pattern::compile(wanted);
    if (!pattern) {
        return failed(pattern);
    }
    constexpr std::size_t shown = 50;
    std::deque<std::string> lines;
    std::int64_t count = 0;
    for (std::size_t begin = 0; begin < log.size();) {
        const std::size_t end = std::min(log.find('\n', begin), log.size());
        std::string line = log.substr(begin, end - begin);
        begin = end + 1;
        if (pattern->find(line)) {
            ++count;
            lines.push_back(std::move(line));
            if (lines.size() > shown) {
                lines.pop_front();
            }
        }
    }
    plan::StepResult result;
    result.exit = 0;
    result.number = static_cast<double>(count);
    result.json = Json{{"count", count}, {"lines", std::vector<std::string>(lines.begin(), lines.end())}};
    result.text = fmt::format("{}", fmt::join(lines, "\n"));
    return result;
}

Result<net::Place> place_of(const Connections& connections, const std::string& on, const std::string& host, int port) {
    const auto* cluster = on.empty() ? nullptr : connections.cluster(on);
    const std::string address = cluster      ? cluster->cluster().server // it may come from the kubeconfig
                                : on.empty() ? std::string()
                                             : plan::address_in(connections.settings(on));
    net::Place place = net::place_of(address, port);
    if (!host.empty()) {
        place.host = host;
    }
    if (place.host.empty()) {
        return fail(ErrorCode::bad_input, "the connection has no host", on,
                    "mend its address, or name a connection of kind host");
    }
    return place;
}

void read_logs(const Eyes& eyes, const plan::LogsRead& read, const std::string& on, const std::string& key,
               Nanos timeout, const LogsDone& done) {
    const auto pods = plan::fill(read.pods, eyes.scope());
    const auto name_space = plan::fill(read.name_space, eyes.scope());
    for (const auto* text : {&pods, &name_space}) {
        if (!*text) {
            eyes.outside.scheduler.after({}, [done, error = text->error()] { done(tl::unexpected(error)); });
            return;
        }
    }
    auto reading = std::make_shared<LogReading>(LogReading{eyes, read, on, key, *name_space, timeout, {}, {}, done});
    const auto ref = kubernetes::parse_object(*pods, *name_space);
    if (!ref) {
        eyes.outside.scheduler.after({}, [done, error = ref.error()] { done(tl::unexpected(error)); });
        return;
    }
    if (pods->starts_with("pod/")) {
        reading->pods = {pods->substr(4)};
        next_pod(reading);
        return;
    }
    kubernetes::read_workload(*eyes.connections.cluster(on), *ref, {key + "#pods", net::Pool::polling, timeout},
                              [reading](Result<kubernetes::Workload> workload) {
                                  if (!workload) {
                                      reading->done(failed(workload));
                                      return;
                                  }
                                  for (const auto& pod : workload->pods) {
                                      reading->pods.push_back(pod["metadata"]["name"].get<std::string>());
                                  }
                                  std::sort(reading->pods.begin(), reading->pods.end());
                                  if (reading->pods.empty()) {
                                      reading->done(fail(ErrorCode::not_found, "it has no pods", reading->read.pods));
                                      return;
                                  }
                                  next_pod(reading);
                              });
}

} // namespace sluice::engine

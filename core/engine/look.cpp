#include "engine/look.h"

#include "analysis/gate.h"
#include "effects/run_effect.h"
#include "engine/calls.h"
#include "engine/look_kafka.h"
#include "engine/sockets_and_logs.h"
#include "kubernetes/object_ref.h"
#include "kubernetes/rollout.h"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>

namespace sluice::engine {

std::string kept_why(const plan::Step& step, const plan::Expect& expect, const plan::StepResult& result, bool met,
                     const std::string& why) {
    if (!step.sensitive) {
        return why;
    }
    if (met) {
        return {};
    }
    plan::Expect shown; // what may be kept
    shown.exit = expect.exit;
    shown.status = expect.status;
    plan::StepResult bare;
    bare.exit = result.exit;
    bare.status = result.status;
    const auto judged = plan::judge(shown, bare, {}, {});
    return judged.met ? "it did not give what is expected (what it gave is not kept: the step is sensitive)"
                      : judged.why;
}

namespace {

using Done = std::function<void(Sight)>;

/// The request that a look makes, and how its answer is judged.
struct Gaze {
    const Eyes& eyes;
    plan::Expect expect; // a copy: the answer comes after whoever asked may be gone
    std::string on, key;
    Nanos timeout;
    Done done;

    void judged(plan::StepResult result) const {
        const auto judgement = plan::judge(expect, result, eyes.scope(), eyes.outside.scheduler.now());
        done(Sight{true, judgement.met, judgement.why, std::move(result)});
    }
    /// A refusal may be what is wanted (`refused: true`); anything else that could not be asked is no answer.
    void unanswered(const Error& error) const {
        if (expect.refused && error.code == ErrorCode::refused) {
            done(Sight{true, true, "refused, as wanted: " + error.what, {}});
            return;
        }
        done(Sight{false, false, plain(error), {}});
    }
    void later(Error error) const {
        eyes.outside.scheduler.after({}, [gaze = *this, error = std::move(error)] { gaze.unanswered(error); });
    }
};

void look_at(const plan::HttpCall& call, const Gaze& gaze) {
    auto request = fill_call(gaze.eyes, call);
    if (!request) {
        gaze.later(request.error());
        return;
    }
    request->key = gaze.key;
    request->timeout = gaze.timeout;
    gaze.eyes.connections.http(gaze.on)->send(std::move(*request), [gaze](Result<net::HttpResponse> response) {
        if (!response) {
            gaze.unanswered(net::only_asked(response.error()));
            return;
        }
        if (gaze.expect.refused && (response->status == 401 || response->status == 403)) {
            gaze.done(Sight{true, true, fmt::format("refused with {}, as wanted", response->status), {}});
            return;
        }
        gaze.judged(result_of(gaze.eyes, *response));
    });
}

void look_at(const plan::KubernetesRead& read, const Gaze& gaze) {
    const plan::Scope scope = gaze.eyes.scope();
    const auto object = plan::fill(read.object, scope);
    const auto name_space = plan::fill(read.name_space, scope);
    const auto selector = plan::fill_selector(read.selector, scope);
    for (const auto* text : {&object, &name_space, &selector}) {
        if (!*text) {
            gaze.later(text->error());
            return;
        }
    }
    if (!read.name_space.empty()) { // an empty one would be all of them
        if (const auto checked = kubernetes::parse_namespace(*name_space); !checked) {
            gaze.later(checked.error());
            return;
        }
    }
    auto& cluster = *gaze.eyes.connections.cluster(gaze.on);
    const kubernetes::Ask ask{gaze.key, net::Pool::polling, gaze.timeout};
    const auto take = [gaze](Result<kubernetes::Reply> reply) {
        if (!reply) {
            gaze.unanswered(reply.error());
            return;
        }
        // An object can hold what a step put into it as a secret, and values and reasons go into events.
        plan::StepResult result;
        const std::string text = reply->object.dump();
        result.text = redacted(text, gaze.eyes.outside.redactions);
        auto clean = result.text == text ? Result<Json>(std::move(reply->object)) : parse_json(result.text, "object");
        if (clean) {
            result.json = std::move(*clean);
        }
        gaze.judged(std::move(result));
    };
    if (object->find('/') == std::string::npos) {
        const auto type = kubernetes::find_type(*object + (read.api == "metrics" ? ".metrics.k8s.io" : ""));
        if (!type) {
            gaze.later(type.error());
            return;
        }
        if (read.kind == plan::KubernetesRead::Kind::ready) {
            cluster.list(**type, *name_space, *selector, ask, [gaze](Result<kubernetes::Reply> reply) {
                if (!reply) {
                    gaze.unanswered(reply.error());
                    return;
                }
                const auto ready = kubernetes::ready_pods(reply->object.value("items", Json::array()));
                plan::StepResult result;
                const std::size_t all = reply->object.value("items", Json::array()).size();
                result.number = static_cast<double>(ready.size());
                result.exit = ready.size() == all && all > 0 ? 0 : 1;
                result.json = Json{{"ready", ready.size()}, {"desired", all}, {"pods", ready}};
                result.text = result.json->dump();
                gaze.judged(std::move(result));
            });
            return;
        }
        cluster.list(**type, *name_space, *selector, ask, take);
        return;
    }
    const auto ref = kubernetes::parse_object(*object, *name_space);
    if (!ref) {
        gaze.later(ref.error());
        return;
    }
    if (read.kind == plan::KubernetesRead::Kind::get) {
        cluster.get(*ref, ask, take);
        return;
    }
    const bool rollout = read.kind == plan::KubernetesRead::Kind::rollout;
    kubernetes::read_workload(cluster, *ref, ask, [gaze, rollout](Result<kubernetes::Workload> workload) {
        if (!workload) {
            gaze.unanswered(workload.error());
            return;
        }
        plan::StepResult result;
        const auto status = kubernetes::rollout_status(workload->deployment, workload->pods);
        if (rollout) {
            result.exit = status.state == kubernetes::RolloutState::done ? 0 : 1;
            result.json = status.to_json();
        } else {
            result.json = kubernetes::ready_result(workload->deployment, workload->pods);
            result.exit = status.observed && status.ready >= status.desired && status.desired > 0 ? 0 : 1;
        }
        result.number = static_cast<double>(result.json->value("ready", 0));
        result.text = result.json->dump();
        const auto judgement = plan::judge(gaze.expect, result, gaze.eyes.scope(), gaze.eyes.outside.scheduler.now());
        // Why a rollout is stuck is worth more than "exit 1".
        const std::string why =
            judgement.met ? judgement.why : status.reason + (status.cause.empty() ? "" : "; " + status.cause);
        gaze.done(Sight{true, judgement.met, why, std::move(result)});
    });
}

void look_at(const plan::KafkaRead& read, const Gaze& gaze) {
    read_kafka(gaze.eyes, read, gaze.on, gaze.key, gaze.timeout, gaze.expect, [gaze](Result<plan::StepResult> found) {
        if (found && gaze.expect.refused) { // an answer is none, whatever it says
            gaze.done(Sight{true, false, "wanted a refusal, got an answer", std::move(*found)});
        } else if (found) {
            gaze.judged(std::move(*found));
        } else {
            gaze.unanswered(found.error());
        }
    });
}

void look_at(const plan::MetricRead& read, const Gaze& gaze) {
    const auto& condition = read.condition;
    const plan::Metric& metric = *gaze.eyes.plan.metric(condition.name);
    plan::Gate gate;
    gate.id = metric.name;
    gate.arm = condition.arm;
    gate.must = condition.must;
    gaze.eyes.outside.scheduler.after({}, [gaze, &metric, gate] {
        Sight sight{true, true, "", {}};
        const Nanos now = gaze.eyes.outside.scheduler.now();
        for (const auto& verdict :
             analysis::judge(gate, metric, gaze.eyes.latest, gaze.eyes.arms_with_traffic(), now)) {
            sight.answered = sight.answered && verdict.value.has_value();
            sight.met = sight.met && verdict.verdict == analysis::Verdict::pass;
            if (sight.why.empty() || verdict.verdict != analysis::Verdict::pass) {
                sight.why = verdict.why;
            }
            if (verdict.value) {
                sight.result.number = *verdict.value;
                sight.result.text = metric.states.empty() ? number_text(*verdict.value)
                                                          : analysis::format_value(*verdict.value, metric);
            }
        }
        gaze.done(std::move(sight));
    });
}

} // namespace

Result<net::ProcessSpec> fill_command(const Eyes& eyes, const plan::Command& command, Nanos timeout,
                                      const std::optional<plan::Rehearse>& rehearse) {
    net::ProcessSpec spec;
    const plan::Scope scope = eyes.scope();
    const auto argv = plan::fill(command.argv, scope);
    if (!argv) {
        return failed(argv);
    }
    spec.argv = *argv;
    for (const auto& [name, value] : command.environment) {
        const auto sent = sent_value(eyes, value);
        if (!sent) {
            return failed(sent);
        }
        if (sent->secret) {
            spec.secrets.emplace(name, Secret(sent->text));
        } else {
            spec.environment[name] = sent->text;
        }
    }
    const auto folder = plan::fill_folder(command.folder, scope);
    if (!folder) {
        return failed(folder);
    }
    spec.cwd = folder->empty() ? eyes.folder : folder->starts_with('/') ? *folder : eyes.folder + "/" + *folder;
    spec.timeout = timeout;
    if (rehearse) {
        auto script = rehearsed(*rehearse, scope);
        if (!script) {
            return failed(script);
        }
        spec.rehearse = std::move(*script);
    }
    return spec;
}

Result<Json> rehearsed(const plan::Rehearse& rehearse, const plan::Scope& scope) {
    const auto output = plan::fill(rehearse.output, scope);
    if (!output) {
        return failed(output);
    }
    Json json = {{"exit", rehearse.exit},
                 {"output", *output},
                 {"takes", fmt::format("{}ms", rehearse.takes.count / 1'000'000)},
                 {"apply", rehearse.apply},
                 {"remove", rehearse.remove},
                 {"then", Json::array()}};
    for (const auto& next : rehearse.then) {
        auto one = rehearsed(next, scope);
        if (!one) {
            return one;
        }
        json["then"].push_back(std::move(*one));
    }
    return json;
}

namespace {

/// What is done with what a program printed, before it is judged.
using Reader = std::function<Result<plan::StepResult>(plan::StepResult)>;

void look_at(const plan::Command& command, const Gaze& gaze, const std::optional<plan::Rehearse>& rehearse,
             const std::function<void(std::string_view)>& output, Reader reader = {}) {
    auto spec = fill_command(gaze.eyes, command, gaze.timeout, rehearse);
    if (!spec) {
        gaze.later(spec.error());
        return;
    }
    spec->key = gaze.key;
    spec->directory = effects::record_directory(gaze.eyes.records, gaze.key);
    // Before a crash the same look may have begun. It only reads, so it is simply done again, beside the old records.
    for (std::error_code ignored; std::filesystem::exists(spec->directory, ignored);) {
        spec->directory += "+";
    }
    const auto text = std::make_shared<std::string>();
    const auto redactor = std::make_shared<Redactor>(gaze.eyes.outside.redactions);
    const auto hear = [text, output](const std::string& bytes) {
        constexpr std::size_t budget = 4u << 20;
        text->append(bytes.substr(0, budget - std::min(budget, text->size())));
        if (!bytes.empty() && output) {
            output(bytes);
        }
    };
    net::ProcessSink sink;
    sink.output = [hear, redactor](std::string_view bytes) { hear(redactor->feed(bytes)); };
    sink.finished = [gaze, text, hear, redactor, reader = std::move(reader),
                     directory = spec->directory](Result<net::ProcessEnd> end) {
        hear(redactor->finish());
        gaze.eyes.processes.forget(directory);
        gaze.eyes.looking->erase(gaze.key);
        if (!end) {
            gaze.unanswered(end.error());
            return;
        }
        if (end->timed_out || !end->exit_code) {
            gaze.unanswered(
                {ErrorCode::timed_out, end->timed_out ? "the program ran too long" : "the program was killed", {}, {}});
            return;
        }
        plan::StepResult result;
        result.exit = end->exit_code;
        result.text = *text;
        if (auto json = parse_json(*text, "output")) {
            result.json = std::move(*json);
        }
        auto read = reader ? reader(std::move(result)) : Result<plan::StepResult>(std::move(result));
        if (!read) {
            gaze.unanswered(read.error());
            return;
        }
        gaze.judged(std::move(*read));
    };
    gaze.eyes.processes.forget(spec->directory); // of a look that a crash cut off: it is simply done again
    (*gaze.eyes.looking)[gaze.key] = gaze.eyes.processes.start(std::move(*spec), std::move(sink));
}

/// In a rehearsal what a socket would find is acted out: `rehearse` gives it as the answer of a program.
void look_at(const plan::ReachRead& read, const Gaze& gaze, const std::optional<plan::Rehearse>& rehearse,
             const std::function<void(std::string_view)>& output) {
    if (!gaze.eyes.outside.reach) {
        static constexpr const char* words[] = {"name-of", "connect-to", "certificate-of"};
        plan::Command acted{{words[static_cast<int>(read.kind)], gaze.on}, {}, {}};
        look_at(acted, gaze, rehearse, output, [kind = read.kind](plan::StepResult result) {
            if (kind == plan::ReachRead::Kind::tls && result.json && result.json->is_object() &&
                result.json->contains("days") && (*result.json)["days"].is_number()) {
                result.number = (*result.json)["days"].get<double>();
            } else if (kind == plan::ReachRead::Kind::dns) {
                result.number = static_cast<double>(std::count(result.text.begin(), result.text.end(), '\n') +
                                                    (result.text.empty() || result.text.back() == '\n' ? 0 : 1));
            }
            return Result<plan::StepResult>(std::move(result));
        });
        return;
    }
    const auto host = plan::fill(read.host, gaze.eyes.scope());
    const auto place =
        host ? place_of(gaze.eyes.connections, gaze.on, *host, read.port) : Result<net::Place>(failed(host));
    if (!place) {
        gaze.later(place.error());
        return;
    }
    net::ReachAsk ask;
    ask.kind = static_cast<net::ReachAsk::Kind>(read.kind);
    ask.host = place->host;
    ask.port = place->port;
    ask.timeout = gaze.timeout;
    ask.key = gaze.key;
    ask.tls = gaze.eyes.connections.tls(gaze.on);
    gaze.eyes.outside.reach->ask(ask, [gaze, kind = read.kind](Result<net::Reached> reached) {
        if (!reached) {
            gaze.unanswered(reached.error());
            return;
        }
        gaze.judged(found(kind, *reached, gaze.eyes.outside.scheduler.now()));
    });
}

void look_at(const plan::LogsRead& read, const Gaze& gaze, const std::optional<plan::Rehearse>& rehearse,
             const std::function<void(std::string_view)>& output) {
    if (!gaze.eyes.outside.reach) {
        look_at(plan::Command{{"logs", read.pods}, {}, {}}, gaze, rehearse, output,
                [pattern = read.pattern](const plan::StepResult& result) { return counted(result.text, pattern); });
        return;
    }
    read_logs(gaze.eyes, read, gaze.on, gaze.key, gaze.timeout,
              [gaze, pattern = read.pattern](Result<std::string> log) {
                  auto result = log ? counted(*log, pattern) : Result<plan::StepResult>(failed(log));
                  if (!result) {
                      gaze.unanswered(result.error());
                      return;
                  }
                  gaze.judged(std::move(*result));
              });
}

} // namespace

void look(const Eyes& eyes, const plan::Probe& probe, const plan::Expect& expect, const std::string& on,
          const std::string& key, Nanos timeout, const std::optional<plan::Rehearse>& rehearse,
          const std::function<void(std::string_view)>& output, std::function<void(Sight)> done) {
    const Gaze gaze{eyes, expect, on, key, timeout, std::move(done)};
    if (const auto* call = std::get_if<plan::HttpCall>(&probe.what)) {
        look_at(*call, gaze);
    } else if (const auto* read = std::get_if<plan::KubernetesRead>(&probe.what)) {
        look_at(*read, gaze);
    } else if (const auto* metric = std::get_if<plan::MetricRead>(&probe.what)) {
        look_at(*metric, gaze);
    } else if (const auto* kafka = std::get_if<plan::KafkaRead>(&probe.what)) {
        look_at(*kafka, gaze);
    } else if (const auto* reach = std::get_if<plan::ReachRead>(&probe.what)) {
        look_at(*reach, gaze, rehearse, output);
    } else if (const auto* logs = std::get_if<plan::LogsRead>(&probe.what)) {
        look_at(*logs, gaze, rehearse, output);
    } else {
        look_at(std::get<plan::Command>(probe.what), gaze, rehearse, output);
    }
}

void end_looks(const Eyes& eyes, const std::string& key_begins) {
    const auto at_work = *eyes.looking; // one that is ended may tell so at once
    for (const auto& [key, process] : at_work) {
        if (key.starts_with(key_begins)) {
            eyes.processes.cancel(process);
        }
    }
}

} // namespace sluice::engine

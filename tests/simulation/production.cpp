#include "production.h"

#include "base/digest.h"
#include "plans.h"

#include <algorithm>
#include <csignal>
#include <fmt/format.h>

namespace sluice::simulation {
namespace {

std::uint64_t mixed(std::uint64_t a, std::uint64_t b) {
    std::uint64_t x = a * 0x9e3779b97f4a7c15ULL + b;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
    return x ^ (x >> 31);
}

} // namespace

std::string operation_of(std::string_view request_id) {
    const std::string id(request_id.substr(0, request_id.find('#')));
    return id.ends_with("/ops") || id.ends_with("/all") ? id.substr(0, id.size() - 4) : id;
}

Production::Production(VirtualScheduler& scheduler, std::uint64_t seed, const Weather& weather)
    : scheduler_(scheduler), chance_(mixed(seed, 1)), seed_(seed), weather_(weather), faults_({}, scheduler.now()),
      world_(seed, scheduler), cluster_(world_, scheduler, faults_, writes_, "token") {
    if (auto loaded = world_.load(world_manifests, "world.yaml"); !loaded) {
        throw std::runtime_error(to_text(loaded.error()));
    }
}

int Production::count(const std::string& operation, const std::string& what) const {
    return static_cast<int>(std::count_if(deeds_.begin(), deeds_.end(), [&](const Deed& deed) {
        return deed.operation == operation && deed.what == what;
    }));
}

range::Answer Production::handle(const std::string& host, const range::Asked& asked) {
    if (host == "app") {
        return application(asked);
    }
    if (host == "prometheus") {
        return prometheus(asked);
    }
    const std::size_t before = writes_.all().size();
    range::Answer answer = cluster_.handle(asked);
    for (std::size_t i = before; i < writes_.all().size(); ++i) {
        const auto& written = writes_.all()[i];
        if (!written.dry_run && written.status >= 200 && written.status < 300) {
            deeds_.push_back({scheduler_.now(), operation_of(written.request_id), "write"});
        }
    }
    return answer;
}

range::Answer Production::application(const range::Asked& asked) {
    if (asked.method == "GET") {
        return range::json_answer(200, R"({"status":"ok"})");
    }
    const std::string operation = operation_of(asked.id());
    const std::string key(asked.header("Idempotency-Key"));
    const bool message = asked.path.starts_with("/hooks/");
    const bool escalated = asked.id().find("#escalated") != std::string_view::npos;
    const std::string told = escalated ? "escalated" : message ? "told " + asked.path.substr(7) : "";
    if (key.empty()) {
        deeds_.push_back({scheduler_.now(), operation, message ? told : "post"});
        return range::json_answer(201, R"({"made":1})");
    }
    if (!answered_.contains(key)) {
        answered_[key] = R"({"made":1})";
        deeds_.push_back({scheduler_.now(), operation, message ? told : "keyed"});
    }
    return range::json_answer(201, answered_[key]);
}

bool Production::bad(int one_in, Nanos at, int salt) const {
    const auto minute = static_cast<std::uint64_t>(at.count / minutes(1).count);
    return one_in != 0 && mixed(seed_ + static_cast<std::uint64_t>(salt), minute) % static_cast<unsigned>(one_in) == 0;
}

double Production::truth(const std::string& metric, const std::string& arm, Nanos at) const {
    if (metric == "errors") {
        return arm == "green" && bad(weather_.bad_errors, at, 11) ? 0.08 : 0.002;
    }
    return bad(weather_.bad_lag, at, 12) ? 200 : 3;
}

range::Answer Production::prometheus(const range::Asked& asked) const {
    if (bad(weather_.unanswered, scheduler_.now(), 13)) {
        return range::json_answer(503, R"({"status":"error","errorType":"unavailable","error":"no"})");
    }
    const std::string query = asked.method == "POST" ? range::form_value(asked.body, "query").value_or("")
                                                     : asked.parameter("query").value_or("");
    const bool ages = query.find("timestamp(") != std::string::npos;
    const double now = scheduler_.now().seconds();
    std::string found;
    const auto add = [&](const std::string& labels, double value) {
        found += fmt::format("{}{{\"metric\":{{{}}},\"value\":[{:.3f},\"{}\"]}}", found.empty() ? "" : ",", labels, now,
                             ages ? 1.0 : value);
    };
    if (query.find("errors") != std::string::npos) {
        add(R"("version":"blue")", truth("errors", "blue", scheduler_.now()));
        add(R"("version":"green")", truth("errors", "green", scheduler_.now()));
    } else {
        add("", truth("lag", "", scheduler_.now()));
    }
    return range::json_answer(200, R"({"status":"success","data":{"resultType":"vector","result":[)" + found + "]}}");
}

int Production::canary_weight() const {
    const range::Key key{&range::kind_named("Ingress"), "shop", "canary"};
    const Json* canary = world_.objects().find(key);
    if (canary == nullptr) {
        return 0;
    }
    const Json notes = canary->value("/metadata/annotations"_json_pointer, Json::object());
    const std::string weight = notes.value("nginx.ingress.kubernetes.io/canary-weight", "0");
    return notes.value("nginx.ingress.kubernetes.io/canary", "false") == "true" ? std::stoi(weight) : 0;
}

void Production::start_process(const std::string& folder, const net::ProcessSpec& spec) {
    Process& process = processes_[folder];
    process.operation = operation_of(spec.key);
    const Nanos takes = milliseconds(500 + chance_.below(60'000));
    const bool in_time = takes <= spec.timeout;
    const int exit = weather_.process_fails != 0 && chance_.one_in(weather_.process_fails) ? 1 : 0;
    process.next = scheduler_.after(milliseconds(1 + chance_.below(20)),
                                    [this, folder, takes, in_time, exit, timeout = spec.timeout] {
                                        Process& begun = processes_[folder];
                                        begun.state = Process::State::running;
                                        deeds_.push_back({scheduler_.now(), begun.operation, "run"});
                                        if (begun.sink.started) {
                                            begun.sink.started();
                                        }
                                        begun.ends = scheduler_.now() + (in_time ? takes : timeout);
                                        begun.next = scheduler_.at(begun.ends, [this, folder, in_time, exit] {
                                            end_process(folder, in_time ? exit : 0, in_time ? 0 : SIGTERM);
                                        });
                                    });
}

void Production::end_process(const std::string& folder, int exit, int signal) {
    Process& process = processes_[folder];
    scheduler_.cancel(process.next);
    process.exit = exit;
    process.signal = signal;
    process.ends = scheduler_.now();
    process.output = exit == 0 && signal == 0 ? "worked\n" : "did not\n";
    const net::ProcessSink sink = std::exchange(process.sink, {});
    const bool watched = static_cast<bool>(sink.finished);
    const bool lost = !watched && weather_.record_lost != 0 && chance_.one_in(weather_.record_lost);
    process.state = lost ? Process::State::lost : Process::State::ended;
    if (watched) {
        net::ProcessEnd end;
        if (signal != 0) {
            end.signal = signal;
            end.cancelled = true;
        } else {
            end.exit_code = exit;
        }
        end.length = end.head = process.output.size();
        end.digest = hex(sha256(process.output));
        if (sink.output) {
            sink.output(process.output);
        }
        sink.finished(end);
    }
}

void Production::forget_watchers() {
    for (auto& [folder, process] : processes_) {
        process.sink = {};
    }
}

} // namespace sluice::simulation

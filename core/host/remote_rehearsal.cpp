#include "host/remote_rehearsal.h"

#include "plan/fill.h"
#include "plan/loader.h"

#include <QEventLoop>
#include <fmt/format.h>

namespace sluice::host {
namespace {

/// What `--listen` was given is understood too.
std::string with_scheme(const std::string& address) {
    return address.find("://") == std::string::npos ? "http://" + address : address;
}

} // namespace

RemoteRehearsal::RemoteRehearsal(const RehearsalOptions& options, const std::string& control)
    : SessionHost(options.paths), http_(scheduler_), secrets_(Secrets::invented()), control_(with_scheme(control)),
      plan_folder_(std::filesystem::absolute(options.plan_file).parent_path().string()) {
    range::SimulatedProcesses::Production production;
    production.elsewhere = [this](const range::Act& act, std::function<void(Result<void>)> done) {
        carry_out(act, std::move(done));
    };
    processes_ = std::make_unique<range::SimulatedProcesses>(scheduler_, std::move(production));
}

engine::Outside RemoteRehearsal::outside() {
    return {scheduler_,
            http_,
            [](const std::string& path) { return read_file(path); },
            [this](const std::string& reference) { return secrets_.resolve(reference); },
            secrets_.redactions(),
            [this] { return scheduler_.now(); },
            ""};
}

/// Only before the session is open: waits for the answer in a loop of its own.
Result<std::string> RemoteRehearsal::ask(net::HttpRequest request) {
    QEventLoop loop;
    Result<std::string> body = fail(ErrorCode::unreachable, "no answer", request.url);
    http_.send(std::move(request), [&](Result<net::HttpResponse> response) {
        if (!response) {
            body = failed(response);
        } else if (response->status != 200) {
            body = fail(ErrorCode::unreachable, fmt::format("the range answered {}", response->status), control_,
                        "is this the address that 'sluicectl range' printed?");
        } else {
            body = std::move(response->body);
        }
        loop.quit();
    });
    loop.exec();
    return body;
}

void RemoteRehearsal::tell(const std::string& path, std::string body, std::function<void(Result<void>)> done) {
    net::HttpRequest request;
    request.method = "POST";
    request.url = control_ + path;
    request.body = std::move(body);
    request.key = fmt::format("range/{}", ++told_);
    request.pool = net::Pool::acting;
    http_.send(std::move(request), [this, done = std::move(done)](Result<net::HttpResponse> response) {
        if (!response) {
            done(failed(response));
        } else if (response->status >= 300) {
            done(fail(ErrorCode::refused, response->body, control_));
        } else {
            done({});
        }
    });
}

void RemoteRehearsal::carry_out(const range::Act& act, std::function<void(Result<void>)> done) {
    remove_next(act.remove, [this, act, done = std::move(done)](const Result<void>& removed) {
        if (!removed || act.apply.empty()) {
            done(removed);
            return;
        }
        const auto text = read_file(plan_folder_ + "/" + act.apply);
        const auto filled = text ? filled_manifest(*text, act.apply, engine().release()) : text;
        if (!filled) {
            done(failed(filled));
            return;
        }
        tell("/manifests", *filled, done);
    });
}

void RemoteRehearsal::remove_next(std::vector<std::string> objects, const std::function<void(Result<void>)>& done) {
    if (objects.empty()) {
        done({});
        return;
    }
    const std::string first = objects.front();
    objects.erase(objects.begin());
    tell("/removals", first, [this, objects, done](const Result<void>& removed) {
        if (!removed) {
            done(removed);
        } else {
            remove_next(objects, done);
        }
    });
}

void RemoteRehearsal::follow_steps() {
    // Only faults wait for it; a range that does not hear of it rehearses without them, and is seen to.
    const auto started = [this](const std::string& step) { tell("/steps/" + step, "", [](const Result<void>&) {}); };
    for (const auto& [id, state] : engine().release().steps) {
        if (state.attempt > 0 && !release::over(state.status)) {
            started(id); // before anybody listened
        }
    }
    engine().journal().listen([started](std::span<const release::Event> events) {
        for (const auto& event : events) {
            if (const auto* begun = std::get_if<release::StepStarted>(&event.body)) {
                started(begun->step);
            }
        }
    });
}

Result<engine::EngineOptions> RemoteRehearsal::reach(const RehearsalOptions& options, const plan::Plan& plan) {
    net::HttpRequest request;
    request.url = control_ + "/addresses";
    request.key = "range/addresses";
    const auto body = ask(std::move(request));
    if (!body) {
        return failed(body);
    }
    const auto json = parse_json(*body, control_);
    if (!json) {
        return failed(json);
    }
    const auto addresses = range::addresses_from(*json);
    if (!addresses) {
        return failed(addresses);
    }
    auto replaced = range_connections(plan, *addresses);
    if (!replaced) {
        return failed(replaced);
    }
    engine::EngineOptions engine_options;
    engine_options.replaced = std::move(*replaced);
    engine_options.assume_yes = options.assume_yes;
    engine_options.past = rehearsed_history(plan); // no more is there
    engine_options.plan_folder = plan_folder_;
    return engine_options;
}

Result<std::unique_ptr<RemoteRehearsal>> RemoteRehearsal::start(const RehearsalOptions& options,
                                                                const std::string& control) {
    auto checked = check_rehearsal(options);
    if (!checked) {
        return failed(checked);
    }
    if (!options.faults.empty() || options.start || options.speed != 0) {
        return fail(ErrorCode::bad_input, "a range in a process of its own runs in real time, with its own faults",
                    "--range " + control, "leave out --speed and --start; give --fault to 'sluicectl range'");
    }
    std::unique_ptr<RemoteRehearsal> rehearsal(new RemoteRehearsal(options, control));
    if (auto fits = check_windows(*checked, options.plan_file, rehearsal->scheduler_.now()); !fits) {
        return failed(fits);
    }
    auto engine_options = rehearsal->reach(options, checked->plan);
    if (!engine_options) {
        return failed(engine_options);
    }
    const auto key = rehearsal_key(options.seed);
    if (!key) {
        return failed(key);
    }
    auto opened = rehearsal->open(options, rehearsal_session(options, *checked), *key, rehearsal->outside(),
                                  *rehearsal->processes_, std::move(*engine_options));
    if (!opened) {
        return failed(opened);
    }
    rehearsal->follow_steps();
    return rehearsal;
}

Result<std::unique_ptr<RemoteRehearsal>> RemoteRehearsal::resume(const std::filesystem::path& file,
                                                                 const RehearsalOptions& options,
                                                                 const std::string& control) {
    auto loaded = plan::load_file(options.plan_file);
    if (!loaded.plan) {
        return fail(ErrorCode::bad_input, "the plan of this rehearsal does not load", options.plan_file,
                    "name its file with --plan");
    }
    std::unique_ptr<RemoteRehearsal> rehearsal(new RemoteRehearsal(options, control));
    auto engine_options = rehearsal->reach(options, *loaded.plan);
    if (!engine_options) {
        return failed(engine_options);
    }
    const auto key = rehearsal_key(options.seed);
    if (!key) {
        return failed(key);
    }
    auto taken = rehearsal->take_up(file, options, *key, rehearsal->outside(), *rehearsal->processes_,
                                    std::move(*engine_options));
    if (!taken) {
        return failed(taken);
    }
    rehearsal->follow_steps();
    return rehearsal;
}

} // namespace sluice::host

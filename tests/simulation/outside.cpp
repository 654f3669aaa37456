#include "outside.h"

#include "base/digest.h"
#include "net/exchange.h"

#include <csignal>

namespace sluice::simulation {
namespace {

range::Asked asked_of(const net::HttpRequest& request, std::string& host) {
    range::Asked asked;
    asked.method = request.method;
    const auto begin = request.url.find("://") + 3;
    const auto slash = request.url.find('/', begin);
    host = request.url.substr(begin, slash - begin);
    const std::string target = slash == std::string::npos ? "/" : request.url.substr(slash);
    const auto question = target.find('?');
    asked.path = target.substr(0, question);
    asked.query = question == std::string::npos ? "" : target.substr(question + 1);
    asked.headers = request.headers;
    asked.headers.emplace_back("X-Request-Id", request.key);
    asked.body = request.body;
    return asked;
}

bool writes(const range::Asked& asked, const std::string& host) {
    return asked.method != "GET" && host != "prometheus" && !asked.path.ends_with("accessreviews") &&
           asked.query.find("dryRun=All") == std::string::npos;
}

} // namespace

Network::~Network() {
    for (const auto& [id, timer] : timers_) {
        production_.scheduler().cancel(timer);
    }
}

void Network::answer(std::uint64_t id, Nanos after, Result<net::HttpResponse> response) {
    timers_[id] = production_.scheduler().after(after, [this, id, response = std::move(response)] {
        timers_.erase(id);
        if (const auto node = open_.extract(id); !node.empty()) {
            node.mapped()(response);
        }
    });
}

net::ExchangeId Network::send(net::HttpRequest request, Done done) {
    const std::uint64_t id = ++last_;
    open_[id] = std::move(done);
    Chance& chance = production_.chance();
    const Weather& weather = production_.weather();
    std::string host;
    const range::Asked asked = asked_of(request, host);
    if (writes(asked, host)) {
        if (request.key.find("#escalated") == std::string::npos) { // that is a message, and no operation
            wrote_.insert(operation_of(request.key));
        }
    }
    const auto happens = [&](int one_in) { return one_in != 0 && chance.one_in(one_in); };
    const std::string where = request.method + " " + request.url;
    const Nanos there = milliseconds(1 + chance.below(40)), back = milliseconds(1 + chance.below(40));
    if (happens(weather.lost_before)) {
        answer(id, there, fail(ErrorCode::unreachable, "refused; " + std::string(net::not_sent), where));
        return net::ExchangeId{id};
    }
    const auto no_answer = fail(ErrorCode::timed_out, "no answer in time; " + std::string(net::perhaps_sent), where);
    if (happens(weather.lost_unknown)) {
        answer(id, request.timeout, no_answer);
        return net::ExchangeId{id};
    }
    if (happens(weather.refused)) {
        answer(id, there + back, net::HttpResponse{503, {}, R"({"kind":"Status","code":503,"message":"not now"})"});
        return net::ExchangeId{id};
    }
    const bool late = happens(weather.late);
    const bool lost = happens(weather.lost_after);
    if (late) {
        answer(id, request.timeout, no_answer);
    }
    // On its way: it arrives, whether or not this life of the program still waits for the answer.
    const std::weak_ptr<int> life = life_;
    production_.scheduler().after(late ? request.timeout + there : there, [this, life, &production = production_, id,
                                                                           back, late, lost, where, host, asked] {
        const range::Answer told = production.handle(host, asked);
        if (life.expired() || late || !open_.contains(id)) {
            return;
        }
        if (lost) {
            answer(id, back, fail(ErrorCode::unreachable, "it broke off; " + std::string(net::perhaps_sent), where));
        } else {
            answer(id, back, net::HttpResponse{told.status, told.headers, told.body});
        }
    });
    return net::ExchangeId{id};
}

void Network::cancel(net::ExchangeId exchange) {
    const auto id = static_cast<std::uint64_t>(exchange);
    open_.erase(id);
    if (const auto timer = timers_.extract(id); !timer.empty()) {
        production_.scheduler().cancel(timer.mapped());
    }
}

Processes::~Processes() {
    production_.forget_watchers();
    for (const TimerId timer : timers_) {
        production_.scheduler().cancel(timer);
    }
}

net::ProcessId Processes::start(net::ProcessSpec spec, net::ProcessSink sink) {
    const std::uint64_t id = ++last_;
    folders_[id] = spec.directory;
    production_.start_process(spec.directory, spec);
    production_.processes().at(spec.directory).sink = std::move(sink);
    return net::ProcessId{id};
}

void Processes::cancel(net::ProcessId process) {
    const auto folder = folders_.find(static_cast<std::uint64_t>(process));
    if (folder == folders_.end()) {
        return;
    }
    const auto found = production_.processes().find(folder->second);
    if (found != production_.processes().end() && found->second.state == Production::Process::State::running) {
        production_.end_process(folder->second, 0, SIGTERM);
    }
}

Result<net::ProcessRunner::Adopted> Processes::adopt(const std::string& directory, const std::string&,
                                                     net::ProcessSink sink) {
    using State = Production::Process::State;
    const auto found = production_.processes().find(directory);
    if (found == production_.processes().end()) {
        return Adopted{net::Adoption::never_ran, net::ProcessId::none};
    }
    auto& process = found->second;
    if (process.state == State::asked) { // claimed: it can't begin any more
        production_.scheduler().cancel(process.next);
        production_.processes().erase(found);
        return Adopted{net::Adoption::never_ran, net::ProcessId::none};
    }
    if (process.state == State::lost) {
        return Adopted{net::Adoption::gone, net::ProcessId::none};
    }
    const std::uint64_t id = ++last_;
    folders_[id] = directory;
    if (process.state == State::running) {
        process.sink = std::move(sink);
        return Adopted{net::Adoption::running, net::ProcessId{id}};
    }
    net::ProcessEnd end;
    if (process.signal != 0) {
        end.signal = process.signal;
    } else {
        end.exit_code = process.exit;
    }
    end.length = end.head = process.output.size();
    end.digest = hex(sha256(process.output));
    timers_.insert(production_.scheduler().after(milliseconds(1), [sink, end, output = process.output] {
        if (sink.output) {
            sink.output(output);
        }
        sink.finished(end);
    }));
    return Adopted{net::Adoption::finished, net::ProcessId{id}};
}

} // namespace sluice::simulation

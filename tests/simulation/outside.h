#pragma once
#include "production.h"

#include <memory>
#include <set>

namespace sluice::simulation {

/// The network as one life of the program sees it: what was sent arrives, late or never, also after that life.
class Network : public net::HttpClient {
public:
    explicit Network(Production& production) : production_(production) {}
    ~Network() override;

    net::ExchangeId send(net::HttpRequest request, Done done) override;
    void cancel(net::ExchangeId exchange) override;

    /// Every writing request that was handed over, by its operation: only what has a durable intent may be here.
    const std::set<std::string>& wrote() const { return wrote_; }

private:
    void answer(std::uint64_t id, Nanos after, Result<net::HttpResponse> response);

    Production& production_;
    std::map<std::uint64_t, Done> open_;
    std::map<std::uint64_t, TimerId> timers_;
    std::uint64_t last_ = 0;
    std::set<std::string> wrote_;
    std::shared_ptr<int> life_ = std::make_shared<int>(0);
};

/// Processes as one life of the program sees them: they outlive it, and are adopted by the next.
class Processes : public net::ProcessRunner {
public:
    explicit Processes(Production& production) : production_(production) {}
    ~Processes() override;

    net::ProcessId start(net::ProcessSpec spec, net::ProcessSink sink) override;
    void cancel(net::ProcessId process) override;
    void forget(const std::string&) override {}
    Result<Adopted> adopt(const std::string& directory, const std::string& key, net::ProcessSink sink) override;

private:
    Production& production_;
    std::map<std::uint64_t, std::string> folders_;
    std::set<TimerId> timers_;
    std::uint64_t last_ = 0;
};

} // namespace sluice::simulation

#pragma once
#include "base/json.h"
#include "base/scheduler.h"
#include "kubernetes/client.h"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sluice::sources {

/// One GET of a cluster's API, and what it needs, for the words of a refusal.
struct ClusterQuestion {
    std::string path;       ///< "/api/v1/…", with its query
    std::string verb;       ///< "get" or "list", as in access rules
    std::string resource;   ///< "deployments.apps"
    std::string name_space; ///< empty = the whole cluster
    std::string object;     ///< of a get: "deployment production/shop", for people
    bool operator==(const ClusterQuestion&) const = default;
};

struct ClusterAnswer {
    enum class State { there, absent, failed } state = State::failed;
    Json object;                ///< where it is there: an object
    std::string why;            ///< else: for a detail, so without address and port
    std::optional<Nanos> dated; ///< by the server's clock
    Nanos rest;                 ///< how long it wants to be left alone
};

/// What an answer of an API server is. A 404 that names the object that was asked for is `absent`; another one, which
/// says that the cluster has no such API, and whatever else is not 2xx is `failed`. Pure.
ClusterAnswer read_answer(const ClusterQuestion& question, Result<net::HttpResponse> response);

/// Asks one cluster for its metrics. They are polled at the same instants, so what several want to know is asked once:
/// a question that is in flight since less than a second is not asked again. Engine thread only.
class ClusterReader {
public:
    using Take = std::function<void(const ClusterAnswer&)>;
    /// Both must outlive it.
    ClusterReader(net::HttpClient& http, kubernetes::Client& cluster) : http_(http), cluster_(cluster) {}
    ClusterReader(const ClusterReader&) = delete;
    ~ClusterReader();

    /// `take` is called once, later, at the latest at `deadline`; not any more when what `wanted` points to is gone.
    void ask(const ClusterQuestion& question, Nanos deadline, std::string key, std::weak_ptr<const void> wanted,
             Take take);

private:
    struct Waiting {
        std::weak_ptr<const void> wanted;
        Take take;
    };
    struct Flight {
        Nanos began, deadline;
        std::uint64_t number = 0;
        net::ExchangeId exchange = net::ExchangeId::none;
        std::vector<Waiting> waiting;
    };
    void send(const ClusterQuestion& question, std::string key);
    void land(const std::string& path, std::uint64_t number, const ClusterAnswer& answer);

    net::HttpClient& http_;
    kubernetes::Client& cluster_;
    std::map<std::string, std::vector<Flight>> flights_; ///< by path
    std::uint64_t last_ = 0;
    std::shared_ptr<int> alive_ = std::make_shared<int>();
};

} // namespace sluice::sources

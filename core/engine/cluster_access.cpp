#include "engine/cluster_access.h"

#include "sources/cluster_metric.h"

#include <algorithm>
#include <deque>
#include <fmt/format.h>

namespace sluice::engine {
namespace {

using namespace nlohmann::literals;

struct Need {
    std::string verb, resource, name_space, metric; ///< resource: as roles have it, "pods/log", "nodes.metrics.k8s.io"
    bool same_as(const Need& other) const {
        return verb == other.verb && resource == other.resource && name_space == other.name_space;
    }
};

struct Reviews {
    /// Once, whoever else needs it.
    void add(Need need) {
        if (std::none_of(needs.begin(), needs.end(), [&](const Need& one) { return one.same_as(need); })) {
            needs.push_back(std::move(need));
        }
    }

    kubernetes::Client* cluster = nullptr;
    kubernetes::Ask ask;
    std::weak_ptr<const void> wanted;
    std::deque<Need> needs;
    std::size_t metrics = 0;
    int asked = 0;
    std::function<void(Result<std::string>)> done;
};

Json review_of(const Need& need) {
    const auto slash = need.resource.find('/');
    const std::string whole = need.resource.substr(0, slash);
    const auto dot = whole.find('.');
    Json attributes = {{"verb", need.verb},
                       {"group", dot == std::string::npos ? "" : whole.substr(dot + 1)},
                       {"resource", whole.substr(0, dot)}};
    if (slash != std::string::npos) {
        attributes["subresource"] = need.resource.substr(slash + 1);
    }
    if (!need.name_space.empty()) {
        attributes["namespace"] = need.name_space;
    }
    return {{"apiVersion", "authorization.k8s.io/v1"},
            {"kind", "SelfSubjectAccessReview"},
            {"spec", {{"resourceAttributes", attributes}}}};
}

bool allows(const Json& review) {
    const Json status = review.is_object() ? review.value("status", Json()) : Json();
    return status.is_object() && status.value("allowed", Json()) == true;
}

Error not_allowed(const Need& need, const std::string& cluster) {
    const std::string place = need.name_space.empty() ? "" : " in the namespace " + need.name_space;
    return {ErrorCode::refused,
            fmt::format("does not let us {} {}{}, which the metric '{}' asks", need.verb, need.resource, place,
                        need.metric),
            cluster, fmt::format("it needs a role that allows '{}' on {}{}", need.verb, need.resource, place)};
}

void ask_next(const std::shared_ptr<Reviews>& reviews) {
    if (reviews->needs.empty()) {
        reviews->done(reviews->metrics == 0
                          ? std::string()
                          : fmt::format("may read what {} metric{} ask{}", reviews->metrics,
                                        reviews->metrics == 1 ? "" : "s", reviews->metrics == 1 ? "s" : ""));
        return;
    }
    const Need need = reviews->needs.front();
    reviews->needs.pop_front();
    reviews->cluster->request("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", "application/json",
                              review_of(need).dump(), reviews->ask.numbered(fmt::format("#access{}", ++reviews->asked)),
                              [reviews, need](const Result<kubernetes::Reply>& reply) {
                                  if (reviews->wanted.expired()) {
                                      return; // and the client with it
                                  }
                                  if (!reply) {
                                      reviews->done(failed(reply));
                                  } else if (!allows(reply->object)) {
                                      reviews->done(
                                          tl::unexpected(not_allowed(need, reviews->cluster->cluster().name)));
                                  } else {
                                      ask_next(reviews);
                                  }
                              });
}

} // namespace

void try_access(kubernetes::Client& cluster, const plan::Plan& plan, const plan::Scope& values,
                const std::string& connection, bool acted_out, const kubernetes::Ask& ask,
                std::weak_ptr<const void> wanted, std::function<void(Result<std::string>)> done) {
    auto reviews = std::make_shared<Reviews>();
    reviews->cluster = &cluster;
    reviews->ask = ask;
    reviews->wanted = std::move(wanted);
    reviews->done = std::move(done);
    for (const auto& metric : plan.metrics) {
        if (metric.from != connection || (!metric.cluster && !metric.logs) || (acted_out && metric.rehearsed)) {
            continue;
        }
        ++reviews->metrics;
        if (metric.logs) {
            const auto& logs = *metric.logs;
            const std::string where = logs.workload.empty()
                                          ? plan::fill(logs.name_space, values).value_or(logs.name_space)
                                          : logs.workload.substr(0, logs.workload.find('/'));
            reviews->add({"list", "pods", where, metric.name});
            reviews->add({"get", "pods/log", where, metric.name});
            continue;
        }
        const auto known = sources::cluster_metric(metric, values);
        if (!known) {
            cluster.scheduler().after({}, [reviews, name = metric.name, error = known.error()]() mutable {
                error.where = "metric " + name;
                reviews->done(tl::unexpected(error));
            });
            return;
        }
        for (const auto& question : sources::all_questions(*known)) {
            reviews->add({question.verb, question.resource, question.name_space, metric.name});
        }
    }
    if (reviews->needs.empty()) {
        cluster.scheduler().after({}, [reviews] { ask_next(reviews); });
        return;
    }
    ask_next(reviews);
}

} // namespace sluice::engine

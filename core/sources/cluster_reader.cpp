#include "sources/cluster_reader.h"

#include "kubernetes/status.h"
#include "sources/http_endpoint.h"

#include <algorithm>
#include <fmt/format.h>

namespace sluice::sources {
namespace {

using State = ClusterAnswer::State;

/// An object as the API sends it, a list, or a Status. Amounts of pods and nodes are far below.
constexpr std::size_t object_budget = 2u << 20, list_budget = 32u << 20;

constexpr Nanos still_new = seconds(1);

bool is_metrics(const ClusterQuestion& question) {
    return question.resource.ends_with(".metrics.k8s.io");
}

std::string place(const ClusterQuestion& question) {
    return question.name_space.empty() ? "" : " in the namespace " + question.name_space;
}

/// That the object is not there, and not the kind of it, its API or the server.
bool names_the_object(const ClusterQuestion& question, const Json& status) {
    const std::string path = question.path.substr(0, question.path.find('?'));
    if (question.verb != "get" || !status.is_object() || status.value("kind", Json()) != "Status") {
        return false;
    }
    const auto details = status.find("details");
    return details != status.end() && details->is_object() &&
           details->value("name", Json()) == path.substr(path.rfind('/') + 1);
}

std::string why_not(const ClusterQuestion& question, int status, const Json& body) {
    switch (status) {
    case 401:
        return "the cluster does not accept our credentials: renew the login";
    case 403:
        return fmt::format("the cluster does not let us {} {}{}: needs a role that allows '{}' on {}", question.verb,
                           question.resource, place(question), question.verb, question.resource);
    case 404:
        return is_metrics(question) ? "the cluster has no metrics.k8s.io: it needs a metrics-server"
                                    : fmt::format("the cluster knows no {}", question.resource);
    case 410:
        return "the list changed while it was read";
    default:
        break;
    }
    if (status == 503 && is_metrics(question) && body.is_object()) {
        return "metrics.k8s.io does not answer (503): is the metrics-server at work?";
    }
    return fmt::format("HTTP status {}", status);
}

} // namespace

ClusterAnswer read_answer(const ClusterQuestion& question, Result<net::HttpResponse> response) {
    ClusterAnswer answer;
    answer.rest = rest_after(response);
    if (!response) {
        answer.why = reason(response.error());
        return answer;
    }
    answer.dated = kubernetes::http_date(response->header("Date"));
    auto body = parse_json(response->body, "answer");
    if (response->status < 200 || response->status >= 300) {
        const Json status = body ? *std::move(body) : Json();
        const bool absent = response->status == 404 && names_the_object(question, status);
        answer.state = absent ? State::absent : State::failed;
        answer.why = absent ? question.object + " is not there" : why_not(question, response->status, status);
    } else if (!body || !body->is_object()) {
        answer.why = "the answer is not what an API server sends";
    } else {
        answer.state = State::there;
        answer.object = *std::move(body);
    }
    return answer;
}

ClusterReader::~ClusterReader() {
    for (const auto& [path, flights] : flights_) {
        for (const auto& flight : flights) {
            http_.cancel(flight.exchange);
        }
    }
}

void ClusterReader::ask(const ClusterQuestion& question, Nanos deadline, std::string key,
                        std::weak_ptr<const void> wanted, Take take) {
    const Nanos now = cluster_.scheduler().now();
    auto& flights = flights_[question.path];
    const auto joined = std::find_if(flights.begin(), flights.end(), [&](const Flight& flight) {
        return now - flight.began < still_new && flight.deadline <= deadline;
    });
    if (joined != flights.end()) {
        joined->waiting.push_back({std::move(wanted), std::move(take)});
        return;
    }
    Flight flight;
    flight.began = now;
    flight.deadline = deadline;
    flight.number = ++last_;
    flight.waiting.push_back({std::move(wanted), std::move(take)});
    flights.push_back(std::move(flight));
    send(question, std::move(key));
}

void ClusterReader::send(const ClusterQuestion& question, std::string key) {
    auto& flight = flights_[question.path].back();
    const auto number = flight.number;
    Scheduler& scheduler = cluster_.scheduler();
    const auto landed = [this, question, number, alive = std::weak_ptr<int>(alive_),
                         &scheduler](Result<net::HttpResponse> response) {
        if (!alive.expired()) {
            land(question.path, number, read_answer(question, of_this_time(std::move(response), scheduler)));
        }
    };
    auto request = get(HttpEndpoint{}, question.path, std::move(key), flight.began, flight.deadline);
    request.budget = question.verb == "list" ? list_budget : object_budget;
    auto ready = cluster_.signed_request(std::move(request));
    if (!ready) { // no token: told from the event loop like every answer
        scheduler.after({}, [landed, error = ready.error()] { landed(tl::unexpected(error)); });
        return;
    }
    flight.exchange = http_.send(std::move(*ready), landed);
}

void ClusterReader::land(const std::string& path, std::uint64_t number, const ClusterAnswer& answer) {
    auto& flights = flights_[path];
    const auto flight =
        std::find_if(flights.begin(), flights.end(), [number](const Flight& one) { return one.number == number; });
    auto waiting = std::move(flight->waiting);
    flights.erase(flight);
    if (flights.empty()) {
        flights_.erase(path);
    }
    // One of them may destroy this reader: nothing of it is touched afterwards.
    for (const auto& one : waiting) {
        if (!one.wanted.expired()) {
            one.take(answer);
        }
    }
}

} // namespace sluice::sources

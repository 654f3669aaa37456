#include "engine/connection_tests.h"

#include "engine/cluster_access.h"
#include "engine/first_use.h"
#include "engine/kafka_specs.h"
#include "net/place.h"
#include "plan/fill.h"
#include "plan/way.h"
#include "sources/http_endpoint.h"
#include "sources/http_number_source.h"
#include "sources/scraper.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace sluice::engine {
namespace {

using Level = ConnectionAnswer::Level;

std::string address_of(const plan::Connection& connection, const Json& settings) {
    const auto text = [&](const char* key) {
        const auto found = settings.find(key);
        return found != settings.end() && found->is_string() ? found->get<std::string>() : std::string();
    };
    switch (connection.kind) {
    case plan::ConnectionKind::kubernetes:
        return !text("server").empty()    ? text("server")
               : !text("context").empty() ? "context " + text("context")
                                          : std::string("the current context");
    case plan::ConnectionKind::kafka:
        return text("bootstrap");
    case plan::ConnectionKind::host:
        return plan::address_in(settings);
    default:
        break;
    }
    const plan::Way way = plan::way_of(settings);
    return way.by_proxy()        ? fmt::format("{} via {}:{}", text("url"), way.host, way.port)
           : !way.target.empty() ? fmt::format("{} via {} on {}", text("url"), way.target, way.cluster)
                                 : text("url") + (way.cluster.empty() ? "" : " via " + way.cluster);
}

/// What to do about an error that does not say so itself.
std::string remedy_for(const plan::Connection& connection, const Error& error, const std::string& address) {
    switch (connection.kind) {
    case plan::ConnectionKind::kubernetes:
        return "does 'kubectl get --raw /version' with the same context answer from this desk? VPN, address, or the "
               "login may have ended";
    case plan::ConnectionKind::kafka:
        return "is " + address + " reached from this desk, and do protocol, user and password fit the brokers?";
    case plan::ConnectionKind::host:
        return "are name and port right, and reached from this desk? VPN, firewall, port-forward";
    default:
        break;
    }
    return error.code == ErrorCode::refused ? "look at the connection's headers: the server does not take them"
                                            : "is the address right, and reached from this desk? VPN, proxy, "
                                              "port-forward";
}

Error of_status(const net::HttpResponse& response, const std::string& where) {
    const bool refused = response.status == 401 || response.status == 403;
    return {refused ? ErrorCode::refused : ErrorCode::unreachable, fmt::format("answers with {}", response.status),
            where, ""};
}

/// The API server's own answer where a Service should have answered: no such Service, or nobody behind it.
bool is_status_object(const net::HttpResponse& response) {
    const auto json = parse_json(response.body, "answer");
    return json && json->is_object() && json->value("kind", Json()) == "Status";
}

tl::unexpected<Error> nobody_behind(const net::HttpResponse& response, const std::string& where) {
    return fail(ErrorCode::unreachable,
                fmt::format("the cluster answers, but nobody behind this service does ({})", response.status), where,
                "does the service exist, and has it pods that are ready?");
}

/// What answers well, and what its clock says beside ours: by a clock that is off a run's polls take no answer
/// (sources/http_endpoint.h), so a whole release would stand still.
Result<std::string> with_clock(Result<std::string> found, const Result<net::HttpResponse>& response,
                               const Scheduler& scheduler, const std::string& where) {
    const auto ahead = found && response ? sources::ahead_of_us(*response, scheduler) : std::nullopt;
    if (!ahead) {
        return found;
    }
    constexpr Nanos close = seconds(5); // a Date has whole seconds, and was on its way
    const Nanos apart = std::max(*ahead, -*ahead);
    const std::string told =
        fmt::format("{} s {} ours", apart.count / 1'000'000'000, *ahead > Nanos{} ? "ahead of" : "behind");
    if (apart > sources::most_apart) {
        return fail(ErrorCode::corrupt, fmt::format("it answers, but its clock is {}", told), where,
                    fmt::format("set the wrong one of the clocks (NTP), or ask past the cache: a session takes no "
                                "answer that is dated over {:.0f} s away",
                                sources::most_apart.seconds()));
    }
    return *found + (apart <= close ? ", its clock fits ours" : ", its clock is " + told);
}

} // namespace

struct ConnectionTests::Test {
    const plan::Connection* connection = nullptr;
    std::unique_ptr<Connections> opened;
    ConnectionAnswer answer;
    Nanos began;
    TimerId deadline = TimerId::none;
    bool over = false;
};

struct ConnectionTests::State : std::enable_shared_from_this<State> {
    State(const plan::Plan& plan_, plan::Scope values_, Outside outside_, std::map<std::string, Json> replaced_,
          Nanos patience_)
        : plan(plan_), values(std::move(values_)), outside(std::move(outside_)), replaced(std::move(replaced_)),
          patience(patience_) {}

    const plan::Plan& plan;
    plan::Scope values;
    Outside outside;
    std::map<std::string, Json> replaced;
    Nanos patience;
    std::vector<Test> tests; ///< never changed after `start`
    std::size_t open = 0;
    Each each;
    std::function<void()> done;

    std::string key(const Test& test, const char* what) const {
        return "connection-test/" + test.connection->name + "/" + what;
    }

    void finish(Test& test, const Result<std::string>& found) {
        if (test.over) {
            return;
        }
        test.over = true;
        outside.scheduler.cancel(test.deadline);
        test.answer.took = outside.scheduler.now() - test.began;
        if (found) {
            test.answer.found = redacted(*found, outside.redactions);
        } else {
            Error error = net::only_asked(found.error());
            if (error.remedy.empty()) {
                error.remedy = remedy_for(*test.connection, error, test.answer.address);
            }
            error.what = redacted(error.what, outside.redactions);
            error.where = redacted(error.where, outside.redactions);
            test.answer.level = Level::trouble;
            // What can't even be opened (no kubeconfig, no secret) no step of the plan brings.
            const bool absent = test.opened && error.code == ErrorCode::unreachable;
            if (const auto* step = first_use_after_effects(plan, *test.connection); absent && step != nullptr) {
                test.answer.level = Level::later;
                test.answer.first_use = plan::fill(step->title, values).value_or(step->title);
            }
            test.answer.error = std::move(error);
        }
        each(test.answer);
        if (--open == 0) {
            done();
        }
    }

    /// Answers come back to a test that is still there, or to nobody.
    template <typename Take>
    auto back(std::size_t index, Take take) {
        return [weak = weak_from_this(), index, take](auto answer) {
            if (const auto self = weak.lock(); self && !self->tests[index].over) {
                take(*self, self->tests[index], std::move(answer));
            }
        };
    }

    void ask_cluster(std::size_t index) {
        Test& test = tests[index];
        auto* client = test.opened->cluster(test.connection->name);
        client->request(
            "GET", "/version", "", "", {key(test, "version"), net::Pool::polling, patience},
            back(index, [index, client](State& self, Test& at, Result<kubernetes::Reply> reply) {
                if (!reply) {
                    self.finish(at, failed(reply));
                    return;
                }
                const std::string version = reply->object.is_object()
                                                ? reply->object.value("gitVersion", std::string("of unknown version"))
                                                : std::string("of unknown version");
                // Everybody may ask the version; who we are shows in what only a known user may ask.
                const Json review = {
                    {"apiVersion", "authorization.k8s.io/v1"},
                    {"kind", "SelfSubjectAccessReview"},
                    {"spec",
                     {{"resourceAttributes", {{"verb", "get"}, {"group", "apps"}, {"resource", "deployments"}}}}}};
                client->request("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", "application/json",
                                review.dump(), {self.key(at, "review"), net::Pool::polling, self.patience},
                                self.back(index, [index, client, version](State& then, Test& of,
                                                                          const Result<kubernetes::Reply>& allowed) {
                                    if (!allowed) {
                                        then.finish(of, failed(allowed));
                                        return;
                                    }
                                    then.ask_access(index, *client, "Kubernetes " + version + ", credentials taken");
                                }));
            }));
    }

    /// Whether metrics may read what they ask: a gate that is refused would be known only as it is needed.
    void ask_access(std::size_t index, kubernetes::Client& client, const std::string& so_far) {
        const Test& test = tests[index];
        try_access(client, plan, values, test.connection->name, outside.reach == nullptr,
                   {key(test, "metrics"), net::Pool::polling, patience}, weak_from_this(),
                   back(index, [so_far](State& self, Test& at, const Result<std::string>& found) {
                       self.finish(at, found && !found->empty() ? Result<std::string>(so_far + ", " + *found)
                                       : found                  ? Result<std::string>(so_far)
                                                                : found);
                   }));
    }

    /// What is asked of a server whose kind is known, and how its answer is recognised.
    struct Greeting {
        const char* url;
        const char* key;
        bool (*is_it)(const Json& answer);
        const char* does;   ///< for people
        const char* is_not; ///< for people
        const char* remedy;
    };

    void greet(std::size_t index, const Greeting& greeting) {
        Test& test = tests[index];
        net::HttpRequest request;
        request.url = greeting.url;
        request.timeout = patience;
        request.key = key(test, greeting.key);
        test.opened->http(test.connection->name)
            ->send(std::move(request),
                   back(index, [greeting](State& self, Test& at, const Result<net::HttpResponse>& response) {
                       self.finish(at, with_clock(judge_greeting(greeting, at, response), response,
                                                  self.outside.scheduler, at.answer.address));
                   }));
    }

    static Result<std::string> judge_greeting(const Greeting& greeting, const Test& test,
                                              const Result<net::HttpResponse>& response) {
        if (!response) {
            return failed(response);
        }
        const auto json = parse_json(response->body, "answer");
        if (json && json->is_object() && greeting.is_it(*json)) {
            return std::string(greeting.does);
        }
        if (response->status != 200) {
            return tl::unexpected(of_status(*response, test.answer.address));
        }
        return fail(ErrorCode::corrupt, greeting.is_not, test.answer.address, greeting.remedy);
    }

    void ask_prometheus(std::size_t index) {
        greet(index, {"/api/v1/query?query=time%28%29", "query",
                      [](const Json& answer) { return answer.value("status", Json()) == "success"; }, "answers queries",
                      "what answers is no Prometheus", "the URL is the one under which /api/v1/query lies"});
    }

    void ask_alertmanager(std::size_t index) {
        greet(index, {"/api/v2/status", "status", [](const Json& answer) { return answer.contains("versionInfo"); },
                      "tells its alerts", "what answers is no Alertmanager",
                      "the URL is the one under which /api/v2/alerts lies"});
    }

    /// One scrape. What is there and can't be read is no metric's answer either.
    void ask_scrape(std::size_t index) {
        Test& test = tests[index];
        const auto budget = sources::ScrapeSettings::scrape_budget;
        test.opened->http(test.connection->name)
            ->send(sources::scrape_request(key(test, "scrape"), patience, budget),
                   back(index, [budget](State& self, Test& at, const Result<net::HttpResponse>& response) {
                       self.finish(at, with_clock(judge_scrape(at, response, budget), response, self.outside.scheduler,
                                                  at.answer.address));
                   }));
    }

    static Result<std::string> judge_scrape(const Test& test, const Result<net::HttpResponse>& response,
                                            const series::ExpositionBudget& budget) {
        if (!response) {
            return failed(response);
        }
        const auto way = plan::way_of(test.opened->settings(test.connection->name));
        if (way.kind == plan::Way::Kind::service_proxy && response->status >= 400 && is_status_object(*response)) {
            return nobody_behind(*response, test.answer.address);
        }
        if (response->status != 200) {
            return tl::unexpected(of_status(*response, test.answer.address));
        }
        const auto read = sources::read_scrape(response, budget);
        if (!read) {
            return fail(ErrorCode::corrupt, read.error().what, test.answer.address,
                        "the URL is the one under which the text of the metrics lies");
        }
        if (read->samples.empty()) {
            return fail(ErrorCode::corrupt, "the answer tells no series", test.answer.address,
                        "is this the path under which the metrics lie?");
        }
        return fmt::format("tells {} series", read->samples.size());
    }

    /// The path that a metric asks of this connection; null for another, and for one that is acted out here.
    const std::string* asked_by(const plan::Metric& metric, const Test& test) const {
        const bool acted_out = outside.reach == nullptr && metric.rehearsed;
        return metric.from != test.connection->name || acted_out ? nullptr
               : metric.health                                   ? &metric.health->path
               : metric.http && !metric.http->path.empty()       ? &metric.http->path
                                                                 : nullptr;
    }

    /// Where a metric reads its health or a number, since that path is known to be one; else the root.
    std::string path_of(const Test& test) const {
        for (const auto& metric : plan.metrics) {
            const auto* asked = asked_by(metric, test);
            if (const auto path = plan::fill_url(asked ? *asked : "", values); asked && path) {
                return *path;
            }
        }
        return "/";
    }

    /// Why a metric that reads a number there would have none.
    std::optional<Error> without_number(const Test& test, const std::string& path,
                                        const net::HttpResponse& response) const {
        for (const auto& metric : plan.metrics) {
            const auto* asked = metric.http ? asked_by(metric, test) : nullptr;
            const auto filled = plan::fill_url(asked ? *asked : "", values);
            if (!asked || !filled || *filled != path) {
                continue;
            }
            const auto told = sources::judge_number({metric.name, metric.unit, *metric.http, false, outside.redactions},
                                                    response, {}, {});
            if (told.status == series::Status::source_error) {
                return Error{ErrorCode::corrupt, told.detail, test.answer.address + path,
                             fmt::format("the metric '{}' reads a number there: do path and pointer fit the service?",
                                         metric.name)};
            }
        }
        return std::nullopt;
    }

    void ask_http(std::size_t index) {
        Test& test = tests[index];
        net::HttpRequest request;
        request.url = path_of(test);
        request.timeout = patience;
        request.key = key(test, "get");
        test.opened->http(test.connection->name)
            ->send(std::move(request), back(index, [path = path_of(test)](State& self, Test& at,
                                                                          const Result<net::HttpResponse>& response) {
                       self.finish(at, with_clock(self.judge_http(at, path, response), response, self.outside.scheduler,
                                                  at.answer.address));
                   }));
    }

    Result<std::string> judge_http(const Test& test, const std::string& path,
                                   const Result<net::HttpResponse>& response) const {
        if (!response) {
            return failed(response);
        }
        const auto way = plan::way_of(test.opened->settings(test.connection->name));
        if (way.kind == plan::Way::Kind::service_proxy && response->status >= 400 && is_status_object(*response)) {
            return nobody_behind(*response, test.answer.address);
        }
        if (response->status >= 500 || response->status == 401 || response->status == 403) {
            return tl::unexpected(of_status(*response, test.answer.address + path));
        }
        if (auto missing = without_number(test, path, *response)) {
            return tl::unexpected(std::move(*missing));
        }
        return fmt::format("GET {} answers with {}", path, response->status);
    }

    void ask_kafka(std::size_t index) {
        Test& test = tests[index];
        auto cluster = test.opened->kafka(test.connection->name, net::Pool::polling);
        if (!cluster) {
            finish(test, failed(cluster));
            return;
        }
        try_kafka(**cluster, plan, values, test.connection->name, key(test, "kafka"), patience,
                  back(index, [](State& self, Test& at, const Result<std::string>& found) { self.finish(at, found); }));
    }

    /// Its name, and where the connection has a port, whether somebody listens there.
    void ask_host(std::size_t index) {
        Test& test = tests[index];
        if (outside.reach == nullptr) {
            finish(test, std::string("not looked at here: in a rehearsal it is acted out"));
            return;
        }
        net::ReachAsk ask;
        ask.kind = net::ReachAsk::Kind::dns;
        ask.host = net::place_of(test.answer.address, 0).host;
        ask.timeout = patience;
        ask.key = key(test, "name");
        outside.reach->ask(ask, back(index, [](State& self, Test& at, const Result<net::Reached>& reached) {
                               if (!reached) { // what no resolver tells no step of the plan brings
                                   Error error = reached.error();
                                   error.code = ErrorCode::not_found;
                                   self.finish(at, tl::unexpected(error));
                                   return;
                               }
                               const auto& addresses = reached->addresses;
                               if (!at.opened->settings(at.connection->name).contains("port")) {
                                   self.ask_for_metrics(at, self.judge_host(reached, addresses, {}), 0);
                                   return;
                               }
                               self.ask_port(at, addresses);
                           }));
    }

    void ask_port(Test& test, const std::vector<std::string>& addresses) {
        const net::Place place = net::place_of(test.answer.address, 0);
        net::ReachAsk ask;
        ask.host = place.host;
        ask.port = place.port;
        ask.timeout = patience;
        ask.key = key(test, "port");
        const auto index = static_cast<std::size_t>(&test - tests.data());
        outside.reach->ask(ask, back(index, [addresses, port = place.port](State& self, Test& at,
                                                                           const Result<net::Reached>& reached) {
                               self.ask_for_metrics(at, self.judge_host(reached, addresses, port), 0);
                           }));
    }

    /// The ports and certificates that metrics look at there, from the one at `next` on. A no is an answer to a metric
    /// that is up or not; to another it is none.
    void ask_for_metrics(Test& test, const Result<std::string>& found, std::size_t next) {
        while (next < plan.metrics.size() && (plan.metrics[next].from != test.connection->name ||
                                              !plan.metrics[next].reach || is_name(*plan.metrics[next].reach))) {
            ++next;
        }
        if (!found || next == plan.metrics.size()) {
            finish(test, found);
            return;
        }
        const plan::Metric& metric = plan.metrics[next];
        const net::Place place = net::place_of(test.answer.address, metric.reach->port);
        const bool tls = metric.reach->kind == plan::ReachRead::Kind::tls;
        net::ReachAsk ask;
        ask.kind = tls ? net::ReachAsk::Kind::tls : net::ReachAsk::Kind::tcp;
        ask.host = place.host;
        ask.port = place.port;
        ask.timeout = patience;
        ask.key = key(test, "metric") + "/" + metric.name;
        ask.tls = test.opened->tls(test.connection->name);
        ask.takes_no = metric.reach->what == plan::ReachNumber::What::up;
        const auto index = static_cast<std::size_t>(&test - tests.data());
        outside.reach->ask(
            ask, back(index, [found, next, tls, name = metric.name,
                              port = place.port](State& self, Test& at, const Result<net::Reached>& reached) {
                if (!reached) {
                    Error error = reached.error();
                    error.code = error.code == ErrorCode::refused ? ErrorCode::unreachable : error.code;
                    error.remedy = fmt::format("the metric '{}' looks there: are port and authority (ca) right?", name);
                    self.finish(at, tl::unexpected(error));
                    return;
                }
                const std::string told = !reached->no.empty()
                                             ? fmt::format("{} of port {}: {}", name, port, reached->no)
                                         : tls ? fmt::format("certificate of port {} is believed", port)
                                               : fmt::format("port {} answers", port);
                self.ask_for_metrics(at, *found + ", " + told, next + 1);
            }));
    }

    static bool is_name(const plan::ReachNumber& number) { return number.kind == plan::ReachRead::Kind::dns; }

    static Result<std::string> judge_host(const Result<net::Reached>& reached,
                                          const std::vector<std::string>& addresses, std::optional<int> port) {
        if (!reached) {
            Error error = reached.error();
            // Nobody refuses who we are: it is not there.
            error.code = error.code == ErrorCode::refused ? ErrorCode::unreachable : error.code;
            return tl::unexpected(error);
        }
        return fmt::format("{}{}", fmt::join(addresses, ", "), port ? fmt::format(", port {} answers", *port) : "");
    }

    void begin(std::size_t index) {
        Test& test = tests[index];
        if (test.over) {
            return;
        }
        test.began = outside.scheduler.now();
        test.deadline = outside.scheduler.at(test.began + patience, [weak = weak_from_this(), index] {
            if (const auto self = weak.lock()) {
                Test& late = self->tests[index];
                self->finish(late, fail(ErrorCode::timed_out,
                                        fmt::format("no answer within {} s", self->patience.count / 1'000'000'000),
                                        late.answer.address));
            }
        });
        auto opened = Connections::open(with_its_way(plan, *test.connection), outside, replaced);
        if (!opened) {
            finish(test, failed(opened));
            return;
        }
        test.opened = std::move(*opened);
        switch (test.connection->kind) {
        case plan::ConnectionKind::kubernetes:
            return ask_cluster(index);
        case plan::ConnectionKind::prometheus:
            return ask_prometheus(index);
        case plan::ConnectionKind::scrape:
            return ask_scrape(index);
        case plan::ConnectionKind::alertmanager:
            return ask_alertmanager(index);
        case plan::ConnectionKind::http:
            return ask_http(index);
        case plan::ConnectionKind::kafka:
            return ask_kafka(index);
        case plan::ConnectionKind::host:
            return ask_host(index);
        }
    }
};

ConnectionTests::ConnectionTests(const plan::Plan& plan, plan::Scope values, const Outside& outside,
                                 std::map<std::string, Json> replaced, Nanos patience)
    : state_(std::make_shared<State>(plan, std::move(values), outside, std::move(replaced), patience)) {}

ConnectionTests::~ConnectionTests() {
    for (auto& test : state_->tests) {
        state_->outside.scheduler.cancel(test.deadline);
        test.over = true;
    }
}

void ConnectionTests::start(Each each, std::function<void()> done) {
    State& state = *state_;
    state.each = std::move(each);
    state.done = std::move(done);
    for (const auto& connection : state.plan.connections) {
        Test test;
        test.connection = &connection;
        test.answer.name = connection.name;
        test.answer.kind = connection.kind;
        const auto other = state.replaced.find(connection.name);
        test.answer.address =
            address_of(connection, other == state.replaced.end() ? connection.settings : other->second);
        state.tests.push_back(std::move(test));
    }
    state.open = state.tests.size();
    // From the event loop, also what can't even be opened.
    state.outside.scheduler.after({}, [weak = std::weak_ptr(state_)] {
        const auto self = weak.lock();
        if (!self) {
            return;
        }
        if (self->open == 0) {
            self->done();
        }
        for (std::size_t i = 0; i < self->tests.size(); ++i) {
            self->begin(i);
        }
    });
}

const char* described(plan::ConnectionKind kind) {
    switch (kind) {
    case plan::ConnectionKind::kubernetes:
        return "a Kubernetes cluster";
    case plan::ConnectionKind::prometheus:
        return "Prometheus";
    case plan::ConnectionKind::scrape:
        return "a service's own metrics";
    case plan::ConnectionKind::alertmanager:
        return "Alertmanager";
    case plan::ConnectionKind::kafka:
        return "Kafka";
    case plan::ConnectionKind::host:
        return "a host";
    case plan::ConnectionKind::http:
        break;
    }
    return "HTTP";
}

} // namespace sluice::engine

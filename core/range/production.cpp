#include "range/production.h"

#include "range/certificate.h"
#include "range/kube_state.h"
#include "range/noise.h"
#include "range/world/routing.h"

#include <fmt/format.h>

namespace sluice::range {
namespace {

constexpr Nanos lag_interval = seconds(5);
constexpr Nanos failover_time = seconds(10); ///< until partitions of a dead broker have new leaders
constexpr std::int64_t events_a_tick = 60;
constexpr std::string_view alertmanager_path = "/alertmanager"; ///< beside Prometheus, on its port

std::optional<Key> service_key(const std::string& named) {
    const auto slash = named.find('/');
    if (slash == std::string::npos) {
        return std::nullopt;
    }
    return Key{&kind_named("Service"), named.substr(0, slash), named.substr(slash + 1)};
}

std::string named(const Key& key) {
    return key.space + "/" + key.name;
}

} // namespace

Range::Production::Production(Scheduler& scheduler, RangeOptions options)
    : scheduler_(scheduler), options_(std::move(options)), faults_(options_.faults, scheduler.now()),
      world_(options_.seed, scheduler),
      load_(options_.profile, options_.seed, scheduler.now() - options_.history,
            [this](const ArmKey& arm, Nanos at) {
                Strain strain;
                const std::string name = arm_of_service(arm.service);
                if (const Fault* errors = faults_.active(FaultKind::errors, at, name)) {
                    strain.errors_per_million = errors->amount;
                }
                if (const Fault* latency = faults_.active(FaultKind::latency, at, name)) {
                    strain.latency_thousandths = latency->amount;
                }
                return strain;
            }),
      application_(world_, load_, faults_, scheduler),
      cluster_(world_, scheduler, faults_, writes_, "range-" + letters(mix(options_.seed, "token"), 12)),
      prometheus_(scheduler, load_, faults_, options_.profile.job,
                  {[this](const ArmKey& arm) {
                       for (const Json* pod :
                            world_.objects().list(kind_named("Pod"), arm.service.substr(0, arm.service.find('/')))) {
                           if (!is_ending(*pod) && image_tag(*pod) == arm.version &&
                               arm_of_pod(*pod) == arm_of_service(arm.service)) {
                               return true;
                           }
                       }
                       return false;
                   },
                   [this] { return exporters(); }, rules_of(options_.profile)},
                  options_.scrape_interval),
      alertmanager_(scheduler, prometheus_.rules(), faults_),
      cluster_server_(scheduler, [this](const Asked& asked) { return cluster_.handle(asked); }),
      prometheus_server_(scheduler,
                         [this](const Asked& asked) {
                             if (!asked.path.starts_with(alertmanager_path)) {
                                 return prometheus_.handle(asked);
                             }
                             Asked inner = asked;
                             inner.path.erase(0, alertmanager_path.size());
                             return alertmanager_.handle(inner);
                         }),
      edge_server_(scheduler, [this](const Asked& asked) { return at_edge(asked); }),
      services_server_(scheduler, [this](const Asked& asked) { return at_service(asked); }),
      topics_server_(scheduler, [this](const Asked& asked) { return topics_->handle(asked); }) {
    cluster_.set_proxied(
        [this](const Key& service, const std::string&, const Asked& inner) { return proxied(service, inner); });
    cluster_.set_pod_log([this](const Json& pod, const PodLogAsked& asked) {
        return application_.pod_log(pod, asked, arm_of_pod(pod));
    });
    world_.pods().set_troubles([this](const Json& pod) {
        const std::string arm = arm_of_pod(pod);
        return faults_.active(FaultKind::pods_crash, scheduler_.now(), arm)      ? PodTrouble::crash
               : faults_.active(FaultKind::image_missing, scheduler_.now(), arm) ? PodTrouble::image_missing
                                                                                 : PodTrouble::none;
    });
}

Range::Production::~Production() {
    for (const TimerId one : timers_) {
        scheduler_.cancel(one);
    }
}

TimerId Range::Production::timer(Nanos at, std::function<void()> action) {
    auto own = std::make_shared<TimerId>();
    *own = scheduler_.at(at, [this, own, action = std::move(action)] {
        timers_.erase(*own);
        action();
    });
    timers_.insert(*own);
    return *own;
}

Result<void> Range::Production::start() {
    if (auto loaded = world_.load(options_.world, options_.world_name); !loaded) {
        return loaded;
    }
    std::optional<Identity> identity;
    if (options_.tls) {
        auto made = make_identity();
        if (!made) {
            return failed(made);
        }
        identity = std::move(*made);
        addresses_.ca_pem = identity->ca_pem;
    }
    for (const auto& listening :
         {cluster_server_.listen(options_.kubernetes_port, identity),
          prometheus_server_.listen(options_.prometheus_port), edge_server_.listen(options_.edge_port),
          services_server_.listen(options_.services_port)}) {
        if (!listening) {
            return listening;
        }
    }
    addresses_.kubernetes = cluster_server_.url();
    addresses_.token = "range-" + letters(mix(options_.seed, "token"), 12);
    addresses_.prometheus = prometheus_server_.url();
    addresses_.alertmanager = prometheus_server_.url() + std::string(alertmanager_path);
    addresses_.edge = edge_server_.url();
    addresses_.services = services_server_.url();

    const Nanos begin = scheduler_.now() - options_.history;
    load_.set_shares(begin, shares_now());
    running_ = true;
    world_.objects().on_change([this](const Key& key, const Json*, const Json*) {
        const std::string_view kind = key.kind->kind;
        if (kind == "Ingress" || kind == "Service" || kind == "Pod") {
            refresh_shares();
        }
    });
    prometheus_.start(begin + seconds(5));
    for (const auto& [at, index] : faults_.timed()) {
        timer(at, [this, index = index] { start_fault(index); });
    }
    if (options_.kafka) {
        if (auto started = start_kafka(); !started) {
            return started;
        }
    }
    refresh_shares();
    return {};
}

Result<void> Range::Production::start_kafka() {
    const Profile& profile = options_.profile;
    auto kafka = KafkaCluster::start(scheduler_, profile);
    if (!kafka) {
        return failed(kafka);
    }
    kafka_ = std::move(*kafka);
    addresses_.kafka = kafka_->bootstrap();
    topics_ = std::make_unique<KafkaTopics>(*kafka_, options_.kafka_denied);
    topics_->know(profile.topic, profile.partitions);
    for (const auto& topic : options_.kafka_topics) {
        if (auto made = topic == profile.topic ? Result<void>() : topics_->make(topic, profile.partitions); !made) {
            return made;
        }
    }
    if (auto listening = topics_server_.listen(); !listening) {
        return listening;
    }
    addresses_.topics = topics_server_.url();
    std::vector<GroupTopics> groups;
    for (const auto& [group, topics] : options_.kafka_groups) {
        GroupTopics reads{group, {}};
        for (const auto& topic : topics) {
            if (group != profile.group || topic != profile.topic) {
                reads.topics[topic] = profile.partitions;
            }
        }
        if (!reads.topics.empty()) {
            groups.push_back(std::move(reads));
        }
    }
    if (!groups.empty()) {
        kafka_->stand_at_the_start(std::move(groups));
    }
    move_lag();
    return {};
}

Shares Range::Production::shares_now() const {
    Shares shares;
    const Objects& objects = world_.objects();
    for (const Json* service : objects.list(kind_named("Service"))) {
        const Key key = key_of(kind_named("Service"), *service);
        for (const auto& [version, pods] : ready_versions(objects, key)) {
            shares[{named(key), version}] = 0;
        }
    }
    const auto slash = options_.profile.ingress.find('/');
    const Key entry{&kind_named("Ingress"), options_.profile.ingress.substr(0, slash),
                    options_.profile.ingress.substr(slash + 1)};
    for (const Backend& backend : backends_of(objects, entry)) {
        const auto resolved = resolve_service(objects, backend.space, backend.service);
        if (!resolved) {
            continue;
        }
        const auto versions = ready_versions(objects, *resolved);
        int all = 0;
        for (const auto& [version, pods] : versions) {
            all += pods;
        }
        for (const auto& [version, pods] : versions) {
            shares[{named(*resolved), version}] += backend.percent / 100.0 * pods / all;
        }
    }
    return shares;
}

void Range::Production::refresh_shares() {
    load_.advance(scheduler_.now());
    load_.set_shares(scheduler_.now(), shares_now());
    for (const RangeArm& arm : options_.arms) {
        for (const std::size_t index : faults_.waiting_for_split(arm.name, commanded_percent(arm.name))) {
            start_fault(index);
        }
    }
}

double Range::Production::commanded_percent(std::string_view name) const {
    const auto slash = options_.profile.ingress.find('/');
    const Key entry{&kind_named("Ingress"), options_.profile.ingress.substr(0, slash),
                    options_.profile.ingress.substr(slash + 1)};
    double percent = 0;
    for (const Backend& backend : backends_of(world_.objects(), entry)) {
        const auto resolved = resolve_service(world_.objects(), backend.space, backend.service);
        if (resolved && arm_of_service(named(*resolved)) == name) {
            percent += backend.percent;
        }
    }
    return percent;
}

std::string Range::Production::arm_of_service(const std::string& service) const {
    for (const RangeArm& arm : options_.arms) {
        const auto key = service_key(arm.service);
        const auto resolved = key ? resolve_service(world_.objects(), key->space, key->name) : std::nullopt;
        if (arm.service == service || (resolved && named(*resolved) == service)) {
            return arm.name;
        }
    }
    return {};
}

std::string Range::Production::arm_of_pod(const Json& pod) const {
    const std::string name = pod["metadata"].value("namespace", "") + "/" + pod["metadata"].value("name", "");
    for (const RangeArm& arm : options_.arms) {
        // WORKLOAD-HASH-POD: exactly two parts more, so that "api" is not taken for "api-worker".
        if (name.starts_with(arm.workload + "-") &&
            std::count(name.begin() + static_cast<std::ptrdiff_t>(arm.workload.size()), name.end(), '-') == 2) {
            return arm.name;
        }
    }
    return {};
}

void Range::Production::start_fault(std::size_t index) {
    const Nanos now = scheduler_.now();
    load_.advance(now);
    if (!faults_.start(index, now)) {
        return;
    }
    const Fault& fault = faults_.fault(index);
    const int broker = static_cast<int>(fault.amount);
    switch (fault.kind) {
    case FaultKind::pods_crash:
    case FaultKind::image_missing:
        world_.pods().recheck();
        break;
    case FaultKind::api_down:
        cluster_server_.drop_connections();
        break;
    case FaultKind::lag:
        if (kafka_) {
            kafka_->set_lag(lag_now(), 0);
        }
        break;
    case FaultKind::broker_down:
        if (kafka_) {
            kafka_->broker_down(broker);
            timer(now + failover_time, [this] { kafka_->fail_over(); });
        }
        break;
    default:
        break;
    }
    if (const auto end = faults_.ends(index)) {
        timer(*end, [this, kind = fault.kind, broker] {
            load_.advance(scheduler_.now());
            if (kind == FaultKind::pods_crash || kind == FaultKind::image_missing) {
                world_.pods().recheck();
            } else if (kind == FaultKind::broker_down && kafka_) {
                kafka_->broker_up(broker);
            } else if (kind == FaultKind::lag && kafka_) {
                kafka_->set_lag(lag_now(), 0);
            }
        });
    }
}

std::int64_t Range::Production::lag_now() const {
    const Nanos now = scheduler_.now();
    const Fault* fault = faults_.active(FaultKind::lag, now);
    return fault ? fault->amount : load_.lag(now);
}

void Range::Production::move_lag() {
    kafka_->set_lag(lag_now(), events_a_tick);
    timer(scheduler_.now() + lag_interval, [this] { move_lag(); });
}

std::map<std::string, series::Exposition> Range::Production::exporters() const {
    series::Exposition lag;
    lag.families[options_.profile.lag] = {series::MetricType::gauge, "messages between a group's commit and the end"};
    const std::int64_t all = lag_now();
    for (int p = 0; p < options_.profile.partitions; ++p) {
        const std::int64_t own = all / options_.profile.partitions + (p < all % options_.profile.partitions ? 1 : 0);
        lag.samples.push_back({{{std::string(series::metric_name), options_.profile.lag},
                                {"consumergroup", options_.profile.group},
                                {"topic", options_.profile.topic},
                                {"partition", std::to_string(p)}},
                               static_cast<double>(own),
                               std::nullopt});
    }
    return {{"kafka-exporter", std::move(lag)},
            {"ingress-nginx", load_.edge_exposition()},
            {"kube-state-metrics", kube_state(world_.objects())}};
}

Answer Range::Production::proxied(const Key& service, const Asked& inner) {
    const Json* object = world_.objects().find(service);
    const Json annotations = (*object)["metadata"].value("annotations", Json::object());
    const std::string serves = annotations.value("sluice-range/serves", "");
    if (serves == "prometheus") {
        return prometheus_.handle(inner);
    }
    if (serves == "alertmanager") {
        return alertmanager_.handle(inner);
    }
    return application_.handle(service, inner);
}

/// What `kubectl port-forward` would show of a Service: "/NAMESPACE/NAME/…". A chat's own path takes messages.
Answer Range::Production::at_service(const Asked& asked) {
    if (asked.path == Addresses::message_path || asked.path.starts_with(std::string(Addresses::message_path) + "/")) {
        Answer answer = take_message(asked);
        if (asked.method != "GET" && asked.method != "HEAD") {
            writes_.note(scheduler_.now(), "messages", asked, answer);
        }
        return answer;
    }
    const auto name_begin = asked.path.find('/', 1);
    const auto rest = name_begin == std::string::npos ? name_begin : asked.path.find('/', name_begin + 1);
    if (rest == std::string::npos) {
        return text_answer(404, "write /NAMESPACE/SERVICE/path\n");
    }
    const auto service = resolve_service(world_.objects(), asked.path.substr(1, name_begin - 1),
                                         asked.path.substr(name_begin + 1, rest - name_begin - 1));
    if (!service) {
        return text_answer(503, "no such service\n");
    }
    Asked inner = asked;
    inner.path = asked.path.substr(rest);
    Answer answer = proxied(*service, inner);
    if (asked.method != "GET" && asked.method != "HEAD") {
        writes_.note(scheduler_.now(), "service", asked, answer);
    }
    return answer;
}

Answer Range::Production::at_edge(const Asked& asked) {
    Answer answer = application_.at_edge(asked);
    if (asked.method != "GET" && asked.method != "HEAD") {
        writes_.note(scheduler_.now(), "edge", asked, answer);
    }
    return answer;
}

} // namespace sluice::range

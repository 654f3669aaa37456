#include "report/by_hand.h"

#include "base/json.h"
#include "base/quantity.h"
#include "net/place.h"
#include "plan/describe.h"
#include "plan/fill.h"
#include "plan/way.h"
#include "report/asked_metrics.h"
#include "report/cluster_by_hand.h"
#include "report/curl.h"
#include "report/expected.h"
#include "report/fetched.h"
#include "report/kafka_by_hand.h"
#include "report/logs_by_hand.h"
#include "report/traffic_by_hand.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <set>

namespace sluice::report {
namespace {

using Words = std::vector<std::string>;

/// "production/api-ingress" → {"production", "api-ingress"}
std::pair<std::string, std::string> parts_of(const std::string& object) {
    const auto slash = object.find('/');
    return slash == std::string::npos ? std::pair(std::string(), object)
                                      : std::pair(object.substr(0, slash), object.substr(slash + 1));
}

/// Whether this is a list of what namespaces hold: without one it is of all of them.
bool in_namespaces(const std::string& object) {
    static const std::set<std::string> without{"node", "nodes", "no", "namespace", "namespaces", "ns"};
    return object.find('/') == std::string::npos && !without.contains(object);
}

/// Writes the commands of one step.
class Writer {
public:
    Writer(const release::Release& release, const plan::Step& step, std::string started_in)
        : release_(release), plan_(*release.plan), scope_(release::scope(release)), step_(step),
          started_in_(std::move(started_in)) {}

    ByHand take() && { return std::move(out_); }

    void operator()(const plan::Confirm& body) { remark("a person confirms: " + filled(body.text)); }
    void operator()(const plan::Attest& body) { remark("a person states: " + filled(body.text)); }
    void operator()(const plan::Approve& body) {
        remark(fmt::format("{} approve: {}", body.quorum, fmt::join(body.roles, ", ")));
    }
    void operator()(const plan::Decide& body) {
        remark("a person decides: " + filled(body.text));
        for (const auto& choice : body.choices) {
            remark("– " + filled(choice.title));
        }
    }
    void operator()(const plan::Wait& body) {
        if (body.for_ && !body.window && !body.until) {
            say({"sleep", std::to_string(body.for_->count / 1'000'000'000)});
        } else {
            other();
        }
    }
    void operator()(const plan::Hold& body) {
        remark(fmt::format("watch for {}, all of it together:", duration_text(body.for_)));
        for (const auto& gate : body.gates) {
            if (gate.shadow) {
                continue; // nothing waits for it
            }
            watch(gate.metric, gate.arm, plan::limit_text(gate));
            if (gate.has_own_clock()) {
                remark(gate.for_.count == 0 ? std::string("only at the end")
                                            : fmt::format("only for the last {}: a breach before that counts no more",
                                                          duration_text(gate.for_)));
            }
            if (gate.samples > 0) {
                remark(fmt::format("{} readings of it at least", gate.samples));
            }
            if (gate.against && gate.against->captured()) {
                measured(gate);
            } else if (gate.against && gate.against->ago.count != 0) {
                remark(fmt::format("read it twice, {} apart", duration_text(gate.against->ago)));
            }
        }
    }
    void operator()(const plan::Probe& body) { look_for(body, step_.expect); }
    void operator()(const plan::Run& body) { type(body.command); }
    void operator()(const plan::Shell& body) { type(body.command); }
    void operator()(const plan::External& body) {
        remark("to be typed elsewhere: " + typed_command(body.command, scope_).text());
        if (!body.text.empty()) {
            remark("so that: " + filled(body.text));
        }
    }
    void operator()(const plan::Flag& body) {
        const auto [name_space, name] = parts_of(body.config_map);
        Words words = kubectl(step_.on, name_space);
        words.insert(words.end(), {"patch", "configmap/" + name, "--type=merge", "-p",
                                   Json{{"data", {{body.name, filled(body.value)}}}}.dump()});
        say(words);
    }
    void operator()(const plan::KafkaAction& body) { look(body); }
    void operator()(const plan::Notify& body) {
        const auto* written = plan_.message(body.message);
        const std::string said = filled(written ? written->text : body.text);
        for (const auto& name : body.channels) {
            const auto* channel = plan_.channel(name);
            remark(fmt::format("tell {}{}: {}", name,
                               channel && !channel->audience.empty() ? " (" + channel->audience + ")" : "", said));
        }
    }
    void operator()(const plan::HttpAction& body) {
        call(body.call);
        expects(step_.expect);
    }
    void operator()(const plan::Group&) { remark("the steps of this group, in any order"); }
    void operator()(const plan::Scale& body) {
        const auto [name_space, name] = parts_of(body.workload);
        Words words = kubectl(step_.on, name_space);
        words.insert(words.end(), {"scale", "deployment/" + name, "--replicas=" + filled(body.replicas)});
        say(words);
    }
    void operator()(const plan::Shift& body) { shift(body); }
    void operator()(const plan::KubernetesWrite& body) { write(body); }
    void look_afterwards() {
        if (step_.verify) {
            remark("then look whether it has happened:");
            look_for(*step_.verify, step_.verify_expect);
        }
    }
    template <typename Other>
    void operator()(const Other&) {
        other();
    }

private:
    /// What is not known yet stays as it is written, and is told.
    std::string filled(const std::string& text) {
        auto result = plan::fill(text, scope_);
        if (!result) {
            remark(result.error().what + ": put it in yourself");
            return text;
        }
        return *result;
    }
    Filled filling() {
        return [this](const std::string& text) { return filled(text); };
    }
    void remark(const std::string& text) { out_.remarks.push_back(one_line(text)); }
    void remark_once(const std::string& text) {
        if (std::find(out_.remarks.begin(), out_.remarks.end(), text) == out_.remarks.end()) {
            remark(text);
        }
    }
    void say(const Words& words) {
        Words quoted;
        std::transform(words.begin(), words.end(), std::back_inserter(quoted), shell_word);
        out_.commands.push_back(fmt::format("{}", fmt::join(quoted, " ")));
    }
    void take(const ByHand& own) {
        out_.commands.insert(out_.commands.end(), own.commands.begin(), own.commands.end());
        out_.remarks.insert(out_.remarks.end(), own.remarks.begin(), own.remarks.end());
    }
    void other() { remark(filled(plan::summary(step_))); }
    void expects(const plan::Expect& expect) {
        for (const auto& one : expected(expect, filling())) {
            remark(one);
        }
    }
    void look_for(const plan::Probe& probe, const plan::Expect& expect) {
        std::visit([&](const auto& what) { look(what); }, probe.what);
        const auto* read = std::get_if<plan::KubernetesRead>(&probe.what);
        if (read && read->kind == plan::KubernetesRead::Kind::ready && !expect.ready && !expect.refused) {
            remark("all that there should be must be ready"); // which kubectl ends with 0 for, whatever it shows
        }
        expects(expect);
        if (probe.until) {
            remark(fmt::format("again every {} for up to {}, until it is so",
                               duration_text(probe.every.value_or(seconds(5))), duration_text(*probe.until)));
        }
    }

    const Json& settings(const std::string& connection) const {
        static const Json none = Json::object();
        const auto* found = plan_.connection(connection);
        return found ? found->settings : none;
    }
    Words kubectl(const std::string& connection, const std::string& name_space) {
        Words words{"kubectl"};
        if (const std::string file = setting(settings(connection), "kubeconfig"); !file.empty()) {
            if (started_in_.empty() && !file.starts_with('/')) {
                remark_once(file + " lies where the program was started: type this there, or write the whole path");
            }
            words.insert(words.end(), {"--kubeconfig", from_start(file)});
        }
        if (const std::string context = setting(settings(connection), "context"); !context.empty()) {
            words.insert(words.end(), {"--context", context});
        }
        if (!name_space.empty()) {
            words.insert(words.end(), {"-n", name_space});
        }
        return words;
    }

    void type(const plan::Command& command) {
        look(command);
        expects(step_.expect);
    }
    void look(const plan::Command& command) {
        Words words;
        for (const auto& argument : command.argv) {
            words.push_back(shell_word(filled(argument)));
        }
        Fetched fetched(started_in_);
        std::string line;
        for (const auto& [name, value] : command.environment) {
            line += name + "=" + fetched.word(filled(value)) + " "; // quoted as a whole it would be a command
        }
        say(fetched, from_plan(filled(command.folder)), line + fmt::format("{}", fmt::join(words, " ")));
    }
    void say(const Fetched& fetched, const std::string& folder, const std::string& line) {
        out_.remarks.insert(out_.remarks.end(), fetched.remarks().begin(), fetched.remarks().end());
        out_.commands.push_back(fetched.command(folder, line));
    }
    /// A file or folder of the plan, wherever somebody stands; as it is written where the plan's folder is not known (a
    /// rehearsal's log names no machine).
    std::string from_plan(const std::string& path) const {
        const std::string& folder = release_.opened.plan_folder;
        if (folder.empty() || path.starts_with('/')) {
            return path;
        }
        return path.empty() ? folder : folder + "/" + path;
    }
    /// A file that a connection names: seen from where the program was started, as a secret's is.
    std::string from_start(const std::string& path) const {
        return started_in_.empty() || path.starts_with('/') ? path : started_in_ + "/" + path;
    }
    void look(const plan::HttpCall& request) { call(request); }
    void look(const plan::KubernetesRead& read) {
        Words words = kubectl(step_.on, filled(read.name_space));
        if (read.kind == plan::KubernetesRead::Kind::rollout) {
            words.insert(words.end(), {"rollout", "status", filled(read.object)});
        } else {
            words.insert(words.end(), {read.api == "metrics" ? "top" : "get", filled(read.object)});
            if (read.name_space.empty() && in_namespaces(read.object)) {
                words.emplace_back("-A"); // else kubectl looks into the context's own only, and finds nothing wrong
            }
        }
        if (!read.selector.empty()) {
            words.insert(words.end(), {"-l", filled(read.selector)});
        }
        say(words);
    }
    void look(const plan::MetricRead& read) {
        watch(read.condition.name, read.condition.arm, read.condition.must.text);
    }
    template <typename OfKafka>
    requires std::is_same_v<OfKafka, plan::KafkaRead> || std::is_same_v<OfKafka, plan::KafkaAction>
    void look(const OfKafka& kafka) { take(kafka_by_hand(kafka, settings(step_.on), filling())); }
    void look(const plan::LogsRead& read) { show(step_.on, logs_by_hand(read, filling())); }
    void show(const std::string& on, const LogsByHand& logs) {
        Words words = kubectl(on, logs.name_space);
        words.insert(words.end(), logs.words.begin(), logs.words.end());
        say(words);
        out_.remarks.insert(out_.remarks.end(), logs.remarks.begin(), logs.remarks.end());
    }
    void look(const plan::ReachRead& read) {
        if (!look_at_host(read, step_.on)) {
            other();
        }
    }
    /// Whether it is known which host that is.
    bool look_at_host(const plan::ReachRead& read, const std::string& on) {
        const net::Place place = net::place_of(plan::address_in(settings(on)), read.port);
        const std::string host = read.host.empty() ? place.host : plan::fill(read.host, scope_).value_or(read.host);
        const std::string port = std::to_string(place.port);
        if (host.empty()) {
            return false;
        }
        if (read.kind == plan::ReachRead::Kind::dns) {
            say({"getent", "ahosts", host});
        } else if (read.kind == plan::ReachRead::Kind::tcp) {
            say({"nc", "-z", "-w", "10", host, port});
        } else {
            look_at_certificate({host, place.port});
        }
        return true;
    }

    void watch(const std::string& name, const std::string& arm, const std::string& must) {
        const auto* metric = plan_.metric(name);
        remark(fmt::format("{}{} must be {}", metric ? metric->title : name, arm.empty() ? "" : " of " + arm, must));
        if (!metric) {
            return;
        }
        for (const auto& [of, formula] : metric->derived) {
            remark(fmt::format("derived{}: {}", of.empty() ? "" : " for " + of, formula));
        }
        for (const auto* part : asked_metrics(plan_, *metric, arm)) {
            measure(*part);
        }
    }

    void measure(const plan::Metric& metric) {
        const auto* from = plan_.connection(metric.from);
        if (metric.alerts) {
            ask_alerts(metric);
        } else if (metric.cluster) {
            take(cluster_by_hand(*metric.cluster, kubectl(metric.from, filled(metric.cluster->name_space)), filling()));
        } else if (metric.http) {
            ask_number(metric);
        } else if (metric.logs) {
            show(metric.from, logs_by_hand(*metric.logs, filling()));
        } else if (metric.reach) {
            remark(fmt::format("{}: {}", metric.name, name(metric.reach->what)));
            look_at_host({metric.reach->kind, metric.reach->port}, metric.from);
        } else if (metric.config) {
            take(kafka_by_hand(*metric.config, settings(metric.from), filling()));
        } else if (metric.login) {
            remark(fmt::format("{}: {} of this login", metric.name, name(metric.login->what)));
            take(kafka_by_hand(plan::KafkaRead{plan::KafkaRead::Kind::brokers, {}, {}}, settings(metric.from),
                               filling()));
        } else if (metric.run) {
            remark(metric.run->extract.empty() ? "its first line is the number"
                                               : "the number is what is found by: " + metric.run->extract);
            look(metric.run->command);
        } else if (from != nullptr && from->kind == plan::ConnectionKind::scrape) {
            scrape(metric);
        } else if (!metric.query.empty()) {
            ask_prometheus(metric);
        }
    }

    void ask_number(const plan::Metric& metric) {
        using What = plan::HttpNumber::What;
        const auto& number = *metric.http;
        const auto& place = settings(metric.from);
        if (number.what == What::certificate_days) {
            look_at_certificate(net::place_of(plan::address_in(place), 0));
            return;
        }
        if (number.what == What::json) {
            remark("the number at " + number.pointer);
        }
        const std::string path = plan::fill_url(number.path, scope_).value_or(number.path);
        const Json proxy = place.value(Json::json_pointer("/via/service-proxy/on"), Json());
        if (!proxy.is_string()) {
            get(place, path, {},
                number.what == What::json     ? "-fsS -G"
                : number.what == What::status ? "-sS -o /dev/null -w '%{http_code}\\n'"
                                              : "-fsS -o /dev/null -w '%{time_total}\\n'");
            return;
        }
        if (number.what != What::json) {
            remark(number.what == What::status ? "kubectl tells the status where it is an error"
                                               : "how long this takes is its latency, and some more");
        }
        Words words = kubectl(proxy.get<std::string>(), "");
        words.insert(words.end(), {"get", "--raw", proxied_path(setting(place, "url")) + path});
        say(words);
    }

    void look_at_certificate(const net::Place& place) {
        const std::string host = place.host.find(':') == std::string::npos ? place.host : "[" + place.host + "]";
        out_.commands.push_back(fmt::format("openssl s_client -connect {} -servername {} </dev/null | openssl x509 "
                                            "-noout -subject -issuer -enddate",
                                            shell_word(fmt::format("{}:{}", host, place.port)),
                                            shell_word(place.host)));
    }

    void ask_alerts(const plan::Metric& metric) {
        const auto& place = settings(metric.from);
        Words filters, asked;
        for (const auto& matcher : metric.alerts->matchers) {
            filters.push_back(plan::fill_query(matcher, scope_).value_or(matcher));
            asked.push_back("filter=" + filters.back());
        }
        if (place.contains(Json::json_pointer("/via/service-proxy"))) {
            remark(fmt::format("alerts that fire: {}",
                               filters.empty() ? "all" : fmt::format("{}", fmt::join(filters, ", "))));
        } else {
            get(place, "/api/v2/alerts?silenced=false&inhibited=false", asked);
        }
    }

    void ask_prometheus(const plan::Metric& metric) {
        const std::string query = plan::fill_query(metric.query, scope_).value_or(metric.query);
        const auto& place = settings(metric.from);
        if (place.contains(Json::json_pointer("/via/service-proxy"))) {
            remark("its expression: " + query);
        } else {
            get(place, "/api/v1/query", {"query=" + query});
        }
    }

    /// The text from which the expression would be counted; a rate needs two of it, some time apart.
    void scrape(const plan::Metric& metric) {
        remark("its expression, over what is scraped: " +
               plan::fill_query(metric.query, scope_).value_or(metric.query));
        const auto& place = settings(metric.from);
        const Json proxy = place.value(Json::json_pointer("/via/service-proxy/on"), Json());
        if (!proxy.is_string()) {
            get(place, "", {});
            return;
        }
        const std::string url = setting(place, "url");
        const auto path = url.find('/', url.find("://") + 3);
        Words words = kubectl(proxy.get<std::string>(), "");
        words.insert(words.end(), {"get", "--raw", proxied_path(url) + url.substr(std::min(path, url.size()))});
        say(words);
    }

    /// What has to stand beside a request, in another terminal.
    void stands_beside(const Json& place) {
        const plan::Way way = plan::way_of(place);
        if (way.kind != plan::Way::Kind::port_forward) {
            return;
        }
        Words words = kubectl(way.cluster, way.name_space);
        words.insert(words.end(), {"port-forward", "--address", "127.0.0.1", way.target,
                                   fmt::format("{}:{}", port_by_hand, way.port)});
        std::transform(words.begin(), words.end(), words.begin(), shell_word);
        remark(fmt::format("in another terminal first, and as long as it is needed: {}", fmt::join(words, " ")));
    }
    void get(const Json& place, const std::string& path, const Words& asked, const char* options = "-fsS -G") {
        stands_beside(place);
        Fetched fetched(started_in_);
        std::string line = "curl " + std::string(options) + curl_options(place, fetched, started_in_) + " " +
                           shell_word(setting(place, "url") + path);
        for (const auto& one : asked) {
            line += " --data-urlencode " + shell_word(one);
        }
        say(fetched, "", line);
    }

    /// What the gate's limit is counted from, as it was measured.
    void measured(const plan::Gate& gate) {
        const auto& against = *gate.against;
        const auto before = release_.before.find(release::before_key(gate.metric, against.before));
        const auto taken = release_.baselines.find(against.baseline);
        const std::map<std::string, double> nothing;
        const bool past = against.before.count != 0;
        const auto& values = past ? (before == release_.before.end() ? nothing : before->second.values)
                                  : (taken == release_.baselines.end() ? nothing : taken->second);
        const std::string when = past ? fmt::format("over the {} before the start", duration_text(against.before))
                                      : "during " + against.baseline;
        const auto* metric = plan_.metric(gate.metric);
        bool any = false;
        for (const auto& [key, value] : values) {
            if (release::key_names(key, gate.metric)) {
                any = true;
                remark(fmt::format("measured {}: {} {} {}", when, key, number_text(value), metric ? metric->unit : ""));
            }
        }
        if (!any) {
            const bool to_come = past || !release::over(release_.at(against.baseline).status);
            remark(to_come ? "it was not measured " + when + " yet"
                           : release::no_baseline(release_, against, gate.metric));
        }
    }

    /// Services with cluster addresses are reached through the API server's proxy, as this program does.
    void call(const plan::HttpCall& request) {
        const auto& place = settings(step_.on);
        const std::string path = plan::fill_url(request.path, scope_).value_or(request.path);
        const std::string url = setting(place, "url");
        const Json proxy = place.value(Json::json_pointer("/via/service-proxy/on"), Json());
        if (proxy.is_string() && request.method == "GET") {
            Words words = kubectl(proxy.get<std::string>(), "");
            words.insert(words.end(), {"get", "--raw", proxied_path(url) + path});
            say(words);
            return;
        }
        if (proxy.is_string()) {
            remark("this address is the cluster's own: reach it by 'kubectl port-forward', or from inside");
        }
        stands_beside(place);
        Fetched fetched(started_in_);
        std::string line = "curl -fsS -X " + request.method + curl_options(place, fetched, started_in_);
        for (const auto& [name, value] : request.headers) {
            line += fetched.header(name, filled(value));
        }
        if (request.json) {
            const auto body = plan::fill_json(*request.json, scope_);
            line += " -H 'Content-Type: application/json' --data-raw " +
                    shell_word(body ? body->dump() : request.json->dump());
        } else if (!request.text.empty()) {
            line += " --data-raw " + shell_word(filled(request.text));
        }
        say(fetched, "", line + " " + shell_word(url + path));
    }

    void shift(const plan::Shift& body) {
        const ByHand own =
            traffic_by_hand(plan_, body, [this](const std::string& connection, const std::string& where) {
                return kubectl(connection, where);
            });
        if (own.commands.empty()) {
            return other();
        }
        take(own);
    }

    void write(const plan::KubernetesWrite& body) {
        using Verb = plan::KubernetesWrite::Verb;
        const std::string object = filled(body.object);
        Words words = kubectl(step_.on, filled(body.name_space));
        const auto json = plan::fill_json(body.body, scope_);
        const Json value = json ? *json : body.body;
        const auto pairs = [&](const char* verb, bool overwrite) {
            words.insert(words.end(), {verb, object});
            if (overwrite) {
                words.emplace_back("--overwrite");
            }
            for (const auto& [key, one] : value.items()) {
                words.push_back(one.is_null() ? key + "-"
                                              : key + "=" + (one.is_string() ? one.get<std::string>() : one.dump()));
            }
        };
        const auto piped = [&](const Words& verb) {
            words.insert(words.end(), verb.begin(), verb.end());
            words.insert(words.end(), {"-f", "-"});
            Words quoted;
            std::transform(words.begin(), words.end(), std::back_inserter(quoted), shell_word);
            out_.commands.push_back(fmt::format("printf %s {} | {}", shell_word(value.dump()), fmt::join(quoted, " ")));
        };
        // In this program's name: in kubectl's own, what it applied before is a conflict.
        const Words apply{"apply", "--server-side", "--field-manager=sluice"};
        switch (body.verb) {
        case Verb::save:
            words.insert(words.end(), {"get", object, "-o", "yaml"});
            break;
        case Verb::patch:
            words.insert(words.end(),
                         {"patch", object, value.is_array() ? "--type=json" : "--type=merge", "-p", value.dump()});
            break;
        case Verb::apply:
            if (body.file.empty()) {
                return piped(apply);
            }
            remark("fill in what stands as ${…} in the file first, if anything does");
            words.insert(words.end(), apply.begin(), apply.end());
            words.insert(words.end(), {"-f", from_plan(filled(body.file))});
            break;
        case Verb::create:
            remark("that it is there already is as good, if it is as it is here");
            return piped({"create"});
        case Verb::remove:
            words.insert(words.end(), {"delete", "--ignore-not-found", object});
            break;
        case Verb::set_image:
            words.insert(words.end(), {"set", "image", object});
            for (const auto& [key, one] : value.items()) {
                words.push_back(key + "=" + (one.is_string() ? one.get<std::string>() : one.dump()));
            }
            break;
        case Verb::set_env:
            words.emplace_back("set");
            pairs("env", false);
            break;
        case Verb::annotate:
            pairs("annotate", true);
            break;
        case Verb::restart:
            words.insert(words.end(), {"rollout", "restart", object});
            break;
        default:
            return other();
        }
        say(words);
    }

    const release::Release& release_;
    const plan::Plan& plan_;
    plan::Scope scope_;
    const plan::Step& step_;
    std::string started_in_;
    ByHand out_;
};

} // namespace

ByHand by_hand(const release::Release& release, const plan::Step& step, const std::string& started_in) {
    Writer writer(release, step, started_in);
    std::visit(writer, static_cast<const plan::StepBody&>(step.body));
    return std::move(writer).take();
}

ByHand look_afterwards(const release::Release& release, const plan::Step& step, const std::string& started_in) {
    Writer writer(release, step, started_in);
    writer.look_afterwards();
    return std::move(writer).take();
}

} // namespace sluice::report

#pragma once
/// The plan as the loader hands it on: checked, every name resolved, nothing filled in yet (PLAN.md has the meanings).
///
/// Immutable after loading. A "template" is a string that may hold `${name}`; `plan/fill.h` fills it at the moment of
/// use.
#include "base/json.h"
#include "base/nanos.h"
#include "plan/calendar.h"
#include "plan/condition.h"
#include "plan/expect.h"
#include "plan/includes.h"
#include "plan/position.h"
#include "plan/severity_and_variants.h"
#include "plan/states.h"
#include "plan/step.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace sluice::plan {

enum class VariableType { string, integer, boolean, duration, quantity, semver, url, enumeration, secret };

struct Variable {
    std::string name;
    VariableType type = VariableType::string;
    std::string title;
    std::string pattern;                   ///< ECMAScript, the whole value must match; empty = any
    std::vector<std::string> choices;      ///< of an enumeration
    std::optional<std::string> by_default; ///< template over the variables before it
    bool ask = false;                      ///< asked for before the start even if it has a default
    std::optional<Condition> required_if;
    Position at;
};

enum class ConnectionKind { kubernetes, http, prometheus, scrape, alertmanager, kafka, host };
/// It has a URL, and headers; a cluster's own API is not meant.
constexpr bool speaks_http(ConnectionKind kind) {
    return kind == ConnectionKind::http || kind == ConnectionKind::prometheus || kind == ConnectionKind::scrape ||
           kind == ConnectionKind::alertmanager;
}

struct Connection {
    std::string name;
    ConnectionKind kind = ConnectionKind::http;
    Json settings; ///< as written, checked by the loader: url, bootstrap, security, via, context, …
    Position at;
};

/// Where it is, as its settings say: a URL, "host:port" or a host, or brokers with commas between them; empty = a
/// kubeconfig says it.
std::string address_in(const Json& settings);

/// How often a scrape connection is scraped.
Nanos scrape_interval(const Connection& connection);
/// The URL of a scrape connection with its path: "/metrics" where it names none.
std::string scrape_url(const std::string& url);

/// A secret that the plan's author named.
struct SecretUse {
    std::string reference; ///< "env:KAFKA_PASSWORD"
    std::string where;     ///< for people: "connection events, password", "step deploy, TOKEN"
};

struct Arm {
    std::string name;
    std::string workload; ///< "namespace/deployment"
    std::string service;  ///< "namespace/service"
    std::string match;    ///< template: the value by which metrics name this arm
    Position at;
};

enum class Reduce { none, sum, max, min, avg, each, any };
constexpr bool keeps_series(Reduce reduce) {
    return reduce == Reduce::each || reduce == Reduce::any;
}

/// What of the release a metric counts, so that it can be shown as that.
enum class Counts { nothing, ready_replicas, wanted_replicas, restarts, alerts };
const char* name(Counts counts); ///< "ready-replicas"; "nothing"

struct LagQuery {
    std::vector<std::string> groups;
    std::vector<std::string> topics; ///< empty = all that the groups have committed to
};

struct HealthQuery {
    std::string path;
    Expect expect; ///< 1 where it holds, 0 where the answer came and it does not
};

/// A number that an HTTP answer holds, or that is told of it.
struct HttpNumber {
    enum class What { json, status, latency, certificate_days };
    What what = What::json;
    std::string path;    ///< template; empty for certificate_days, which asks for nothing
    std::string pointer; ///< of json; as of `JsonExpect`, and one value must be there
};

const char* name(HttpNumber::What what); ///< "certificate-days", as the plan writes it; "json"

/// What is told of a host's name, of a port or of its certificate, by a socket of our own.
struct ReachNumber {
    /// up: 1 where it is there, 0 where the target itself says that it is not; count: of a name's addresses; latency:
    /// in s, from the question to the address, the connection, the end of the handshake; days_left: whole ones, of a
    /// certificate.
    enum class What { up, count, latency, days_left };
    enum class Addresses { any, a, aaaa }; ///< any: those that this machine can use itself
    ReachRead::Kind kind = ReachRead::Kind::tcp;
    What what = What::up;
    int port = 0;                         ///< 0 = that of the connection, else 443
    Addresses addresses = Addresses::any; ///< of dns
};

const char* name(ReachRead::Kind kind);   ///< "dns", "tcp", "tls"
const char* name(ReachNumber::What what); ///< "days-left", as the plan writes it

/// A setting of a Kafka topic or broker that is a number.
struct ConfigNumber {
    std::string topic; ///< template; empty: a broker's
    int broker = 0;    ///< its id
    std::string key;   ///< "retention.ms"
};

/// What is told of a login to a Kafka cluster, made anew each time.
struct LoginNumber {
    enum class What { up, latency }; ///< 1 where the brokers let the user in, 0 where they do not; in s
    What what = What::up;
};
const char* name(LoginNumber::What what); ///< "latency", as the plan writes it

/// A number that a program of the plan prints. It only reads, as a probe's does.
struct CommandNumber {
    Command command;
    Nanos timeout = seconds(10); ///< then it is ended, and there is no number
    std::string extract; ///< pattern: its first group, or what matches, is the number; empty = the first line is
};

/// How often lines that match are written to the logs of pods, per second.
struct LogRate {
    std::string workload;   ///< "namespace/deployment"; empty = by selector
    std::string name_space; ///< template; of the selector
    std::string selector;   ///< template; empty = by workload
    std::string container;  ///< empty = the pods' only one
    std::string pattern;    ///< searched for in each line
    Nanos over = minutes(1);
};

/// Alerts that fire: active in Alertmanager, neither silenced nor inhibited.
struct AlertQuery {
    std::vector<std::string> matchers; ///< templates, as Alertmanager writes them: `severity="critical"`; empty = all
};

/// What a cluster's API server tells, as a number.
struct ClusterNumber {
    enum class What { ready, rollout, restarts, usage, nodes, capacity };
    What what = What::ready;
    std::string object;     ///< template: "deployment/name"; of usage also "nodes"; empty for nodes and capacity
    std::string name_space; ///< template; empty where there is none
    std::string selector;   ///< template: labels of nodes; empty = all
    std::string of;         ///< "cpu", "memory", "pods"; of nodes the condition: "ready", "memory-pressure", …
    std::map<std::string, std::string> advice; ///< cause → template: what the runbook says; else our own words
};

const char* name(ClusterNumber::What what); ///< as the plan writes it
/// Whether it looks at one workload.
constexpr bool of_workload(ClusterNumber::What what) {
    return what == ClusterNumber::What::ready || what == ClusterNumber::What::rollout ||
           what == ClusterNumber::What::restarts;
}

/// Whether the simulated production has such objects.
bool rehearsable(const ClusterNumber& number);

struct Metric {
    std::string name;
    std::string title;
    std::string from;  ///< connection; empty = derived, or of a program
    std::string query; ///< template, PromQL; empty when one of the following is set
    std::optional<LagQuery> lag;
    std::optional<HealthQuery> health;
    std::optional<HttpNumber> http;
    std::optional<ReachNumber> reach;
    std::optional<ConfigNumber> config;
    std::optional<LoginNumber> login;
    std::optional<CommandNumber> run;
    std::optional<LogRate> logs;
    std::optional<ClusterNumber> cluster;
    std::optional<AlertQuery> alerts;
    std::map<std::string, std::string> derived; ///< arm → Formula over other metrics; "" = each arm alike, or the whole
    std::string unit;                           ///< ratio, s, messages, …; decides how limits are read
    std::vector<State> states;                  ///< of one that is a state (unit "state"); empty = it is a number
    std::string state_label; ///< of a query: the label whose value says the state, of series that are 1 or 0
    std::string by_arm;      ///< label whose value names the arm; empty = one value
    Reduce reduce = Reduce::none;
    int at_least = 1; ///< series that must answer before they are reduced
    Counts counts = Counts::nothing;
    Nanos interval = seconds(5);
    std::optional<Nanos> max_age;    ///< older data is no data; default 3 intervals, at least 30 s
    std::string freshness;           ///< PromQL that answers the data's age in seconds; empty = derived from the query
    std::string zero_while;          ///< PromQL witness; empty = an empty answer is no data
    std::optional<double> rehearsed; ///< one number: what it tells in a rehearsal, where nobody is asked then
    Position at;
};

/// One split of traffic between arms, and the driver that commands it.
struct Traffic {
    std::string name;
    std::string driver;                      ///< ingress-backend, nginx-canary
    std::string on;                          ///< connection
    Json settings;                           ///< primary, canary, path, …
    std::map<std::string, std::string> arms; ///< the driver's side ("primary", "canary", …) → arm
    std::string initial;                     ///< the arm that has all traffic at the start
    Position at;
};

struct Phase {
    std::string id;
    std::string title;
    bool follow_up = false; ///< work after the release: it is released before this begins
    bool window = false;    ///< bound by the calendar
    bool sets_t0 = false;   ///< the first with a window; also where a variant is not bound by the calendar
    std::optional<Nanos> planned;
    std::optional<AtWindowEnd> at_window_end; ///< of one with a window; default the calendar's
    std::vector<StepId>
        steps; ///< top level, in order; children of groups and decides follow their parent in `Plan::steps`
    Position at;
};

enum class TriggerMode { act, propose };

/// What becomes of a proposal that nobody has answered.
enum class AfterGrace { roll_back, pause, go_on };
const char* name(AfterGrace what); ///< as the plan writes it

struct Trigger {
    std::string id;
    std::string title;
    Condition condition; ///< what fires it
    std::string arm;     ///< empty = any arm that has traffic
    Nanos for_ = {};     ///< how long it must be true without a break
    TriggerMode mode = TriggerMode::act;
    std::optional<Nanos> grace; ///< of one that proposes: how long a person has to answer; none = for ever
    AfterGrace after_grace = AfterGrace::roll_back;
    std::string option;   ///< the rollback option to run; empty = the default one at that moment
    std::string severity; ///< fires when this level, or a worse one, is declared; the condition is not looked at then
    StepId from;          ///< armed when this step has finished; empty = at the start
    StepId until;         ///< disarmed when this step starts; empty = never
    Position at;
};

/// A rule over metrics that tells people and does nothing else.
struct Alert {
    Trigger rule;                ///< id, title, condition, arm, `for_`, `from`, `until`
    bool page = false;           ///< somebody is to look now; else it is a warning
    std::vector<std::string> to; ///< channels
    std::string text;            ///< template; what is told beside what was measured
    std::string advice;          ///< template; what to do
    std::optional<Nanos> repeat; ///< told again so often while it fires and nobody has acknowledged it
    std::optional<Nanos> absent; ///< fires too when there is no data for so long
    bool only_absent = false;    ///< it waits for nothing else
    bool send_resolved = true;   ///< who heard that it fires is told when it has resolved
};

struct Option {
    std::string id;
    std::string title;
    bool by_default = false;
    std::vector<std::string> default_while; ///< phases while which it comes before the default one
    std::optional<Condition> available_if;
    std::optional<Nanos> planned;
    std::vector<StepId>
        steps; ///< ids "option/step" in `Plan::rollback_steps`; empty = the `undo`s of what was done, last first
    Position at;
};

struct Rollback {
    /// From the settling of `within_after`; where that does not apply, from when its turn came.
    std::optional<Nanos> within;
    StepId within_after;
    std::vector<Trigger> triggers;
    std::vector<Option> options;
};

/// A text of the plan, sent by a channel.
struct Message {
    std::string name;
    std::string title; ///< template
    std::string text;  ///< template
    Position at;
};

/// Where messages go: a webhook behind an http connection.
struct Channel {
    std::string name;
    std::string audience;    ///< who reads it, for people
    std::string on;          ///< http connection
    std::string path;        ///< template
    bool idempotent = false; ///< the other side honours Idempotency-Key
    Position at;
};

struct ReleaseNames {
    std::string application, type, environment, version, previous; ///< templates
    std::string repository_path, repository_from, repository_to;   ///< templates; git, at the start; empty = not asked
};

/// An output that a step uses, and who gives it.
struct TakenOutput {
    std::string name;
    StepId from;
};

struct Plan {
    int language = 1;
    std::string id;
    std::string title; ///< template
    ReleaseNames release;
    std::vector<Variable> variables;
    std::vector<std::string> roles;
    Calendar calendar;
    std::vector<Connection> connections;
    std::vector<SecretUse> secrets; ///< references as written, in order; those in variables are not among them
    std::vector<Arm> arms;
    std::vector<Metric> metrics;
    std::vector<Traffic> traffic;
    std::vector<SeverityLevel> severity; ///< the mildest first
    std::vector<Variant> variants;
    std::string variant; ///< the one that is taken
    std::optional<RequiredSession> requires_session;
    std::vector<Message> messages;
    std::vector<Channel> channels;
    std::vector<Alert> alerts;
    std::vector<Phase> phases;
    std::vector<Step> steps;                  ///< forward steps of all phases, each before what needs it
    std::vector<Step> rollback_steps;         ///< of all options; ids "option/step"
    std::multimap<StepId, TakenOutput> takes; ///< by the step that uses it; an undo's are those of its own step
    Rollback rollback;
    Json rehearse;      ///< what the range is to hold: {world: file, profile: figures}
    std::string source; ///< the file's bytes
    Includes includes;  ///< the files that it names and that were read with it
    std::string file;   ///< as named by the user

    const Step* step(const StepId& id) const;        ///< forward or rollback; null if there is none
    const Phase* phase_of(const StepId& id) const;   ///< null for rollback steps
    const Option* option_of(const StepId& id) const; ///< null for forward steps
    const Connection* connection(const std::string& name) const;
    const Arm* arm(const std::string& name) const;
    const Metric* metric(const std::string& name) const;
    const Traffic* traffic_named(const std::string& name) const;
    const Message* message(const std::string& name) const;
    const Channel* channel(const std::string& name) const;
    const Option* option(const std::string& id) const;
    /// Before anything is begun; null when the plan has no rollback. While it runs: release::default_option.
    const Option* default_option() const;
};

/// The arms whose pods a step takes away: scaled to none, or their workload removed. `replicas` is what a scale's
/// template fills to; empty = as it stands in the plan.
std::vector<std::string> retired_by(const Plan& plan, const Step& step, const std::string& replicas = {});

} // namespace sluice::plan

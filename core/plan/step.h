#pragma once
/// The steps of a plan: one body per kind, and the attributes that all kinds share.
#include "base/json.h"
#include "base/nanos.h"
#include "plan/condition.h"
#include "plan/expect.h"
#include "plan/position.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace sluice::plan {

using StepId = std::string;                 ///< unique in a plan; "option/step" in a rollback option
using Weights = std::map<std::string, int>; ///< arm → per cent; sums to 100

struct Confirm {
    std::string text; ///< what the person confirms; template
};

/// A statement that its owner makes, signed where keys are known (release/demand.h).
struct Attest {
    std::string text; ///< template
};

struct Approve {
    std::vector<std::string> roles; ///< each at least once
    int quorum = 1;                 ///< distinct persons
};

struct Choice {
    std::string id;
    std::string title;
    std::vector<StepId> steps; ///< run when it is chosen; not applicable otherwise
};

struct Decide {
    std::string text;
    std::vector<Choice> choices;
    std::string by_default; ///< answered by `--assume-yes`
};

struct Wait {
    bool window = false; ///< until the calendar is open
    std::optional<Nanos> for_;
    std::optional<Condition> until; ///< asked every `every`
    Nanos every = seconds(5);
    std::optional<Nanos> deadline;
};

enum class OnBreach { restart, pause, fail };
enum class Then { advance, ask };

struct Hold {
    Nanos for_;
    Nanos deadline; ///< default twice `for_`; then triage
    std::vector<Gate> gates;
    OnBreach on_breach = OnBreach::restart;
    Then then = Then::advance;
};

/// An argument vector: no shell. Strings are templates.
struct Command {
    std::vector<std::string> argv;
    std::map<std::string, std::string> environment; ///< values may be secret references
    std::string folder;
};

struct HttpCall {
    std::string method = "GET";
    std::string path;                                         ///< template; segments and query values are encoded
    std::vector<std::pair<std::string, std::string>> headers; ///< values are templates or secret references
    std::optional<Json> json;                                 ///< body; its strings are templates
    std::string text;                                         ///< body as it is
    bool idempotent = false;                                  ///< may be sent again (an Idempotency-Key goes along)
};

/// What of a cluster a probe reads. `object` as in "deployment/name", "nodes", "pods".
struct KubernetesRead {
    enum class Kind { get, ready, rollout } kind = Kind::get;
    std::string object;
    std::string name_space;
    std::string selector;
    std::string api; ///< "metrics" for metrics.k8s.io
};

/// Lines that a pattern finds in the logs of pods, counted.
struct LogsRead {
    std::string pods; ///< "pod/name", or "deployment/name": all its pods; template
    std::string name_space;
    std::string container;
    std::string pattern; ///< searched for in each line
    Nanos since = minutes(10);
};

/// Whether the name, a port, the certificate of a connection's host is there: looked at by a socket of our own.
struct ReachRead {
    enum class Kind { dns, tcp, tls } kind = Kind::tcp;
    int port = 0;          ///< 0 = that of the connection, else 443
    std::string host = {}; ///< template; only of a plan out of an older log: instead of the connection's
};

/// What of a Kafka cluster a probe reads.
struct KafkaRead {
    enum class Kind { topic, group, brokers } kind = Kind::topic;
    std::string name;                ///< of the topic or the group; template
    std::vector<std::string> topics; ///< of a group: only these; templates; empty = all that it has committed to
};

/// `number`/`must` of one reading of a metric.
struct MetricRead {
    Condition condition;
};

struct Probe {
    std::variant<HttpCall, KubernetesRead, Command, MetricRead, LogsRead, ReachRead, KafkaRead> what;
    std::optional<Nanos> every; ///< asked again until it passes or `until` is over
    std::optional<Nanos> until;
};

struct Run {
    Command command;
};

struct KubernetesWrite {
    enum class Verb { save, patch, apply, create, remove, set_image, set_env, annotate, restart };
    Verb verb = Verb::patch;
    std::string object; ///< "deployment/name"; for apply and create may be empty
    std::string name_space;
    Json body;        ///< patch, manifest or pairs; its strings are templates
    std::string file; ///< apply: manifest file, relative to the plan
};

struct Shift {
    std::string traffic;
    Weights weights;     ///< every arm of the split, sums to 100
    bool final_ = false; ///< `final: true`: leave the canary mechanism, the arm becomes the primary
};

struct Scale {
    std::string workload; ///< "namespace/name"
    std::string replicas; ///< template that fills to an integer
};

struct HttpAction {
    HttpCall call;
};

struct Group {
    std::vector<StepId> steps;
};

/// A line for a shell. It holds no `${…}`: what it needs comes by environment, so no value becomes shell text.
struct Shell {
    std::string text;
    Command command; ///< how it is run: [sh, -c, text]
};

/// Typed elsewhere by a person: shown, attested, then read back by the step's `verify`.
struct External {
    std::string command; ///< template; what is typed
    std::string text;    ///< template; what the person attests
};

/// A switch of the application's, kept as one key of a ConfigMap.
struct Flag {
    std::string name;
    std::string value;      ///< template
    std::string config_map; ///< "namespace/name"
};

/// A message to channels.
struct Notify {
    std::vector<std::string> channels;
    std::string message; ///< of the plan's `messages`; empty = `text`
    std::string text;    ///< template
};

/// Where a consumer group goes on reading.
struct KafkaOffsets {
    std::string group;
    std::vector<std::string> topics;
    std::string to; ///< template: earliest, latest, an offset, an instant, or the `before` of an earlier set-offsets
};

inline constexpr int most_partitions = 100'000, most_replicas = 10'000; ///< as librdkafka takes them

struct KafkaTopic {
    std::string name;
    std::string partitions, replication;       ///< templates that fill to integers
    std::map<std::string, std::string> config; ///< values are templates
};

struct KafkaConfig {
    std::string topic;
    std::map<std::string, std::string> config; ///< values are templates; "default" = as the brokers have it
};

struct KafkaMessage {
    std::string topic;
    std::string key;          ///< empty = none
    std::optional<Json> json; ///< its strings are templates
    std::string text;         ///< or the message as it is
    std::vector<std::pair<std::string, std::string>> headers;
};

inline constexpr Nanos longest_kafka_change = seconds(30), longest_kafka_look = seconds(10); ///< real time

/// A change in a Kafka cluster. All texts are templates.
struct KafkaAction {
    std::variant<KafkaOffsets, KafkaTopic, KafkaConfig, KafkaMessage> what;
};

using StepBody = std::variant<Confirm, Approve, Decide, Wait, Hold, Probe, Run, KubernetesWrite, Shift, Scale,
                              HttpAction, Group, Shell, External, Flag, Notify, Attest, KafkaAction>;

struct Retry {
    int times = 0;
    Nanos every = seconds(5);
};

struct Output {
    std::string name;
    std::string type = "string";
    std::string json;    ///< pointer; empty = whole text
    std::string extract; ///< pattern; its first group, or the whole match
    std::string pattern; ///< the value must match
    Position at;
};

/// What a command would do to the simulated production.
struct Rehearse {
    int exit = 0;
    std::string output;
    Nanos takes = {};
    std::string apply;               ///< manifest file, relative to the plan
    std::vector<std::string> remove; ///< objects "namespace/kind/name" that it takes away
    std::vector<Rehearse>
        then; ///< answers of the second, third, … run of the same step (a poll that ends in "available")
};

/// A moment counted from the end of a step, or from T0.
struct NotBefore {
    StepId step; ///< empty = T0
    Nanos delay = {};
};

/// Who is told when a decision waits for too long.
struct Escalate {
    Nanos after = {};
    std::string to;      ///< role
    std::string channel; ///< and by which channel; empty = only in the log
};

struct Step;

/// How it is proven that a rollback step can be done now.
struct Ready {
    Probe probe;
    Expect expect;
    std::string on;
    std::optional<Rehearse> rehearse;
    Position at;
};

struct Step {
    StepId id;
    std::string title; ///< template; default from the id
    StepBody body;
    std::vector<StepId> needs;
    StepId parent;      ///< the group or decide that it stands in; empty = top level
    std::string choice; ///< of a decide's child: the choice that leads to it
    std::string on;     ///< connection
    std::string makes_ready;
    std::optional<Condition> when;
    std::optional<Nanos> timeout;
    Retry retry;
    Expect expect;
    std::vector<Output> outputs;
    std::map<std::string, StepId>
        wants;                   ///< of a rollback step: outputs of forward steps that it needs → who gives them
    std::optional<Probe> verify; ///< read-back
    Expect verify_expect;
    std::optional<Rehearse> verify_rehearse; ///< of a read-back by program
    std::shared_ptr<const Step> undo;        ///< what takes it back; its id, title and needs come when it is rolled up
    StepId undoes; ///< of a rolled-up undo: the step that it takes back; not applicable if that was never begun
    std::vector<Gate> gates; ///< of a hold they are in the body; of others they must hold before it starts
    std::string owner;
    std::optional<Nanos> planned;
    std::optional<NotBefore> not_before;
    std::optional<NotBefore> due;     ///< not over by then: told as overdue
    std::optional<Nanos> valid_for;   ///< of a tick: asked again when it is older and what needs it has not started
    std::optional<Escalate> escalate; ///< of a decision that waits
    bool always = false;              ///< clean-up: runs after an abort or a rollback too
    std::optional<Ready> ready;       ///< of a rollback step
    std::string left_out;             ///< why the chosen variant leaves it out; empty = it does not
    std::vector<std::string> files;   ///< relative to the plan; pinned at the start, checked before use
    bool point_of_no_return = false;  ///< passed as it starts, or, of a person, as it is answered
    bool required = false;            ///< may not be skipped
    std::string evidence;             ///< required, optional, or empty
    std::string source;               ///< "002#step-3.1"
    bool sensitive = false;
    std::optional<Rehearse> rehearse;
    Position at;
};

/// The value as the output holds it, checked by type and pattern: a line end at its end is no part of it. What does not
/// fit is `bad_input`, with what was there.
Result<std::string> as_output(const Output& output, std::string value);

/// The value of an output: by pointer, then the extract's part, checked by type and pattern. What is missing or does
/// not match is `bad_input`, with what was there.
Result<std::string> extract(const Output& output, const StepResult& result);

/// "confirm", "probe", "kubernetes", …: as the plan spells it.
const char* kind_name(const StepBody& body);
std::string a_kind(const StepBody& body); ///< "a confirm", "an approve"

/// True for kinds that change something outside and so have intents.
bool is_effect(const StepBody& body);
bool is_program(const StepBody& body); ///< run, shell: a process that changes something
bool is_persons(const StepBody& body); ///< confirm, attest, approve, decide, external: it waits for a person's answer
/// An effect, or something that a person types elsewhere: what an approval is for.
bool changes_outside(const StepBody& body);
/// The same but for messages, which change nothing that runs.
bool changes_production(const StepBody& body);
/// The program that it asks; null = it asks none.
const Command* program_of(const Probe& probe);

} // namespace sluice::plan

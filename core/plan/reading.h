#pragma once
/// Internal to the loader: a plan while it is read from its tree.
///
/// Everything that goes wrong is noted and reading goes on, so that one run tells all. What has a wrong form was told
/// by shape_check; the getters here then answer with nothing.
#include "plan/diagnostic.h"
#include "plan/includes.h"
#include "plan/model.h"
#include "plan/yaml_tree.h"

#include <set>
#include <string_view>

namespace sluice::plan {

/// A template, where it stands, and what may be filled in there.
struct TemplateUse {
    std::string text;
    Position at;
    std::size_t offset = 0;
    StepId step; ///< the step whose template it is; empty = filled at the start
    bool secret_allowed = false;
    bool needed = true; ///< false: only shown or acted out (a title, `rehearse`); the step can do its work without it
    std::size_t variables = SIZE_MAX; ///< only the first n variables (of a default)
};

struct Names {
    std::vector<std::string> variables, roles, connections, arms, metrics, traffic, options;
    std::vector<std::string> messages, channels, severities;
    std::map<std::string, std::string> connection_kinds; ///< as written
    std::set<std::string> secrets;                       ///< variables of type secret
};

/// A step named by another place; checked when all steps are known.
struct StepRef {
    StepId to;
    Position at;
    bool rollback = false; ///< may name a rollback step
};

class Reading {
public:
    explicit Reading(std::string_view text) : source(text) {}

    ReadInclude include; ///< empty = no file can be read
    bool of_log = false; ///< what the language had once is read too (loader.h, Origin)

    void error(Position at, std::string what, std::string remedy = {});
    void warn(Position at, std::string what, std::string remedy = {});

    /// The node names a value: it is looked for as if `${name}` stood there.
    void used(const Node& node);

    /// Tells when `name` is not among `known`: "the arm 'gren' is not known (did you mean 'green'?)".
    bool check_known(const std::string& name, Position at, const char* what, const std::vector<std::string>& known);

    /// Notes a template for the check of names and returns its text.
    std::string filled(const Node& node, bool secret_allowed = false);
    std::string filled(const Node& map, const char* key, std::string otherwise = {});
    std::vector<std::string> filled_list(const Node* list);
    Json filled_json(const Node& node);

    // The value at a key, or nothing when it is missing or has a wrong form.
    std::string text(const Node& map, const char* key, std::string otherwise = {}) const;
    std::vector<std::string> texts(const Node& map, const char* key) const; ///< one or a list
    std::optional<Nanos> duration(const Node& map, const char* key) const;
    std::optional<Must> must(const Node& map, const char* key) const;
    bool boolean(const Node& map, const char* key, bool otherwise) const;
    int integer(const Node& map, const char* key, int otherwise) const;
    std::vector<int> integers(const Node& map, const char* key) const; ///< one or a list

    Plan plan;
    Names names;
    std::vector<TemplateUse> uses;
    std::vector<Diagnostic> diagnostics;
    StepId step;        ///< the step being read
    std::string metric; ///< the metric being read
    bool aside = false; ///< what is being read is no part of the step's work
    std::string option; ///< the rollback option being read
    std::vector<StepRef> step_refs;
    struct BaselineRef {
        StepId by, of;
        Position at;
    };
    std::vector<BaselineRef> baseline_refs;
    std::map<StepId, Position> needs_at;
    std::map<StepId, Position> shift_at;
    std::vector<std::pair<std::string, Position>> options_without_steps;
    std::map<StepId, Position> due_at, valid_at;
    bool undoes = false; ///< some step says how it is undone
    std::string_view source;
};

Json plain_json(const Node& node);

void read_plan(Reading& reading, const Node& root);
void read_calendar(Reading& reading, const Node& node);
std::optional<AtWindowEnd> read_at_window_end(const Reading& reading, const Node& map);
/// A metric that is one number of an HTTP answer, of a name, a port, a certificate, of a program or of logs: all that
/// it says beside what each metric does.
void read_number(Reading& reading, const Node& node, Metric& metric);
/// One that a cluster tells.
void read_cluster_number(Reading& reading, const Node& node, Metric& metric);
/// Whether somebody answers it, by a connection of that kind.
void check_answers(Reading& reading, const Node& node, const Metric& metric, std::string_view kind);
/// What it tells in a rehearsal (`rehearse: {value: …}`), if that is a number.
std::optional<double> read_rehearsed(Reading& reading, const Node& node, const Metric& metric);
/// What a derived metric says that its formula does not.
void read_derived(Reading& reading, const Node& node);
/// Its formulas, once all metrics are known: parts, arms, interval and age.
void resolve_derived(Reading& reading, const Node& metrics);
void read_traffic(Reading& reading, const Node& root);
void read_rollback(Reading& reading, const Node& node);
std::vector<StepId> read_steps(Reading& reading, const Node& list, const StepId& parent, const std::string& choice,
                               std::vector<Step>& into, std::optional<StepId> before);
StepBody read_body(Reading& reading, const Node& node, Step& step);
Probe read_probe(Reading& reading, const Node& node, const Node& timing, const Node& step_node);
/// Whether a header or variable of that name says who we are, so that its value may stand in no plan.
bool sounds_secret(std::string name);
/// Of `certificate` and `key` in these settings, that neither stands alone.
void check_certificate_pair(Reading& reading, const Node& settings);
/// Of a connection's settings: `via`, headers, certificate and key, user and password; notes the secrets named there.
void read_way(Reading& reading, const Node& settings, const std::string& connection);
HttpCall read_call(Reading& reading, const Node& node, const char* method);
Command read_command(Reading& reading, const Node& argv, const Node& step_node);
/// That a step says on which connection: its `on`. Null = it does not, which is told with one of `kind` as the remedy.
const Node* check_names_connection(Reading& reading, const Node& step_node, const char* kind);
/// And that this is one of `kind`.
void check_connection(Reading& reading, const Node& step_node, const char* kind);
std::optional<Shift> read_shift(Reading& reading, const Node& node, bool final_);
std::optional<NotBefore> read_not_before(Reading& reading, const Node& node);
Rehearse read_rehearse(Reading& reading, const Node& node);
Shell read_shell(Reading& reading, const Node& node, const Node& step_node);
External read_external(Reading& reading, const Node& node);
Flag read_flag(Reading& reading, const Node& node);
KafkaAction read_kafka(Reading& reading, const Node& node, const Node& step_node);
ConfigNumber read_config_number(Reading& reading, const Node& node);
KafkaRead read_kafka_read(Reading& reading, const Node& node, const Node& step_node);
Notify read_notify(Reading& reading, const Node& node);
std::optional<Escalate> read_escalate(Reading& reading, const Node* node);
std::optional<Ready> read_ready(Reading& reading, const Node* node, const Node& step_node);
/// Keys that mean something only for other kinds: of a step, or of what takes it back.
void check_keys(Reading& reading, const Node& node);
/// What would be read and then never done (check_promises.cpp).
void check_promises(Reading& reading);
/// That a file which is pinned at the start has a name by then.
void check_pinned_name(Reading& reading, const Node& file);
/// Whether a file lies in the plan's folder or below it; tells if not.
bool check_beside(Reading& reading, const Node& file);
std::vector<std::string> read_files(Reading& reading, const Node& step_node);
bool read_other_probe(Reading& reading, const Node& node, const Node& step_node, Probe& probe);
std::shared_ptr<const Step> read_undo(Reading& reading, const Node& node, const Node& step_node, const Step& step);
Approve read_approve(Reading& reading, const Node& node);
void read_contingencies(Reading& reading, const Node& root);
void read_messages(Reading& reading, const Node& root);
void read_alert_rules(Reading& reading, const Node& root); ///< after metrics, channels and steps
Condition read_condition(Reading& reading, const Node& node);
/// Where nothing else says of which arm: each metric by arm must name one, or it would never be answered.
Condition read_condition_of_all(Reading& reading, const Node& node);
/// Of an important gate that says no time of its own, until its hold is read: that of the hold.
constexpr Nanos as_its_hold{-1};
std::vector<Gate> read_gates(Reading& reading, const Node* list);
Expect read_expect(Reading& reading, const Node* node);
void read_states(Reading& reading, const Node& node, Metric& metric);
/// What compares with a number: the name of a state is refused. Nothing when it is missing or has a wrong form.
std::optional<Must> read_number_limit(Reading& reading, const Node& map, const char* key);
void check_metric_limit(Reading& reading, const std::string& metric, const Node& map);
void check_arm(Reading& reading, const std::string& metric, const Node& map);

void check_names(Reading& reading);
void check_graph(Reading& reading);

/// Gives an option without steps the `undo`s of the forward steps, last first. Needs them in order and without errors.
void roll_up_undos(Plan& plan);

} // namespace sluice::plan

#include "plan/language.h"

#include "plan/language_types.h"

#include <stdexcept>

namespace sluice::plan {
namespace {

using namespace types;

std::vector<ObjectShape> plan_language() {
    return {
        {"plan",
         "A plan: one release procedure that can be read aloud in a meeting.",
         {{"sluice", integer(1, 1), "The version of the language.", true},
          {"id", id, "Short name of the plan; part of every session's name.", true},
          {"title", filled, "What the plan does, for people.", false, "the id"},
          {"release", object("release"), "What is released, from which version to which."},
          {"variables", map(name, object("variable")), "Values asked for or given before the start, frozen then."},
          {"roles", list(id), "Roles that steps name as owners and approvers."},
          {"calendar", object("calendar"), "When phases marked window: true may start."},
          {"connections", map(id, object("connection")), "Where things are; a rehearsal replaces them."},
          {"arms", map(id, object("arm")), "The sides that traffic goes to."},
          {"metrics", map(name, object("metric")), "What is measured, for gates, triggers and charts."},
          {"traffic", map(id, object("traffic")), "Splits of traffic between arms, and who commands them."},
          {"phases", list(object("phase")), "The procedure, in order.", true},
          {"rollback", object("rollback"), "The ways back, and what starts them."},
          {"rehearse", object("rehearsal"), "What the simulated production holds."}}},
        {"release",
         "What is released.",
         {{"application", filled, "The application's name."},
          {"type", filled, "Major, minor, patch, configuration: as the organisation's policy calls it."},
          {"environment", filled, "Production, staging, …"},
          {"version", filled, "The new version."},
          {"previous", filled, "The version that runs now."}}},
        {"variable",
         "A value that the plan leaves open.",
         {{"type", choice({"string", "integer", "boolean", "duration", "quantity", "semver", "url", "enum", "secret"}),
           "What it may be. A semver may start with v. A secret is a reference, never the secret itself.", false,
           "string"},
          {"title", text, "The question, for people."},
          {"pattern", pattern, "The whole value must match."},
          {"choices", list(text), "The values of an enum."},
          {"default", value, "Taken when nothing is given; may fill in variables above it."},
          {"ask", boolean, "Asked for before the start even if there is a default.", false, "false"},
          {"required-if", object("condition"), "Only then must a value be given."}}},
        {"calendar",
         "An active deny beats any allow; if there is an allow, one must be active.",
         {{"allow", list(object("calendar-row")), "When the window is open."},
          {"deny", list(object("calendar-row")), "When it is not, whatever allow says."},
          {"prefer", list(object("calendar-row")), "When it is better begun; outside of it is told and recorded."},
          {"when-window-ends", choice({"finish", "pause", "ask"}),
           "What becomes of a phase under way: it goes on, stands still until the window opens again, or until a "
           "person "
           "says that it goes on.",
           false, "finish"}}},
        {"calendar-row",
         "Days and hours, the end of a month, or named dates. What is not said does not restrict.",
         {{"name", text, "For people: why it is open or closed."},
          {"days", list(choice({"sun", "mon", "tue", "wed", "thu", "fri", "sat"})), "Days of the week.", false, "all"},
          {"from", text, "HH:MM, local to the zone.", false, "00:00"},
          {"to", text, "HH:MM, exclusive; before from = over midnight, and the days are those on which it begins.",
           false, "24:00"},
          {"zone", text, "Name in the time zone database.", false, "UTC"},
          {"month-end", duration, "The last days of each month, for example 2d."},
          {"dates", one_or_more(text),
           "YYYY-MM-DD, and a name behind it; or a file beside the plan with one a line, # before remarks."},
          {"before", duration, "And so many days before each of the dates.", false, "0d"}}},
        {"connection",
         "Where something is and how to get there.",
         {{"kubernetes", object("kubernetes-connection"), "A cluster."},
          {"http", object("http-connection"), "A service that speaks HTTP."},
          {"prometheus", object("http-connection"), "A Prometheus or anything with its query API."},
          {"kafka", object("kafka-connection"), "A Kafka cluster."}},
         {"kubernetes", "http", "prometheus", "kafka"}},
        {"kubernetes-connection",
         "A cluster by kubeconfig.",
         {{"context", text, "Context in the kubeconfig.", false, "the current one"},
          {"kubeconfig", text, "Path of the kubeconfig.", false, "$KUBECONFIG, then ~/.kube/config"}}},
        {"http-connection",
         "A base address, and how it is reached.",
         {{"url", text, "Scheme, host, port and base path.", true},
          {"via", object("via"), "A way around: services with cluster addresses can't be reached from a desk."},
          {"headers", map(text, secret), "Sent with every request; secrets are references."},
          {"ca", text, "PEM file of the authority that signed the server's certificate."},
          {"rehearse", object_name, "namespace/service that stands for it in a rehearsal.", false, "the public side"}}},
        {"via",
         "A way to a service.",
         {{"service-proxy", object("service-proxy"), "Through the API server's service proxy.", true}}},
        {"service-proxy", "The API server passes requests on.", {{"on", text, "A kubernetes connection.", true}}},
        {"kafka-connection",
         "A Kafka cluster.",
         {{"bootstrap", text, "host:port, several with commas.", true},
          {"security", object("kafka-security"), "Protocol and credentials."},
          {"group-states", boolean, "Whether the brokers answer DescribeGroups.", false, "true"}}},
        {"kafka-security",
         "How to log in.",
         {{"protocol", choice({"plaintext", "ssl", "sasl_plaintext", "sasl_ssl"}), "Transport.", false, "plaintext"},
          {"mechanism", choice({"plain", "scram-sha-256", "scram-sha-512"}), "SASL mechanism."},
          {"username", text, "SASL user."},
          {"password", secret, "SASL password."},
          {"ca", text, "PEM file of the authority."}}},
        {"arm",
         "One side of the traffic.",
         {{"workload", object_name, "namespace/deployment that serves it.", true},
          {"service", object_name, "namespace/service that an Ingress names.", true},
          {"match", filled, "The value by which metrics name it.", false, "the arm's name"}}},
        {"metric",
         "Something measured: by a PromQL query, as consumer lag, or as a health answer.",
         {{"title", text, "For people.", false, "the name"},
          {"from", text, "The connection that answers.", true},
          {"query", filled, "PromQL."},
          {"lag", object("lag"), "Messages that consumers are behind."},
          {"health", object("health"), "1 where an HTTP answer is as expected, 0 where it is not."},
          {"unit", choice({"ratio", "s", "bytes", "messages", "count", "per-second", "bool"}),
           "Decides how limits are read: '0.1%' for ratio, '200ms' for s, '5000' or '5k' for the others.", true},
          {"by-arm", text, "The label whose value names the arm."},
          {"reduce", choice({"sum", "max", "min", "avg", "each", "any"}), "What to do with several series."},
          {"counts", choice({"ready-replicas", "wanted-replicas", "restarts", "alerts"}),
           "What of the release it counts, to be shown as that. With 'reduce: each' the labels tell what a series is "
           "of: "
           "namespace and deployment (of an arm's workload), namespace and pod, alertname."},
          {"at-least", integer(1, 1000000), "So many series must answer.", false, "1"},
          {"interval", duration, "How often it is polled.", false, "5s"},
          {"max-age", duration, "Older data is no data.", false, "3 intervals, at least 30s"},
          {"freshness", filled, "PromQL for the age of the data in seconds.", false, "derived from the query"},
          {"empty", object("empty"), "What an empty answer means.", false, "no data"}},
         {"query", "lag", "health"}},
        {"empty",
         "A counter that never counted is empty in a healthy system.",
         {{"zero-while", filled, "An empty answer is 0 for the arms (or the whole) for which this PromQL answers.",
           true}}},
        {"lag",
         "Messages behind, summed over partitions.",
         {{"groups", list(filled), "Consumer groups.", true},
          {"topics", list(filled), "Topics.", false, "all that the groups read"}}},
        {"health",
         "A health endpoint.",
         {{"path", filled, "Path on the connection.", true},
          {"expect", object("expect"), "What is healthy.", false, "status 2xx"}}},
        {"traffic",
         "A split of traffic between two arms.",
         {{"driver", choice({"nginx-canary", "ingress-backend"}), "Who commands it: any weight, or only 0 and 100.",
           true},
          {"on", text, "The kubernetes connection.", true},
          {"primary", object_name, "namespace/ingress that takes the traffic.", true},
          {"canary", object_name, "namespace/ingress that carries the canary weight (nginx-canary)."},
          {"arms", map(choice({"primary", "canary"}), text), "Which arm each side stands for at the start.", true},
          {"initial", text, "The arm that has all traffic at the start.", false, "the primary's"}}},
        {"phase",
         "A part of the procedure.",
         {{"id", id, "Unique.", true},
          {"title", filled, "For people.", false, "the id"},
          {"window", boolean, "Bound by the calendar; the first such phase sets T0.", false, "false"},
          {"planned", duration, "How long it should take; in a window, so much of it must be left at the start."},
          {"when-window-ends", choice({"finish", "pause", "ask"}),
           "Of one with a window: what becomes of it when the window ends meanwhile.", false, "the calendar's"},
          {"steps", list(object("step")), "In order.", true}}},
        {"rollback",
         "The ways back.",
         {{"within", text, "How long the way back stays open: '2h after STEP'."},
          {"triggers", list(object("trigger")), "What starts one."},
          {"options", map(id, object("option")), "The ways, best first.", true}}},
        {"trigger",
         "A condition that starts or proposes a rollback.",
         {{"id", id, "Unique among triggers.", false, "made from metric and arm"},
          {"title", text, "For people."},
          {"is", filled, "Text that fills to true or false."},
          {"metric", text, "A metric."},
          {"var", text, "A variable."},
          {"all", list(object("condition")), "All must be true."},
          {"any", list(object("condition")), "One must be true."},
          {"not", object("condition"), "Must be false."},
          {"must", must, "What makes it fire."},
          {"arm", text, "One arm.", false, "any arm that has traffic"},
          {"equals", filled, "The variable's value."},
          {"in", list(filled), "The variable is one of these."},
          {"matches", pattern, "The variable matches."},
          {"for", duration, "True for so long without a break.", false, "0s"},
          {"mode", choice({"act", "propose"}), "Rolls back by itself, or asks.", false, "act"},
          {"do", text, "The option to run.", false, "the default one"},
          {"from", text, "Armed when this step has finished.", false, "the start"},
          {"until", text, "Disarmed when this step starts.", false, "never"}},
         {"is", "metric", "var", "all", "any", "not"}},
        {"option",
         "One way back. Without steps it takes back the shifts that have an undo, last first.",
         {{"title", filled, "For people.", false, "the id"},
          {"default", boolean, "What the button does.", false, "the first option"},
          {"available-if", object("condition"), "Only offered then."},
          {"planned", duration, "How long it should take."},
          {"steps", list(object("step")), "In order: scale, ready, shift, then the rest."}}},
        {"rehearsal",
         "The simulated production.",
         {{"world", text, "File with the objects that it starts with, beside the plan.", false, "the built-in one"},
          {"profile", json, "Names and figures of its load that differ from the default."}}},
        {"condition",
         "True or false: the same form everywhere.",
         {{"is", filled, "Text that fills to true or false."},
          {"metric", text, "A metric."},
          {"var", text, "A variable."},
          {"all", list(object("condition")), "All must be true."},
          {"any", list(object("condition")), "One must be true."},
          {"not", object("condition"), "Must be false."},
          {"must", must, "Of a metric: what makes it true."},
          {"arm", text, "Of a metric: one arm.", false, "each arm that has traffic"},
          {"equals", filled, "The variable's value."},
          {"in", list(filled), "The variable is one of these."},
          {"matches", pattern, "The variable matches."}},
         {"is", "metric", "var", "all", "any", "not"}},
        {"gate",
         "A metric that must hold.",
         {{"id", id, "Unique in its step.", false, "the metric, and the arm"},
          {"title", text, "For people.", false, "the metric's"},
          {"metric", text, "A metric.", true},
          {"arm", text, "One arm.", false, "each arm that has traffic"},
          {"must", must, "What makes it hold.", true},
          {"for", duration, "For so long by itself.", false, "0s"}}},
    };
}

} // namespace

const Key* ObjectShape::key(std::string_view key_name) const {
    for (const Key& candidate : keys) {
        if (candidate.name == key_name) {
            return &candidate;
        }
    }
    return nullptr;
}

const std::vector<ObjectShape>& language() {
    static const std::vector<ObjectShape> all = [] {
        auto shapes = plan_language();
        for (ObjectShape& shape : step_language()) {
            shapes.push_back(std::move(shape));
        }
        return shapes;
    }();
    return all;
}

const ObjectShape& object_shape(std::string_view name) {
    for (const ObjectShape& shape : language()) {
        if (shape.name == name) {
            return shape;
        }
    }
    for (const ObjectShape& shape : policy_language()) {
        if (shape.name == name) {
            return shape;
        }
    }
    throw std::logic_error("no such object in the table: " + std::string(name));
}

} // namespace sluice::plan

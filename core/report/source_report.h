#pragma once
/// Of each source of a session as of a moment: what it was asked, what it answered, how old that is, what is wrong and
/// since when, and what hangs on it. Out of the plan and the recorded samples alone, so it is the same live, for who
/// follows, and in a replay. Pure; any thread. Headers and passwords are never in it.
#include "release/state.h"
#include "session/readings.h"

#include <optional>
#include <string>
#include <vector>

namespace sluice::report {

/// How a metric or a source does; the worse the later.
enum class Health { well, not_asked, degraded, too_old, no_data, source_error };

/// "well", "not-asked", "degraded", "too-old", "no-data", "source-error".
const char* name(Health health);
/// "source error": for people.
std::string words(Health health);
constexpr bool is_trouble(Health health) {
    return health >= Health::degraded;
}

/// A part of what is asked, filled from the release's values; a template that can't be filled stays as it is written.
struct Question {
    std::string what; ///< "query", "groups", "path", …
    std::string text; ///< may have several lines
};

/// One value of the last answer, or why it has none.
struct Answer {
    std::string arm;    ///< empty = the whole
    std::string labels; ///< "group=orders, topic=in"; often empty
    session::SampleStatus status = session::SampleStatus::ok;
    double value = 0;   ///< meaningful only if `status` is ok
    Nanos measured_at;  ///< when it was true, as the source says; when it was asked, where there is no value
    std::string detail; ///< what the source added, or why there is no value
    bool idle = false;  ///< its arm has no traffic: it is no trouble that nothing is known of it
    Health health = Health::well;
};

/// What looks at a metric.
struct Dependent {
    enum class Kind { gate, trigger, alert, severity, step, option, metric };
    Kind kind = Kind::gate;
    std::string id;    ///< "bake-25/errors" of a gate, else the plan's own
    std::string title; ///< may be empty
    std::string arm;   ///< empty = each with traffic, or the whole
    std::string limit; ///< "< 0.1%", "> 5% for 5m"; of a derived metric its formula
    std::string state; ///< of a gate of a step at work its verdict, of a trigger its state; empty = not looked at now
    std::string why;   ///< of that state
    std::optional<double> bound =
        {}; ///< the limit's number, in the metric's unit, where it is not counted from another
};
const char* name(Dependent::Kind kind); ///< "gate", …

struct MetricAccount {
    std::string name, title, unit;
    std::vector<plan::State> states; ///< of one that is a state
    std::vector<Question> asked;
    Nanos interval;                   ///< 0 = with each answer of what it is derived from
    Nanos max_age;                    ///< older data is no data
    std::optional<Nanos> received_at; ///< the last answer; none = it was not asked yet
    std::vector<Answer> answers;      ///< of the last answer: in the plan's order of arms
    std::optional<Nanos> good_at;     ///< when the newest value that there ever was, was true
    Health health = Health::not_asked;
    std::string why;                   ///< of trouble: one sentence
    std::optional<Nanos> since;        ///< of trouble: its first reading
    std::vector<Dependent> dependents; ///< in the plan's order, by kind
};

/// A connection with what it is asked; the last may be what is derived here, by formulas.
struct SourceAccount {
    std::string name;                   ///< the connection's; else empty: programs, and what is derived
    std::string kind;                   ///< "Prometheus", "programs of the plan"; empty = derived from the others
    std::string address;                ///< as the plan has it, without credentials; may be empty
    std::vector<MetricAccount> metrics; ///< those in trouble first, the worst before them all; then as in the plan
    Health health = Health::well;       ///< the worst of its metrics
};

struct SourceReport {
    Nanos at;
    std::string session;
    bool rehearsed = false;             ///< the range answered in place of the plan's addresses
    std::vector<SourceAccount> sources; ///< in the same order; empty = the plan measures nothing
};

/// `readings` may go on after `now`: they are read as of then, and `release` is to be as of then too.
SourceReport source_report(const release::Release& release, const session::Readings& readings, Nanos now);

/// For a terminal: lines of their own, foreign text made printable.
std::string source_text(const SourceReport& report);
/// For programs: times as nanoseconds in text, numbers as text.
Json to_json(const SourceReport& report);

} // namespace sluice::report

#pragma once
/// Conditions and limits: the one form that `when`, gates, triggers and `available-if` share.
#include "base/nanos.h"
#include "base/quantity.h"
#include "base/result.h"
#include "plan/position.h"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace sluice::plan {

enum class Comparison { less, less_equal, greater, greater_equal, equal, not_equal };

/// "< 0.1%", ">= 3", "< 200ms": what makes a condition true. The limit is in the base unit (ratio, seconds, bytes,
/// count). Or of a metric that is a state: "is closed", "is closed or half-open", "is not open".
struct Must {
    Comparison comparison = Comparison::less;
    double limit = 0;
    std::string text;                       ///< as written
    Dimension dimension = Dimension::plain; ///< of the unit that was written
    std::vector<std::string> states = {};   ///< names, with `equal` ("is") or `not_equal`; empty = a limit
    std::vector<double> values = {};        ///< what stands for them among readings (`of_metric`, states.h)

    /// False for NaN, whatever the comparison: no data never passes.
    bool holds(double value) const;
};

/// "< 0.1%", ">= 3", "== 0", "!= 0", "is closed or half-open", "is not open".
Result<Must> parse_must(std::string_view text);

/// Whether the limit's unit suits a metric of this unit: '0.1%' or '0.001' (but not '1') for ratio, '200ms' for s,
/// '5000' or '5k' for messages, count and per-second, '2GiB' or plain for bytes. The error says what to write.
Result<void> suits(const Must& must, const std::string& unit);

struct Condition {
    enum class Kind { is, metric, variable, all, any, negation };
    Kind kind = Kind::is;
    std::string text;                                            ///< is: template that fills to true or false
    std::string name;                                            ///< metric or variable
    std::string arm;                                             ///< metric: one arm; empty = each arm that has traffic
    Must must;                                                   ///< metric
    enum class Test { equals, in, matches } test = Test::equals; ///< variable
    std::vector<std::string> values;                             ///< variable: templates; one for equals and matches
    std::vector<Condition> parts;                                ///< all, any, negation (one)
    Position at;
};

/// Whether the condition, or a part of it, looks at a metric of which `is_meant` is true.
bool looks_at(const Condition& condition, const std::function<bool(const std::string& metric)>& is_meant);

/// What a gate's limit is counted from, where it is no fixed one.
struct Against {
    std::string arm;      ///< of which arm; empty = of the one that the gate looks at, or of the whole
    std::string baseline; ///< as it was while this step was at work, on the average; empty = as it is now
    Nanos ago = {};       ///< as it was that long before now; 0 = as `baseline` says, or as it is now
    bool share = false;   ///< the limit is a share of it; else it is a difference in the metric's unit
    Nanos before = {};    ///< as it was on the average over that long before the session's start; 0 = as the others say
    Position at = {};

    /// It is captured once and stands from then on; else it moves with the values.
    bool captured() const { return !baseline.empty() || before.count != 0; }
};

/// How many of the series that a metric keeps must hold.
struct OfSeries {
    std::size_t count = 0; ///< so many; 0 = the share
    double share = 1;      ///< above 0, at most 1: of those that there are, rounded up
    std::string text;      ///< as written: "all", "any", "3", "80%"

    /// Of so many series; more than there are where the count is larger.
    std::size_t wanted(std::size_t series) const;
};

/// "all", "any", "3", "80%".
Result<OfSeries> parse_of_series(std::string_view text);

/// Which clock of a hold a gate has to do with.
enum class Tier {
    critical,  ///< the hold's own: it counts while all critical gates hold together
    important, ///< one of its own, `Gate::for_` long, which stops and sets back no other
};

const char* name(Tier tier); ///< "important": as the plan writes it

/// A condition over one metric that must hold, on its own or within a hold.
struct Gate {
    std::string id;    ///< unique in its step; default the metric's name
    std::string title; ///< default the metric's title
    std::string metric;
    std::string arm;                   ///< empty = each arm that has traffic (or the whole, for a metric without arms)
    Must must;                         ///< with `against`: of the difference from it
    std::optional<OfSeries> of_series; ///< nothing = as the metric says: all of `each`, one of `any`
    std::optional<Against> against;    ///< nothing = `must` is a limit as it stands
    Nanos for_ = {};             ///< how long it must have held by itself; 0 = at once. Of an important one: at the
                                 ///< end of the hold
    std::optional<Nanos> absent; ///< of a hold's gate: breached when there is no data for so long; nothing = it waits
    Tier tier = Tier::critical;  ///< of a hold's gate
    int samples = 0;             ///< a hold is not over before it has seen so many good ones; 0 = any number
    bool shadow = false;         ///< judged, shown and recorded, but nothing waits for it or fails by it
    Position at;

    /// It has a clock of its own; a shadow has none, whatever its tier.
    bool has_own_clock() const { return tier == Tier::important && !shadow; }
};

/// Whether the gate compares others with this arm as it is now, and so does not look at it.
bool compares_with(const Gate& gate, const std::string& arm);

/// The arm whose value the limit for `arm` is counted from; only with `against`.
const std::string& reference_arm(const Gate& gate, const std::string& arm);

/// The gate's limit once it is known what it is counted from, in the metric's unit; `text` says both. Nothing where a
/// share of 0 would be asked for: it says nothing of how far off a value is.
std::optional<Must> counted_from(const Gate& gate, double reference);

/// Whether the gate holds for a value; `reference` counts only with `against`. Nothing where it can't be said: nothing
/// to count from, or a share of 0, unless both are 0 and so alike.
std::optional<bool> holds(const Gate& gate, double value, std::optional<double> reference);

/// "blue", "the baseline of soak", "blue's baseline of soak", "its value 5m ago", "its average of the 1h before the
/// start", "blue's average of the 1h before the start"; empty without `against`.
std::string reference_text(const Gate& gate);

/// "< 200ms" as it can follow "must be": of "is not open" the rest.
std::string after_must_be(const std::string& limit);

/// "< 200ms", "<= blue + 20ms", "<= blue + 10% of it", ">= the baseline of soak - 50", "<= its value 5m ago + 10% of
/// it": the limit for people, as the plan has it.
std::string limit_text(const Gate& gate);

using Scope = std::map<std::string, std::string>; ///< what `${name}` stands for

enum class Truth { no, yes, unknown };

struct Evaluation {
    Truth truth = Truth::unknown;
    std::string why; ///< the part that decided, as a sentence: "ramp is false"
};

/// Answers a metric condition: does the reading make it true? Unknown when there is no data.
using MetricLookup = std::function<Truth(const Condition& metric)>;

/// Three-valued: `all` with a no is no, else with an unknown is unknown. Without a lookup every metric is unknown. A
/// name that the scope lacks is unknown too, with the reason.
Evaluation evaluate(const Condition& condition, const Scope& scope, const MetricLookup& lookup = {});

} // namespace sluice::plan

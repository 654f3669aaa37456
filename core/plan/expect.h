#pragma once
/// What a step's result must look like, and the judgement of it. Pure.
#include "base/json.h"
#include "plan/condition.h"

#include <optional>
#include <string>
#include <vector>

namespace sluice::plan {

/// What came back from a probe, a command or a request. Whatever does not apply is empty.
///
/// A readiness probe answers with `number` = how many are ready, and `exit` 0 when all that should be are, else 1; a
/// rollout probe with `exit` 0 when it is complete.
struct StepResult {
    std::optional<int> exit;   ///< of a process, or a probe's own verdict
    std::optional<int> status; ///< of HTTP
    std::string text;          ///< output or body
    std::optional<Json> json;  ///< the body or output, if it is JSON
    std::optional<double> number;
    bool no_number = false; ///< there is none to be had: the text is not searched for one
};

/// One test of one JSON value. Strings are templates.
struct Matcher {
    enum class Kind { equals, in, matches, must, at_least_version, younger_than };
    Kind kind = Kind::equals;
    std::vector<std::string>
        values; ///< equals (one), in, matches (one pattern), at_least_version (one); JSON scalars as text
    Must must;
    Nanos age = {};
};

/// `json: {/items/*/status/phase: {all: Running}}`: a pointer whose segments may be `*` (each) or `KEY=VALUE` (those
/// items or members that have it), and how many must match.
struct JsonExpect {
    enum class Quantity { one, all, any, none, count };
    std::string pointer;
    Quantity quantity = Quantity::one;
    Must count; ///< of the values that match, for Quantity::count
    Matcher matcher;
    Position at;
};

struct TextExpect {
    std::string pattern; ///< searched for in each line (base/pattern.h)
    bool wanted = true;  ///< false: must not match
    Position at;
};

struct Expect {
    std::vector<int> exit;   ///< empty = 0
    std::vector<int> status; ///< empty = 200 … 299
    std::vector<TextExpect> text;
    std::vector<JsonExpect> json;
    std::optional<Must> number;          ///< of the first number in the output
    std::optional<Must> ready;           ///< of a readiness probe
    std::optional<std::string> at_least; ///< version in the output, template
    bool refused = false;                ///< the refusal is what is wanted (an ACL that must deny)
};

struct Judgement {
    bool met = false;
    std::string why; ///< one sentence: what was wanted, what was there
};

/// All that is expected must be met; the sentence is about the first that is not, or about all that was asked. `now` is
/// for ages. A result with neither exit nor status meets only what is named.
Judgement judge(const Expect& expect, const StepResult& result, const Scope& scope, Nanos now);

/// The values at a pointer with `*` and `KEY=VALUE`, in order.
std::vector<const Json*> values_at(const Json& json, const std::string& pointer);

/// A JSON value as it is compared and shown: strings without quotes, anything else as JSON.
std::string value_text(const Json& value);

/// The first number in a text ("412 connections" → 412).
std::optional<double> first_number(const std::string& text);

} // namespace sluice::plan

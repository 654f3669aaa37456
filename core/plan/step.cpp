#include "plan/step.h"

#include "base/pattern.h"
#include "base/printable.h"
#include "plan/utf8.h"
#include "plan/version.h"

#include <charconv>
#include <fmt/format.h>
#include <string_view>

namespace sluice::plan {
namespace {

bool has_type(const std::string& value, const std::string& type) {
    if (type == "integer") {
        long number = 0;
        const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
        return error == std::errc() && end == value.data() + value.size();
    }
    if (type == "boolean") {
        return value == "true" || value == "false";
    }
    return type != "semver" || parse_version(value).has_value();
}

/// Its beginning, fit for an event whatever bytes it holds.
std::string shown(const std::string& value) {
    return printable(value.substr(0, 120));
}

tl::unexpected<Error> refuse(const Output& output, const std::string& why) {
    return fail(ErrorCode::bad_input, fmt::format("the output '{}' {}", output.name, why));
}

} // namespace

Result<std::string> extract(const Output& output, const StepResult& result) {
    std::string value = result.text;
    if (!output.json.empty()) {
        const auto values = result.json ? values_at(*result.json, output.json) : std::vector<const Json*>{};
        if (values.empty()) {
            return refuse(output, fmt::format("is missing: the answer has nothing at {}", output.json));
        }
        value = value_text(*values.front());
    }
    if (!output.extract.empty()) {
        const auto pattern = Pattern::compile(output.extract);
        if (!pattern) {
            return failed(pattern);
        }
        auto part = pattern->find(value);
        if (!part) {
            return refuse(output, fmt::format("is missing: nothing like '{}' in '{}'", output.extract, shown(value)));
        }
        value = std::move(*part);
    }
    return as_output(output, std::move(value));
}

Result<std::string> as_output(const Output& output, std::string value) {
    // Programs end their output with a line end that is no part of the value.
    while (!value.empty() && (value.back() == '\n' || value.back() == '\r')) {
        value.pop_back();
    }
    if (value.find('\0') != std::string::npos) {
        return refuse(output, "holds a NUL byte");
    }
    if (first_bad_utf8(value)) { // no event could hold it
        return refuse(output, fmt::format("is '{}', which is no UTF-8", shown(value)));
    }
    if (!has_type(value, output.type)) {
        return refuse(output, fmt::format("is '{}', which is no {}", shown(value), output.type));
    }
    if (!output.pattern.empty()) {
        const auto pattern = Pattern::compile(output.pattern);
        if (!pattern || !pattern->matches_whole(value)) {
            return refuse(output, fmt::format("is '{}', which does not match '{}'", shown(value), output.pattern));
        }
    }
    return value;
}

const char* kind_name(const StepBody& body) {
    static constexpr const char* names[] = {"confirm", "approve",    "decide", "wait",   "hold",   "probe",
                                            "run",     "kubernetes", "shift",  "scale",  "http",   "group",
                                            "shell",   "external",   "flag",   "notify", "attest", "kafka"};
    static_assert(std::size(names) == std::variant_size_v<StepBody>);
    return names[body.index()];
}

std::string a_kind(const StepBody& body) {
    const std::string name = kind_name(body);
    return (std::string_view("aeiou").find(name.front()) == std::string_view::npos ? "a " : "an ") + name;
}

bool changes_outside(const StepBody& body) {
    return is_effect(body) || std::holds_alternative<External>(body);
}

bool changes_production(const StepBody& body) {
    return changes_outside(body) && !std::holds_alternative<Notify>(body);
}

const Command* program_of(const Probe& probe) {
    return std::get_if<Command>(&probe.what);
}

bool is_program(const StepBody& body) {
    return std::holds_alternative<Run>(body) || std::holds_alternative<Shell>(body);
}

bool is_persons(const StepBody& body) {
    return std::holds_alternative<Confirm>(body) || std::holds_alternative<Attest>(body) ||
           std::holds_alternative<Approve>(body) || std::holds_alternative<Decide>(body) ||
           std::holds_alternative<External>(body);
}

bool is_effect(const StepBody& body) {
    return is_program(body) || std::holds_alternative<KubernetesWrite>(body) || std::holds_alternative<Shift>(body) ||
           std::holds_alternative<Scale>(body) || std::holds_alternative<HttpAction>(body) ||
           std::holds_alternative<Flag>(body) || std::holds_alternative<Notify>(body) ||
           std::holds_alternative<KafkaAction>(body);
}

} // namespace sluice::plan

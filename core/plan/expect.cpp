#include "plan/expect.h"

#include "base/pattern.h"
#include "base/printable.h"
#include "plan/fill.h"
#include "plan/version.h"

#include <algorithm>
#include <date/date.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sstream>

namespace sluice::plan {
namespace {

Judgement met(std::string why) {
    return {true, std::move(why)};
}
Judgement unmet(std::string why) {
    return {false, std::move(why)};
}

/// Fit for an event, whatever bytes it holds and wherever it is cut.
std::string shortened(const std::string& text) {
    constexpr std::size_t longest = 120;
    return text.size() <= longest ? printable(text) : printable(text.substr(0, longest)) + "…";
}

/// RFC 3339, or seconds since the epoch.
std::optional<Nanos> instant(const std::string& text) {
    std::chrono::sys_time<std::chrono::nanoseconds> when{};
    for (const char* form : {"%FT%TZ", "%FT%T%Ez"}) {
        std::istringstream stream(text);
        stream >> date::parse(form, when);
        if (!stream.fail() && stream.peek() == std::char_traits<char>::eof()) {
            return Nanos{when.time_since_epoch().count()};
        }
    }
    if (const auto number = parse_number(text); number && *number > 0 && *number < 9e9) {
        return Nanos{static_cast<std::int64_t>(*number * 1e9)};
    }
    return std::nullopt;
}

std::optional<double> as_number(const Json& value) {
    if (value.is_number()) {
        return value.get<double>();
    }
    if (value.is_string()) {
        if (const auto amount = parse_kubernetes_quantity(value.get_ref<const std::string&>())) {
            return *amount;
        }
    }
    return std::nullopt;
}

Result<bool> passes(const Matcher& matcher, const Json& value, const Scope& scope, Nanos now) {
    const std::string text = value_text(value);
    switch (matcher.kind) {
    case Matcher::Kind::equals:
    case Matcher::Kind::in:
        for (const std::string& candidate : matcher.values) {
            const auto filled = fill(candidate, scope);
            if (!filled) {
                return failed(filled);
            }
            if (*filled == text) {
                return true;
            }
        }
        return false;
    case Matcher::Kind::matches: {
        const auto pattern = Pattern::compile(matcher.values.front());
        if (!pattern) {
            return failed(pattern);
        }
        return pattern->found_in(text);
    }
    case Matcher::Kind::must: {
        const auto number = as_number(value);
        return number && matcher.must.holds(*number);
    }
    case Matcher::Kind::at_least_version: {
        const auto wanted = fill(matcher.values.front(), scope);
        if (!wanted) {
            return failed(wanted);
        }
        const auto least = parse_version(*wanted);
        const auto found = find_version(text);
        return least && found && compare(*found, *least) >= 0;
    }
    case Matcher::Kind::younger_than: {
        const auto when = instant(text);
        return when && now - *when <= matcher.age;
    }
    }
    return false;
}

std::string wish(const Matcher& matcher) {
    switch (matcher.kind) {
    case Matcher::Kind::equals:
        return fmt::format("'{}'", fmt::join(matcher.values, ""));
    case Matcher::Kind::in:
        return fmt::format("one of {}", fmt::join(matcher.values, ", "));
    case Matcher::Kind::matches:
        return fmt::format("like '{}'", fmt::join(matcher.values, ""));
    case Matcher::Kind::must:
        return matcher.must.text;
    case Matcher::Kind::at_least_version:
        return fmt::format("version {} or later", fmt::join(matcher.values, ""));
    case Matcher::Kind::younger_than:
        return "younger than " + duration_text(matcher.age);
    }
    return {};
}

Judgement judge_json(const JsonExpect& expect, const StepResult& result, const Scope& scope, Nanos now) {
    if (!result.json) {
        return unmet(fmt::format("the answer is not JSON, so {} can't be read", expect.pointer));
    }
    const auto values = values_at(*result.json, expect.pointer);
    std::size_t passing = 0;
    const Json* odd = nullptr; // the first value that decides against
    for (const Json* value : values) {
        const auto pass = passes(expect.matcher, *value, scope, now);
        if (!pass) {
            return unmet(pass.error().what);
        }
        passing += *pass ? 1 : 0;
        if (odd == nullptr && *pass == (expect.quantity == JsonExpect::Quantity::none)) {
            odd = value;
        }
    }
    const std::string where = expect.pointer.empty() ? "the answer" : expect.pointer;
    const std::string there = odd != nullptr ? "'" + shortened(value_text(*odd)) + "'" : "nothing";
    bool fine = false;
    std::string wanted = wish(expect.matcher);
    switch (expect.quantity) {
    case JsonExpect::Quantity::one:
    case JsonExpect::Quantity::all:
        fine = !values.empty() && passing == values.size();
        break;
    case JsonExpect::Quantity::any:
        fine = passing > 0;
        wanted = "at least one " + wanted;
        break;
    case JsonExpect::Quantity::none:
        fine = passing == 0;
        wanted = "none " + wanted;
        break;
    case JsonExpect::Quantity::count:
        fine = expect.count.holds(static_cast<double>(passing));
        return {fine, fmt::format("{}: {} {}, wanted {}", where, passing, passing == 1 ? "value" : "values",
                                  expect.count.text)};
    }
    if (fine) {
        return met(fmt::format("{} is {}", where,
                               values.size() == 1 ? "'" + shortened(value_text(*values[0])) + "'" : wanted));
    }
    return unmet(fmt::format("{}: wanted {}, found {}", where, wanted, there));
}

Judgement judge_number(const Must& must, std::optional<double> number, const char* what) {
    if (!number) {
        return unmet(fmt::format("{}: wanted {}, found no number", what, must.text));
    }
    return {must.holds(*number), fmt::format("{} {}, wanted {}", what, number_text(*number), must.text)};
}

Judgement judge_refused(const StepResult& result) {
    const bool refused = (result.status && (*result.status == 401 || *result.status == 403)) ||
                         (!result.status && result.exit && *result.exit != 0);
    const std::string got =
        result.status ? fmt::format("status {}", *result.status) : fmt::format("exit {}", result.exit.value_or(0));
    return {refused, refused ? "refused as wanted: " + got : "wanted a refusal, got " + got};
}

bool among(const std::vector<int>& wanted, int value) {
    return std::find(wanted.begin(), wanted.end(), value) != wanted.end();
}

} // namespace

std::string value_text(const Json& value) {
    return value.is_string() ? value.get<std::string>() : value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::optional<double> first_number(const std::string& text) {
    static const Pattern whole = Pattern::compile("(-?[0-9]+(?:\\.[0-9]+)?)").value();
    const auto found = whole.find(text);
    if (!found) {
        return std::nullopt;
    }
    const auto number = parse_number(*found);
    return number ? std::optional(*number) : std::nullopt;
}

std::vector<const Json*> values_at(const Json& json, const std::string& pointer) {
    std::vector<const Json*> values{&json};
    std::size_t start = 1;
    while (start <= pointer.size() && !pointer.empty()) {
        const std::size_t end = std::min(pointer.find('/', start), pointer.size());
        std::string segment = pointer.substr(start, end - start);
        for (std::size_t tilde = 0; (tilde = segment.find('~', tilde)) != std::string::npos; ++tilde) {
            const char code = tilde + 1 < segment.size() ? segment[tilde + 1] : '\0';
            if (code == '0' || code == '1') { // RFC 6901, section 4
                segment.replace(tilde, 2, code == '1' ? "/" : "~");
            }
        }
        const std::size_t equals = segment.find('=');
        std::vector<const Json*> next;
        for (const Json* value : values) {
            if (value->is_object() && value->contains(segment)) {
                next.push_back(&(*value)[segment]);
            } else if (segment == "*" && value->is_structured()) {
                for (const Json& child : *value) {
                    next.push_back(&child);
                }
            } else if (equals != std::string::npos && value->is_structured()) {
                for (const Json& child : *value) {
                    const auto member = child.is_object() ? child.find(segment.substr(0, equals)) : child.end();
                    if (child.is_object() && member != child.end() &&
                        value_text(*member) == segment.substr(equals + 1)) {
                        next.push_back(&child);
                    }
                }
            } else if (value->is_array() && !segment.empty() && segment.size() < 9 &&
                       segment.find_first_not_of("0123456789") == std::string::npos &&
                       std::stoul(segment) < value->size()) {
                next.push_back(&(*value)[std::stoul(segment)]);
            }
        }
        values = std::move(next);
        start = end + 1;
    }
    return values;
}

Judgement judge(const Expect& expect, const StepResult& result, const Scope& scope, Nanos now) {
    if (expect.refused) {
        return judge_refused(result);
    }
    std::vector<std::string> reasons;
    const auto add = [&](Judgement one) {
        reasons.push_back(std::move(one.why));
        return one.met;
    };
    // With `ready` the plan sets its own limit; the probe's own verdict (all of them) then counts only if asked for.
    if (result.exit && (!expect.ready || !expect.exit.empty())) {
        const bool fine = expect.exit.empty() ? *result.exit == 0 : among(expect.exit, *result.exit);
        const std::string wanted = expect.exit.empty() ? "0" : fmt::format("{}", fmt::join(expect.exit, " or "));
        if (!add({fine, fmt::format("exit {}{}", *result.exit, fine ? "" : ", wanted " + wanted)})) {
            return unmet(reasons.back());
        }
    }
    if (result.status) {
        const bool fine = expect.status.empty() ? *result.status / 100 == 2 : among(expect.status, *result.status);
        const std::string wanted = expect.status.empty() ? "2xx" : fmt::format("{}", fmt::join(expect.status, " or "));
        if (!add({fine, fmt::format("status {}{}", *result.status, fine ? "" : ", wanted " + wanted)})) {
            return unmet(reasons.back());
        }
    }
    for (const TextExpect& text : expect.text) {
        const auto pattern = Pattern::compile(text.pattern);
        const auto found = pattern ? pattern->find(result.text) : std::nullopt;
        const bool fine = pattern && found.has_value() == text.wanted;
        if (!add({fine, found ? fmt::format("'{}' is in the text{}", shortened(*found), fine ? "" : ", but must not be")
                              : fmt::format("'{}' is not in the text", text.pattern)})) {
            return unmet(reasons.back());
        }
    }
    for (const JsonExpect& json : expect.json) {
        if (!add(judge_json(json, result, scope, now))) {
            return unmet(reasons.back());
        }
    }
    const auto number = result.number || result.no_number ? result.number : first_number(result.text);
    if (expect.number && !add(judge_number(*expect.number, number, "the number is"))) {
        return unmet(reasons.back());
    }
    if (expect.ready && !add(judge_number(*expect.ready, result.number, "ready:"))) {
        return unmet(reasons.back());
    }
    if (expect.at_least) {
        const auto wanted = fill(*expect.at_least, scope);
        const auto least = wanted ? parse_version(*wanted) : std::nullopt;
        const auto found = find_version(result.text);
        const bool fine = least && found && compare(*found, *least) >= 0;
        const std::string least_text = wanted ? *wanted : *expect.at_least;
        const std::string line = result.text.substr(0, result.text.find('\n'));
        if (!add({fine, fine ? fmt::format("version {} or later is in '{}'", least_text, shortened(line))
                             : fmt::format("wanted version {} or later in '{}'", least_text, shortened(line))})) {
            return unmet(reasons.back());
        }
    }
    return met(fmt::format("{}", fmt::join(reasons, "; ")));
}

} // namespace sluice::plan

#include "report/expected.h"

#include "base/quantity.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <iterator>

namespace sluice::report {
namespace {

std::string wanted(const plan::Matcher& matcher, const Filled& filled) {
    std::vector<std::string> values;
    std::transform(matcher.values.begin(), matcher.values.end(), std::back_inserter(values), filled);
    const std::string all = fmt::format("{}", fmt::join(values, ", "));
    switch (matcher.kind) {
    case plan::Matcher::Kind::equals:
        return all;
    case plan::Matcher::Kind::in:
        return "one of " + all;
    case plan::Matcher::Kind::matches:
        return "found by " + all;
    case plan::Matcher::Kind::must:
        return matcher.must.text;
    case plan::Matcher::Kind::at_least_version:
        return "version " + all + " or later";
    case plan::Matcher::Kind::younger_than:
        return "younger than " + duration_text(matcher.age);
    }
    return all;
}

std::string how_many(const plan::JsonExpect& json) {
    switch (json.quantity) {
    case plan::JsonExpect::Quantity::one:
        return "must be";
    case plan::JsonExpect::Quantity::all:
        return "must all be";
    case plan::JsonExpect::Quantity::any:
        return "must, one at least, be";
    case plan::JsonExpect::Quantity::none:
        return "must never be";
    case plan::JsonExpect::Quantity::count:
        return "must, in number " + json.count.text + ", be";
    }
    return {};
}

} // namespace

std::vector<std::string> expected(const plan::Expect& expect, const Filled& filled) {
    std::vector<std::string> told;
    if (expect.refused) {
        told.emplace_back("it must be refused");
    }
    if (!expect.exit.empty()) {
        told.push_back(fmt::format("its exit code must be {}", fmt::join(expect.exit, " or ")));
    }
    if (!expect.status.empty()) {
        told.push_back(fmt::format("its status must be {}", fmt::join(expect.status, " or ")));
    }
    for (const auto& text : expect.text) {
        told.push_back(
            fmt::format("{} be found in it: {}", text.wanted ? "this must" : "this must not", filled(text.pattern)));
    }
    for (const auto& json : expect.json) {
        const std::string value = wanted(json.matcher, filled);
        told.push_back(fmt::format("in its JSON {} {}{}", json.pointer, how_many(json),
                                   value.empty() ? std::string() : " " + value));
    }
    if (expect.number) {
        told.push_back("its number must be " + expect.number->text);
    }
    if (expect.ready) {
        told.push_back("ready must be " + expect.ready->text);
    }
    if (expect.at_least) {
        told.push_back("its version must be " + filled(*expect.at_least) + " or later");
    }
    return told;
}

} // namespace sluice::report

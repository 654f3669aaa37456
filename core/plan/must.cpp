#include "plan/condition.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace sluice::plan {

bool Must::holds(double value) const {
    if (std::isnan(value)) {
        return false;
    }
    if (!states.empty()) {
        const bool one = std::find(values.begin(), values.end(), value) != values.end();
        return !values.empty() && one == (comparison == Comparison::equal); // none: what they stand for is not known
    }
    switch (comparison) {
    case Comparison::less:
        return value < limit;
    case Comparison::less_equal:
        return value <= limit;
    case Comparison::greater:
        return value > limit;
    case Comparison::greater_equal:
        return value >= limit;
    case Comparison::equal:
        return value == limit;
    case Comparison::not_equal:
        return value != limit;
    }
    return false;
}

namespace {

/// The words of a text between blanks.
std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words;
    for (std::size_t at = 0; at < text.size();) {
        const auto end = std::min(text.find(' ', at), text.size());
        if (end > at) {
            words.emplace_back(text.substr(at, end - at));
        }
        at = end + 1;
    }
    return words;
}

/// "is NAME or NAME …", "is not NAME or NAME …".
Result<Must> parse_states(std::string_view text) {
    auto words = words_of(text);
    Must must{Comparison::equal, std::nan(""), std::string(text)};
    words.erase(words.begin());
    if (!words.empty() && words.front() == "not") {
        must.comparison = Comparison::not_equal;
        words.erase(words.begin());
    }
    for (std::size_t i = 0; i < words.size(); ++i) {
        const bool between = i % 2 == 1;
        if (between != (words[i] == "or") || words[i] == "not") {
            return fail(ErrorCode::bad_input, fmt::format("'{}' can't be read at '{}'", text, words[i]), {},
                        "write 'is closed', 'is closed or half-open', or 'is not open'");
        }
        if (!between) {
            must.states.push_back(words[i]);
        }
    }
    if (words.size() % 2 == 0) { // none, or an 'or' at the end
        return fail(ErrorCode::bad_input, fmt::format("'{}' names no state", text), {},
                    "write 'is closed', 'is closed or half-open', or 'is not open'");
    }
    return must;
}

} // namespace

Result<Must> parse_must(std::string_view text) {
    if (text == "is" || text.starts_with("is ")) {
        return parse_states(text);
    }
    struct Spelling {
        std::string_view sign;
        Comparison comparison;
    };
    // Longer signs first, or '<=' would be read as '<' and '='.
    static constexpr Spelling spellings[] = {{"<=", Comparison::less_equal}, {">=", Comparison::greater_equal},
                                             {"==", Comparison::equal},      {"!=", Comparison::not_equal},
                                             {"<", Comparison::less},        {">", Comparison::greater}};
    for (const Spelling& spelling : spellings) {
        if (!text.starts_with(spelling.sign)) {
            continue;
        }
        std::string_view rest = text.substr(spelling.sign.size());
        rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
        const auto quantity = parse_quantity(rest);
        if (!quantity) {
            return failed(quantity);
        }
        return Must{spelling.comparison, quantity->value, std::string(text), quantity->dimension};
    }
    return fail(ErrorCode::bad_input, fmt::format("'{}' does not compare", text), {},
                "start with <, <=, >, >=, == or !=, for example '< 0.1%'");
}

std::size_t OfSeries::wanted(std::size_t series) const {
    // A share is as exact as it was written: 70 % of 10 is 7, though 0.7 · 10 is a little more.
    return count > 0 ? count
                     : std::max<std::size_t>(
                           1, static_cast<std::size_t>(std::ceil(share * static_cast<double>(series) - 1e-9)));
}

Result<OfSeries> parse_of_series(std::string_view text) {
    if (text == "all" || text == "any") {
        return OfSeries{text == "any" ? std::size_t{1} : 0, 1, std::string(text)};
    }
    const auto quantity = parse_quantity(text);
    const bool share = quantity && quantity->dimension == Dimension::ratio;
    const bool plain = quantity && quantity->dimension == Dimension::plain;
    const double value = quantity ? quantity->value : 0;
    if (share && value > 0 && value <= 1) {
        return OfSeries{0, value, std::string(text)};
    }
    if (plain && value >= 1 && value <= 1e6 && value == std::floor(value)) {
        return OfSeries{static_cast<std::size_t>(value), 1, std::string(text)};
    }
    return fail(ErrorCode::bad_input, fmt::format("'{}' is no number of series", text), {},
                "write all, any, a whole number from 1 on, or a share: 80%");
}

const char* name(Tier tier) {
    return tier == Tier::important ? "important" : "critical";
}

bool compares_with(const Gate& gate, const std::string& arm) {
    return gate.against && !gate.against->captured() && gate.against->ago.count == 0 && gate.against->arm == arm;
}

const std::string& reference_arm(const Gate& gate, const std::string& arm) {
    return gate.against->arm.empty() ? arm : gate.against->arm;
}

std::optional<Must> counted_from(const Gate& gate, double reference) {
    if (!gate.against) {
        return gate.must;
    }
    const bool share = gate.against->share;
    if (!std::isfinite(reference) || (share && reference == 0)) {
        return std::nullopt;
    }
    Must must = gate.must;
    must.limit = reference + (share ? std::abs(reference) * gate.must.limit : gate.must.limit);
    must.text = limit_text(gate);
    return must;
}

std::optional<bool> holds(const Gate& gate, double value, std::optional<double> reference) {
    if (!gate.against) {
        return gate.must.holds(value);
    }
    const auto limit = reference ? counted_from(gate, *reference) : std::nullopt;
    if (limit) {
        return limit->holds(value);
    }
    return reference == 0.0 && value == 0 ? std::optional(gate.must.holds(0)) : std::nullopt;
}

std::string reference_text(const Gate& gate) {
    if (!gate.against) {
        return {};
    }
    const auto& [arm, baseline, ago, share, before, at] = *gate.against;
    if (ago.count != 0) {
        return fmt::format("its value {} ago", duration_text(ago));
    }
    if (before.count != 0) {
        return fmt::format("{} average of the {} before the start", arm.empty() ? "its" : arm + "'s",
                           duration_text(before));
    }
    if (baseline.empty()) {
        return arm;
    }
    return arm.empty() ? "the baseline of " + baseline : arm + "'s baseline of " + baseline;
}

std::string after_must_be(const std::string& limit) {
    return limit.starts_with("is ") ? limit.substr(3) : limit;
}

std::string limit_text(const Gate& gate) {
    if (!gate.against) {
        return gate.must.text;
    }
    const auto amount = gate.must.text.find_first_not_of("<>=! ");
    const std::string sign = gate.must.text.substr(0, gate.must.text.find_first_not_of("<>=!"));
    std::string from = sign + " " + reference_text(gate);
    if (gate.must.limit == 0 || amount == std::string::npos) {
        return from;
    }
    const std::string of = gate.against->share ? " of it" : "";
    return gate.must.limit < 0 ? from + " - " + gate.must.text.substr(gate.must.text.find('-', amount) + 1) + of
                               : from + " + " + gate.must.text.substr(amount) + of;
}

Result<void> suits(const Must& must, const std::string& unit) {
    const auto refuse = [&](const char* remedy) {
        return fail(ErrorCode::bad_input, fmt::format("'{}' has another unit than the metric's ({})", must.text, unit),
                    {}, remedy);
    };
    if (unit == "ratio") {
        // '< 1' would hold for all but a total failure; who means that says 100 %. '>= 1' and '== 1' are for all.
        const bool for_all = std::abs(must.limit) == 1 && must.comparison != Comparison::less &&
                             must.comparison != Comparison::less_equal && must.comparison != Comparison::greater;
        if (!for_all && must.dimension == Dimension::plain && std::abs(must.limit) >= 1) {
            return fail(ErrorCode::bad_input,
                        fmt::format("'{}' of a ratio is {} %", must.text, std::round(must.limit * 10'000) / 100), {},
                        fmt::format("write the per cent: '{}%', or that", must.text));
        }
        return must.dimension == Dimension::ratio || must.dimension == Dimension::plain
                   ? Result<void>()
                   : refuse("write per cent, for example '< 0.1%'");
    }
    if (unit == "s") {
        return must.dimension == Dimension::time ? Result<void>() : refuse("write a time, for example '< 200ms'");
    }
    if (unit == "bytes") {
        return must.dimension == Dimension::bytes ? Result<void>() : refuse("write bytes, for example '< 512MiB'");
    }
    return must.dimension == Dimension::plain ? Result<void>()
                                              : refuse("write a plain number, for example '< 5000' or '< 5k'");
}

} // namespace sluice::plan

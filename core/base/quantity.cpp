#include "base/quantity.h"

#include <array>
#include <charconv>
#include <cmath>
#include <fmt/format.h>

namespace sluice {
namespace {

struct TimeUnit {
    std::string_view name;
    std::int64_t length;
};
constexpr std::array time_units{TimeUnit{"d", 86'400'000'000'000}, TimeUnit{"h", 3'600'000'000'000},
                                TimeUnit{"m", 60'000'000'000}, TimeUnit{"s", 1'000'000'000}, TimeUnit{"ms", 1'000'000}};

struct AmountUnit {
    std::string_view name;
    double factor;
    Dimension dimension;
};
constexpr std::array amount_units{AmountUnit{"", 1, Dimension::plain},
                                  AmountUnit{"%", 0.01, Dimension::ratio},
                                  AmountUnit{"ms", 1e-3, Dimension::time},
                                  AmountUnit{"s", 1, Dimension::time},
                                  AmountUnit{"m", 60, Dimension::time},
                                  AmountUnit{"h", 3600, Dimension::time},
                                  AmountUnit{"k", 1e3, Dimension::plain},
                                  AmountUnit{"M", 1e6, Dimension::plain},
                                  AmountUnit{"B", 1, Dimension::bytes},
                                  AmountUnit{"KiB", 1024, Dimension::bytes},
                                  AmountUnit{"MiB", 1048576, Dimension::bytes},
                                  AmountUnit{"GiB", 1073741824, Dimension::bytes},
                                  AmountUnit{"TiB", 1099511627776, Dimension::bytes}};

constexpr std::array kubernetes_units{
    AmountUnit{"", 1, {}},         AmountUnit{"n", 1e-9, {}},        AmountUnit{"u", 1e-6, {}},
    AmountUnit{"m", 1e-3, {}},     AmountUnit{"k", 1e3, {}},         AmountUnit{"M", 1e6, {}},
    AmountUnit{"G", 1e9, {}},      AmountUnit{"T", 1e12, {}},        AmountUnit{"Ki", 1024, {}},
    AmountUnit{"Mi", 1048576, {}}, AmountUnit{"Gi", 1073741824, {}}, AmountUnit{"Ti", 1099511627776, {}}};

constexpr const char* duration_remedy = "write it with units, for example 90s, 5m or 1h30m";

/// The leading decimal number of `text`, or nothing. No exponent: "1e3" in a plan is more often a slip than a wish.
bool leading_number(std::string_view text, double& value, std::string_view& rest) {
    std::size_t end = !text.empty() && text[0] == '-' ? 1 : 0;
    const std::size_t digits = end;
    while (end < text.size() && ((text[end] >= '0' && text[end] <= '9') || text[end] == '.')) {
        ++end;
    }
    if (end == digits || text[end - 1] == '.' || text[digits] == '.') {
        return false;
    }
    const auto [stop, error] = std::from_chars(text.data(), text.data() + end, value);
    rest = text.substr(end);
    return error == std::errc() && stop == text.data() + end && std::isfinite(value);
}

} // namespace

Result<Nanos> parse_duration(std::string_view text) {
    const auto refuse = [&](const std::string& why) {
        return fail(ErrorCode::bad_input, fmt::format("'{}' is not a length of time{}", text, why), {},
                    duration_remedy);
    };
    if (text.empty()) {
        return refuse("");
    }
    std::int64_t total = 0;
    std::size_t smallest_allowed = 0;
    std::string_view rest = text;
    while (!rest.empty()) {
        std::int64_t number = 0;
        const auto [stop, error] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
        if (error != std::errc() || number < 0 || rest[0] == '-') {
            return refuse("");
        }
        rest.remove_prefix(static_cast<std::size_t>(stop - rest.data()));
        std::size_t letters = 0;
        while (letters < rest.size() && rest[letters] >= 'a' && rest[letters] <= 'z') {
            ++letters;
        }
        std::size_t unit = smallest_allowed;
        while (unit < time_units.size() && time_units[unit].name != rest.substr(0, letters)) {
            ++unit;
        }
        if (unit == time_units.size()) {
            return refuse(letters == 0 ? ": it has no unit" : "");
        }
        std::int64_t part = 0;
        if (__builtin_mul_overflow(number, time_units[unit].length, &part) ||
            __builtin_add_overflow(total, part, &total)) {
            return refuse(": it is too long");
        }
        rest.remove_prefix(letters);
        smallest_allowed = unit + 1;
    }
    return Nanos{total};
}

std::string duration_text(Nanos length) {
    std::string text = length.count < 0 ? "-" : "";
    std::int64_t left = std::abs(length.count) / 1'000'000 * 1'000'000;
    for (const TimeUnit& unit : time_units) {
        if (left >= unit.length) {
            text += fmt::format("{}{}", left / unit.length, unit.name);
            left %= unit.length;
        }
    }
    return text.empty() || text == "-" ? "0s" : text;
}

Result<Quantity> parse_quantity(std::string_view text) {
    double number = 0;
    std::string_view rest;
    if (leading_number(text, number, rest)) {
        while (!rest.empty() && rest[0] == ' ') {
            rest.remove_prefix(1);
        }
        for (const AmountUnit& unit : amount_units) {
            if (unit.name == rest) {
                return Quantity{unit.dimension == Dimension::ratio ? number / 100 : number * unit.factor,
                                unit.dimension};
            }
        }
    }
    return fail(ErrorCode::bad_input, fmt::format("'{}' is not a number with a unit", text), {},
                "for example 0.1%, 200ms, 5000, 10k or 512MiB");
}

Result<double> parse_kubernetes_quantity(std::string_view text) {
    double number = 0;
    std::string_view rest;
    if (leading_number(text, number, rest)) {
        for (const AmountUnit& unit : kubernetes_units) {
            if (unit.name == rest) {
                return number * unit.factor;
            }
        }
    }
    return fail(ErrorCode::bad_input, fmt::format("'{}' is not an amount as Kubernetes spells them", text));
}

} // namespace sluice

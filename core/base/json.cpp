#include "base/json.h"

#include <charconv>
#include <cmath>
#include <set>

namespace sluice {
namespace {

constexpr std::int64_t max_exact = (std::int64_t{1} << 53) - 1;
constexpr int max_depth = 64;

const char* unfit(const Json& value, int depth) {
    if (depth > max_depth) {
        return "nested deeper than 64";
    }
    switch (value.type()) {
    case Json::value_t::number_float:
        return "a floating-point number";
    case Json::value_t::number_integer:
        return value.get<std::int64_t>() > max_exact || value.get<std::int64_t>() < -max_exact ? "an integer past 2^53"
                                                                                               : nullptr;
    case Json::value_t::number_unsigned:
        return value.get<std::uint64_t>() > static_cast<std::uint64_t>(max_exact) ? "an integer past 2^53" : nullptr;
    case Json::value_t::binary:
    case Json::value_t::discarded:
        return "a value that is not JSON";
    case Json::value_t::object:
        for (const auto& [key, child] : value.items()) {
            for (const char c : key) {
                if (static_cast<unsigned char>(c) >= 0x80) {
                    return "a key that is not ASCII";
                }
            }
            if (const char* why = unfit(child, depth + 1)) {
                return why;
            }
        }
        return nullptr;
    case Json::value_t::array:
        for (const auto& child : value) {
            if (const char* why = unfit(child, depth + 1)) {
                return why;
            }
        }
        return nullptr;
    default:
        return nullptr;
    }
}

} // namespace

Result<std::string> canonical(const Json& value) {
    if (const char* why = unfit(value, 0)) {
        return fail(ErrorCode::internal, std::string("not canonical JSON: ") + why);
    }
    try {
        // nlohmann sorts keys by byte, which for ASCII is the UTF-16 order that RFC 8785 asks for, and escapes as it
        // does.
        return value.dump(-1, ' ', false, Json::error_handler_t::strict);
    } catch (const Json::exception& error) {
        return fail(ErrorCode::internal, std::string("not canonical JSON: ") + error.what());
    }
}

Result<Json> parse_json(std::string_view text, std::string_view where, std::size_t budget) {
    if (text.size() > budget) {
        return fail(ErrorCode::bad_input,
                    "JSON of " + std::to_string(text.size()) + " bytes is over the budget of " + std::to_string(budget),
                    std::string(where));
    }
    std::vector<std::set<std::string>> keys;
    std::string trouble;
    const Json::parser_callback_t guard = [&](int depth, Json::parse_event_t event, Json& parsed) {
        if (depth > max_depth) {
            throw std::length_error("nested deeper than 64");
        }
        if (event == Json::parse_event_t::object_start) {
            keys.emplace_back();
        } else if (event == Json::parse_event_t::object_end) {
            keys.pop_back();
        } else if (event == Json::parse_event_t::key && !keys.back().insert(parsed.get<std::string>()).second) {
            throw std::invalid_argument("the key '" + parsed.get<std::string>() + "' stands twice");
        }
        return true;
    };
    try {
        return Json::parse(text, guard);
    } catch (const std::exception& error) {
        return fail(ErrorCode::bad_input, std::string("not JSON: ") + error.what(), std::string(where));
    }
}

std::string nanos_text(Nanos value) {
    return std::to_string(value.count);
}

Result<Nanos> parse_nanos(std::string_view text) {
    Nanos value;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value.count);
    if (error != std::errc() || end != text.data() + text.size()) {
        return fail(ErrorCode::bad_input, "'" + std::string(text) + "' is not a number of nanoseconds");
    }
    return value;
}

std::string number_text(double value) {
    if (std::isnan(value)) {
        return "NaN";
    }
    if (std::isinf(value)) {
        return value > 0 ? "+Inf" : "-Inf";
    }
    char buffer[32];
    const auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, value);
    return {buffer, end};
}

Result<double> parse_number(std::string_view text) {
    if (text == "NaN") {
        return std::nan("");
    }
    if (text == "+Inf" || text == "Inf") {
        return HUGE_VAL;
    }
    if (text == "-Inf") {
        return -HUGE_VAL;
    }
    double value = 0;
    std::string_view rest = text;
    if (rest.starts_with('+')) {
        rest.remove_prefix(1); // from_chars takes no plus
    }
    // Nor may it be left to read "+-1", "inf" or "nan".
    const std::size_t first = text.starts_with('-') ? 1 : 0;
    const bool begins = rest.size() > first && (rest[first] == '.' || (rest[first] >= '0' && rest[first] <= '9'));
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), value);
    if (!begins || error != std::errc() || end != rest.data() + rest.size()) {
        return fail(ErrorCode::bad_input, "'" + std::string(text) + "' is not a number");
    }
    return value;
}

} // namespace sluice

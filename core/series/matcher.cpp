#include "series/matcher.h"

#include "series/re2_pattern.h"

namespace sluice::series {
namespace {

constexpr std::size_t max_pattern = 1000;
constexpr std::size_t max_value = 4096;

} // namespace

Matcher::Matcher(std::string label, Kind kind, std::string value)
    : label_(std::move(label)), kind_(kind), value_(std::move(value)) {}

Result<Matcher> Matcher::make(std::string label, Kind kind, std::string value) {
    Matcher matcher(std::move(label), kind, std::move(value));
    if (kind == Kind::equal || kind == Kind::not_equal) {
        return matcher;
    }
    const std::string& pattern = matcher.value_;
    if (pattern.size() > max_pattern) {
        return fail(ErrorCode::bad_input, "the pattern is longer than 1,000 characters");
    }
    const auto rewritten = ecmascript_pattern(pattern);
    if (!rewritten) {
        return failed(rewritten);
    }
    try {
        // __polynomial is libstdc++'s breadth-first matcher; the default one backtracks, exponentially at worst.
        matcher.pattern_ = std::make_shared<const std::wregex>(*rewritten, std::regex_constants::ECMAScript |
                                                                               std::regex_constants::__polynomial);
    } catch (const std::regex_error& error) {
        return fail(ErrorCode::bad_input, "the pattern " + in_quotes(pattern) + " can't be read: " + error.what());
    }
    return matcher;
}

bool Matcher::holds(std::string_view label_value) const {
    switch (kind_) {
    case Kind::equal:
        return label_value == value_;
    case Kind::not_equal:
        return label_value != value_;
    case Kind::matches:
    case Kind::not_matches:
        break;
    }
    const bool found = label_value.size() <= max_value && std::regex_match(characters(label_value), *pattern_);
    return found == (kind_ == Kind::matches);
}

std::string Matcher::text() const {
    const char* sign = kind_ == Kind::equal       ? "="
                       : kind_ == Kind::not_equal ? "!="
                       : kind_ == Kind::matches   ? "=~"
                                                  : "!~";
    return label_ + sign + in_quotes(value_);
}

} // namespace sluice::series

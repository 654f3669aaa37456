#pragma once
#include "base/result.h"
#include "series/labels.h"

#include <memory>
#include <regex>
#include <string>
#include <string_view>

namespace sluice::series {

/// One condition of a selector: `version=~"v1\\..*"`. A missing label reads as "".
class Matcher {
public:
    enum class Kind { equal, not_equal, matches, not_matches };

    /// Compiles. A pattern holds for the whole value, as in Prometheus, and is of characters, not of bytes: `.` takes a
    /// whole `é`. `bad_input` for what `ecmascript_pattern` refuses, for what can't be read, and for patterns over
    /// 1,000 bytes. Matching takes time polynomial in the value's length: no pattern can hang the program.
    static Result<Matcher> make(std::string label, Kind kind, std::string value);

    bool holds(std::string_view label_value) const;
    bool holds(const Labels& labels) const { return holds(series::label(labels, label_)); }

    const std::string& label() const { return label_; }
    const std::string& value() const { return value_; }
    Kind kind() const { return kind_; }

    /// `version=~"v1.*"`.
    std::string text() const;

private:
    Matcher(std::string label, Kind kind, std::string value);
    std::string label_;
    Kind kind_;
    std::string value_;
    std::shared_ptr<const std::wregex> pattern_;
};

} // namespace sluice::series

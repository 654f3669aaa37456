#pragma once
#include "base/result.h"

#include <string>
#include <string_view>
#include <vector>

namespace sluice::kafka {

struct Property {
    std::string key;
    std::string value; ///< may be a secret: never log it
    int line = 0;      ///< where it begins, counted from 1
};

/// Reads Java's properties format (java.util.Properties.load): comments by # or !, lines that a backslash continues,
/// keys that end at `=`, `:` or a blank, escapes (\t \n \r \f \uXXXX; of any other character the character). Blanks
/// around a value are dropped, as Kafka's clients do. In the order of the file, with what is there twice. Pure.
///
/// `bad_input` with file and line: larger than 1 MiB, a \u without four hexadecimal digits or of half a character, a
/// line without a key, a zero byte. What is not ASCII is refused too: Java reads it as ISO-8859-1 and librdkafka as
/// UTF-8, so nobody could say which password is meant; \uXXXX says it.
Result<std::vector<Property>> parse_properties(std::string_view text, const std::string& file);

} // namespace sluice::kafka

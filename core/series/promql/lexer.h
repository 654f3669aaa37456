#pragma once
#include "base/nanos.h"
#include "series/promql/fault.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::series::promql {

enum class TokenKind { end, identifier, number, duration, text, sign };

struct Token {
    TokenKind kind = TokenKind::end;
    std::string text;   ///< identifier, the sign ("=~"), or a string's content
    double number = 0;  ///< of a number
    Nanos length;       ///< of a duration
    std::size_t at = 0; ///< byte offset in the query
};

/// Splits a query; the last token is `end`. Throws `Fault`.
std::vector<Token> split(std::string_view query);

} // namespace sluice::series::promql

#pragma once
#include <cstddef>
#include <string>

namespace sluice::series::promql {

/// A query that can't be read; thrown by lexer and parser, becomes an Error at `parse`.
struct Fault {
    std::size_t at; ///< byte offset in the query
    std::string what;
    std::string remedy = {};
};

/// Data that don't fit a query; thrown while evaluating, becomes an Error at `evaluate`.
struct ExecutionFault {
    std::string what;
};

} // namespace sluice::series::promql

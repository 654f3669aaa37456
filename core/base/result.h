#pragma once
#include <string>
#include <tl/expected.hpp>

namespace sluice {

/// What a failure means to the caller; each maps to one exit code of sluicectl (DESIGN.md, "The two programs").
enum class ErrorCode {
    bad_input,   ///< the user's file, option or value; exit 2
    refused,     ///< a rule of the program or of the other side forbids it (a state, a permission); exit 2
    not_found,   ///< a file, object or name that should be there; exit 3
    unreachable, ///< could not connect, or the answer broke off; exit 3
    timed_out,   ///< no answer in time; exit 3
    conflict,    ///< somebody else changed what was expected; exit 3
    io,          ///< disk or system call; exit 3
    corrupt,     ///< bytes that this program would not have written; exit 3
    internal,    ///< a mistake of ours; exit 3
};

/// A failure as a value. Exceptions of libraries are turned into one at their border.
struct Error {
    ErrorCode code = ErrorCode::internal;
    std::string what;   ///< one sentence, no full stop: "the key 'gate' is not known here"
    std::string where;  ///< file:line:column, URL, object, operation; empty when there is none
    std::string remedy; ///< what the reader can do: "did you mean 'gates'?"; empty when nothing helps

    bool operator==(const Error&) const = default;
};

template <typename T>
using Result = tl::expected<T, Error>;

/// `return fail(ErrorCode::io, "could not open the file", path, "...");`
inline tl::unexpected<Error> fail(ErrorCode code, std::string what, std::string where = {}, std::string remedy = {}) {
    return tl::unexpected<Error>(Error{code, std::move(what), std::move(where), std::move(remedy)});
}

/// Passes a failure on: `if (!x) return failed(x);`
template <typename T>
tl::unexpected<Error> failed(const Result<T>& result) {
    return tl::unexpected<Error>(result.error());
}

/// "where: what (remedy)" on one line.
std::string to_text(const Error& error);

/// "what (remedy)": for events, which must not hold addresses, ports or paths of this machine.
std::string plain(const Error& error);

/// The name in events and `--json` output: "bad-input", "timed-out", …
const char* name(ErrorCode code);

} // namespace sluice

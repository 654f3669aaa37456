#include "base/result.h"

namespace sluice {

std::string to_text(const Error& error) {
    std::string text = error.where.empty() ? error.what : error.where + ": " + error.what;
    if (!error.remedy.empty()) {
        text += " (" + error.remedy + ")";
    }
    return text;
}

std::string plain(const Error& error) {
    return to_text({error.code, error.what, {}, error.remedy});
}

const char* name(ErrorCode code) {
    switch (code) {
    case ErrorCode::bad_input:
        return "bad-input";
    case ErrorCode::refused:
        return "refused";
    case ErrorCode::not_found:
        return "not-found";
    case ErrorCode::unreachable:
        return "unreachable";
    case ErrorCode::timed_out:
        return "timed-out";
    case ErrorCode::conflict:
        return "conflict";
    case ErrorCode::io:
        return "io";
    case ErrorCode::corrupt:
        return "corrupt";
    case ErrorCode::internal:
        break;
    }
    return "internal";
}

} // namespace sluice

#include "net/http.h"

#include "net/exchange.h"

#include <algorithm>

namespace sluice::net {

std::string_view HttpResponse::header(std::string_view name) const {
    for (const auto& [key, value] : headers) {
        if (same_header(key, name)) {
            return value;
        }
    }
    return {};
}

bool same_header(std::string_view a, std::string_view b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

bool certainly_not_sent(const Error& error) {
    return error.what.ends_with(not_sent);
}

Error never_sent(ErrorCode code, std::string what, std::string where) {
    return {code, std::move(what) + "; " + std::string(not_sent), std::move(where), {}};
}

Error only_asked(Error error) {
    const std::string ending = "; " + std::string(perhaps_sent);
    if (error.what.ends_with(ending)) {
        error.what.resize(error.what.size() - ending.size());
    }
    return error;
}

} // namespace sluice::net

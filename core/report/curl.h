#pragma once
#include "base/json.h"
#include "report/fetched.h"

#include <string>

namespace sluice::report {

/// The port of the desk at which a connection by port-forward is found, when somebody makes one by hand.
constexpr int port_by_hand = 18080;

/// A text that a connection says under that key; empty = it says none.
std::string setting(const Json& connection, const char* key);

/// What a connection of the plan puts on each request, as options of curl with a space before each: the proxy, the
/// authorities that it trusts, our certificate, headers, user and password. `started_in` as for Fetched. Pure.
std::string curl_options(const Json& connection, Fetched& fetched, const std::string& started_in);

} // namespace sluice::report

#pragma once
#include "base/result.h"
#include "base/secret.h"

#include <string>
#include <string_view>

namespace sluice::kafka {

struct Login {
    std::string username;
    Secret password{std::string()};
};

/// Username and password of a `sasl.jaas.config`: one ScramLoginModule or PlainLoginModule of any package (programs
/// carry Kafka's classes under names of their own), a control flag, options, a semicolon. Pure.
///
/// `bad_input`, which never repeats a value: another login module, more than one, no username or password, a token of
/// delegation, quotes that don't end.
Result<Login> parse_jaas(std::string_view text, const std::string& where);

} // namespace sluice::kafka

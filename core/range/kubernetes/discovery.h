#pragma once
#include "range/http_server.h"

#include <optional>
#include <string_view>

namespace sluice::range {

/// `/version`, `/healthz`, `/livez`, `/readyz`, and what resources there are (`/api`, `/api/v1`, `/apis`,
/// `/apis/GROUP/VERSION`); nothing for any other path.
std::optional<Answer> discovery(std::string_view path);

} // namespace sluice::range

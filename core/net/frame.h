#pragma once
/// Inside core/net: the frames of the local socket, and its address.
#include "base/result.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <sys/un.h>

namespace sluice::net {

inline constexpr std::size_t frame_head = 4;

std::string framed(std::string_view text);
std::size_t frame_length(std::string_view head); ///< of at least 4 bytes

Result<sockaddr_un> socket_address(const std::string& path);

} // namespace sluice::net

#include "net/frame.h"

#include <cstring>

namespace sluice::net {

std::string framed(std::string_view text) {
    std::string frame;
    for (const unsigned shift : {24U, 16U, 8U, 0U}) {
        frame += static_cast<char>((text.size() >> shift) & 0xffU);
    }
    return frame.append(text);
}

std::size_t frame_length(std::string_view head) {
    std::size_t length = 0;
    for (std::size_t i = 0; i < frame_head; ++i) {
        length = (length << 8U) | static_cast<unsigned char>(head[i]);
    }
    return length;
}

Result<sockaddr_un> socket_address(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.empty() || path.size() >= sizeof address.sun_path || path.find('\0') != std::string::npos) {
        return fail(ErrorCode::bad_input, "the path is too long for a socket, or empty", path,
                    "use one of at most " + std::to_string(sizeof address.sun_path - 1) + " bytes");
    }
    std::memcpy(address.sun_path, path.data(), path.size());
    return address;
}

} // namespace sluice::net

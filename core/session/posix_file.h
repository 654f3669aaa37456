#pragma once
#include "base/result.h"

#include <filesystem>
#include <string>
#include <string_view>
#include <unistd.h>
#include <utility>

/// The few system calls of this library that SQLite doesn't make for us.
namespace sluice::session {

/// Closes its descriptor.
class Descriptor {
public:
    explicit Descriptor(int fd = -1) : fd_(fd) {}
    Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }
    ~Descriptor() {
        if (fd_ >= 0) {
            ::close(fd_);
        }
    }
    int get() const { return fd_; }
    explicit operator bool() const { return fd_ >= 0; }

private:
    int fd_;
};

/// `io` with the system's own words for `errno`.
tl::unexpected<Error> system_failure(std::string what, const std::filesystem::path& where, int error);

/// Makes names that were created, renamed or removed in `folder` survive a power loss.
Result<void> sync_folder(const std::filesystem::path& folder);
Result<void> sync_file(const std::filesystem::path& path);

/// All bytes or an error; EINTR and short writes are handled.
Result<void> write_all(int fd, std::string_view bytes, const std::filesystem::path& where);
Result<std::string> read_all(int fd, std::size_t budget, const std::filesystem::path& where);

/// The folder that holds `path`, also for a bare name.
std::filesystem::path folder_of(const std::filesystem::path& path);

} // namespace sluice::session

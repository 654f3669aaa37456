#include "session/posix_file.h"

#include <cerrno>
#include <fcntl.h>
#include <system_error>

namespace sluice::session {

tl::unexpected<Error> system_failure(std::string what, const std::filesystem::path& where, int error) {
    const ErrorCode code = error == ENOENT ? ErrorCode::not_found : ErrorCode::io;
    return fail(code, std::move(what) + ": " + std::generic_category().message(error), where.string());
}

std::filesystem::path folder_of(const std::filesystem::path& path) {
    const auto folder = path.parent_path();
    return folder.empty() ? "." : folder;
}

Result<void> sync_folder(const std::filesystem::path& folder) {
    const Descriptor fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd || ::fsync(fd.get()) != 0) {
        return system_failure("could not sync the folder", folder, errno);
    }
    return {};
}

Result<void> sync_file(const std::filesystem::path& path) {
    const Descriptor fd(::open(path.c_str(), O_RDWR | O_CLOEXEC));
    if (!fd || ::fsync(fd.get()) != 0) {
        return system_failure("could not sync the file", path, errno);
    }
    return {};
}

Result<void> write_all(int fd, std::string_view bytes, const std::filesystem::path& where) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(fd, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written <= 0) {
            return system_failure("could not write", where, written < 0 ? errno : ENOSPC);
        }
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

Result<std::string> read_all(int fd, std::size_t budget, const std::filesystem::path& where) {
    std::string bytes;
    char buffer[4096];
    for (;;) {
        const ssize_t size = ::read(fd, buffer, sizeof buffer);
        if (size < 0 && errno == EINTR) {
            continue;
        }
        if (size < 0) {
            return system_failure("could not read", where, errno);
        }
        if (size == 0) {
            return bytes;
        }
        bytes.append(buffer, static_cast<std::size_t>(size));
        if (bytes.size() > budget) {
            return fail(ErrorCode::bad_input, "larger than " + std::to_string(budget) + " bytes", where.string());
        }
    }
}

} // namespace sluice::session

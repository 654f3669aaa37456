#include "host/user.h"

#include <cstdlib>
#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

namespace sluice::host {

Result<Paths> own_paths() {
    return user_paths([](const std::string& name) -> std::optional<std::string> {
        const char* value = std::getenv(name.c_str());
        return value ? std::optional<std::string>(value) : std::nullopt;
    });
}

release::Actor user_as(const std::string& name, const std::string& role) {
    if (!name.empty()) {
        return {name, role};
    }
    const passwd* entry = ::getpwuid(::getuid());
    return {entry ? entry->pw_name : fmt::format("uid-{}", ::getuid()), role};
}

std::string wrapper_beside_us() {
    std::error_code error;
    const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
    return (self.parent_path() / "sluice-exec").string();
}

Result<std::map<std::string, std::string>> settings(const std::vector<std::string>& pairs) {
    std::map<std::string, std::string> values;
    for (const auto& pair : pairs) {
        const auto equals = pair.find('=');
        if (equals == std::string::npos || equals == 0) {
            return fail(ErrorCode::bad_input, "not NAME=VALUE", "--set " + pair);
        }
        if (!values.emplace(pair.substr(0, equals), pair.substr(equals + 1)).second) {
            return fail(ErrorCode::bad_input, "given twice", "--set " + pair);
        }
    }
    return values;
}

} // namespace sluice::host

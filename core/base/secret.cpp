#include "base/secret.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/crypto.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace sluice {
namespace {

tl::unexpected<Error> no_reference(const char* why) {
    return fail(ErrorCode::bad_input, why, {}, fmt::format("write {}", secret_reference_forms));
}

constexpr unsigned others_may_read = 0077;

bool is_variable_name(std::string_view text) {
    return !text.empty() && (text[0] < '0' || text[0] > '9') && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    });
}

bool is_line(std::string_view text) {
    return std::none_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

/// "secret/kafka/prod": at least a mount and a path; no segment that leads elsewhere.
bool is_vault_path(std::string_view path) {
    int segments = 0;
    for (std::size_t begin = 0; begin <= path.size(); ++segments) {
        const std::size_t end = std::min(path.find('/', begin), path.size());
        const std::string_view segment = path.substr(begin, end - begin);
        if (segment.empty() || segment == "." || segment == "..") {
            return false;
        }
        begin = end + 1;
    }
    return segments >= 2 && is_line(path);
}

Result<SecretReference> in_keychain(std::string_view text) {
    const auto slash = text.find('/');
    if (slash == std::string_view::npos || slash == 0 || slash + 1 == text.size() || !is_line(text)) {
        return no_reference("what follows keychain: is not a service and an account");
    }
    return SecretReference{SecretReference::Kind::keychain, std::string(text.substr(0, slash)),
                           std::string(text.substr(slash + 1))};
}

Result<SecretReference> in_vault(std::string_view text) {
    const auto hash = text.rfind('#');
    if (hash == std::string_view::npos || hash + 1 == text.size()) {
        return no_reference("what follows vault: names no key");
    }
    const std::string_view path = text.substr(0, hash);
    const std::string_view key = text.substr(hash + 1);
    if (!is_vault_path(path) || !is_line(key)) {
        return no_reference("what follows vault: is not a mount, a path and a key");
    }
    return SecretReference{SecretReference::Kind::vault, std::string(path), std::string(key)};
}

/// Without a stream, whose buffer would keep what it read.
Result<SecretFile> read_file(const std::string& path) {
    constexpr std::size_t budget = 1u << 20;
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat status {};
    if (file < 0 || ::fstat(file, &status) != 0) {
        const int error = errno;
        if (file >= 0) {
            ::close(file);
        }
        return fail(error == ENOENT ? ErrorCode::not_found : ErrorCode::io,
                    std::string("the secret's file can't be read: ") + std::strerror(error), path,
                    error == EACCES ? "may you read it?" : "");
    }
    if (!S_ISREG(status.st_mode)) {
        ::close(file);
        return fail(ErrorCode::bad_input, "the secret's file is not a file", path);
    }
    std::string content(std::min(static_cast<std::size_t>(status.st_size), budget) + 1, '\0');
    std::size_t size = 0;
    ssize_t got = 0;
    while (size < content.size() && (got = ::read(file, content.data() + size, content.size() - size)) > 0) {
        size += static_cast<std::size_t>(got);
    }
    const int error = errno;
    ::close(file);
    content.resize(size);
    if (got < 0) {
        wipe(content);
        return fail(ErrorCode::io, std::string("the secret's file can't be read: ") + std::strerror(error), path);
    }
    if (size > budget) {
        wipe(content);
        return fail(ErrorCode::bad_input, "the secret's file is over 1 MiB", path);
    }
    return SecretFile{std::move(content), status.st_mode & 07777U};
}

} // namespace

Secret::Secret(std::string value) : value_(value) {
    sluice::wipe(value); // a short text is not moved but copied
}

Secret::Secret(Secret&& other) noexcept : value_(other.value_) {
    other.wipe();
}

Secret& Secret::operator=(const Secret& other) {
    if (this != &other) {
        wipe();
        value_ = other.value_;
    }
    return *this;
}

Secret& Secret::operator=(Secret&& other) noexcept {
    if (this != &other) {
        wipe();
        value_ = other.value_;
        other.wipe();
    }
    return *this;
}

Secret::~Secret() {
    wipe();
}

void Secret::wipe() {
    sluice::wipe(value_);
}

void wipe(std::string& text) {
    text.resize(text.capacity()); // what was longer once lies there still
    OPENSSL_cleanse(text.data(), text.size());
    text.clear();
}

Result<SecretReference> parse_secret_reference(std::string_view text) {
    if (text.starts_with("env:")) {
        const std::string_view name = text.substr(4);
        if (!is_variable_name(name)) {
            return no_reference("what follows env: is not the name of an environment variable");
        }
        return SecretReference{SecretReference::Kind::environment, std::string(name), {}};
    }
    if (text.starts_with("file:")) {
        const std::string_view path = text.substr(5);
        if (path.empty() || path.find('\0') != std::string_view::npos) {
            return no_reference("what follows file: is not a path");
        }
        return SecretReference{SecretReference::Kind::file, std::string(path), {}};
    }
    if (text.starts_with("keychain:")) {
        return in_keychain(text.substr(9));
    }
    if (text.starts_with("vault:")) {
        return in_vault(text.substr(6));
    }
    return no_reference("a secret is given by reference, never by its value");
}

std::string to_text(const SecretReference& reference) {
    switch (reference.kind) {
    case SecretReference::Kind::environment:
        return "env:" + reference.name;
    case SecretReference::Kind::file:
        return "file:" + reference.name;
    case SecretReference::Kind::keychain:
        return "keychain:" + reference.name + "/" + reference.part;
    case SecretReference::Kind::vault:
        break;
    }
    return "vault:" + reference.name + "#" + reference.part;
}

SecretSources machine_secrets(std::string folder) {
    return {[](const std::string& name) -> std::optional<std::string> {
                const char* value = std::getenv(name.c_str());
                return value == nullptr ? std::nullopt : std::optional<std::string>(value);
            },
            [folder = std::move(folder)](const std::string& path) {
                return read_file(path.starts_with('/') || folder.empty() ? path : folder + "/" + path);
            }};
}

Result<ResolvedSecret> resolve(const SecretReference& reference, const SecretSources& sources) {
    ResolvedSecret found{Secret({}), {}};
    if (reference.kind == SecretReference::Kind::environment) {
        auto value = sources.environment(reference.name);
        if (!value) {
            return fail(ErrorCode::not_found, "the environment variable is not set", to_text(reference),
                        "export it before the start");
        }
        found.secret = Secret(std::move(*value));
    } else if (reference.kind != SecretReference::Kind::file) {
        return fail(ErrorCode::refused, "it can be read only before a session starts", to_text(reference),
                    "end this program and resume the session");
    } else {
        auto file = sources.file(reference.name);
        if (!file) {
            return failed(file);
        }
        if ((file->mode & others_may_read) != 0) {
            found.warnings.push_back(
                fmt::format("{}: others may read it (mode {:04o}); chmod 600", to_text(reference), file->mode));
        }
        if (file->content.ends_with('\n')) {
            file->content.pop_back();
        }
        found.secret = Secret(std::move(file->content));
    }
    if (found.secret.reveal().empty()) {
        return fail(ErrorCode::bad_input, "the secret is empty", to_text(reference));
    }
    return found;
}

} // namespace sluice

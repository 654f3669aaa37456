#include "base/secret.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fmt/format.h>
#include <fstream>
#include <iterator>
#include <openssl/crypto.h>
#include <sys/stat.h>
#include <utility>

namespace sluice {
namespace {

constexpr const char* ways = "write env:NAME or file:PATH";
constexpr unsigned others_may_read = 0077;

bool is_variable_name(std::string_view text) {
    return !text.empty() && (text[0] < '0' || text[0] > '9') && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    });
}

Result<SecretFile> read_file(const std::string& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) {
        return fail(errno == ENOENT ? ErrorCode::not_found : ErrorCode::io,
                    std::string("the secret's file can't be read: ") + std::strerror(errno), path);
    }
    if (!S_ISREG(status.st_mode)) { // also because reading a directory throws
        return fail(ErrorCode::bad_input, "the secret's file is not a file", path);
    }
    std::ifstream stream(path, std::ios::binary);
    std::string content((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
    if (!stream) {
        return fail(ErrorCode::io, "the secret's file can't be read", path, "may you read it?");
    }
    return SecretFile{std::move(content), status.st_mode & 07777U};
}

} // namespace

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
    OPENSSL_cleanse(value_.data(), value_.size());
    value_.clear();
}

Result<SecretReference> parse_secret_reference(std::string_view text) {
    if (text.starts_with("env:")) {
        const std::string_view name = text.substr(4);
        if (!is_variable_name(name)) {
            return fail(ErrorCode::bad_input, "what follows env: is not the name of an environment variable", {}, ways);
        }
        return SecretReference{SecretReference::Kind::environment, std::string(name)};
    }
    if (text.starts_with("file:")) {
        const std::string_view path = text.substr(5);
        if (path.empty() || path.find('\0') != std::string_view::npos) {
            return fail(ErrorCode::bad_input, "what follows file: is not a path", {}, ways);
        }
        return SecretReference{SecretReference::Kind::file, std::string(path)};
    }
    return fail(ErrorCode::bad_input, "a secret is given by reference, never by its value", {}, ways);
}

std::string to_text(const SecretReference& reference) {
    return (reference.kind == SecretReference::Kind::environment ? "env:" : "file:") + reference.name;
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

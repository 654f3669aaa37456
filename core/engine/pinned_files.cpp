#include "engine/pinned_files.h"

#include "base/digest.h"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <iterator>
#include <set>

namespace sluice::engine {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t most_bytes = 256u << 20;
constexpr std::size_t most_files = 10'000;

Result<std::string> digest_of_file(const fs::path& path, std::uintmax_t& left) {
    std::error_code error;
    const auto size = fs::file_size(path, error);
    if (error || size > left) {
        return fail(error ? ErrorCode::io : ErrorCode::bad_input,
                    error ? error.message() : "more than 256 MiB can't be pinned", path.string());
    }
    std::ifstream stream(path, std::ios::binary);
    if (!stream) {
        return fail(ErrorCode::io, "it can't be read", path.string());
    }
    Sha256 digest;
    std::string part(1u << 16, '\0');
    while (stream) {
        stream.read(part.data(), static_cast<std::streamsize>(part.size()));
        const auto got = static_cast<std::size_t>(stream.gcount());
        if (got > left) { // it grows while it is read
            return fail(ErrorCode::bad_input, "more than 256 MiB can't be pinned", path.string());
        }
        left -= got;
        digest.feed(std::string_view(part).substr(0, got));
    }
    if (stream.bad()) {
        return fail(ErrorCode::io, "it can't be read to its end", path.string());
    }
    return hex(digest.digest());
}

} // namespace

std::vector<std::string> files_of(const plan::Step& step) {
    std::set<std::string> files(step.files.begin(), step.files.end());
    if (const auto* write = std::get_if<plan::KubernetesWrite>(&step.body); write && !write->file.empty()) {
        files.insert(write->file);
    }
    return {files.begin(), files.end()};
}

std::vector<std::string> files_of(const plan::Plan& plan) {
    std::set<std::string> files;
    for (const auto* steps : {&plan.steps, &plan.rollback_steps}) {
        for (const auto& step : *steps) {
            const auto own = files_of(step);
            files.insert(own.begin(), own.end());
        }
    }
    return {files.begin(), files.end()};
}

Result<std::string> digest_of(const std::string& path) {
    std::error_code error;
    std::uintmax_t left = most_bytes;
    if (!fs::exists(path, error)) {
        return fail(ErrorCode::not_found, "there is no such file", path);
    }
    if (!fs::is_directory(path, error)) {
        return digest_of_file(path, left);
    }
    std::vector<fs::path> files;
    for (auto entry = fs::recursive_directory_iterator(path, fs::directory_options::follow_directory_symlink, error);
         !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
        if (entry->path().filename() == ".git") {
            entry.disable_recursion_pending();
        } else if (entry->is_regular_file(error)) {
            files.push_back(entry->path());
        }
        if (error) {
            break;
        }
        if (files.size() > most_files) {
            return fail(ErrorCode::bad_input, "more than 10,000 files can't be pinned", path);
        }
    }
    if (error) {
        return fail(ErrorCode::io, error.message(), path);
    }
    std::sort(files.begin(), files.end());
    std::string list;
    for (const auto& file : files) {
        const auto digest = digest_of_file(file, left);
        if (!digest) {
            return digest;
        }
        list += *digest + "  " + file.lexically_relative(path).generic_string() + "\n";
    }
    return hex(sha256(list));
}

Result<Json> pin_files(const plan::Plan& plan, const std::string& folder,
                       const std::function<std::string(const std::string& path)>& commit_of) {
    Json pinned = Json::array();
    for (const auto& file : files_of(plan)) {
        auto digest = digest_of(folder + "/" + file);
        if (!digest) {
            digest.error().where = file; // as the plan names it: a log names no folder of this machine
            digest.error().remedy = "the plan names it under files, or applies it; it lies beside the plan";
            return failed(digest);
        }
        pinned.push_back(
            {{"path", file}, {"digest", *digest}, {"commit", commit_of ? commit_of(file) : std::string()}});
    }
    return pinned;
}

Result<void> still_pinned(const std::string& folder, const plan::Step& step,
                          const std::map<std::string, std::string>& pinned) {
    for (const auto& file : files_of(step)) {
        const auto known = pinned.find(file);
        if (known == pinned.end()) {
            continue; // of a session that an earlier program started
        }
        const std::string& was = known->second;
        const auto now = digest_of(folder + "/" + file);
        if (!now) {
            return fail(ErrorCode::conflict, fmt::format("'{}' was there at the start: {}", file, now.error().what),
                        file, "put it back as it was, then retry");
        }
        if (*now != was) {
            return fail(ErrorCode::conflict,
                        fmt::format("'{}' is not what it was at the start ({} then, {} now)", file, was.substr(0, 12),
                                    now->substr(0, 12)),
                        file, "put it back as it was, then retry");
        }
    }
    return {};
}

} // namespace sluice::engine

#include "session/bookmarks.h"

#include "base/digest.h"
#include "base/json.h"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <system_error>

namespace sluice::session {
namespace {

constexpr std::uintmax_t largest = 1u << 20;

bool earlier(const Bookmark& a, const Bookmark& b) {
    return a.at < b.at;
}

/// One line, not longer than it may be, and never half a character.
std::string fitted(std::string name) {
    std::replace_if(
        name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
    if (name.size() > Bookmarks::longest) {
        std::size_t end = Bookmarks::longest;
        while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xC0) == 0x80) {
            --end;
        }
        name.resize(end);
    }
    return name;
}

Result<Bookmark> read_one(const Json& json, const std::string& where) {
    const auto bad = [&](const char* what) { return fail(ErrorCode::corrupt, what, where, "remove the file"); };
    if (!json.is_object() || !json.contains("at") || !json["at"].is_string() || !json.contains("name") ||
        !json["name"].is_string()) {
        return bad("a bookmark has a time and a name");
    }
    const auto at = parse_nanos(json["at"].get<std::string>());
    if (!at) {
        return bad("the time of a bookmark can't be read");
    }
    return Bookmark{*at, fitted(json["name"].get<std::string>())};
}

} // namespace

Bookmarks::Bookmarks(std::vector<Bookmark> all) : all_(std::move(all)) {
    std::stable_sort(all_.begin(), all_.end(), earlier);
    all_.erase(std::unique(all_.begin(), all_.end(), [](const auto& a, const auto& b) { return a.at == b.at; }),
               all_.end());
}

Result<void> Bookmarks::mark(Nanos at, const std::string& name) {
    const Bookmark made{at, fitted(name)};
    const auto place = std::lower_bound(all_.begin(), all_.end(), made, earlier);
    if (place != all_.end() && place->at == at) {
        *place = made;
        return {};
    }
    if (all_.size() >= most) {
        return fail(ErrorCode::refused, "there are " + std::to_string(most) + " bookmarks already", {},
                    "remove one first");
    }
    all_.insert(place, made);
    return {};
}

bool Bookmarks::remove(Nanos at) {
    return std::erase_if(all_, [at](const Bookmark& one) { return one.at == at; }) != 0;
}

std::optional<Nanos> Bookmarks::next(Nanos after) const {
    const auto found = std::upper_bound(all_.begin(), all_.end(), Bookmark{after, {}}, earlier);
    return found == all_.end() ? std::nullopt : std::optional(found->at);
}

std::optional<Nanos> Bookmarks::previous(Nanos before) const {
    const auto found = std::lower_bound(all_.begin(), all_.end(), Bookmark{before, {}}, earlier);
    return found == all_.begin() ? std::nullopt : std::optional(std::prev(found)->at);
}

std::filesystem::path bookmarks_file(const std::filesystem::path& state, const std::string& session) {
    // A session's name is a person's or a plan's: it may hold anything, and a file's name may not.
    std::string name;
    for (const char c : session.substr(0, 100)) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                           c == '_' || (c == '.' && !name.empty());
        name += plain ? c : '_';
    }
    if (name != session) {
        name += '-' + hex(sha256(session)).substr(0, 12);
    }
    return state / "bookmarks" / (name + ".json");
}

Result<Bookmarks> read_bookmarks(const std::filesystem::path& file) {
    std::error_code error;
    if (!std::filesystem::exists(file, error)) {
        return Bookmarks();
    }
    if (std::filesystem::file_size(file, error) > largest || error) {
        return fail(ErrorCode::corrupt, "these are not bookmarks", file.string(), "remove the file");
    }
    std::ifstream stream(file, std::ios::binary);
    std::ostringstream text;
    text << stream.rdbuf();
    if (!stream) {
        return fail(ErrorCode::io, "the bookmarks can't be read", file.string(), "may you read that file?");
    }
    const auto json = parse_json(text.str(), file.string(), largest);
    if (!json) {
        return fail(ErrorCode::corrupt, json.error().what, json.error().where, "remove the file");
    }
    if (!json->is_object() || !json->contains("bookmarks") || !(*json)["bookmarks"].is_array()) {
        return fail(ErrorCode::corrupt, "these are not bookmarks", file.string(), "remove the file");
    }
    std::vector<Bookmark> all;
    for (const auto& one : (*json)["bookmarks"]) {
        auto read = read_one(one, file.string());
        if (!read) {
            return failed(read);
        }
        all.push_back(std::move(*read));
    }
    return Bookmarks(std::move(all));
}

Result<void> write_bookmarks(const std::filesystem::path& file, const Bookmarks& bookmarks) {
    std::error_code error;
    const auto bad = [&] {
        return fail(ErrorCode::io, "the bookmarks could not be written", file.string(),
                    error ? error.message() : "is there room, and may you write there?");
    };
    if (bookmarks.all().empty()) {
        std::filesystem::remove(file, error);
        return error ? Result<void>(bad()) : Result<void>();
    }
    Json all = Json::array();
    for (const auto& one : bookmarks.all()) {
        all.push_back({{"at", nanos_text(one.at)}, {"name", one.name}});
    }
    std::filesystem::create_directories(file.parent_path(), error);
    auto beside = file;
    beside += ".new";
    std::ofstream stream(beside, std::ios::binary | std::ios::trunc);
    stream << Json{{"bookmarks", all}}.dump(1, ' ', false, Json::error_handler_t::replace) << '\n';
    stream.close();
    if (!stream) {
        std::filesystem::remove(beside, error);
        error.clear();
        return bad();
    }
    std::filesystem::rename(beside, file, error);
    return error ? Result<void>(bad()) : Result<void>();
}

} // namespace sluice::session

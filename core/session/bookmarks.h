#pragma once
#include "base/nanos.h"
#include "base/result.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace sluice::session {

/// A moment of a session that somebody wants to find again. His own: it is kept among the user's state, never in the
/// session file, which says what happened and not who looked at it.
struct Bookmark {
    Nanos at;
    std::string name; ///< one line, at most `Bookmarks::longest` characters; may be empty

    bool operator==(const Bookmark&) const = default;
};

/// Those of one session, oldest first; one a moment.
class Bookmarks {
public:
    static constexpr std::size_t most = 200;
    static constexpr std::size_t longest = 60; ///< bytes of a name

    Bookmarks() = default;
    explicit Bookmarks(std::vector<Bookmark> all);

    const std::vector<Bookmark>& all() const { return all_; }
    /// Puts one there, or gives the one that is there another name. Names are cut, and their line ends are blanks.
    /// `refused` past `most`.
    Result<void> mark(Nanos at, const std::string& name);
    bool remove(Nanos at); ///< exactly there; false if there is none
    std::optional<Nanos> next(Nanos after) const;
    std::optional<Nanos> previous(Nanos before) const;

private:
    std::vector<Bookmark> all_;
};

/// Where those of a session are kept, below the user's state: by its name, whatever the file is called or lies.
std::filesystem::path bookmarks_file(const std::filesystem::path& state, const std::string& session);

/// None where there is no file. `corrupt` names the file and what is wrong with it.
Result<Bookmarks> read_bookmarks(const std::filesystem::path& file);
/// Whole or not at all; with none the file goes. `io` with the path.
Result<void> write_bookmarks(const std::filesystem::path& file, const Bookmarks& bookmarks);

} // namespace sluice::session

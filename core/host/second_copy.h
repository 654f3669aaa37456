#pragma once
#include "base/result.h"

#include <QObject>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace sluice::host {

/// Keeps a second copy of a session up to date while it is at work (session/mirror.h), on a thread of its own: a slow
/// or dead place for the copy never holds up the release. It is brought up to date whenever something was committed,
/// and once a second for what is recorded beside the events; after a failure it is tried again every five seconds.
///
/// Its place is locked as the session's own file is, so that no desk that sees that folder goes on from the copy while
/// this program lives. Where somebody else does go on from it, the copy is left to them for good.
class SecondCopy {
public:
    struct State {
        bool kept = false;  ///< the copy has all that was durable when it was last looked at
        std::string why;    ///< why not; of one that is kept: what is not well with its place
        bool taken = false; ///< somebody else goes on from it, or has
        bool operator==(const State&) const = default;
    };

    /// `copy` names a file, or a folder that is there, in which the copy gets the session's name. Nothing is written
    /// yet: that is the thread's. `changed` is called in the maker's thread, from its event loop, whenever the state
    /// changes. `before`: the session was at work before and may have had this copy then; of a new one nobody can have
    /// one.
    SecondCopy(std::filesystem::path session, const std::filesystem::path& copy, bool before,
               std::function<void(const State&)> changed);
    /// Ends the thread; waits two seconds for a place that does not answer, then leaves it to itself.
    ~SecondCopy();
    SecondCopy(const SecondCopy&) = delete;

    const std::filesystem::path& place() const { return place_; } ///< the copy's file

    /// Why not, when another program holds the place. Blocks, for at most `seconds` of real time: a place that does not
    /// answer by then holds nothing up.
    std::optional<Error> held_elsewhere(int seconds);

    /// What the first look at the place found, before anything is written: whether it is taken, or another reason why
    /// no copy can be kept there; neither of a good one. Blocks likewise; nothing when it is not done by then.
    std::optional<State> first_look(int seconds);

    void wake(); ///< something was committed

    /// Lets go of the session's file, so that its owner can make it whole.
    void let_go();
    /// The session is whole: fetches the rest. Blocks, for at most `seconds` of real time; false when it did not come
    /// to its end by then.
    bool finish(int seconds);

private:
    struct Work;
    std::filesystem::path place_;
    std::shared_ptr<Work> work_; // shared with the thread, which may outlive us
    QObject here_;
};

/// Where the copy of `session` goes when `wanted` is a folder or a file: absolute, since who takes the session up may
/// stand elsewhere.
std::filesystem::path place_of_copy(const std::filesystem::path& session, const std::filesystem::path& wanted);

/// Whether that is the session's own file, as when it is gone on with from its copy.
bool is_its_own_copy(const std::filesystem::path& session, const std::filesystem::path& wanted);

/// Why no copy of `session` can be made there, so that it is told before a run begins: a name without the ending of a
/// session is a folder that must be there; else the folder around it must. Nothing for an empty `wanted`.
std::optional<Error> no_place_for_copy(const std::filesystem::path& session, const std::filesystem::path& wanted);

} // namespace sluice::host

#include "host/second_copy.h"

#include "session/mirror.h"
#include "session/owner_lock.h"

#include <QMetaObject>
#include <chrono>
#include <condition_variable>
#include <fmt/format.h>
#include <mutex>
#include <optional>
#include <thread>
#include <unistd.h>

namespace sluice::host {

namespace {

/// What another desk is told when it wants to go on from the copy: the file, and the machine, which may not be its own.
std::string works_on(const std::filesystem::path& session) {
    std::error_code ignored;
    char host[256] = {};
    (void)::gethostname(host, sizeof host - 1);
    return fmt::format("{} on {}", std::filesystem::absolute(session, ignored).string(), host);
}

} // namespace

std::filesystem::path place_of_copy(const std::filesystem::path& session, const std::filesystem::path& wanted) {
    std::error_code error;
    const auto place = std::filesystem::is_directory(wanted, error) ? wanted / session.filename() : wanted;
    const auto whole = std::filesystem::absolute(place, error);
    return error ? place : whole;
}

bool is_its_own_copy(const std::filesystem::path& session, const std::filesystem::path& wanted) {
    std::error_code error;
    const auto place = place_of_copy(session, wanted);
    const auto real = [&error](const std::filesystem::path& path) {
        return std::filesystem::weakly_canonical(std::filesystem::absolute(path, error), error);
    };
    return std::filesystem::equivalent(session, place, error) || real(session) == real(place);
}

std::optional<Error> no_place_for_copy(const std::filesystem::path& session, const std::filesystem::path& wanted) {
    std::error_code ignored;
    if (wanted.empty()) {
        return std::nullopt;
    }
    if (is_its_own_copy(session, wanted)) {
        return Error{ErrorCode::bad_input, "that is the session itself", "--copy " + wanted.string(),
                     "name another folder or file, best on another machine"};
    }
    if (std::filesystem::is_directory(wanted, ignored)) {
        return std::nullopt;
    }
    if (wanted.extension() != ".sluice") {
        return Error{ErrorCode::bad_input, "there is no such folder", "--copy " + wanted.string(),
                     "make it (is the share mounted?), or name a file that ends in .sluice"};
    }
    const auto around = std::filesystem::absolute(wanted, ignored).parent_path();
    if (!std::filesystem::is_directory(around, ignored)) {
        return Error{ErrorCode::bad_input, "there is no folder to put it in", "--copy " + wanted.string(),
                     "make " + around.string()};
    }
    return std::nullopt;
}

struct SecondCopy::Work {
    std::filesystem::path session, place;

    std::mutex mutex;
    std::condition_variable changed;
    enum class Wish { follow, let_go, finish, stop } wish = Wish::follow;
    bool awake = true;     ///< something was committed since the last look
    bool open = false;     ///< the thread has the session's file open
    bool ended = false;    ///< the thread
    bool complete = false; ///< the whole of a closed session is in the copy
    bool asked = false;    ///< whether another program holds the place
    std::optional<Error> held;
    std::optional<State> first; ///< what the first look found
    QObject* context = nullptr;
    std::function<void(const State&)> tell; ///< called in the context's thread; null once that has gone

    // The thread's own:
    std::optional<session::OwnerLock> lock;
    std::optional<session::Mirror> mirror;
    std::string unlocked; ///< why the place has no lock
    bool ours = false;    ///< what is there is a copy of this session
    bool kept = false;    ///< it was up to date once
    State last;

    void told(const State& state) {
        if (state == last) {
            return;
        }
        last = state;
        const std::lock_guard guard(mutex);
        if (context != nullptr) { // posted; dropped with its receiver
            QMetaObject::invokeMethod(
                context, [tell = tell, state] { tell(state); }, Qt::QueuedConnection);
        }
    }

    /// False when another program holds the place. A place that knows no locks is used all the same, and that is told:
    /// a copy that is kept is worth more than none.
    bool hold_place() {
        std::error_code ignored;
        if ((lock && lock->stands()) || std::filesystem::equivalent(session, place, ignored)) {
            return true;
        }
        lock.reset();
        unlocked.clear();
        auto taken = session::OwnerLock::take(place, works_on(session));
        const bool others = !taken && taken.error().code == ErrorCode::refused;
        if (taken) {
            lock.emplace(std::move(*taken));
        } else if (!others) {
            unlocked = "the place can't be locked, so another desk could go on from the copy while this one does: " +
                       taken.error().what;
        }
        const std::lock_guard guard(mutex);
        held = others ? std::optional(taken.error()) : std::nullopt;
        return !others;
    }

    void seen(const State& state) {
        const std::lock_guard guard(mutex);
        if (!first) {
            first = state;
            changed.notify_all();
        }
    }

    bool fails(const Error& error, bool taken) {
        mirror.reset();
        taken = taken || (kept && session::Mirror::opened_by_owner(place));
        const State state{false, session::why_behind(error, place), taken};
        seen(state);
        told(state);
        return false;
    }

    /// Everything that is durable now; false after a failure.
    bool look() {
        if (last.taken) {
            return false;
        }
        const bool may = hold_place();
        {
            const std::lock_guard guard(mutex);
            asked = true;
            changed.notify_all();
        }
        if (!may) {
            return fails(*held, ours);
        }
        if (!mirror) {
            auto opened = session::Mirror::open(session, place);
            if (!opened) {
                return fails(opened.error(), opened.error().code == ErrorCode::conflict);
            }
            mirror.emplace(std::move(*opened));
        }
        seen({});
        for (;;) {
            const auto more = mirror->follow();
            if (!more) {
                return fails(more.error(), more.error().code == ErrorCode::conflict);
            }
            if (!*more) {
                ours = kept = true;
                told({true, unlocked});
                return true;
            }
        }
    }

    void run() {
        using std::chrono::seconds;
        std::unique_lock guard(mutex);
        while (wish == Wish::follow || wish == Wish::let_go) {
            if (wish == Wish::let_go) {
                mirror.reset();
                open = false;
                changed.notify_all();
                changed.wait(guard, [this] { return wish != Wish::let_go; });
                continue;
            }
            awake = false;
            open = true;
            guard.unlock();
            const bool good = look();
            guard.lock();
            open = mirror.has_value();
            changed.notify_all();
            changed.wait_for(guard, good ? seconds(1) : seconds(5),
                             [this, good] { return wish != Wish::follow || (good && awake); });
        }
        const bool to_its_end = wish == Wish::finish;
        guard.unlock();
        mirror.reset(); // of a session that was closed meanwhile the one file is opened anew
        const bool whole = to_its_end && look() && mirror->complete();
        mirror.reset();
        lock.reset();
        guard.lock();
        complete = whole;
        open = false;
        ended = true;
        changed.notify_all();
    }
};

SecondCopy::SecondCopy(std::filesystem::path session, const std::filesystem::path& copy, bool before,
                       std::function<void(const State&)> changed)
    : place_(place_of_copy(session, copy)), work_(std::make_shared<Work>()) {
    work_->session = std::move(session);
    work_->place = place_;
    work_->ours = before;
    work_->context = &here_;
    work_->tell = std::move(changed);
    std::thread([work = work_] { work->run(); }).detach();
}

SecondCopy::~SecondCopy() {
    std::unique_lock lock(work_->mutex);
    work_->context = nullptr;
    if (work_->wish != Work::Wish::finish) {
        work_->wish = Work::Wish::stop;
    }
    work_->changed.notify_all();
    work_->changed.wait_for(lock, std::chrono::seconds(2), [this] { return work_->ended; });
}

std::optional<Error> SecondCopy::held_elsewhere(int seconds) {
    std::unique_lock lock(work_->mutex);
    work_->changed.wait_for(lock, std::chrono::seconds(seconds), [this] { return work_->asked; });
    return work_->held;
}

std::optional<SecondCopy::State> SecondCopy::first_look(int seconds) {
    std::unique_lock lock(work_->mutex);
    work_->changed.wait_for(lock, std::chrono::seconds(seconds), [this] { return work_->first.has_value(); });
    return work_->first;
}

void SecondCopy::wake() {
    const std::lock_guard lock(work_->mutex);
    work_->awake = true;
    work_->changed.notify_all();
}

void SecondCopy::let_go() {
    std::unique_lock lock(work_->mutex);
    work_->wish = Work::Wish::let_go;
    work_->changed.notify_all();
    work_->changed.wait_for(lock, std::chrono::seconds(2), [this] { return !work_->open; });
}

bool SecondCopy::finish(int seconds) {
    std::unique_lock lock(work_->mutex);
    work_->wish = Work::Wish::finish;
    work_->changed.notify_all();
    work_->changed.wait_for(lock, std::chrono::seconds(seconds), [this] { return work_->ended; });
    return work_->complete;
}

} // namespace sluice::host

#pragma once
#include "engine/engine.h"
#include "host/kept_files.h"
#include "host/paths.h"
#include "host/second_copy.h"
#include "host/secrets.h"
#include "net/local_socket.h"
#include "net/qt_http_client.h"
#include "session/owner_lock.h"
#include "session/session_log.h"

#include <QTimer>
#include <filesystem>
#include <memory>
#include <optional>

namespace sluice::host {

/// What a session is started with, by either program.
struct StartOptions {
    std::string plan_file;
    std::map<std::string, std::string> values;  ///< `--set`
    std::filesystem::path session;              ///< empty = a new file among the user's sessions
    release::Actor by;                          ///< the operator
    std::string variant;                        ///< another way through the plan; empty = as it stands
    std::optional<release::PolicyBound> policy; ///< nothing = none (host/policy_file.h)
    std::vector<release::BridgeJoined> bridge;  ///< who else is there from the start
    Paths paths;
    std::string wrapper;              ///< path of sluice-exec
    session::LogOptions log;          ///< only tests have others than the default
    std::string taken_over_from = {}; ///< of a resume: the owner that hung and was ended ("pid 4711"); stays in the log
    std::filesystem::path copy; ///< a second copy of the session, kept up to date; a folder or a file; empty = none
    /// Of a resume: the copy that the session had. Who names no other goes on with it, also while its disk is away.
    std::filesystem::path copy_before = {};
    Nanos opening = {}; ///< of the calendar, that the session is for (SessionOpened); 0 = the next one
};

/// Owns one session at work: its file and lock, its clock, its engine and its command socket. Needs an event loop.
///
/// Live or rehearsed, the rest of a program can't tell. A subclass says what the outside is.
class SessionHost {
public:
    virtual ~SessionHost();

    engine::Engine& engine() { return *engine_; }

    /// Gives a person's command. Who names no role takes the one that the step asks for. What a person's key has signed
    /// is verified first, so the answer can come later, from the event loop: {"first", "last"} of the events, and of a
    /// request for a signature the "request".
    void submit(const release::Command& command, const release::Actor& by, std::function<void(Result<Json>)> done);

    const std::filesystem::path& file() const { return file_; }
    const session::SessionLog& log() const { return *log_; }
    bool has_closed() const { return has_closed_; } ///< and its file is whole
    virtual Scheduler& scheduler() = 0;

    /// What should be put right before the next time, such as a secret's file that others may read.
    const std::vector<std::string>& warnings() const { return warnings_; }

    /// False when the production ends with this program, so that nobody can go on after it.
    virtual bool can_be_resumed() const { return true; }

    /// Told once, when the session has closed and its file is whole: copied, followed or replayed from now on.
    void on_closed(std::function<void()> receiver) { closed_ = std::move(receiver); }

    /// Where a second copy is kept, and, once the session has closed, whether it is whole; nothing if none was wanted.
    struct Copy {
        std::filesystem::path place;
        bool whole = false;
    };
    std::optional<Copy> copy() const;

    /// Told when a rehearsal in this process has come to wait for what nothing brings (release/standstill.h): what
    /// waits, and for what. A person can still act; by itself it goes on no more.
    void on_standstill(std::function<void(const Error&)> receiver) { standstill_ = std::move(receiver); }

    /// Told once, when the log can't be written: nothing more is done.
    void on_broken(std::function<void(const Error&)> receiver);

protected:
    explicit SessionHost(Paths paths) : paths_(std::move(paths)) {}

    /// Loads the plan, freezes the variables, makes the file, listens for commands and opens the engine on it.
    Result<void> open(const StartOptions& options, release::SessionOpened session, const session::SigningKey& key,
                      const engine::Outside& outside, net::ProcessRunner& processes,
                      engine::EngineOptions engine_options);
    Result<void> take_up(const std::filesystem::path& file, const StartOptions& options, const session::SigningKey& key,
                         const engine::Outside& outside, net::ProcessRunner& processes,
                         engine::EngineOptions engine_options);

    std::vector<std::string> warnings_;

    void tell_standstill(const Error& what) const {
        if (standstill_) {
            standstill_(what);
        }
    }

    /// First thing in a subclass's destructor: the engine goes before the clock and the connections that it uses.
    void let_go();

private:
    Result<void> serve();
    void discard_empty();
    void answer(const Json& request, const net::CommandServer::Reply& reply);
    Result<Json> give(const release::Command& command, const release::Actor& by);
    void verify(release::Command command, const release::Actor& by, std::function<void(Result<Json>)> done);
    void close(int tries_left);
    void keep_copy(const std::filesystem::path& wanted, bool run, bool before);
    void keep_sheet();
    void write_sheet();
    void make(const session::SigningKey& key, const engine::Outside& outside, net::ProcessRunner& processes,
              engine::EngineOptions options);

    Paths paths_;
    std::filesystem::path file_;
    std::optional<session::OwnerLock> alone_; ///< of a run: nobody else on this desk goes on with any copy of it
    std::unique_ptr<session::SessionLog> log_;
    std::unique_ptr<engine::Engine> engine_;
    std::unique_ptr<net::CommandServer> server_;
    std::unique_ptr<SecondCopy> second_copy_;
    bool copy_is_whole_ = false;
    std::unique_ptr<KeptFiles> sheet_;
    std::function<void()> closed_;
    std::function<void(const Error&)> standstill_;
    QTimer closing_;
    QObject verifying_; ///< what waits for ssh-keygen ends with it
    bool has_closed_ = false;
};

/// The plan's text, loaded and its variables frozen; errors name file, line and remedy.
struct CheckedPlan {
    plan::Plan plan;
    plan::Scope values;
};
Result<CheckedPlan> check_plan(const std::string& file, const std::map<std::string, std::string>& given,
                               const std::string& variant = {});

} // namespace sluice::host

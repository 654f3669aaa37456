#pragma once
#include "engine/actions.h"
#include "engine/answers.h"
#include "engine/before_start.h"
#include "engine/connections.h"
#include "engine/held_past.h"
#include "engine/journal.h"
#include "engine/probes.h"
#include "engine/readiness.h"
#include "engine/recorder.h"
#include "engine/watch.h"
#include "sources/backfill.h"
#include "sources/polling.h"

#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace sluice::engine {

struct EngineOptions {
    std::map<std::string, Json> replaced; ///< connections' settings that a rehearsal puts in place of the plan's
    std::string plan_folder;              ///< where the plan's files are
    std::string records;                  ///< folder for the processes' records; made at first use
    bool assume_yes = false;              ///< rehearsals only
    Nanos past = hours(1);                ///< of metrics whose source knows it, that is asked for at the start
};

/// One release at work: polls, decides, commits, acts, on one thread (DESIGN.md, "Threads").
///
/// `open` starts a new session, `resume` goes on with what the log holds. Everything that happens is heard through
/// `journal().listen`. Lives in a thread with an event loop; destroying it leaves processes running.
class Engine {
public:
    Engine(const Outside& outside, net::ProcessRunner& processes, session::SessionLog& log, session::SigningKey key,
           EngineOptions options);
    ~Engine();

    /// The plan must load, its connections open and its metrics be askable, before anything is written.
    Result<void> open(const release::SessionOpened& session, const release::People& people = {});
    /// `records`: all events of the log, in order.
    Result<void> resume(std::span<const session::EventRecord> records, const release::Resume& command);

    /// A plan that is to take the place of this one is tried first: connections that don't open and metrics that can't
    /// be asked are refused before anything is written.
    Result<Receipt> submit(const release::Command& command, const release::Actor& by);

    Journal& journal() { return journal_; }
    const release::Release& release() const { return journal_.release(); }
    Recorder& recorder() { return recorder_; }

    /// After a resume: true while what was in doubt is read back again, and a word once that is done.
    bool looking_back() const { return actions_ && actions_->looking_back(); }
    void on_looked_back(std::function<void()> receiver) { actions_->on_looked_back(std::move(receiver)); }

    /// Told once, when the session has closed and all that belongs to it is in the file.
    void on_closed(std::function<void()> receiver) { closed_ = std::move(receiver); }

    /// The machine slept, or its clock was set.
    void clock_jumped(Nanos by, Nanos slept);

private:
    Result<void> connect(std::shared_ptr<const plan::Plan> plan, const plan::Scope& scope);
    void hear(std::span<const release::Event> events);
    void hear(const release::Event& event);
    Result<release::Amend> try_out(release::Amend command);
    Result<void> try_secrets(const plan::Plan& plan, const plan::Scope& values);
    void follow_amended_plan();
    void know_what_was_answered();
    void start_what_was_prepared();
    void start_what_was_held_back();
    void end_looks_of(const release::StepId& step); ///< what its probe or its read-back has started
    void tell(const release::Escalated& escalated, std::int64_t seq);
    void tell(const release::AlertSent& sent);
    void arm();
    void due();
    void keep_signing();
    void wind_up();

    Outside outside_;
    net::ProcessRunner& processes_;
    EngineOptions options_;
    Journal journal_;
    Watch watch_;
    Recorder recorder_;
    /// Of a plan before its amendment. What was asked through it can still be answered: looks hold on to it.
    struct Retired {
        std::shared_ptr<const plan::Plan> plan;
        std::unique_ptr<Connections> connections;
        std::unique_ptr<Eyes> eyes;
    };
    std::vector<Retired> retired_;
    std::shared_ptr<const plan::Plan> plan_;
    std::unique_ptr<Connections> connections_;
    std::unique_ptr<Eyes> eyes_;
    std::unique_ptr<EffectMaker> maker_;
    std::unique_ptr<Actions> actions_;
    std::unique_ptr<Probes> probes_;
    std::unique_ptr<Readiness> readiness_;
    std::unique_ptr<sources::Poller> poller_;
    std::unique_ptr<sources::Backfill> backfill_; ///< asks the poller's sources
    std::unique_ptr<BeforeStart> before_;         ///< and so does this
    HeldPast held_;
    std::unique_ptr<Answers> answers_;
    /// Steps, with their attempts, that had started before a resume that began with a pause: nothing of them was sent,
    /// nor is until a person goes on.
    std::map<release::StepId, int> held_back_;
    TimerId tick_ = TimerId::none;
    TimerId signing_ = TimerId::none;
    std::function<void()> closed_;
    std::shared_ptr<int> life_ = std::make_shared<int>(0);
    bool wound_up_ = false;
};

} // namespace sluice::engine

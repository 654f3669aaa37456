#include "base/instant.h"
#include "release/demand.h"
#include "release/state.h"
#include "session/export.h"
#include "session/note.h"
#include "session/session_reader.h"
#include "session/verify.h"
#include "sluicectl/progress.h"
#include "sluicectl/session_file.h"
#include "sluicectl/verbs.h"

namespace sluicectl {

using sluice::Error;
using sluice::ErrorCode;
using sluice::Nanos;
using sluice::Result;

Result<ReadSession> read_session(const std::string& file) {
    auto reader = sluice::session::SessionReader::open(file);
    if (!reader) {
        return sluice::failed(reader);
    }
    const auto count = reader->event_count();
    if (!count) {
        return sluice::failed(count);
    }
    auto records = reader->events(1, *count);
    if (!records) {
        return sluice::failed(records);
    }
    ReadSession read;
    for (auto& record : *records) {
        const auto json = sluice::parse_json(record.body, fmt::format("{}, event {}", file, record.seq));
        if (!json) {
            return sluice::failed(json);
        }
        auto event = sluice::release::event_from_json(*json);
        if (!event) {
            return sluice::failed(event);
        }
        read.events.push_back(std::move(*event));
    }
    read.records = std::move(*records);
    return read;
}

namespace {

int log(const std::string& file, bool json, bool all) {
    const auto session = read_session(file);
    if (!session) {
        return complain(session.error());
    }
    for (std::size_t i = 0; i < session->events.size(); ++i) {
        if (json) {
            fmt::print("{}\n", session->records[i].body); // the very bytes that are hashed
            continue;
        }
        const auto& event = session->events[i];
        if (!all && std::holds_alternative<sluice::release::HoldHeartbeat>(event.body)) {
            continue;
        }
        fmt::print("{:>5}  {}  {:<14}  {}\n", event.seq, sluice::utc(event.time), sluice::release::actor_of(event.body),
                   sluice::release::describe(event.body));
    }
    return done;
}

/// Who approved, on what ground, and what is owed.
void print_approvals(const sluice::release::Release& release, const sluice::plan::Step& step) {
    const auto& state = release.at(step.id);
    if (std::holds_alternative<sluice::plan::Approve>(step.body) &&
        state.status == sluice::release::StepStatus::person) {
        const auto wanted = sluice::release::demand(release, step);
        fmt::print("      wants {} of {}{}\n", wanted.quorum, fmt::join(wanted.roles, ", "),
                   wanted.barred.empty() ? "" : fmt::format(", not {}", fmt::join(wanted.barred, ", ")));
    }
    for (const auto& approval : state.approvals) {
        const std::string key = approval.proof.is_object() ? approval.proof.value("key", "") : "";
        fmt::print("      {} as {}{}{}{}\n", approval.by.name, approval.by.role, key.empty() ? "" : ", signed " + key,
                   approval.attested_by.empty() ? "" : ", attested by " + approval.attested_by,
                   approval.expires.count == 0 ? "" : ", expires " + sluice::utc(approval.expires));
    }
    if (state.glass) {
        fmt::print("      BREAK-GLASS by {}: {}; {}\n", state.glass->by.name, state.glass->reason,
                   state.glass->approved  ? "approved afterwards"
                   : state.glass->overdue ? "approval OVERDUE since " + sluice::utc(state.glass->due)
                                          : "approval due by " + sluice::utc(state.glass->due));
    }
}

void print_people(const sluice::release::Release& release) {
    fmt::print("policy: {}\n", release.policy ? fmt::format("{} ({})", release.bound.file, release.bound.digest)
                                              : std::string("no policy"));
    for (const auto& raised : release.bound.raised) {
        fmt::print("  {}\n", raised);
    }
    fmt::print("lead: {}\n", release.lead);
    for (const auto& [name, roles] : release.bridge) {
        fmt::print("bridge: {} as {}\n", name, fmt::join(roles, ", "));
    }
}

void print_state(const sluice::release::Release& release) {
    fmt::print("{} ({}), {} at {}\n", release.opened.session, release.opened.mode,
               release.outcome.empty() ? (release.rollback.active ? "rolling back"
                                          : release.paused        ? "paused"
                                                                  : "running")
                                       : release.outcome,
               sluice::utc(release.time));
    print_people(release);
    if (release.plan) {
        for (const auto* list : {&release.plan->steps, &release.plan->rollback_steps}) {
            for (const auto& step : *list) {
                const auto& state = release.at(step.id);
                if (list == &release.plan->rollback_steps && state.status == sluice::release::StepStatus::to_come) {
                    continue;
                }
                fmt::print("  {:<28} {:<20} {}\n", step.id, sluice::release::name(state.status), state.why);
                print_approvals(release, step);
            }
        }
    }
    for (const auto& [traffic, weights] : release.split) {
        fmt::print("traffic {}:", traffic);
        for (const auto& [arm, weight] : weights) {
            fmt::print(" {} {} %", arm, weight);
        }
        fmt::print("\n");
    }
    for (const auto& [name, trigger] : release.triggers) {
        fmt::print("trigger {}: {}{}\n", name, trigger.state, trigger.why.empty() ? "" : ": " + trigger.why);
    }
    for (const auto& [id, operation] : release.operations) {
        if (operation.phase != sluice::release::OperationState::Phase::settled) {
            fmt::print("operation {}: {}\n", id,
                       operation.phase == sluice::release::OperationState::Phase::in_doubt ? "in doubt" : "in flight");
        }
    }
}

int state(const std::string& file, const std::string& at, bool json) {
    const auto session = read_session(file);
    if (!session) {
        return complain(session.error());
    }
    sluice::release::Release whole;
    for (const auto& event : session->events) {
        sluice::release::apply(whole, event);
    }
    sluice::release::Release release;
    if (at.empty()) {
        release = std::move(whole);
    } else {
        const auto until = sluice::parse_instant(at, whole.t0.count != 0 ? whole.t0 : whole.started);
        if (!until) {
            return complain(until.error());
        }
        if (!session->events.empty() && *until < session->events.front().time) {
            return complain(
                {ErrorCode::bad_input, "the session began later, at " + sluice::utc(whole.started), "--at " + at, {}});
        }
        for (const auto& event : session->events) {
            if (event.time > *until) {
                break;
            }
            sluice::release::apply(release, event);
        }
    }
    if (json) {
        fmt::print("{}\n", sluice::release::to_json(release).dump());
    } else {
        print_state(release);
    }
    return done;
}

int verify(const std::string& file, const std::string& checkpoint, const std::string& key) {
    sluice::session::Kept kept;
    if (!checkpoint.empty()) {
        auto text = sluice::host::read_file(checkpoint, 64 << 10);
        if (!text) {
            return complain(text.error());
        }
        if (const auto note = sluice::session::parse_note(*text); !note) {
            Error error = note.error();
            error.where = checkpoint;
            return complain(error);
        }
        kept.checkpoint = std::move(*text);
    }
    if (!key.empty()) {
        auto given = sluice::session::VerifierKey::parse(key);
        if (!given) {
            const auto text = sluice::host::read_file(key, 64 << 10);
            if (!text) {
                return complain(text.error());
            }
            given = sluice::session::VerifierKey::parse(*text);
        }
        if (!given) {
            Error error = given.error();
            error.where = "--key " + key;
            return complain(error);
        }
        kept.keys.push_back(std::move(*given));
    }
    const auto verdict = sluice::session::verify_file(file, kept);
    if (!verdict) {
        return complain(verdict.error());
    }
    fmt::print("{}", sluice::session::to_text(*verdict));
    if (verdict->good() && !verdict->authenticated) {
        fmt::print("whoever has the file could have written it anew: give the operator's key with --key, or a "
                   "checkpoint that was kept elsewhere with --checkpoint\n");
    }
    return verdict->good() ? done : release_failed;
}

} // namespace

void add_session_verbs(CLI::App& app, Action& action) {
    struct Options {
        std::string file, at, checkpoint, key, output;
        bool json = false, all = false;
    };
    const auto o = std::make_shared<Options>();

    auto* log_verb = app.add_subcommand("log", "Print the events of a session");
    log_verb->add_option("SESSION", o->file, "Its file, also while it runs")->required();
    log_verb->add_flag("--json", o->json, "One event a line, the bytes as they are hashed");
    log_verb->add_flag("--all", o->all, "With the heartbeats of holds, which come every 30 s");
    log_verb->callback([&action, o] { action = [o] { return log(o->file, o->json, o->all); }; });

    auto* state_verb = app.add_subcommand("state", "Show a session's state, now or as it was");
    state_verb->add_option("SESSION", o->file, "Its file, also while it runs")->required();
    state_verb->add_option("--at", o->at, "T+00:42:13 (from T0, else from the start) or 2026-01-06T02:42:13Z");
    state_verb->add_flag("--json", o->json, "All of it, for programs");
    state_verb->callback([&action, o] { action = [o] { return state(o->file, o->at, o->json); }; });

    auto* verify_verb = app.add_subcommand("verify", "Check that a session is as it was written");
    verify_verb->add_option("SESSION", o->file, "Its file, also while it runs")->required();
    verify_verb->add_option("--checkpoint", o->checkpoint, "A checkpoint that was kept elsewhere");
    verify_verb->add_option("--key", o->key,
                            "The operator's public key, as the session told it at its start, or a file that holds it");
    verify_verb->callback([&action, o] { action = [o] { return verify(o->file, o->checkpoint, o->key); }; });

    auto* export_verb = app.add_subcommand("export", "Make the one file of a session, also of one that was killed");
    export_verb->add_option("SESSION", o->file, "Its file, also while it runs")->required();
    export_verb->add_option("-o,--output", o->output, "The file to make")->required();
    export_verb->callback([&action, o] {
        action = [o]() -> int {
            const auto exported = sluice::session::export_session(o->file, o->output);
            return exported ? static_cast<int>(done) : complain(exported.error());
        };
    });
}

} // namespace sluicectl

#include "base/instant.h"
#include "base/printable.h"
#include "release/event.h"
#include "session/export.h"
#include "session/note.h"
#include "session/session_reader.h"
#include "session/verify.h"
#include "sluicectl/session_file.h"
#include "sluicectl/verbs.h"

#include <algorithm>
#include <sstream>

namespace sluicectl {

using sluice::Error;
using sluice::ErrorCode;
using sluice::Result;
using sluice::session::CheckpointRecord;

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

Result<sluice::Nanos> last_moment(const std::string& file, const sluice::release::Release& release) {
    if (release.closed()) {
        return release.time;
    }
    const auto reader = sluice::session::SessionReader::open(file);
    if (!reader) {
        return sluice::failed(reader);
    }
    const auto last = reader->last_tick();
    if (!last) {
        return sluice::failed(last);
    }
    return std::max(release.time, *last);
}

Result<ReleaseAt> release_at(const ReadSession& session, const std::string& file, const std::string& at) {
    sluice::release::Release whole;
    for (const auto& event : session.events) {
        apply(whole, event);
    }
    const auto last = last_moment(file, whole);
    if (at.empty()) {
        return last ? Result<ReleaseAt>(ReleaseAt{std::move(whole), *last}) : sluice::failed(last);
    }
    const auto until = sluice::parse_instant(at, whole.t0.count != 0 ? whole.t0 : whole.started);
    if (!until) {
        return sluice::failed(until);
    }
    if (!session.events.empty() && *until < session.events.front().time) {
        return sluice::fail(ErrorCode::bad_input, "the session began later, at " + sluice::utc(whole.started),
                            "--at " + at);
    }
    if (last && *until > *last + sluice::seconds(1)) { // times are printed cut to seconds
        return sluice::fail(ErrorCode::bad_input,
                            (whole.closed() ? "the session ended before, at " : "the session goes to ") +
                                sluice::utc(*last),
                            "--at " + at);
    }
    ReleaseAt then{{}, *until};
    for (const auto& event : session.events) {
        if (event.time > *until) {
            break;
        }
        apply(then.release, event);
    }
    return then;
}

Result<MeasuredAt> measured_at(const std::string& file, const std::string& at) {
    const auto session = read_session(file);
    if (!session) {
        return sluice::failed(session);
    }
    auto then = release_at(*session, file, at);
    if (!then) {
        return sluice::failed(then);
    }
    if (!then->release.plan) {
        return sluice::fail(ErrorCode::corrupt, "the session holds no plan that loads", file);
    }
    auto readings = read_readings(file);
    return readings ? Result<MeasuredAt>(MeasuredAt{std::move(*then), std::move(*readings)}) : sluice::failed(readings);
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
        if (const auto* amended = std::get_if<sluice::release::PlanAmended>(&event.body)) {
            std::istringstream diff(amended->diff);
            for (std::string line; std::getline(diff, line);) {
                fmt::print("       {}\n", sluice::printable(line));
            }
        }
    }
    return done;
}

/// The last checkpoint, as it was signed, once it is known to be one of these events.
int print_checkpoint(const std::string& file) {
    const auto reader = sluice::session::SessionReader::open(file);
    const auto all = reader ? reader->checkpoints() : Result<std::vector<CheckpointRecord>>(sluice::failed(reader));
    if (!all) {
        return complain(all.error());
    }
    if (all->empty()) {
        return complain(
            {ErrorCode::not_found, "nothing was signed yet", file, "the first checkpoint comes at its start"});
    }
    const std::string& note = all->back().note;
    const auto verdict = sluice::session::verify_file(file, {{}, note});
    if (!verdict) {
        return complain(verdict.error());
    }
    if (!verdict->good()) {
        fmt::print(stderr, "{}", sluice::session::to_text(*verdict));
        complain(
            {ErrorCode::corrupt, "no checkpoint is given out of a session that is not as it was written", file, {}});
        return release_failed;
    }
    fmt::print("{}", note); // byte for byte what was signed
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
                return complain(Error{sluice::ErrorCode::bad_input,
                                      "it is no key (" + given.error().what + ") and no file that can be read (" +
                                          text.error().what + ")",
                                      "--key " + key, "copy the line 'key:' that the session told at its start"});
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
    fmt::print("{}what the charts show and what programs wrote is recorded beside the events, and not sealed\n",
               sluice::session::to_text(*verdict));
    if (verdict->good() && !verdict->authenticated) {
        fmt::print("whoever has the file could have written it anew: give the operator's key with --key, or a "
                   "checkpoint that was kept elsewhere with --checkpoint\n");
    }
    return verdict->good() ? done : release_failed;
}

} // namespace

void add_session_verbs(CLI::App& app, Action& action) {
    struct Options {
        std::string file, checkpoint, key, output;
        bool json = false, all = false, last_checkpoint = false;
    };
    const auto o = std::make_shared<Options>();

    auto* log_verb = app.add_subcommand("log", "Print the events of a session");
    log_verb->add_option("SESSION", o->file, "Its file, also while it runs")->required();
    log_verb->add_flag("--json", o->json, "One event a line, the bytes as they are hashed");
    log_verb->add_flag("--all", o->all, "With the heartbeats of holds, which come every 30 s");
    log_verb
        ->add_flag("--checkpoint", o->last_checkpoint,
                   "Instead: the last signed checkpoint, to be kept where nobody can change it together with the file; "
                   "'verify --checkpoint' takes it")
        ->excludes("--json")
        ->excludes("--all");
    log_verb->callback([&action, o] {
        action = [o] { return o->last_checkpoint ? print_checkpoint(o->file) : log(o->file, o->json, o->all); };
    });

    auto* verify_verb = app.add_subcommand("verify", "Check that a session is as it was written");
    verify_verb->add_option("SESSION", o->file, "Its file, also while it runs")->required();
    verify_verb->add_option("--checkpoint", o->checkpoint,
                            "File of a checkpoint that was kept elsewhere ('log --checkpoint')");
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

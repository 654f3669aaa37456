#include "base/instant.h"
#include "release/state.h"
#include "report/source_report.h"
#include "session/owner_lock.h"
#include "session/session_reader.h"
#include "sluicectl/session_file.h"
#include "sluicectl/standing.h"
#include "sluicectl/times.h"
#include "sluicectl/verbs.h"

#include <algorithm>

namespace sluicectl {
namespace {

using namespace sluice;

int sources(const std::string& file, const std::string& at, bool json) {
    const auto measured = measured_at(file, at);
    if (!measured) {
        return complain(measured.error());
    }
    const release::Release& release = measured->then.release;
    Nanos now = measured->then.now;
    bool unwatched = false;
    if (at.empty() && !release.closed()) {
        const auto holder = session::OwnerLock::holder(file);
        unwatched = session::OwnerLock::left_behind(file) || (holder && !*holder);
        now = unwatched ? now : std::max(now, present(release)); // ages of a run go on while nothing comes
    }
    const auto report = report::source_report(release, measured->readings, now);
    if (json) {
        Json all = report::to_json(report);
        all["nobody_looks_on"] = unwatched;
        fmt::print("{}\n",
                   all.dump(-1, ' ', false, Json::error_handler_t::replace)); // what a source says may be no UTF-8
        return done;
    }
    if (unwatched) {
        print_unwatched(release);
    }
    fmt::print("{}", report::source_text(report));
    return done;
}

} // namespace

Result<session::Readings> read_readings(const std::string& file) {
    const auto reader = session::SessionReader::open(file);
    if (!reader) {
        return failed(reader);
    }
    session::Readings readings;
    constexpr std::int64_t at_once = 2000;
    for (std::int64_t after = 0;;) {
        const auto ticks = reader->ticks_after(after, at_once);
        if (!ticks) {
            return failed(ticks);
        }
        for (const auto& tick : *ticks) {
            readings.take(tick);
            after = std::max(after, tick.id);
        }
        if (ticks->empty()) {
            return readings;
        }
    }
}

void add_sources_verb(CLI::App& app, Action& action) {
    struct Options {
        std::string file, at;
        bool json = false;
    };
    const auto o = std::make_shared<Options>();
    auto* verb =
        app.add_subcommand("sources", "Show what each source was asked and answered, how old, and what is wrong");
    verb->footer("For each metric: the question with its values filled in, the last answer and its age, trouble with\n"
                 "the time since when, and the gates and triggers that hang on it. Trouble stands first.");
    verb->add_option("SESSION", o->file, "Its file, also while it runs")->required();
    verb->add_option("--at", o->at, "T+00:42:13 (from T0, else from the start) or 2026-01-06T02:42:13Z")
        ->check(not_empty());
    verb->add_flag("--json", o->json, "All of it, for programs");
    verb->callback([&action, o] { action = [o] { return sources(o->file, o->at, o->json); }; });
}

} // namespace sluicectl

#include "simulation.h"

#include "desk.h"
#include "people.h"
#include "release/event.h"
#include "session/verify.h"

#include <QCoreApplication>
#include <exception>
#include <filesystem>
#include <fmt/format.h>

namespace sluice::simulation {
namespace {

Weather weather_of(Chance& chance) {
    Weather weather;
    const auto some = [&](int often) { return chance.one_in(2) ? 0 : often + chance.below(3 * often); };
    weather.lost_before = some(15);
    weather.lost_unknown = some(25);
    weather.lost_after = some(15);
    weather.late = some(40);
    weather.refused = some(20);
    weather.process_fails = some(4);
    weather.record_lost = some(3);
    weather.bad_errors = some(8);
    weather.bad_lag = some(8);
    weather.unanswered = some(12);
    return weather;
}

/// One run of one seed.
class Run {
public:
    Run(std::uint64_t seed, const std::string& folder, bool told)
        : told_(told), chance_(seed), scheduler_(seconds(1'767'600'000)), plan_(draw(chance_)),
          production_(scheduler_, seed, weather_of(chance_)), watcher_(production_, told),
          file_(std::filesystem::path(folder) / fmt::format("{}.sluice", seed)) {
        std::filesystem::remove(file_);
        governed_ = can_be_governed(plan_) && seed % 2 == 0;
        deaths_left_ = chance_.one_in(2) ? 1 + chance_.below(3) : 0;
        disk_failures_left_ = chance_.one_in(5) ? 1 : 0;
    }

    Outcome go() {
        const Nanos give_up = scheduler_.now() + hours(12);
        Desk desk(production_, watcher_, file_, plan_, governed_);
        begin(desk);
        while (!watcher_.finding() && !outcome_.finding && scheduler_.now() < give_up) {
            if (desk.alive() && !desk.engine().release().closed()) {
                closing_.reset(); // not yet, or not any more
            } else if (desk.alive() && !closing_) {
                closing_ = scheduler_.now() + minutes(2); // what is still under way comes to its end
            }
            if (closing_ && scheduler_.now() >= *closing_) {
                break;
            }
            live(desk);
        }
        finish(desk);
        return outcome_;
    }

private:
    void begin(Desk& desk) {
        ++outcome_.lives;
        const bool failing = disk_failures_left_ > 0 && outcome_.lives > 1;
        disk_failures_left_ -= failing ? 1 : 0;
        if (const auto begun = desk.begin(failing ? 3 + chance_.below(40) : 0); !begun && !desk.broken()) {
            outcome_.finding = "it could not begin: " + to_text(begun.error());
        }
    }

    /// Until the next thing that somebody or something does.
    void live(Desk& desk) {
        const Nanos next = scheduler_.now() + milliseconds(200 + chance_.below(chance_.one_in(3) ? 60'000 : 8'000));
        const bool dies = deaths_left_ > 0 && chance_.one_in(12);
        // A death may fall between any two things that happen, not only where people act.
        if (dies) {
            for (int steps = chance_.below(40); steps > 0 && scheduler_.step(next); --steps) {
            }
        } else {
            scheduler_.run_until(next);
        }
        QCoreApplication::processEvents();
        if (desk.broken() || dies) {
            deaths_left_ -= dies ? 1 : 0;
            desk.die();
            scheduler_.run_until(scheduler_.now() + milliseconds(chance_.below(chance_.one_in(2) ? 2'000 : 300'000)));
            begin(desk);
            return;
        }
        if (desk.alive() && (!desk.engine().release().closed() || chance_.one_in(3))) {
            speak(desk);
        }
    }

    void speak(Desk& desk) {
        const auto& release = desk.engine().release();
        const Said said = say_something(release, chance_);
        const std::string met = said.step.empty() ? (release.closed()          ? "closed"
                                                     : release.paused          ? "paused"
                                                     : release.rollback.active ? "rolling back"
                                                     : release.aborted         ? "aborting"
                                                                               : "running")
                                                  : release::name(release.at(said.step).status);
        const auto receipt = desk.engine().submit(said.command, said.by);
        auto& [accepted, refused] = outcome_.reached[{said.name, met}];
        (receipt ? accepted : refused) += 1;
        if (!receipt && receipt.error().what.empty()) {
            outcome_.finding = said.name + " was refused without a word";
        }
        if (told_) {
            fmt::print("      {} {} by {} ({}): {}\n", said.name, said.step, said.by.name, met,
                       receipt ? "accepted" : receipt.error().what);
        }
    }

    void finish(Desk& desk) {
        outcome_.events = watcher_.release().seq;
        outcome_.ending = watcher_.release().outcome;
        desk.die();
        if (!watcher_.finding() && !outcome_.finding) {
            watcher_.end();
        }
        if (!watcher_.finding() && !outcome_.finding) {
            if (const auto verdict = session::verify_file(file_, {}); !verdict || !verdict->good()) {
                outcome_.finding =
                    "the file does not verify: " + (verdict ? to_text(*verdict) : to_text(verdict.error()));
            }
        }
        if (watcher_.finding()) {
            outcome_.finding = watcher_.finding();
        }
        for (const char* ending : {"", "-wal", "-shm", ".lock"}) {
            std::error_code ignored;
            std::filesystem::remove(file_.string() + ending, ignored);
        }
    }

    bool told_;
    Chance chance_;
    VirtualScheduler scheduler_;
    Drawn plan_;
    Production production_;
    Watcher watcher_;
    std::filesystem::path file_;
    bool governed_ = false;
    int deaths_left_ = 0, disk_failures_left_ = 0;
    std::optional<Nanos> closing_;
    Outcome outcome_;
};

} // namespace

Outcome simulate(std::uint64_t seed, const std::string& folder, bool told) {
    try {
        return Run(seed, folder, told).go();
    } catch (const std::exception& error) { // nothing of this program is to let one out
        Outcome outcome;
        outcome.finding = std::string("an exception came out: ") + error.what();
        return outcome;
    }
}

} // namespace sluice::simulation

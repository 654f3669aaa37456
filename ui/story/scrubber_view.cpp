#include "story/scrubber_view.h"

#include "plan/fill.h"
#include "story/format.h"
#include "story/metric_view.h"

#include <QCoreApplication>

namespace sluice::story {
namespace {

QString text_of(const char* text) {
    return QCoreApplication::translate("Scrubber", text);
}

bool counts(const Entry& entry) {
    return !std::holds_alternative<release::HoldHeartbeat>(entry.event.body);
}

void add_marks(const Story& story, std::vector<ScrubberMark>& marks) {
    using Kind = ScrubberMark::Kind;
    const auto& plan = story.release().plan;
    for (const auto& entry : story.entries()) {
        const auto& event = entry.event;
        if (const auto* intent = std::get_if<release::Intent>(&event.body)) {
            if (const QString label = plan ? weight_label(*plan, *intent) : QString(); !label.isEmpty()) {
                marks.push_back({event.time, Kind::shift, label});
            }
        } else if (const auto* gate = std::get_if<release::GateChanged>(&event.body); gate && gate->verdict == "fail") {
            marks.push_back({event.time, Kind::breach, QString::fromStdString(gate->gate + " " + gate->value)});
        } else if (const auto* back = std::get_if<release::RollbackStarted>(&event.body)) {
            const std::string why = back->trigger.empty() ? back->reason : back->trigger;
            marks.push_back({event.time, Kind::rollback,
                             why.empty() ? text_of("rollback")
                                         : QString::fromStdString(why) + QStringLiteral(" → ") + text_of("rollback")});
        } else if (const auto* note = std::get_if<release::Noted>(&event.body)) {
            marks.push_back({event.time, Kind::note, QString::fromStdString(note->text)});
        } else if (const auto* doubt = std::get_if<release::InDoubt>(&event.body)) {
            marks.push_back({event.time, Kind::doubt, QString::fromStdString(doubt->operation)});
        } else if (const auto* triage = std::get_if<release::TriageOpened>(&event.body)) {
            marks.push_back({event.time, Kind::triage, QString::fromStdString(triage->step)});
        }
    }
}

} // namespace

ScrubberMap scrubber_map(const Story& story) {
    ScrubberMap map{story.begin(), story.end(), {}, {}};
    const auto& release = story.release();
    if (!release.plan) {
        return map;
    }
    const auto end_of = [&](Nanos ended) { return ended.count != 0 ? ended : map.end; };
    for (const auto& phase : release.plan->phases) {
        const auto state = release.phases.find(phase.id);
        if (state != release.phases.end() && state->second.started.count != 0) {
            const auto title = plan::fill(phase.title, release.values);
            map.phases.push_back({state->second.started, end_of(state->second.ended),
                                  QString::fromStdString(title.value_or(phase.title))});
        }
    }
    if (release.rollback.started.count != 0) {
        for (auto& phase : map.phases) {
            phase.to = std::min(phase.to, release.rollback.started);
        }
        map.phases.push_back({release.rollback.started, end_of(release.rollback.ended), text_of("Rollback")});
    }
    std::stable_sort(map.phases.begin(), map.phases.end(),
                     [](const auto& a, const auto& b) { return a.from < b.from; });
    add_marks(story, map.marks);
    return map;
}

std::optional<Nanos> next_event(const Story& story, Nanos after) {
    const auto& entries = story.entries();
    auto at = std::upper_bound(entries.begin(), entries.end(), after,
                               [](Nanos t, const Entry& entry) { return t < entry.event.time; });
    at = std::find_if(at, entries.end(), counts);
    return at == entries.end() ? std::nullopt : std::optional(at->event.time);
}

std::optional<Nanos> previous_event(const Story& story, Nanos before) {
    const auto& entries = story.entries();
    auto at = std::lower_bound(entries.begin(), entries.end(), before,
                               [](const Entry& entry, Nanos t) { return entry.event.time < t; });
    while (at != entries.begin()) {
        --at;
        if (counts(*at)) {
            return at->event.time;
        }
    }
    return std::nullopt;
}

QString speed_text(double speed) {
    const QString size = QString::number(std::abs(speed), 'g', 4);
    return (speed < 0 ? QStringLiteral("−") : QString()) + size + QStringLiteral("×");
}

ScrubberView present_scrubber(const Story& story, const session::TimeController& time) {
    ScrubberView view;
    const auto& release = story.release();
    view.cursor = time.cursor();
    view.playing = time.mode() == session::TimeController::Mode::playing;
    view.live = time.mode() == session::TimeController::Mode::live;
    view.badge = story.ended() ? text_of("REPLAY") + QStringLiteral(" · ") + date(story.begin())
                 : view.live   ? text_of("LIVE")
                               : text_of("LIVE") + QStringLiteral(" −") + clock(time.behind());
    view.clock = release.t0.count != 0 ? t_clock(view.cursor, release.t0) : t_clock_unknown();
    view.caption = text_of("of %1").arg(clock(time.end() - time.begin()));
    if (const auto next = next_event(story, view.cursor)) {
        view.caption += QStringLiteral(" · ") + text_of("next event in %1").arg(clock(*next - view.cursor));
    }
    view.speed = speed_text(time.speed());
    return view;
}

} // namespace sluice::story

#include "story/scrubber_view.h"

#include "plan/fill.h"
#include "story/format.h"
#include "story/metric_view.h"
#include "story/top_view.h"

#include <QCoreApplication>
#include <algorithm>
#include <cmath>
#include <memory>

namespace sluice::story {
namespace {

QString text_of(const char* text) {
    return QCoreApplication::translate("Scrubber", text);
}

bool counts(const Entry& entry) {
    return !std::holds_alternative<release::HoldHeartbeat>(entry.event.body);
}

/// "−02:31"
QString behind_text(Nanos behind) {
    const QString length = clock(behind);
    return QStringLiteral("−") +
           (length.indexOf(u':') == 1 && length.count(u':') == 1 ? QStringLiteral("0") : QString()) + length;
}

QString named(const QString& title, const std::string& figure) {
    return figure.empty() ? title : title + u' ' + QString::fromStdString(figure);
}

/// The title if it is short enough to stand on a line among others, else the id.
QString short_name(const std::string& title, const std::string& id) {
    constexpr std::size_t longest = 28;
    return QString::fromStdString(title.empty() || title.size() > longest ? id : title);
}

QString trigger_name(const std::shared_ptr<const plan::Plan>& plan, const std::string& id) {
    if (plan) {
        for (const auto& trigger : plan->rollback.triggers) {
            if (trigger.id == id) {
                return short_name(trigger.title, id);
            }
        }
    }
    return QString::fromStdString(id);
}

/// A gate is called as its metric, which may be known by a title.
QString gate_name(const std::shared_ptr<const plan::Plan>& plan, const std::string& id) {
    const auto* metric = plan ? plan->metric(id) : nullptr;
    return metric ? short_name(metric->title, id) : QString::fromStdString(id);
}

/// A plan that watches alerts calls the metric so: one begins to fire where its count leaves nought.
void add_alerts(const Story& story, std::vector<ScrubberMark>& marks) {
    const auto& plan = story.release().plan;
    const auto* metric = plan ? plan->metric("alerts") : nullptr;
    const auto* line = metric ? story.readings().line(metric->name, "") : nullptr;
    if (line == nullptr) {
        return;
    }
    bool fires = false;
    for (const auto& reading : line->readings()) {
        if (reading.status != session::SampleStatus::ok) {
            continue;
        }
        if (reading.value > 0 && !fires) {
            marks.push_back({reading.at, ScrubberMark::Kind::alert,
                             text_of("%1 firing").arg(count(static_cast<std::int64_t>(reading.value)))});
        }
        fires = reading.value > 0;
    }
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
        } else if (const auto* gate = std::get_if<release::GateChanged>(&event.body);
                   gate && gate->verdict == "fail" && !gate->shadow) {
            marks.push_back({event.time, Kind::breach, named(gate_name(plan, gate->gate), gate->value)});
        } else if (const auto* trigger = std::get_if<release::TriggerChanged>(&event.body);
                   trigger && trigger->state == "pending") {
            marks.push_back({event.time, Kind::alert, named(trigger_name(plan, trigger->trigger), trigger->value)});
        } else if (const auto* back = std::get_if<release::RollbackStarted>(&event.body)) {
            const QString why =
                back->trigger.empty() ? short_name(back->reason, {}) : trigger_name(plan, back->trigger);
            marks.push_back({event.time, Kind::rollback,
                             why.isEmpty() ? text_of("rollback") : why + QStringLiteral(" → ") + text_of("rollback")});
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

ScrubberMap scrubber_map(const Story& story, const session::Bookmarks& bookmarks) {
    ScrubberMap map{story.begin(), story.end(), {}, {}};
    for (const auto& bookmark : bookmarks.all()) {
        map.marks.push_back({bookmark.at, ScrubberMark::Kind::bookmark, QString::fromStdString(bookmark.name)});
    }
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
                                  QString::fromStdString(title.value_or(phase.title)), state->second.ended.count == 0});
        }
    }
    if (release.rollback.started.count != 0) {
        for (auto& phase : map.phases) {
            phase.to = std::min(phase.to, release.rollback.started);
            phase.open = false;
        }
        map.phases.push_back({release.rollback.started, end_of(release.rollback.ended), text_of("Rollback"),
                              release.rollback.ended.count == 0});
    }
    std::stable_sort(map.phases.begin(), map.phases.end(),
                     [](const auto& a, const auto& b) { return a.from < b.from; });
    add_marks(story, map.marks);
    add_alerts(story, map.marks);
    std::stable_sort(map.marks.begin(), map.marks.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
    return map;
}

void stretch(ScrubberMap& map, Nanos end) {
    map.end = end;
    for (auto& phase : map.phases) {
        phase.to = phase.open ? end : phase.to;
    }
}

QString word_of(ScrubberMark::Kind kind) {
    using Kind = ScrubberMark::Kind;
    switch (kind) {
    case Kind::note:
        return text_of("note");
    case Kind::shift:
        return text_of("traffic");
    case Kind::bookmark:
        return text_of("bookmark");
    case Kind::alert:
        return text_of("alert");
    case Kind::triage:
        return text_of("triage");
    case Kind::doubt:
        return text_of("in doubt");
    case Kind::breach:
        return text_of("breach");
    case Kind::rollback:
        return text_of("rollback");
    }
    return {};
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

Nanos going_back_from(const session::TimeController& time) {
    const bool plays = time.mode() == session::TimeController::Mode::playing;
    return time.cursor() - (plays ? Nanos{std::llround(std::abs(time.speed()) * 5e8)} : Nanos{});
}

QString speed_text(double speed) {
    const QString size = QString::number(std::abs(speed), 'g', 4);
    return (speed < 0 ? QStringLiteral("−") : QString()) + size + QStringLiteral("×");
}

ScrubberView present_scrubber(const Story& story, const session::TimeController& time, std::optional<Nanos> at) {
    ScrubberView view;
    const auto& release = story.release();
    view.cursor = at.value_or(time.cursor());
    view.playing = time.mode() == session::TimeController::Mode::playing;
    view.live = time.mode() == session::TimeController::Mode::live;
    const QString going = story.owned() ? text_of("LIVE") : text_of("NOT RUNNING");
    view.badge = story.ended() ? text_of("REPLAY") + QStringLiteral(" · ") + date(story.begin())
                 : view.live   ? going
                               : going + u' ' + behind_text(time.behind());
    view.behind = !story.ended() && !view.live;
    view.lost = !story.ended() && !story.owned();
    const auto t0 = expected_t0(release, view.cursor);
    view.clock = t0 ? t_clock(view.cursor, *t0) : t_clock_unknown();
    view.caption = text_of("of %1").arg(clock(time.end() - time.begin()));
    if (const auto next = next_event(story, view.cursor)) {
        view.caption += QStringLiteral(" · ") + text_of("next event in %1").arg(clock(*next - view.cursor));
    }
    view.speed = speed_text(time.speed());
    return view;
}

} // namespace sluice::story

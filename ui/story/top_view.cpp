#include "story/top_view.h"

#include "release/demand.h"
#include "release/schedule.h"
#include "release/window.h"
#include "story/format.h"
#include "story/progress_count.h"
#include "story/source_lines.h"
#include "story/step_titles.h"

#include <QCoreApplication>
#include <QStringList>

#include <algorithm>

namespace sluice::story {
namespace {

using release::PhaseState;
using release::StepStatus;

struct TopText {
    Q_DECLARE_TR_FUNCTIONS(TopText)
};

QString capital(QString text) {
    if (!text.isEmpty()) {
        text[0] = text[0].toUpper();
    }
    return text;
}

QString subtitle_of(const release::Release& release, StepTitles& titles) {
    QStringList parts;
    // First: what is cut at the end of a narrow screen must not be that.
    if (const auto owed = release::owed_approvals(release); !owed.empty()) {
        parts << TopText::tr("✕ APPROVAL OWED: %1").arg(titles.of(owed.front()));
    }
    if (release.overrides == 1) {
        parts << TopText::tr("✕ 1 override");
    } else if (release.overrides > 1) {
        parts << TopText::tr("✕ %1 overrides").arg(release.overrides);
    }
    if (release.opened.mode == "rehearse") {
        parts << TopText::tr("Rehearsal");
    }
    for (const auto* part : {&release.plan->release.type, &release.plan->release.environment, &release.plan->id}) {
        if (const QString text = titles.filled(*part); !text.isEmpty()) {
            parts << (parts.isEmpty() ? capital(text) : text);
        }
    }
    if (!release.plan->variant.empty()) {
        parts << TopText::tr("variant %1").arg(QString::fromStdString(release.plan->variant));
    }
    if (!release.severity.empty()) {
        QString title = QString::fromStdString(release.severity);
        for (const auto& level : release.plan->severity) {
            title = level.id == release.severity ? titles.filled(level.title) : title;
        }
        parts << TopText::tr("severity: %1").arg(title);
    }
    if (release.released.count != 0 && !release.closed() && !release.rollback.active) {
        parts << TopText::tr("released, following up");
    }
    const bool amended = !release.amendments.empty();
    const auto& digest = amended ? release.amendments.back().digest : release.opened.plan_digest;
    parts << (amended ? TopText::tr("plan %1, amended") : TopText::tr("plan %1"))
                 .arg(QString::fromStdString(digest.substr(0, 8)));
    return parts.join(QStringLiteral(" · "));
}

bool any(const release::Release& release, const plan::Phase& phase, StepStatus status) {
    return std::any_of(release.plan->steps.begin(), release.plan->steps.end(), [&](const plan::Step& step) {
        return release.at(step.id).status == status && release.plan->phase_of(step.id) == &phase;
    });
}

void state_of(PhaseBar& bar, const release::Release& release, const plan::Phase& phase) {
    const auto found = release.phases.find(phase.id);
    const auto status = found == release.phases.end() ? PhaseState::Status::to_come : found->second.status;
    const auto say = [&](Mark mark, const QString& word) {
        bar.mark = mark;
        bar.word = word;
    };
    if (status == PhaseState::Status::finished) {
        say(Mark::holds, TopText::tr("done"));
    } else if (status == PhaseState::Status::to_come) {
        say(Mark::to_come, TopText::tr("to come"));
    } else if (release.rollback.active || release.aborted) {
        say(Mark::skipped, TopText::tr("stopped"));
    } else if (status == PhaseState::Status::waiting) {
        say(Mark::paused, TopText::tr("waits"));
    } else if (any(release, phase, StepStatus::in_doubt)) {
        say(Mark::no_data, TopText::tr("outcome unknown"));
    } else if (any(release, phase, StepStatus::triage)) {
        say(Mark::breached, TopText::tr("failed"));
    } else if (release.paused) {
        say(Mark::paused, TopText::tr("paused"));
    } else {
        say(Mark::running, TopText::tr("running"));
    }
}

/// The step that the window counts from, in few words: "100 %" where it sends all traffic to one arm.
QString anchor_text(const release::Release& release, StepTitles& titles) {
    const plan::Step* step = release.plan->step(release.plan->rollback.within_after);
    if (step == nullptr) {
        return {};
    }
    if (const auto* shift = std::get_if<plan::Shift>(&step->body)) {
        for (const auto& [arm, weight] : shift->weights) {
            if (weight == 100) {
                return percent(1);
            }
        }
    }
    return titles.of(*step);
}

QString window_text(const Moment& moment, StepTitles& titles) {
    const release::Release& release = moment.release;
    const auto& rollback = release.plan->rollback;
    if (rollback.options.empty()) {
        return TopText::tr("no rollback in this plan");
    }
    if (!rollback.within) {
        return {};
    }
    if (const auto way = release::way_back(release)) {
        const QString ends = utc_moment(way->ends, moment.now);
        if (way->ends <= moment.now) {
            return TopText::tr("rollback window ended %1").arg(ends);
        }
        const bool none = release.closed() || release.rollback.active || release.aborted ||
                          release::no_return_since(release) != nullptr; // nobody begins one any more
        if (none || way->latest == way->ends) {
            return TopText::tr("rollback until %1").arg(ends);
        }
        return way->latest > moment.now
                   ? TopText::tr("roll back by %1, window ends %2").arg(utc_moment(way->latest, moment.now), ends)
                   : TopText::tr("too late to be back by %1, when the window ends").arg(ends);
    }
    return TopText::tr("rollback until %1 after %2").arg(spell(*rollback.within), anchor_text(release, titles));
}

} // namespace

std::optional<Nanos> expected_t0(const release::Release& release, Nanos now) {
    if (release.t0.count != 0) {
        return release.t0;
    }
    if (!release.plan) {
        return std::nullopt;
    }
    const auto& phases = release.plan->phases;
    if (std::none_of(phases.begin(), phases.end(), [](const plan::Phase& phase) { return phase.window; })) {
        return release.started;
    }
    for (const auto& [id, phase] : release.phases) {
        if (phase.status == PhaseState::Status::waiting && phase.until > now) {
            return phase.until;
        }
    }
    const auto opening = release::next_t0(release, now);
    return opening && *opening > now ? std::optional(*opening) : std::nullopt;
}

std::optional<Nanos> rollback_until(const release::Release& release) {
    const auto way = release::way_back(release);
    return way ? std::optional(way->ends) : std::nullopt;
}

TopView present_top(const Moment& moment) {
    TopView view;
    const release::Release& release = moment.release;
    if (!release.plan) {
        return view;
    }
    StepTitles titles(release);
    view.title = titles.filled(release.plan->title);
    view.subtitle = subtitle_of(release, titles);
    view.alarming = release.overrides > 0 || !release::owed_approvals(release).empty();
    view.lead = TopText::tr("Lead: %1").arg(QString::fromStdString(release.lead));
    for (const auto& phase : release.plan->phases) {
        PhaseBar bar;
        bar.id = phase.id;
        bar.title = QString::fromStdString(phase.title);
        bar.fraction = count_steps(release, release.plan->steps, phase.steps).fraction();
        state_of(bar, release, phase);
        view.phases.push_back(std::move(bar));
    }
    view.sources = present_sources(moment);
    const auto t0 = expected_t0(release, moment.now);
    view.clock = t0 ? t_clock(moment.now, *t0) : t_clock_unknown();
    view.time = utc_time(moment.now);
    view.window = window_text(moment, titles);
    return view;
}

} // namespace sluice::story

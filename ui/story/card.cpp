/// The card as a whole: which subjects a step has.
#include "story/card.h"

#include "plan/fill.h"
#include "release/demand.h"
#include "story/card_parts.h"

#include <cmath>

namespace sluice::story {
namespace card {

Seen see(const Moment& moment, const plan::Step& step) {
    const auto& state = moment.release.at(step.id);
    const auto operation = moment.release.operations.find(state.operation);
    return {moment, step, state, operation == moment.release.operations.end() ? nullptr : &operation->second};
}

QString filled(const Moment& moment, const std::string& text_template) {
    if (text_template.find("${") == std::string::npos) {
        return text(text_template);
    }
    const auto done = plan::fill(text_template, release::scope(moment.release));
    return text(done ? *done : text_template);
}

QString title_of(const Moment& moment, const plan::Step& step) {
    const auto& state = moment.release.at(step.id);
    return state.attempt > 0 && !state.title.empty() ? text(state.title) : filled(moment, step.title);
}

QString took(const release::StepState& state, Nanos now) {
    if (state.started.count == 0) {
        return {};
    }
    return clock((release::over(state.status) ? state.ended : now) - state.started);
}

} // namespace card

namespace {

void show_body(const card::Seen& seen, CardView& view) {
    card::show_shadows(seen, view);
    if (const auto* hold = std::get_if<plan::Hold>(&seen.step.body)) {
        card::show_hold(seen, *hold, view);
    } else if (const auto* confirm = std::get_if<plan::Confirm>(&seen.step.body)) {
        card::show_confirm(seen, *confirm, view);
    } else if (const auto* external = std::get_if<plan::External>(&seen.step.body)) {
        card::show_external(seen, *external, view);
    } else if (const auto* attest = std::get_if<plan::Attest>(&seen.step.body)) {
        card::show_attest(seen, *attest, view);
    } else if (std::holds_alternative<plan::Approve>(seen.step.body)) {
        card::show_approve(seen, view);
    } else if (const auto* decide = std::get_if<plan::Decide>(&seen.step.body)) {
        card::show_decide(seen, *decide, view);
    } else if (const auto* wait = std::get_if<plan::Wait>(&seen.step.body)) {
        card::show_wait(seen, *wait, view);
    } else if (const auto* probe = std::get_if<plan::Probe>(&seen.step.body)) {
        card::show_deed(seen, view);
        card::show_probe(seen, *probe, view);
        card::show_checks(seen, view);
    } else if (std::holds_alternative<plan::Group>(seen.step.body)) {
        card::show_children(seen, view);
    } else {
        card::show_deed(seen, view);
        card::show_checks(seen, view);
    }
}

CardView step_card(const Moment& moment, const plan::Step& step, const std::optional<release::Actor>& viewer) {
    const card::Seen seen = card::see(moment, step);
    CardView view;
    view.step = step.id;
    view.title = card::title_of(moment, step);
    show_body(seen, view);
    if (seen.state.status == release::StepStatus::triage) {
        card::show_triage(seen, view);
    } else if (seen.state.status == release::StepStatus::in_doubt) {
        card::show_doubt(seen, view);
    } else {
        card::show_state(seen, view);
    }
    if (moment.release.rollback.active && !moment.release.plan->phase_of(step.id)) {
        view.situation +=
            (view.situation.isEmpty() ? QString() : QStringLiteral(" · ")) + card::Words::tr("while rolling back");
    }
    if (step.point_of_no_return && !release::over(seen.state.status)) {
        view.facts.push_back({card::Words::tr("Point of no return"),
                              card::Words::tr("after it there is no way back to what was before"), Tone::warn, false});
    }
    card::show_promises(seen, view);
    card::show_proposals(moment, view);
    card::show_alerts(moment, view);
    card::show_severity(moment, view);
    card::offer_for(seen, viewer ? std::optional(release::in_role(moment.release, *viewer, step.id)) : viewer, view);
    return view;
}

} // namespace

CardView present_card(const Moment& moment, const std::optional<plan::StepId>& selected,
                      const std::optional<release::Actor>& viewer) {
    using release::StepStatus;
    const auto& release = moment.release;
    if (!release.plan) {
        CardView view;
        view.title = card::Words::tr("No session yet");
        return view;
    }
    if (const auto* step = selected ? release.plan->step(*selected) : nullptr) {
        return step_card(moment, *step, viewer);
    }
    if (release.closed()) {
        return card::outcome_card(moment);
    }
    const auto current = current_step(release);
    const auto* step = release.plan->step(current);
    const StepStatus status = step ? release.at(current).status : StepStatus::to_come;
    const bool asked = status == StepStatus::in_doubt || status == StepStatus::triage || status == StepStatus::person;
    if (release.rollback.active && !asked) {
        CardView view = card::rollback_card(moment);
        card::show_alerts(moment, view);
        if (moment.mode != Mode::replay) {
            card::offer_in_rollback(moment, view);
        }
        return view;
    }
    if (step) {
        return step_card(moment, *step, viewer);
    }
    CardView view = card::between_card(moment);
    card::show_proposals(moment, view);
    card::show_alerts(moment, view);
    card::show_severity(moment, view);
    if (moment.mode != Mode::replay) {
        card::offer_between(moment, view);
    }
    return view;
}

} // namespace sluice::story

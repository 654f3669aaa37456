/// A hold: its clock, and its gates with what they read now.
#include "analysis/gate.h"
#include "release/hold_clocks.h"
#include "story/card_parts.h"
#include "story/figure.h"
#include "story/foreseen.h"
#include "story/gate_limit.h"

#include <functional>

namespace sluice::story::card {
namespace {

using release::GateState;

/// A limit that was written stands as it was; one that is counted from a measured value is rounded as values are.
QString limit_text(const plan::Must& must, const std::string& unit, bool counted) {
    if (!must.states.empty()) {
        return text(must.text);
    }
    static constexpr const char16_t* signs[] = {u"<", u"≤", u">", u"≥", u"=", u"≠"};
    return QString::fromUtf16(signs[static_cast<int>(must.comparison)]) + u' ' +
           (counted ? figure(must.limit, unit) : limit_figure(must.limit, unit));
}

/// Until when a gate is watched: what it said last stands on the card of a step that is over.
Nanos watched_until(const Seen& seen) {
    return release::over(seen.state.status) ? seen.state.ended : seen.moment.now;
}

/// How many of so many series must hold.
std::size_t wanted_series(const plan::Gate& gate, const plan::Metric& metric, std::size_t all) {
    return gate.of_series ? gate.of_series->wanted(all) : metric.reduce == plan::Reduce::any ? 1 : all;
}

/// What the metric read for this arm: of several series the one that decides, which is where all must hold the one that
/// is nearest to its limit, or past it.
const Reading* decisive_reading(const Moment& moment, const plan::Gate& gate, const plan::Metric& metric,
                                const plan::Must& limit, const std::string& arm, Nanos time) {
    std::vector<std::pair<double, const Reading*>> found; // by what is left to the limit
    for (const Line* line : moment.readings.answering(gate.metric, time)) {
        if (line->key().arm != arm) {
            continue;
        }
        const Reading* reading = line->at(time);
        if (!reading) {
            continue;
        }
        const bool answered = reading->status == session::SampleStatus::ok;
        const double room = !answered                     ? -0.5 // between what breaks it and what holds
                            : limit.holds(reading->value) ? analysis::headroom(limit, reading->value).value_or(1)
                            : !limit.states.empty()       ? -1
                                                          : -1 - std::abs(reading->value - limit.limit);
        found.emplace_back(room, reading);
    }
    std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    const auto wanted = std::min(wanted_series(gate, metric, found.size()), found.size());
    return found.empty() ? nullptr : found[found.size() - wanted].second;
}

/// The newest reading that has a value.
const Reading* last_data(const Moment& moment, const plan::Gate& gate, const std::string& arm) {
    const Reading* newest = nullptr;
    for (const Line* line : moment.readings.of(gate.metric)) {
        const Reading* reading = line->key().arm == arm ? line->at(moment.now) : nullptr;
        const Reading* first = reading ? line->readings().data() : nullptr;
        while (reading && reading->status != session::SampleStatus::ok) {
            reading = reading == first ? nullptr : reading - 1;
        }
        if (reading && (!newest || newest->measured_at < reading->measured_at)) {
            newest = reading;
        }
    }
    return newest;
}

void read_gate(const Seen& seen, const plan::Gate& gate, const std::string& arm, GateRow& row) {
    const plan::Metric* metric = seen.moment.release.plan->metric(gate.metric);
    const Nanos time = watched_until(seen);
    const auto limit = limit_at(seen.moment, gate, arm, time);
    const Reading* reading =
        metric ? decisive_reading(seen.moment, gate, *metric, limit ? limit->must : gate.must, arm, time) : nullptr;
    row.limit = limit ? limit_text(limit->must, metric ? metric->unit : "", gate.against.has_value())
                      : text(plan::limit_text(gate));
    if (!reading) {
        return;
    }
    if (const Reading* data = last_data(seen.moment, gate, arm)) {
        row.age = spell(std::max(Nanos{}, seen.moment.now - data->measured_at), true);
    }
    const bool fresh = time - reading->measured_at <= analysis::max_age(*metric);
    if (reading->status != session::SampleStatus::ok || !fresh) {
        return;
    }
    const auto bound = limit ? std::optional(limit->must.limit) : std::nullopt;
    const std::string state = plan::state_name(metric->states, reading->value);
    row.now = state.empty() ? figure(reading->value, metric->unit, bound) : text(state);
    row.exact = state.empty() ? exact_figure(reading->value, metric->unit, bound) : QString();
    if (const auto room = limit ? analysis::headroom(limit->must, reading->value, limit->from) : std::nullopt) {
        // Far past the limit the figure says no more than that.
        row.headroom = *room < -9.99 ? Words::tr("over 10×") : percent(*room, 0).replace(u'-', u'−');
    }
}

void judge_gate(const Seen& seen, const GateState* state, GateRow& row) {
    const Nanos since = state ? state->since : seen.state.begun;
    const Nanos length = seen.moment.now - since;
    const auto lasting = [&](const QString& word) { return word + u' ' + clock(length); };
    const std::string verdict = state ? state->verdict : "no-data";
    row.why = state ? text(state->why) : Words::tr("it has not answered yet");
    if (!seen.moment.owned) { // what it was judged last says nothing of now
        row.mark = Mark::no_data;
        row.state = Words::tr("nobody watches");
    } else if (verdict == "pass") {
        row.held = clock(length);
        row.mark = state->close ? Mark::close : Mark::holds;
        row.state = state->close ? Words::tr("close") : Words::tr("holds");
        const auto left = breach_foreseen(seen.state, *state, seen.moment.now);
        if (left) {
            row.mark = Mark::close;
            row.state = foreseen_words(state->close, state->limit, *left);
            row.why = Words::tr("%1; at the present slope").arg(row.why);
        }
    } else if (verdict == "fail") {
        row.mark = Mark::breached;
        row.state = lasting(Words::tr("breached"));
    } else if (verdict == "source-error") {
        row.mark = Mark::source_error;
        row.state = lasting(Words::tr("source error"));
    } else {
        row.mark = Mark::no_data;
        row.state = lasting(verdict == "inconclusive" ? Words::tr("inconclusive") : Words::tr("no data"));
    }
    if (state && state->seen < state->wanted) {
        const QString so_far = Words::tr("%1 of %2 samples").arg(state->seen).arg(state->wanted);
        row.state = state->lacks_samples() ? so_far : row.state + QStringLiteral(", ") + so_far;
    }
    if (state && state->shadow) {
        row.shadow = true;
        row.state = Words::tr("shadow") + QStringLiteral(", ") + row.state;
    }
    if (state && state->overridden) {
        row.aside = true;
        row.state = Words::tr("overridden by %1").arg(text(state->overridden_by)) + QStringLiteral(", ") + row.state;
    }
}

void add_gate(const Seen& seen, const plan::Gate& gate, const std::string& arm, bool name_arm, CardView& card) {
    const auto state = seen.state.gates.find(arm.empty() ? gate.id : gate.id + "/" + arm);
    const GateState* known = state == seen.state.gates.end() ? nullptr : &state->second;
    const QString none = QStringLiteral("–");
    GateRow row;
    row.title = filled(seen.moment, gate.title) + (name_arm ? QStringLiteral(", ") + text(arm) : QString());
    row.now = row.headroom = row.held = none;
    row.important = gate.has_own_clock();
    read_gate(seen, gate, arm, row);
    if (release::over(seen.state.status)) {
        row.age.clear(); // it is not watched any more
    }
    judge_gate(seen, known, row);
    if (row.important) {
        const Nanos held = known ? known->own.held_at(watched_until(seen)) : Nanos{};
        row.held = Words::tr("%1 of %2").arg(clock(std::min(gate.for_, held)), clock(gate.for_));
        row.state = Words::tr("important") + QStringLiteral(", ") + row.state;
    }
    if (gate.shadow && !known) {
        row.shadow = true;
        row.state = Words::tr("shadow") + QStringLiteral(", ") + row.state;
    }
    if (!known && seen.state.set_aside.contains(gate.id)) {
        row.aside = true;
        row.state = Words::tr("overridden by %1").arg(text(seen.state.set_aside.at(gate.id)));
    }
    card.gates.push_back(std::move(row));
}

/// Why the clock does not count, in words.
QString standstill(const Seen& seen, const plan::Hold& hold) {
    if (seen.moment.release.paused) {
        return Words::tr("the release is paused, so the hold clock stands still");
    }
    for (const auto& [key, gate] : seen.state.gates) {
        if (gate.verdict == "fail" && gate.hinders()) {
            return hold.on_breach == plan::OnBreach::restart
                       ? Words::tr("a gate is breached, so the hold clock begins again")
                       : Words::tr("a gate is breached, so the hold clock stands still");
        }
    }
    for (const auto& [key, gate] : seen.state.gates) {
        if (gate.hinders()) {
            return gate.lacks_samples() ? Words::tr("too few samples yet, so the hold clock stands still")
                                        : Words::tr("a gate has no answer, so the hold clock stands still");
        }
    }
    return text(seen.state.hold.why);
}

/// " · waits for Queue": once the hold's own clock has come to its end, what is still to hold for its own time.
QString awaited(const Seen& seen, const plan::Hold& hold) {
    QStringList titles;
    if (seen.state.hold.held_at(seen.moment.now) < hold.for_) {
        return {};
    }
    for (const auto& one : release::own_clocks(seen.moment.release, seen.step, hold, seen.moment.now)) {
        const QString title = filled(seen.moment, one.gate->title);
        if ((one.left().count > 0 || !one.running) && !titles.contains(title)) {
            titles << title;
        }
    }
    return titles.isEmpty() ? QString()
                            : QStringLiteral(" · ") + Words::tr("waits for %1").arg(titles.join(QStringLiteral(", ")));
}

void show_clock(const Seen& seen, const plan::Hold& hold, CardView& card) {
    const auto& clock_state = seen.state.hold;
    const Nanos held = std::min(hold.for_, clock_state.held_at(seen.moment.now));
    card.progress = hold.for_.count > 0 ? held.seconds() / hold.for_.seconds() : 1;
    const QString so_far = Words::tr("%1 of %2 held together").arg(clock(held), clock(hold.for_));
    card.situation = so_far;
    if (!seen.moment.owned) {
        card.mark = Mark::paused;
        card.state = Words::tr("not running");
        card.state_tone = Tone::warn;
        card.stands_still = true;
    } else if (seen.state.status == release::StepStatus::person) {
        card.mark = Mark::holds;
        card.state = Words::tr("held");
        card.state_tone = Tone::good;
        card.situation = so_far + QStringLiteral(" · ") + Words::tr("a person advances");
    } else if (seen.state.status == release::StepStatus::running && !clock_state.running) {
        card.mark = Mark::paused;
        card.state = Words::tr("paused %1").arg(clock(seen.moment.now - clock_state.mark));
        card.state_tone = Tone::warn;
        card.stands_still = true;
        card.situation = so_far + QStringLiteral(" · ") + standstill(seen, hold);
    } else if (seen.state.status == release::StepStatus::running) {
        const Nanos left = seen.state.begun + hold.deadline - seen.moment.now;
        card.situation = so_far + awaited(seen, hold) + QStringLiteral(" · ") +
                         Words::tr("deadline in %1").arg(spell(std::max(Nanos{}, left)));
    }
}

} // namespace

void show_hold(const Seen& seen, const plan::Hold& hold, CardView& card) {
    const auto with_traffic = release::arms_with_traffic(seen.moment.release);
    for (const auto& gate : hold.gates) {
        const plan::Metric* metric = seen.moment.release.plan->metric(gate.metric);
        if (!metric) {
            continue;
        }
        auto arms = analysis::arms_of(*metric, gate.arm, with_traffic);
        for (const auto& [key, state] : seen.state.gates) { // an arm that has lost its traffic meanwhile
            if (key.starts_with(gate.id + "/")) {
                arms.insert(key.substr(gate.id.size() + 1));
            }
        }
        for (const auto& arm : arms) {
            add_gate(seen, gate, arm, !arm.empty(), card);
        }
    }
    if (seen.state.status != release::StepStatus::to_come) {
        show_clock(seen, hold, card);
    } else {
        const auto own = std::count_if(hold.gates.begin(), hold.gates.end(), std::mem_fn(&plan::Gate::has_own_clock));
        const auto counting = std::count_if(hold.gates.begin(), hold.gates.end(),
                                            [](const auto& gate) { return !gate.shadow && !gate.has_own_clock(); });
        card.situation = Words::tr("%1 gates must hold together for %2").arg(counting).arg(spell(hold.for_)) +
                         (own == 0 ? QString() : Words::tr(", %1 important ones at its end").arg(own));
    }
}

void show_shadows(const Seen& seen, CardView& card) {
    const QString none = QStringLiteral("–");
    for (const auto& gate : seen.step.gates) {
        for (const auto& [key, state] : seen.state.gates) {
            if (!release::key_names(key, gate.id) || !state.shadow) {
                continue;
            }
            GateRow row;
            const QString arm = key == gate.id ? QString() : text(key.substr(gate.id.size() + 1));
            row.title = filled(seen.moment, gate.title) + (arm.isEmpty() ? QString() : QStringLiteral(", ") + arm);
            row.now = state.value.empty() ? none : text(state.value);
            row.limit = text(state.limit);
            row.headroom = row.held = none;
            row.why = text(state.why);
            row.shadow = true;
            const bool pass = state.verdict == "pass", fail = state.verdict == "fail";
            row.mark = pass                              ? (state.close ? Mark::close : Mark::holds)
                       : fail                            ? Mark::breached
                       : state.verdict == "source-error" ? Mark::source_error
                                                         : Mark::no_data;
            row.state = pass   ? Words::tr("shadow, held as the step began")
                        : fail ? Words::tr("shadow, breached as the step began")
                               : Words::tr("shadow, no answer as the step began");
            card.gates.push_back(std::move(row));
        }
    }
}

} // namespace sluice::story::card

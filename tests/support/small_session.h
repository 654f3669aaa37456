#pragma once
/// Sessions told by hand: small plans driven without an engine, with readings and output, as a story that can be shown.
/// For states that a rehearsal does not reach by itself: doubt, triage, a source that fails.
#include "release/driver.h"
#include "series/sample.h"
#include "story/card_offer.h"
#include "story/story.h"

#include <map>

namespace sluice::testing {

/// How the plan of one begins that brings the rest itself: with the variables that a small session gives values to.
inline const std::string small_head = R"(sluice: 1
id: small
title: Small
variables:
  version: {type: string, default: v1}
  ramp: {type: boolean, default: 'true'}
  token: {type: secret, default: 'env:STATUS_TOKEN'}
)";

class SmallSession {
public:
    explicit SmallSession(const std::string& plan)
        : drive(plan, {{"ramp", "true"}, {"version", "v1.2.4"}, {"token", "env:STATUS_TOKEN"}}) {}

    void reading(const std::string& metric, double value, const std::string& arm = "",
                 session::SampleStatus status = session::SampleStatus::ok, Nanos age = milliseconds(400)) {
        session::Tick tick;
        tick.time = drive.now;
        session::Sample sample;
        sample.series.metric = metric;
        sample.series.arm = arm;
        sample.status = status;
        sample.value = value;
        sample.measured_at = sample.received_at = drive.now - age;
        tick.samples.push_back(std::move(sample));
        ticks_.push_back(std::move(tick));
    }
    /// As a recorder keeps what is told beside a metric's values (series::SampleBatch::beside).
    void beside(const std::vector<series::Sample>& samples) {
        session::Tick tick;
        tick.time = drive.now;
        for (const auto& one : samples) {
            session::Sample sample;
            sample.series.metric = one.metric;
            sample.series.labels =
                Json(std::map<std::string, std::string>(one.labels.begin(), one.labels.end())).dump();
            sample.series.unit = one.unit;
            sample.status = static_cast<session::SampleStatus>(one.status);
            sample.value = one.value;
            sample.measured_at = one.measured_at;
            sample.received_at = one.received_at;
            sample.detail = one.detail;
            tick.samples.push_back(std::move(sample));
        }
        ticks_.push_back(std::move(tick));
    }
    void print(const plan::StepId& step, const std::string& text) {
        session::OutputChunk chunk;
        chunk.time = drive.now;
        chunk.operation = drive.operation(step);
        chunk.bytes = text;
        output_.push_back(std::move(chunk));
    }
    /// A gate's verdict as the engine gives it.
    static release::GateReading gate(const std::string& id, const std::string& verdict, bool close = false,
                                     const std::string& why = "") {
        release::GateReading reading;
        reading.gate = id;
        reading.verdict = verdict;
        reading.close = close;
        reading.why = why;
        return reading;
    }
    void intend(const plan::StepId& step, const std::string& kind, const std::string& effect_class, const Json& detail,
                const std::string& summary, const std::vector<std::string>& targets = {}) {
        release::Intent intent;
        intent.step = step;
        intent.attempt = drive.release.at(step).attempt;
        intent.operation = drive.operation(step);
        intent.kind = kind;
        intent.effect_class = effect_class;
        intent.request = {{"kind", kind}, {"class", effect_class}, {"what", summary}, {"detail", detail}};
        intent.summary = summary;
        intent.targets = targets;
        must(drive.submit(release::Prepared{intent}, release::drill::engine));
    }
    void settle(const plan::StepId& step, bool succeeded, const Json& result, const std::string& why = "") {
        release::Outcome outcome;
        outcome.settled.operation = drive.operation(step);
        outcome.settled.succeeded = succeeded;
        outcome.settled.how = "returned";
        outcome.settled.why = why;
        outcome.settled.result = result;
        must(drive.submit(outcome, release::drill::engine));
    }
    static void must(const std::string& refusal) {
        if (!refusal.empty()) {
            throw std::runtime_error(refusal);
        }
    }

    /// As of now; valid until it is asked for again.
    story::Moment moment(story::Mode mode = story::Mode::live) {
        story::Delivery delivery;
        for (const auto& event : drive.log) {
            delivery.entries.push_back({event, {}});
        }
        delivery.ticks = ticks_;
        delivery.output = output_;
        delivery.now = drive.now;
        story_ = story::Story();
        story_.take(delivery);
        return story_.latest(mode);
    }

    release::drill::Driver drive;

private:
    std::vector<session::Tick> ticks_;
    std::vector<session::OutputChunk> output_;
    story::Story story_;
};

/// What a person gives to a deed that these sessions offer.
inline story::Given given_to(const story::Offer& offer) {
    story::Given given;
    given.text = QStringLiteral("because");
    given.subject = offer.subjects.empty() ? "" : offer.subjects.front().id;
    for (const auto& output : offer.outputs) {
        given.outputs[output.name] = output.hint == QStringLiteral("integer") ? "4" : "web-4";
    }
    return given;
}

/// Each of them at the state that its name says; `make_small("hold paused")`.
const std::vector<std::string>& small_sessions();
std::unique_ptr<SmallSession> make_small(const std::string& name);

} // namespace sluice::testing

/// The hash that compares a live release with a replayed one covers all of it: each field of the state is altered, one
/// after the other, and the canonical JSON must differ. A field that is added does not compile here until it is named.
#include "driver.h"
#include "support/suite.h"

#include <QtTest>
#include <functional>
#include <tuple>
#include <type_traits>

using namespace sluice;
using namespace sluice::release;

namespace {

// All fields of a struct of the state, by structured binding: as many names as there are fields, or it is an error.
auto fields(Actor& s) {
    auto& [name, role] = s;
    return std::tie(name, role);
}
auto fields(GateState& s) {
    auto& [verdict, close, value, limit, headroom, why, since, overridden, by, breach_in, breach_at, shadow, seen,
           wanted, important, own] = s;
    return std::tie(verdict, close, value, limit, headroom, why, since, overridden, by, breach_in, breach_at, shadow,
                    seen, wanted, important, own);
}
auto fields(HoldState& s) {
    auto& [running, held, mark, why] = s;
    return std::tie(running, held, mark, why);
}
auto fields(Approved& s) {
    auto& [step, by, reason, attested_by, proof, expires, count, of] = s; // the step is that in whose state it stands
    return std::tie(by, reason, attested_by, proof, expires, count, of);
}
auto fields(BrokenGlass& s) {
    auto& [by, reason, due, overdue, approved] = s;
    return std::tie(by, reason, due, overdue, approved);
}
auto fields(AskedSignature& s) {
    auto& [step, request, expires, used_by] = s;
    return std::tie(step, request, expires, used_by);
}
auto fields(PolicyBound& s) {
    auto& [file, source, digest, signers_file, signers, signers_digest, type, environment, raised] =
        s; // the digests stand for the texts
    return std::tie(file, digest, signers_file, signers_digest, type, environment, raised);
}
auto fields(StepState& s) {
    auto& [status, attempt, title, started, ended, begun, why, until, operation, approvals, glass, choice, answered,
           overdue, asked, escalated, advanced, stop, gates, aside, hold] = s;
    return std::tie(status, attempt, title, started, ended, begun, why, until, operation, approvals, glass, choice,
                    answered, overdue, asked, escalated, advanced, stop, gates, aside, hold);
}
auto fields(HandShift& s) {
    auto& [planned, state, by, reason] = s;
    return std::tie(planned.id, std::get<plan::Shift>(planned.body).traffic,
                    std::get<plan::Shift>(planned.body).weights, state, by, reason);
}
auto fields(Intent& s) {
    auto& [operation, step, attempt, kind, effect_class, request, digest, summary, targets, desired] = s;
    return std::tie(operation, step, attempt, kind, effect_class, request, digest, summary, targets, desired);
}
auto fields(Settled& s) {
    auto& [operation, succeeded, how, why, result, length, digest] = s;
    return std::tie(operation, succeeded, how, why, result, length, digest);
}
auto fields(OperationState& s) {
    auto& [intent, began, phase, observed, why, back, settled] = s;
    return std::tie(intent, began, phase, observed, why, back, settled);
}
auto fields(TriggerState& s) {
    auto& [state, since, frozen, grace, answer, value, why] = s;
    return std::tie(state, since, frozen, grace, answer, value, why);
}
auto fields(AlertRoute& s) {
    auto& [key, attempt, in_flight, delivered, at, why, resolved, heard, perhaps] = s;
    return std::tie(key, attempt, in_flight, delivered, at, why, resolved, heard, perhaps);
}
auto fields(AlertState& s) {
    auto& [state, absent, since, frozen, fired, value, why, by, reason, routes, unread] = s;
    return std::tie(state, absent, since, frozen, fired, value, why, by, reason, routes, unread);
}
auto fields(Standstill& s) {
    auto& [from, to] = s;
    return std::tie(from, to);
}
auto fields(PhaseState& s) {
    auto& [status, started, ended, until, why, overridden, warning, ends, opens, over, paused, at_end, stood] = s;
    return std::tie(status, started, ended, until, why, overridden, warning, ends, opens, over, paused, at_end, stood);
}
auto fields(RollbackState& s) {
    auto& [active, option, cause, trigger, reason, outcome, by, started, ended, programs_end, ready_option, ready,
           ready_why] = s;
    return std::tie(active, option, cause, trigger, reason, outcome, by, started, ended, programs_end, ready_option,
                    ready, ready_why);
}
auto fields(SourceState& s) {
    auto& [state, why, since] = s;
    return std::tie(state, why, since);
}
auto fields(BeforeStart& s) {
    auto& [values, why] = s;
    return std::tie(values, why);
}
auto fields(CopyState& s) {
    auto& [place, state, why, since] = s;
    return std::tie(place, state, why, since);
}
auto fields(AmendmentState& s) {
    auto& [digest, changes, by, reason, time] = s;
    return std::tie(digest, changes, by, reason, time);
}
auto fields(SessionOpened& s) {
    auto& [session, mode, plan_id, plan_file, folder, source, digest, variables, by, key, seed, faults, program,
           includes, files, variant, repository, evidence,
           opening] = s; // the digest stands for the plan's text and its files
    return std::tie(session, mode, plan_id, plan_file, folder, digest, variables, by, key, seed, faults, program, files,
                    variant, repository, evidence, opening);
}
auto fields(Release& s) {
    auto& [seq, time, opened, plan, started, t0, values, phases, steps, shifts, operations, split, ready, triggers,
           alerts, sources, rollback, copy, amendments, files, baselines, lost, before, released, closed, severity,
           severity_since, set_aside, paused, aborted, paused_why, paused_since, outcome, notes, overrides, policy,
           bound, lead, bridge, proposers,
           requests] = s; // plan and policy are told by their digests
    return std::tie(seq, time, opened, started, t0, values, phases, steps, shifts, operations, split, ready, triggers,
                    alerts, sources, rollback, copy, amendments, files, baselines, lost, before, released, closed,
                    severity, severity_since, set_aside, paused, aborted, paused_why, paused_since, outcome, notes,
                    overrides, bound, lead, bridge, proposers, requests);
}

template <typename T>
concept Struct = requires(T& value) {
    fields(value);
};
template <typename T>
concept Map = requires(T& value) {
    typename T::mapped_type;
};
template <typename T>
concept Set = !Map<T> && requires(T & value) {
    typename T::key_type;
};
template <typename T>
concept Maybe = requires(T& value) {
    value.has_value();
};
template <typename T>
concept List = requires(T& value) {
    value.push_back({});
}
&&!std::is_same_v<T, std::string> && !std::is_same_v<T, Json>;

void alter(std::string& value) {
    value += "x";
}
void alter(bool& value) {
    value = !value;
}
void alter(int& value) {
    ++value;
}
void alter(std::int64_t& value) {
    ++value;
}
void alter(double& value) {
    value += 0.5;
}
void alter(Nanos& value) {
    value = value + Nanos{1};
}
void alter(Json& value) {
    value = value.is_null() ? Json("x") : Json(nullptr);
}
void alter(StepStatus& value) {
    value = value == StepStatus::passed ? StepStatus::triage : StepStatus::passed;
}
void alter(OperationState::Phase& value) {
    using Phase = OperationState::Phase;
    value = value == Phase::settled ? Phase::in_doubt : Phase::settled;
}
void alter(PhaseState::Status& value) {
    using Status = PhaseState::Status;
    value = value == Status::running ? Status::finished : Status::running;
}

/// Alters every leaf below `value` in turn, calls `look` with where it is, and puts it back.
template <typename T>
void each(T& value, const QString& where, const std::function<void(const QString&)>& look) {
    if constexpr (Struct<T>) {
        std::apply(
            [&](auto&... parts) {
                int place = 0;
                (each(parts, where + '/' + QString::number(place++), look), ...);
            },
            fields(value));
    } else if constexpr (Maybe<T>) {
        if (value) {
            each(*value, where, look);
        }
        const T kept = value;
        value = kept ? T{} : T{std::in_place};
        look(where + "[there or not]");
        value = kept;
    } else if constexpr (Map<T>) {
        for (auto& [key, one] : value) {
            each(one, where + '[' + QString::fromStdString(key) + ']', look);
        }
        value["~new"];
        look(where + "[one more]");
        value.erase("~new");
    } else if constexpr (Set<T>) {
        value.insert("~new");
        look(where + "{one more}");
        value.erase("~new");
    } else if constexpr (List<T>) {
        for (std::size_t i = 0; i < value.size(); ++i) {
            each(value[i], where + '[' + QString::number(i) + ']', look);
        }
        if constexpr (!std::is_same_v<typename T::value_type, HandShift>) { // a default one is no shift
            value.push_back({});
            look(where + "[one more]");
            value.pop_back();
        }
    } else {
        const T kept = value;
        alter(value);
        look(where);
        value = kept;
    }
}

const char* const policy = R"(policy: 1
allowed-signers: keys
people:
  lena: {roles: [lead]}
  ada: {roles: [owner]}
  bob: {roles: [sre]}
rules: [{type: major, environment: production, roles: [owner, sre], accept: [given]}]
)";

/// A release in which every list has something in it.
Release full() {
    People people;
    people.policy = PolicyBound{"policy.yaml", policy, "p1", "keys", "keys", "k1", "", "", {}};
    people.bridge = {{"bob", {"sre"}, drill::lead}};
    drill::Driver drive(drill::plan_with(R"(release: {type: major, environment: production}
phases:
  - id: main
    steps:
      - {id: ready, confirm: Ready, makes-ready: green}
      - {id: go, approve: {roles: [owner, sre]}}
      - {id: work, run: [work]}
      - {id: to-50, shift: {edge: {green: 50}}}
      - {id: bake, hold: {for: 1m}, gates: [{metric: lag, must: '< 10'}]}
)"),
                        {{"ramp", "true"}}, seconds(1'767'600'000), people);
    drive.tick();
    (void)drive.submit(Confirm{"ready", "seen", false, ""});
    (void)drive.submit(AskSignature{"go", "n1", std::string(64, 'a'), drive.release.seq});
    (void)drive.submit(Approve{"go", false, "well"}, {"ada", "owner"});
    (void)drive.submit(Approve{"go", false, "well"}, {"bob", "sre"});
    drive.done("work");
    drive.done("to-50", {{"traffic", "edge"}, {"weights", {{"blue", 50}, {"green", 50}}}});
    drive.gate("bake", "lag", "pass");
    (void)drive.submit(SourceReport{"lag", "no-data", "it is silent"});
    (void)drive.submit(Baseline{"work", Json::array({{{"metric", "lag"}, {"arm", ""}, {"value", "7"}}})});
    (void)drive.submit(
        Baseline{{}, Json::array({{{"metric", "lag"}, {"arm", ""}, {"value", "6"}}}), "lag", hours(1), "half"});
    (void)drive.submit(CopyReport{"/copy", "kept", ""});
    (void)drive.submit(Shift{"edge", {{"green", 0}}, "odd"});
    Release release = drive.release;
    release.steps["bake"].set_aside["lag"] = "lena";
    release.steps["go"].glass = BrokenGlass{drill::lead, "fire", Nanos{1}};
    release.triggers["errors"] = {};
    release.alerts["lag"].routes["chat"] = {};
    release.amendments.push_back({"digest", {"step a removed"}, drill::lead, "why", Nanos{1}});
    release.baselines_lost["work"] = {"lag"};
    release.values["version"] = "v1";
    release.opened.variables["version"] = "v1";
    release.opened.faults.push_back("none");
    release.files["values.yaml"] = "digest";
    return release;
}

} // namespace

class StateFieldsTest : public QObject {
    Q_OBJECT
private slots:
    void each_field_changes_the_hash() {
        Release release = full();
        QVERIFY(!release.shifts.empty() && !release.operations.empty() && !release.sources.empty());
        QVERIFY(!release.at("go").approvals.empty() && !release.at("bake").gates.empty());
        QVERIFY(!release.baselines.at("work").empty() && !release.baselines_lost.at("work").empty());
        QCOMPARE(release.before.at(before_key("lag", hours(1))).values.at("lag"), 6.0);
        QVERIFY(!release.requests.empty() && !release.bridge.empty() && !release.proposers.empty());
        const std::string before = drill::state_text(release);
        int altered = 0;
        QStringList unseen;
        each(release, "release", [&](const QString& where) {
            ++altered;
            if (drill::state_text(release) == before) {
                unseen << where;
            }
        });
        QVERIFY2(unseen.isEmpty(), qPrintable(unseen.join('\n')));
        QVERIFY(altered > 200);
        QCOMPARE(drill::state_text(release), before); // all was put back
    }
};

SLUICE_TEST(StateFieldsTest)
#include "state_fields_test.moc"

#pragma once
/// A session with people and policy, driven without an engine.
#include "driver.h"
#include "release/demand.h"
#include "release/signing.h"

#include <QString>
#include <algorithm>
#include <fmt/format.h>
#include <string>
#include <vector>

namespace sluice::release::drill {

inline std::string policy_text(const std::string& rule, const std::string& more = "") {
    return R"(policy: 1
allowed-signers: keys
people:
  lena: {roles: [lead, owner, sre], principals: lena@x}
  ada: {roles: [owner], principals: ada@x}
  bob: {roles: [sre], principals: bob@x}
  cy: {roles: [owner, sre], principals: cy@x}
  dee: {roles: [lead], principals: dee@x}
rules:
  - )" + rule +
           "\n" + more;
}
inline const std::string two_roles =
    "{type: major, environment: production, roles: [owner, sre], accept: [signed, given]}";
inline const std::string glass = "break-glass: {roles: [lead], approve-within: 12h}\n";

/// An approval, two hours of waiting, and what it is for.
inline std::string plan_text(const std::string& approve = "approve: {roles: [owner]}") {
    return plan_with("release: {type: major, environment: production}\nphases:\n  - id: main\n    steps:\n"
                     "      - {id: go, " +
                     approve +
                     ", needs: []}\n      - {id: rest, wait: 2h}\n"
                     "      - {id: read, run: [look], needs: [], outputs: {later: {}}}\n"
                     "      - {id: deploy, run: [deploy, '${ramp}', '${later}'], needs: [rest, read]}\n"
                     "      - {id: second, approve: {roles: [sre]}, needs: [deploy]}\n"
                     "      - {id: finish, run: [finish], needs: [second]}\n"
                     "      - {id: say, attest: It is done, owner: owner, needs: [finish]}\n");
}

class Desk {
public:
    explicit Desk(const std::string& policy, const std::string& plan = plan_text(), const std::string& mode = "run",
                  const Actor& by = {"lena", "lead"}, const std::string& variant = "") {
        SessionOpened session;
        session.session = "s1";
        session.mode = mode;
        session.plan_id = "small";
        session.plan_source = plan;
        session.plan_digest = "d1";
        session.variables = {{"ramp", "true"}};
        session.by = by;
        session.variant = variant;
        People people;
        if (!policy.empty()) {
            people.policy = PolicyBound{"policy.yaml", policy, "p1", "keys", "keys", "k1", "", "", {}};
        }
        refusal = submit(Open{session, people}, by);
    }

    std::string submit(const Command& command, const Actor& by) {
        auto bodies = decide(release, command, now, by);
        if (!bodies) {
            return bodies.error().what;
        }
        for (auto& body : *bodies) {
            log.push_back({release.seq + 1, now, std::move(body)});
            apply(release, log.back());
        }
        return {};
    }
    std::string approve(const Actor& by, const StepId& step = "go") { return submit(Approve{step, false, ""}, by); }

    void pass(Nanos length) {
        const Nanos end = now + length;
        for (auto next = next_tick(release, now); next && *next <= end; next = next_tick(release, now)) {
            now = *next;
            (void)submit(Tick{}, engine);
        }
        now = end;
        (void)submit(Tick{}, engine);
    }

    /// A request for a signature; null if it was refused.
    Json ask(const std::string& nonce, const StepId& step = "go") {
        refusal = submit(AskSignature{step, nonce, std::string(64, 'a'), release.seq}, {"lena", "lead"});
        return refusal.empty() ? release.requests.at(nonce).request : Json();
    }
    static SignedAnswer answer(const Json& request, const std::string& person, const std::string& role,
                               const std::string& said = "yes", const std::string& key = "") {
        return {statement_bytes({request, said, role, "by key"}).value(), "armour", person + "@x",
                key.empty() ? "SHA256:" + person : key, true};
    }
    std::string sign(const Json& request, const std::string& person, const std::string& role, const StepId& step = "go",
                     const std::string& said = "yes", const std::string& key = "") {
        Approve command{step, false, ""};
        command.answer = answer(request, person, role, said, key);
        return submit(command, {"lena", "lead"});
    }

    template <typename Kind>
    std::vector<Kind> all() const {
        return drill::all<Kind>(log);
    }

    QString status(const StepId& step) const { return name(release.at(step).status); }
    int count(const std::string& type) const {
        return static_cast<int>(
            std::count_if(log.begin(), log.end(), [&](const Event& event) { return type == type_name(event.body); }));
    }
    /// Runs the effect of a step to its end.
    void done(const StepId& step) {
        Intent intent;
        intent.step = step;
        intent.attempt = release.at(step).attempt;
        intent.operation = fmt::format("s1/{}/{}", step, intent.attempt);
        intent.kind = "run";
        (void)submit(Prepared{intent}, engine);
        Outcome outcome;
        outcome.settled = {intent.operation, true, "returned", "", nullptr, 0, ""};
        if (step == "read") {
            outcome.outputs = {{"later", "now"}};
        }
        (void)submit(outcome, engine);
    }

    Release release;
    Nanos now = seconds(1'767'600'000);
    std::vector<Event> log;
    std::string refusal;
};

} // namespace sluice::release::drill

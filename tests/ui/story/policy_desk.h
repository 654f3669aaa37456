#pragma once
/// A session with a policy, and one without anybody named, driven without an engine.
#include "release/decide.h"
#include "release/signing.h"
#include "story/card.h"

#include <QtTest>

namespace sluice::testing {

inline std::string policy_that_counts(const std::string& accept) {
    return R"(policy: 1
allowed-signers: keys
people:
  lena: {roles: [lead, sre], principals: lena@x}
  ada: {roles: [owner], principals: ada@x}
  bob: {roles: [sre], principals: bob@x}
rules: [{environment: production, roles: [owner, sre], accept: [)" +
           accept + R"(], valid-for: 4h}]
break-glass: {roles: [lead], approve-within: 1h}
)";
}
inline constexpr const char* plan_with_policy = R"(sluice: 1
id: small
release: {environment: production}
roles: [lead, sre, owner]
phases:
  - id: one
    steps:
      - {id: go, title: Go, approve: {roles: [owner]}}
      - {id: deploy, run: [deploy]}
      - {id: say, title: Say so, attest: It works, owner: sre}
)";

/// A session with a policy, driven without an engine.
class PolicyDesk {
public:
    /// `accept`: what an approval may rest on beside a signature.
    explicit PolicyDesk(const std::string& accept = "signed, attested") {
        release::SessionOpened session;
        session.session = "s1";
        session.mode = "run";
        session.plan_source = plan_with_policy;
        session.by = {"lena", "lead"};
        release::People people;
        people.policy =
            release::PolicyBound{"policy.yaml", policy_that_counts(accept), "p1", "keys", "keys", "k1", "", "", {}};
        submit(release::Open{session, people});
    }
    void submit(const release::Command& command, const release::Actor& by = {"lena", "lead"}) {
        auto bodies = release::decide(release_, command, now, by);
        QVERIFY2(bodies.has_value(), bodies ? "" : bodies.error().what.c_str());
        for (auto& body : *bodies) {
            const release::Event event{release_.seq + 1, now, std::move(body)};
            release::apply(release_, event);
            story::Entry entry;
            entry.event = event;
            entries_.push_back(entry);
        }
    }
    void sign(const std::string& nonce, const std::string& person, const std::string& role) {
        submit(release::AskSignature{"go", nonce, "aa", release_.seq});
        release::Approve command{"go", false, ""};
        command.answer = release::SignedAnswer{
            release::statement_bytes({release_.requests.at(nonce).request, "yes", role, ""}).value(), "armour",
            person + "@x", "SHA256:" + person, true};
        submit(command);
    }
    story::Moment moment() const {
        static const story::Readings readings;
        static const story::Outputs outputs;
        return {release_, now, entries_, readings, outputs};
    }
    story::CardView card(const std::string& step, const release::Actor& viewer = {"lena", "lead"}) const {
        return story::present_card(moment(), step, viewer);
    }
    const release::Release& release() const { return release_; }

    Nanos now = seconds(1'767'600'000);

private:
    release::Release release_;
    std::vector<story::Entry> entries_;
};

/// Nobody is named, so each person's word is taken.
inline constexpr const char* plan_without_people = R"(sluice: 1
id: small
variables: {ramp: {type: boolean, default: 'true'}, version: {type: string, default: v1}, token: {type: string, default: t}}
roles: [lead, sre, owner]
phases:
  - id: one
    steps:
      - {id: go, title: Go, approve: {roles: [owner, sre]}}
      - {id: deploy, run: [deploy]}
)";

} // namespace sluice::testing

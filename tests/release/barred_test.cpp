#include "desk.h"
#include "support/suite.h"

#include <QtTest>
#include <fmt/format.h>
#include <map>
#include <rapidcheck.h>
#include <set>

using namespace sluice;
using namespace sluice::release;
using namespace sluice::release::drill;

class BarredTest : public QObject {
    Q_OBJECT
private slots:
    void no_approval_by_a_barred_person_ever_counts() {
        const bool held = rc::check([] {
            const auto below = [](int limit) { return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange(0, limit)); };
            const auto pick = [&](const std::vector<std::string>& all) {
                return all[static_cast<std::size_t>(below(static_cast<int>(all.size())))];
            };
            const std::vector<std::string> people{"lena", "ada", "bob", "cy", "dee", "eve"};
            const std::vector<std::string> roles{"owner", "sre", "lead", ""};
            Desk desk(policy_text("{roles: [owner, sre], accept: [signed, given, attested], valid-for: 3h}", glass));
            RC_ASSERT(desk.refusal.empty());
            const auto& policy = *desk.release.policy;
            std::vector<Json> requests;
            // What the log alone says, without the rules' own functions.
            std::set<std::string> barred{"lena"};
            std::map<StepId, std::vector<std::pair<Approved, Nanos>>> given;
            std::set<std::string> nonces;
            std::size_t read = 0;
            Release replayed;
            const auto check = [&] {
                for (; read < desk.log.size(); ++read) {
                    const Event& event = desk.log[read];
                    apply(replayed,
                          event_from_json(parse_json(canonical(to_json(event)).value(), "event").value()).value());
                    if (const auto* shift = std::get_if<ShiftAsked>(&event.body)) {
                        barred.insert(shift->by.name);
                    } else if (const auto* broken = std::get_if<GlassBroken>(&event.body)) {
                        RC_ASSERT(policy.holds(broken->by.name, "lead") && !broken->reason.empty());
                        barred.insert(broken->by.name);
                    } else if (const auto* approved = std::get_if<Approved>(&event.body)) {
                        RC_ASSERT(policy.holds(approved->by.name, approved->by.role));
                        RC_ASSERT(!barred.contains(approved->by.name));
                        if (approved->proof.is_object()) {
                            RC_ASSERT(
                                nonces.insert(approved->proof["nonce"].get<std::string>() + " " + approved->by.name)
                                    .second);
                        }
                        given[approved->step].push_back({*approved, event.time});
                    } else if (const auto* started = std::get_if<StepStarted>(&event.body)) {
                        given[started->step].clear();
                        const StepId before = started->step == "deploy"   ? "go"
                                              : started->step == "finish" ? "second"
                                                                          : "";
                        RC_ASSERT(before.empty() || satisfies(replayed.at(before).status));
                    } else if (const auto* refused = std::get_if<Refused>(&event.body)) {
                        given[refused->step].clear();
                    } else if (const auto* expired = std::get_if<ApprovalExpired>(&event.body)) {
                        std::erase_if(given[expired->step], [&](const auto& one) {
                            const auto& [approval, at] = one;
                            return approval.by.name == expired->person && approval.expires.count != 0 &&
                                   approval.expires <= event.time;
                        });
                    }
                    StepId over;
                    if (const auto* finished = std::get_if<StepFinished>(&event.body);
                        finished && finished->outcome == "passed" &&
                        std::holds_alternative<plan::Approve>(desk.release.plan->step(finished->step)->body)) {
                        over = finished->step;
                    } else if (const auto* afterwards = std::get_if<ApprovedAfterwards>(&event.body)) {
                        over = afterwards->step;
                    }
                    if (over.empty()) {
                        continue;
                    }
                    std::set<std::string> names, keys, by_roles;
                    for (const auto& [one, at] : given[over]) {
                        const bool old = one.expires.count != 0 && one.expires <= event.time;
                        if (old || barred.contains(one.by.name)) {
                            continue;
                        }
                        RC_ASSERT(names.insert(one.by.name).second);
                        if (one.proof.is_object()) {
                            RC_ASSERT(keys.insert(one.proof["key"].get<std::string>()).second);
                        }
                        by_roles.insert(one.by.role);
                    }
                    RC_ASSERT(names.size() >= 2 && by_roles.contains("owner") && by_roles.contains("sre"));
                }
                RC_ASSERT(to_json(replayed) == to_json(desk.release));
            };
            check();
            // Some traffic has moved, so that it can be moved back by hand.
            desk.release.split["edge"] = replayed.split["edge"] = {{"blue", 75}, {"green", 25}};
            const int steps = 5 + below(100);
            for (int i = 0; i < steps; ++i) {
                // Mostly those who may, in a role that they hold; now and then anybody in any.
                const std::string able = pick({"ada:owner", "bob:sre", "cy:owner", "cy:sre"});
                const auto colon = able.find(':');
                const Actor by = below(3) != 0 ? Actor{able.substr(0, colon), able.substr(colon + 1)}
                                               : Actor{pick(people), pick(roles)};
                const StepId step = pick({"go", "go", "second"});
                const Json request = requests.empty()
                                         ? Json()
                                         : requests[static_cast<std::size_t>(below(static_cast<int>(requests.size())))];
                switch (below(14)) {
                case 0: {
                    Approve command{step, false, "by phone"};
                    command.attested = Actor{pick(people), pick(roles)};
                    (void)desk.submit(command, {pick({"lena", "dee"}), "lead"});
                    break;
                }
                case 1:
                    if (const Json asked = desk.ask(fmt::format("n{}", i), step); asked.is_object()) {
                        requests.push_back(asked);
                    }
                    break;
                case 2:
                case 3:
                    if (request.is_object()) {
                        const std::string key = pick({"", "", "", "", "SHA256:shared"});
                        (void)desk.sign(request, by.name, by.role, request["step"].get<std::string>(),
                                        below(8) == 0 ? "no" : "yes", key);
                    }
                    break;
                case 4:
                    if (below(3) == 0) {
                        (void)desk.submit(Shift{"edge", {{"blue", 100}}, "see"}, by);
                    }
                    break;
                case 5:
                    desk.pass(pick({"a", "b"}) == "a" ? minutes(20) : hours(2));
                    break;
                case 6:
                    (void)desk.submit(below(3) == 0 ? Command(BreakGlass{step, "fire"}) : Command(Retry{step, "again"}),
                                      by);
                    break;
                case 7:
                    (void)desk.submit(below(2) == 0 ? Command(HandOver{pick(people), ""}) : Command(Skip{step, "x"}),
                                      by);
                    break;
                case 8:
                    desk.done(pick({"read", "deploy", "finish"}));
                    break;
                default:
                    (void)desk.approve(by, step);
                }
                check();
            }
            RC_CLASSIFY(desk.release.at("go").status == StepStatus::passed, "go passed");
            RC_CLASSIFY(desk.release.at("second").attempt > 0, "second begun");
            RC_CLASSIFY(desk.count("approved-afterwards") > 0, "approved afterwards");
            RC_CLASSIFY(desk.count("approval-expired") > 0, "expired");
        });
        QVERIFY(held);
    }
};

SLUICE_TEST(BarredTest)
#include "barred_test.moc"

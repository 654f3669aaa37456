#pragma once
/// What people's answers, the policy and the bridge make of the release; the part of `apply` that is about people.
#include "release/state.h"

#include <string>

namespace sluice::release {

/// Null = there is none.
template <typename Map>
auto* find(Map& map, const typename Map::key_type& key) {
    const auto found = map.find(key);
    return found == map.end() ? nullptr : &found->second;
}

/// One overload an event type.
class FoldPeople {
public:
    FoldPeople(Release& release, Nanos now) : r(release), now_(now) {}

    void operator()(const Confirmed& e);
    void operator()(const Attested& e);
    void operator()(const Approved& e);
    void operator()(const Refused& e);
    void operator()(const PolicyBound& e);
    void operator()(const BridgeJoined& e);
    void operator()(const BridgeLeft& e);
    void operator()(const LeadHandedOver& e);
    void operator()(const SignatureAsked& e);
    void operator()(const ApprovalExpired& e);
    void operator()(const ApprovalAskedAgain& e);
    void operator()(const GlassBroken& e);
    void operator()(const ApprovalOverdue& e);
    void operator()(const ApprovedAfterwards& e);

protected:
    Release& r;
    Nanos now_; ///< the event's time

private:
    void use(const Json& proof, const Actor& by);
    void answered(const StepId& id);
    void await_again(const StepId& id, StepState& step, const std::string& why);
};

} // namespace sluice::release

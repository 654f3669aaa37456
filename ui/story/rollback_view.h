#pragma once
#include "story/story.h"

#include <QString>

#include <string>
#include <vector>

namespace sluice::story {

/// One way back, as the button's menu lists it.
struct OptionLine {
    std::string id;
    QString title;
    QString detail; ///< "est. 15 m", or why it is not available now
    bool available = false;
    bool by_default = false;
    bool operator==(const OptionLine&) const = default;
};

/// What the rollback button is at a moment. Where there is no way to act it is a label with the same texts.
struct RollbackView {
    enum class State {
        absent,      ///< no session, or a plan without a rollback
        armed,       ///< the default option is proven ready: one click acts
        not_armed,   ///< it could be tried, but is not proven: a click asks first
        unavailable, ///< the release would refuse it
        rolling,     ///< it runs
        needs_you,   ///< it runs, and stands still until a person decides
        rolled_back,
        closed,   ///< the session is over without one
        watching, ///< of somebody else's session; no way to act
        replay,
    };
    State state = State::absent;
    QString title;  ///< "Roll back to blue", "Rolling back · 0:09"
    QString detail; ///< "armed · est. 1 m 40 s", "2 of 5 done · est. 1 m 31 s left"
    QString tip;    ///< all of it, where `detail` may be cut
    double fraction = 0;
    std::string option; ///< the default one's id
    std::vector<OptionLine> options;

    bool can_act() const { return state == State::armed || state == State::not_armed; }
    bool operator==(const RollbackView&) const = default;
};

/// The step after which there is no way back to what was before, once it is past; null until then.
const plan::Step* point_passed(const release::Release& release);

/// `acting`: whether a command channel exists.
RollbackView present_rollback(const Moment& moment, bool acting = true);

/// The same, whatever the screen is: what the button tells, or told, of who leads. Of a record too.
RollbackView present_lead_button(const Moment& moment, bool acting = true);

/// What the dialog asks before `option` runs: names the target, and says what is not proven.
QString rollback_question(const RollbackView& view, const std::string& option);

} // namespace sluice::story

#pragma once
/// A way to act that keeps what was asked and answers as told.
#include "story/command_channel.h"

namespace sluice::testing {

class RecordingChannel : public story::CommandChannel {
public:
    std::vector<release::Command> sent;
    std::vector<Answer> answers; ///< of what was sent, to be called by the test
    std::optional<Error> refuse; ///< answered at once if set

    void submit(const release::Command& command, Answer answer) override {
        sent.push_back(command);
        if (refuse) {
            answer(refuse);
        } else {
            answers.push_back(std::move(answer));
        }
    }
    release::Actor actor() const override { return {"a.lead", "release-lead"}; }
    void act_as(const release::Actor&) override {}
};

} // namespace sluice::testing

/// From a deed to the command that it is.
#include "story/card.h"

#include "release/signing.h"

namespace sluice::story {
namespace {

/// What was pasted goes to the session as it is: it tells what is wrong with it.
release::Command answered(const plan::StepId& step, const std::string& kind, const std::string& pasted) {
    const auto read = release::read_answer_document(pasted);
    const release::SignedAnswer answer = read ? *read : release::SignedAnswer{pasted, ""};
    if (kind == "approve") {
        release::Approve approve{step, false, ""};
        approve.answer = answer;
        return approve;
    }
    if (kind == "attest") {
        release::Attest attest{step, "", false, ""};
        attest.answer = answer;
        return attest;
    }
    release::Confirm confirm{step, "", false, ""};
    confirm.answer = answer;
    return confirm;
}

} // namespace

std::optional<release::Command> command_of(const CardView& card, const Offer& offer, const Given& given) {
    const std::string said = given.text.trimmed().toStdString();
    const auto doubt = [&](const char* answer) {
        return release::ResolveDoubt{card.operation, answer, said, given.outputs};
    };
    switch (offer.deed) {
    case Deed::advance:
        return release::Advance{card.step};
    case Deed::confirm:
        if (offer.argument == "attest") {
            return release::Attest{card.step, said, false, ""};
        }
        return release::Confirm{card.step, said, false, ""};
    case Deed::ask_signature:
        return release::AskSignature{card.step};
    case Deed::read_answer:
        return answered(card.step, offer.argument, said);
    case Deed::break_glass:
        return release::BreakGlass{card.step, said};
    case Deed::refuse:
        if (offer.argument == "attest") {
            return release::Attest{card.step, "", true, said};
        }
        if (offer.argument == "approve") {
            return release::Approve{card.step, true, said};
        }
        return release::Confirm{card.step, "", true, said};
    case Deed::approve:
        return release::Approve{card.step, false, said};
    case Deed::attest_other: {
        const auto slash = given.subject.find('/'); // a role has none
        release::Approve approve{card.step, false, said};
        approve.attested = release::Actor{slash == std::string::npos ? given.person.trimmed().toStdString()
                                                                     : given.subject.substr(slash + 1),
                                          given.subject.substr(0, slash)};
        return approve;
    }
    case Deed::decide:
        return release::Decide{card.step, offer.argument, said};
    case Deed::retry:
        return release::Retry{card.step, said};
    case Deed::skip:
        return release::Skip{card.step, said, given.outputs};
    case Deed::roll_back:
    case Deed::roll_back_proposed: {
        release::RollBack back;
        back.option = given.subject.empty() ? offer.argument : given.subject;
        back.reason = said;
        return back;
    }
    case Deed::decline:
        return release::Decline{offer.argument, said};
    case Deed::acknowledge:
        return release::Acknowledge{given.subject.empty() ? offer.argument : given.subject, said};
    case Deed::stop:
        return release::Stop{card.step, said};
    case Deed::close_way:
        return release::CloseWayBack{said};
    case Deed::abort:
        return release::Abort{said};
    case Deed::happened:
        return doubt("happened");
    case Deed::run_again:
        return doubt("run-again");
    case Deed::skip_doubt:
        return doubt("skip");
    case Deed::abort_doubt:
        return doubt("abort");
    case Deed::set_aside:
        return release::Override{offer.argument.empty() ? card.step : offer.argument, given.subject, said};
    case Deed::pause:
        return release::Pause{said};
    case Deed::go_on:
        return release::Continue{};
    case Deed::note:
        return release::Note{said, card.step};
    case Deed::declare:
        return release::Severity{given.subject, said};
    case Deed::by_hand:
    case Deed::show_request:
        break;
    }
    return std::nullopt;
}

} // namespace sluice::story

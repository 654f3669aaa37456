/// Commands of people, with their signatures (session_host.h, `submit`).
#include "base/digest.h"
#include "host/session_host.h"
#include "host/ssh_signature.h"
#include "plan/signers.h"
#include "release/demand.h"

#include <QRandomGenerator>
#include <fmt/format.h>

namespace sluice::host {
namespace {

/// The step that a command is about, for the role in which it is given.
release::StepId step_of(const release::Command& command) {
    const Json json = release::to_json(command);
    const auto step = json.is_object() ? json.find("step") : json.end();
    return step != json.end() && step->is_string() ? step->get<std::string>() : std::string();
}

std::string fresh_nonce() {
    std::string bytes;
    for (int i = 0; i < 4; ++i) {
        bytes += fmt::format("{:08x}", QRandomGenerator::system()->generate());
    }
    return bytes;
}

release::SignedAnswer* answer_in(release::Command& command) {
    return std::visit(
        []<typename Kind>(Kind& one) -> release::SignedAnswer* {
            if constexpr (requires { one.answer->verified; }) {
                return one.answer ? &*one.answer : nullptr;
            } else {
                return nullptr;
            }
        },
        command);
}

} // namespace

Result<Json> SessionHost::give(const release::Command& command, const release::Actor& by) {
    const auto receipt = engine_->submit(command, by);
    if (!receipt) {
        return failed(receipt);
    }
    return Json{{"first", receipt->first}, {"last", receipt->last}};
}

void SessionHost::submit(const release::Command& given, const release::Actor& person,
                         std::function<void(Result<Json>)> done) {
    if (person.name.empty() || person.name == release::own_name) {
        done(fail(ErrorCode::bad_input, "the command does not say who gives it", "by", {}));
        return;
    }
    const auto& release = engine_->release();
    const release::Actor by = release::in_role(release, person, step_of(given));
    release::Command command = given;
    if (answer_in(command)) {
        verify(command, by, std::move(done));
    } else if (auto* ask = std::get_if<release::AskSignature>(&command)) {
        ask->root = hex(log_->root());
        ask->size = log_->event_count();
        // A rehearsal's log comes from its seed alone.
        ask->nonce =
            release.opened.mode == "rehearse" ? hex(sha256("nonce " + ask->root)).substr(0, 32) : fresh_nonce();
        auto receipt = give(command, by);
        if (receipt) {
            (*receipt)["request"] = engine_->release().requests.at(ask->nonce).request;
        }
        done(std::move(receipt));
    } else {
        done(give(command, by));
    }
}

/// What would be refused anyway is refused for that reason, before a key is looked
/// at.
void SessionHost::verify(release::Command command, const release::Actor& by, std::function<void(Result<Json>)> done) {
    auto& answer = *answer_in(command);
    const auto& release = engine_->release();
    const auto refuse = [&](Error error) { done(tl::unexpected<Error>(std::move(error))); };
    answer.verified = false;
    if (release.bound.signers.empty()) {
        done(give(command, by)); // the rules say why not
        return;
    }
    const auto key = plan::signed_by(answer.signature);
    if (!key) {
        return refuse(key.error());
    }
    const auto signers = plan::read_signers(release.bound.signers, release.bound.signers_file);
    const auto* signer = signers ? plan::signer_of(*signers, *key) : nullptr;
    if (!signer) {
        return refuse({ErrorCode::refused, fmt::format("the key {} is nobody's", *key), release.bound.signers_file,
                       "sign with the key that the policy knows"});
    }
    answer.key = *key;
    answer.principal = signer->principals.front();
    for (const auto& principal : signer->principals) {
        if (release.policy->by_principal(principal)) {
            answer.principal = principal;
        }
    }
    answer.verified = true; // to see what the rules say to it, if it is good
    const Nanos now = std::max(scheduler().now(), release.time);
    if (const auto would = release::decide(release, command, now, by); !would) {
        return refuse(would.error());
    }
    const SshCheck check{answer.statement, answer.signature, answer.principal, release.bound.signers, paths_.runtime};
    ssh_verify(check, &verifying_, [this, command, by, done](const Result<void>& good) {
        if (good && engine_) {
            done(give(command, by));
        } else {
            done(good ? Result<Json>(fail(ErrorCode::refused, "the session has ended", "")) : failed(good));
        }
    });
}

} // namespace sluice::host

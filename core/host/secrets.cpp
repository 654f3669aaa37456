#include "host/secrets.h"

#include "base/digest.h"

#include <QEventLoop>
#include <optional>
#include <utility>

namespace sluice::host {
namespace {

/// Answers that are awaited; what comes after the waiting has ended finds it closed.
struct Awaited {
    QEventLoop loop;
    std::size_t open = 0;
    std::map<std::string, Result<Secret>> found;
    bool closed = false;
};

Error named(Error error, const plan::SecretUse& use) {
    error.where = use.reference + " (" + use.where + ")" +
                  (error.where.empty() || error.where == use.reference ? "" : ", " + error.where);
    return error;
}

} // namespace

Secrets Secrets::invented() {
    Secrets secrets;
    secrets.invented_ = true;
    return secrets;
}

Result<void> Secrets::keep(const std::string& reference, const Secret& secret) {
    const auto known = known_.find(reference);
    if (known != known_.end() && known->second.reveal() == secret.reveal()) {
        return {};
    }
    if (secret.reveal().empty()) {
        return fail(ErrorCode::bad_input, "the secret is empty", reference);
    }
    if (auto added = redactions_->add(secret, reference); !added) {
        return added;
    }
    known_.insert_or_assign(reference, secret);
    return {};
}

Result<void> Secrets::read_now(const std::string& reference, std::vector<std::string>* warned) {
    const auto parsed = parse_secret_reference(reference);
    if (!parsed) {
        return failed(parsed);
    }
    const auto resolved = sluice::resolve(*parsed, sources_);
    if (!resolved) {
        return failed(resolved);
    }
    if (warned != nullptr) {
        warned->insert(warned->end(), resolved->warnings.begin(), resolved->warnings.end());
    }
    return keep(reference, resolved->secret);
}

std::vector<std::pair<plan::SecretUse, Result<void>>> Secrets::try_all(const std::vector<plan::SecretUse>& uses,
                                                                       std::vector<std::string>* warned) {
    std::vector<std::pair<plan::SecretUse, Result<void>>> told;
    const auto awaited = std::make_shared<Awaited>();
    for (const auto& use : uses) {
        Result<void> now;
        const auto parsed = parse_secret_reference(use.reference);
        const auto place = parsed ? places_.find(parsed->kind) : places_.end();
        if (invented_) {
            now = parsed ? Result<void>() : failed(parsed);
        } else if (place != places_.end()) {
            ++awaited->open;
            place->second(*parsed, [awaited, reference = use.reference](Result<Secret> secret) {
                if (!awaited->closed && awaited->found.emplace(reference, std::move(secret)).second &&
                    --awaited->open == 0) {
                    awaited->loop.quit();
                }
            });
        } else {
            now = read_now(use.reference, warned);
        }
        told.emplace_back(use, std::move(now));
    }
    if (awaited->open > 0) {
        awaited->loop.exec();
    }
    awaited->closed = true;
    for (auto& [use, result] : told) {
        const auto found = awaited->found.find(use.reference);
        if (found != awaited->found.end()) {
            result = found->second ? keep(use.reference, *found->second) : failed(found->second);
        } else if (const auto parsed = parse_secret_reference(use.reference);
                   !invented_ && parsed && places_.contains(parsed->kind)) {
            result = fail(ErrorCode::unreachable, "the program ends before it could be read", use.reference);
        }
        if (!result) {
            result = tl::unexpected(named(result.error(), use));
        }
    }
    awaited->found.clear();
    return told;
}

Result<void> Secrets::read_all(const std::vector<plan::SecretUse>& uses, std::vector<std::string>* warned) {
    std::vector<Error> errors;
    for (const auto& [use, result] : try_all(uses, warned)) {
        if (!result) {
            errors.push_back(result.error());
        }
    }
    if (errors.empty()) {
        return {};
    }
    if (errors.size() == 1) {
        return tl::unexpected(errors.front());
    }
    std::string all = std::to_string(errors.size()) + " secrets can't be read:";
    for (const auto& error : errors) {
        all += "\n  " + to_text(error);
    }
    return fail(errors.front().code, std::move(all));
}

Result<Secret> Secrets::resolve(const std::string& reference) {
    const auto parsed = parse_secret_reference(reference);
    if (!parsed) {
        return failed(parsed);
    }
    if (invented_) {
        return Secret("rehearsal-" + hex(sha256(reference)).substr(0, 16));
    }
    const bool known = known_.contains(reference);
    if (!known || parsed->kind == SecretReference::Kind::file) {
        if (const auto read = read_now(reference, nullptr); !read && !known) {
            return failed(read);
        }
    }
    return known_.at(reference);
}

} // namespace sluice::host

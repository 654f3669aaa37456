#include "engine/calls.h"

#include "plan/secret_reference.h"

#include <algorithm>

namespace sluice::engine {
namespace {

/// Puts the secrets of those variables into `scope` that `text` uses; says whether there are any.
Result<bool> reveal(const Eyes& eyes, const std::string& text, plan::Scope& scope) {
    const auto names = plan::names_in(text);
    if (!names) {
        return failed(names);
    }
    const plan::Scope references = scope;
    bool any = false;
    for (const auto& use : *names) {
        const auto& all = eyes.plan.variables;
        const auto variable =
            std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.name == use.name; });
        if (variable == all.end() || variable->type != plan::VariableType::secret) {
            continue;
        }
        const auto given = references.find(use.name);
        if (given == references.end()) {
            continue; // filling it in tells
        }
        const auto secret = eyes.outside.secret(given->second);
        if (!secret) {
            return failed(secret);
        }
        scope[use.name] = secret->reveal();
        any = true;
    }
    return any;
}

} // namespace

Result<SentValue> sent_value(const Eyes& eyes, const std::string& text) {
    plan::Scope scope = eyes.scope();
    const auto revealed = reveal(eyes, text, scope);
    if (!revealed) {
        return failed(revealed);
    }
    auto filled = plan::fill(text, scope);
    if (*revealed) {
        for (auto& [name, value] : scope) {
            wipe(value);
        }
    }
    if (!filled) {
        return failed(filled);
    }
    // Only what the plan's author wrote is a reference. A scheme ("Bearer ") stays before it.
    const auto written = *filled == text ? plan::secret_value(text) : std::nullopt;
    if (!written) {
        return SentValue{std::move(*filled), *revealed};
    }
    const auto secret = eyes.outside.secret(written->reference);
    if (!secret) {
        return failed(secret);
    }
    return SentValue{written->before + secret->reveal(), true};
}

Result<net::HttpRequest> fill_call(const Eyes& eyes, const plan::HttpCall& call) {
    const plan::Scope scope = eyes.scope();
    net::HttpRequest request;
    request.method = call.method;
    const auto path = plan::fill_url(call.path, scope);
    if (!path) {
        return failed(path);
    }
    request.url = *path;
    for (const auto& [name, value] : call.headers) {
        const auto sent = sent_value(eyes, value);
        if (!sent) {
            return failed(sent);
        }
        if (auto fits = plan::check_header_value(sent->text); !fits) {
            fits.error().where = "header " + name;
            return failed(fits);
        }
        request.headers.emplace_back(name, sent->text);
    }
    if (call.json) {
        const auto body = plan::fill_json(*call.json, scope);
        if (!body) {
            return failed(body);
        }
        request.body = body->dump();
        request.headers.emplace_back("Content-Type", "application/json");
    } else if (!call.text.empty()) {
        const auto body = plan::fill(call.text, scope);
        if (!body) {
            return failed(body);
        }
        request.body = *body;
    }
    return request;
}

plan::StepResult result_of(const Eyes& eyes, const net::HttpResponse& response) {
    plan::StepResult result;
    result.status = response.status;
    result.text = redacted(response.body, eyes.outside.redactions);
    if (auto json = parse_json(result.text, "answer")) {
        result.json = std::move(*json);
    }
    return result;
}

} // namespace sluice::engine

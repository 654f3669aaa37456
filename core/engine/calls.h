#pragma once
#include "base/secret.h"
#include "engine/look.h"
#include "net/http.h"
#include "plan/fill.h"
#include "plan/step.h"

namespace sluice::engine {

/// The value of a header or of an environment variable, as it is sent.
struct SentValue {
    std::string text;
    bool secret = false; ///< it holds the value of a secret: not for events, logs or the arguments of a process

    ~SentValue() { // no moves: each copy is wiped
        if (secret) {
            wipe(text);
        }
    }
};

/// Fills in a template; a reference to a secret that the plan's author wrote ("env:T", "Bearer env:T"), or that a
/// variable of type secret holds ("Bearer ${token}"), becomes the secret. What any other value brings in is no
/// reference.
Result<SentValue> sent_value(const Eyes& eyes, const std::string& text);

/// A request of a plan, filled in: path and query encoded, header values as they are sent, the body as JSON or text.
/// `url` stays a path: the connection puts its address before it.
Result<net::HttpRequest> fill_call(const Eyes& eyes, const plan::HttpCall& call);

/// What came back, as `expect` and `outputs` read it: JSON when the body is.
/// Secrets are kept out: a server can repeat what it was sent, and values and reasons go into events.
plan::StepResult result_of(const Eyes& eyes, const net::HttpResponse& response);

} // namespace sluice::engine

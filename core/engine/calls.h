#pragma once
#include "engine/connections.h"
#include "net/http.h"
#include "plan/fill.h"
#include "plan/step.h"

namespace sluice::engine {

/// A request of a plan, filled in: path and query encoded, secret references in header values resolved ("Bearer env:T"
/// too), the body as JSON or text. `url` stays a path: the connection puts its address before it.
Result<net::HttpRequest> fill_call(const plan::HttpCall& call, const plan::Scope& scope, const Outside& outside);

/// What came back, as `expect` and `outputs` read it: JSON when the body is.
plan::StepResult result_of(const net::HttpResponse& response);

} // namespace sluice::engine

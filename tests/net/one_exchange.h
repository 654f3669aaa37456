#pragma once
/// One request over real sockets, and its answer.
#include "net/live_scheduler.h"
#include "net/qt_http_client.h"

#include <QtTest>
#include <optional>
#include <utility>

namespace sluice::testing {

/// `request` says where and by what way; key and body are put in.
inline Result<net::HttpResponse> exchange(Scheduler& scheduler, net::HttpRequest request) {
    net::QtHttpClient client(scheduler);
    request.key = "k";
    request.body = request.method == "GET" ? "" : "{}";
    std::optional<Result<net::HttpResponse>> result;
    client.send(request, [&](Result<net::HttpResponse> answer) { result = std::move(answer); });
    if (!QTest::qWaitFor([&] { return result.has_value(); }, 10'000)) {
        return fail(ErrorCode::internal, "no call back");
    }
    return *result;
}

} // namespace sluice::testing

#include "sources/http_endpoint.h"

#include "base/json.h"

#include <QDateTime>
#include <QString>
#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <optional>

namespace sluice::sources {
namespace {

constexpr Nanos longest_wait = minutes(5);

/// "Sun, 06 Nov 1994 08:49:37 GMT".
std::optional<Nanos> http_date(std::string_view text) {
    if (!text.ends_with(" GMT")) {
        return std::nullopt;
    }
    const auto numbered = std::string(text.substr(0, text.size() - 3)) + "+0000"; // the only zone that Qt reads
    const auto date = QDateTime::fromString(QString::fromStdString(numbered), Qt::RFC2822Date);
    return date.isValid() ? std::optional(milliseconds(date.toMSecsSinceEpoch())) : std::nullopt;
}

} // namespace

net::HttpRequest get(const HttpEndpoint& endpoint, std::string_view path, std::string key, Nanos now, Nanos deadline) {
    net::HttpRequest request;
    request.url = endpoint.url + std::string(path);
    request.headers = endpoint.headers;
    request.headers.emplace_back("Accept", "application/json");
    request.timeout = std::max(deadline - now, milliseconds(1));
    request.key = std::move(key);
    request.pool = net::Pool::polling;
    request.tls = endpoint.tls;
    return request;
}

Nanos retry_after(const net::HttpResponse& response) {
    const auto text = response.header("Retry-After");
    std::int64_t wanted = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), wanted);
    if (error == std::errc::result_out_of_range) {
        return longest_wait;
    }
    if (!text.empty() && error == std::errc() && end == text.data() + text.size()) {
        return seconds(std::clamp(wanted, std::int64_t{0}, longest_wait.count / 1'000'000'000));
    }
    const auto date = http_date(text);
    const auto now = http_date(response.header("Date"));
    return date && now ? std::clamp(*date - *now, Nanos{}, longest_wait) : Nanos{};
}

Nanos rest_after(const Result<net::HttpResponse>& response) {
    return response && (response->status == 429 || response->status == 503) ? retry_after(*response) : Nanos{};
}

std::optional<Nanos> ahead_of_us(const net::HttpResponse& response, const Scheduler& scheduler) {
    const auto ours = scheduler.wall();
    const auto theirs = ours ? http_date(response.header("Date")) : std::nullopt;
    return theirs ? std::optional(*theirs - *ours) : std::nullopt;
}

Result<net::HttpResponse> of_this_time(Result<net::HttpResponse> response, const Scheduler& scheduler) {
    if (!response || response->status < 200 || response->status >= 300) {
        return response;
    }
    const auto ahead = ahead_of_us(*response, scheduler);
    if (ahead && (*ahead > most_apart || *ahead < Nanos{} - most_apart)) {
        // Without the difference itself: a text that changes with each poll would be an event with each poll.
        return fail(ErrorCode::corrupt,
                    fmt::format("the answer is dated more than {:.0f} s {} our clock: one of the clocks is off, or a "
                                "cache answers",
                                most_apart.seconds(), *ahead > Nanos{} ? "ahead of" : "behind"));
    }
    return response;
}

bool is_of_api_server(const net::HttpResponse& response) {
    if (response.status < 400) {
        return false;
    }
    const auto json = parse_json(response.body, "");
    return json && json->is_object() && json->value("kind", Json()) == "Status";
}

std::string percent_encoded(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                           c == '.' || c == '_' || c == '~';
        out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return out;
}

std::string reason(const Error& error) {
    const std::string what = net::only_asked(error).what;
    switch (error.code) {
    case ErrorCode::unreachable:
        // Of one that broke off, how far it came depends on real time.
        return net::certainly_not_sent(error) ? "could not be reached: " + what.substr(0, what.rfind("; "))
                                              : "could not be reached";
    case ErrorCode::timed_out:
        return error.remedy.empty() ? "no answer in time" : "no answer in time: " + error.remedy;
    default:
        return what;
    }
}

} // namespace sluice::sources

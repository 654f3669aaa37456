#include "sources/http_number_source.h"

#include "base/json.h"
#include "base/printable.h"
#include "plan/expect.h"
#include "sources/one_value.h"

#include <cmath>
#include <fmt/format.h>

namespace sluice::sources {
namespace {

using What = plan::HttpNumber::What;

/// A value of an answer as a sentence can hold it. Redacted before it is cut: a part of a secret is not found any more.
std::string shown(const Json& value, const std::shared_ptr<const RedactionSet>& redactions) {
    if (value.is_structured()) {
        return value.is_array() ? "a list" : "an object";
    }
    std::string text = printable(redacted(plan::value_text(value), redactions));
    constexpr std::size_t most = 60;
    if (text.size() > most) {
        std::size_t end = most;
        while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) {
            --end; // not within a character
        }
        text = text.substr(0, end) + "…";
    }
    return value.is_string() ? "'" + text + "'" : text;
}

/// A JSON number, or text that is one.
std::optional<double> number_in(const Json& value) {
    std::optional<double> number;
    if (value.is_number()) {
        number = value.get<double>();
    } else if (value.is_string()) {
        const auto read = parse_number(value.get_ref<const std::string&>());
        number = read ? std::optional(*read) : std::nullopt;
    }
    return number && std::isfinite(*number) ? number : std::nullopt;
}

Result<double> number_at(const HttpNumberMetric& metric, const std::string& body) {
    const auto json = parse_json(body, "");
    if (!json) {
        return fail(ErrorCode::corrupt, "the answer is not JSON");
    }
    const std::string& pointer = metric.number.pointer;
    const auto values = plan::values_at(*json, pointer);
    const std::string where = pointer.empty() ? "in the answer" : "at " + pointer;
    if (values.empty()) {
        return fail(ErrorCode::corrupt, fmt::format("nothing stands {}", where));
    }
    if (values.size() > 1) {
        return fail(ErrorCode::corrupt, fmt::format("{} values stand {}, where one is wanted", values.size(), where));
    }
    if (!metric.states.empty()) {
        const auto state = plan::state_said(metric.states, plan::value_text(*values.front()));
        if (!state) {
            return fail(ErrorCode::corrupt, fmt::format("{} stands {}, which is none of its states",
                                                        shown(*values.front(), metric.redactions), where));
        }
        return *state;
    }
    const auto number = number_in(*values.front());
    if (!number) {
        return fail(ErrorCode::corrupt,
                    fmt::format("{} stands {}, which is no number", shown(*values.front(), metric.redactions), where));
    }
    return *number;
}

Result<double> number_of(const HttpNumberMetric& metric, const Result<net::HttpResponse>& response, Nanos asked,
                         Nanos now) {
    if (!response) {
        return failed(response);
    }
    if (metric.through_proxy && is_of_api_server(*response)) {
        return fail(ErrorCode::refused,
                    fmt::format("the cluster answers, but nobody behind this service does ({})", response->status));
    }
    if (metric.number.what == What::status) {
        return response->status;
    }
    if (response->status < 200 || response->status > 299) {
        return fail(ErrorCode::refused, fmt::format("HTTP status {}", response->status));
    }
    if (metric.number.what == What::latency) {
        return static_cast<double>((now - asked).count) / 1e9;
    }
    return number_at(metric, response->body);
}

} // namespace

series::SampleBatch judge_number(const HttpNumberMetric& metric, const Result<net::HttpResponse>& response, Nanos asked,
                                 Nanos now) {
    const auto number = number_of(metric, response, asked, now);
    return number ? one_value(metric.name, metric.unit, *number, now)
                  : no_value(metric.name, metric.unit, reason(number.error()), now);
}

HttpNumberSource::HttpNumberSource(net::HttpClient& http, Scheduler& scheduler, HttpEndpoint endpoint,
                                   const HttpNumberMetric& metric)
    : OneGetSource(http, scheduler, std::move(endpoint), metric.number.path,
                   [metric](const Result<net::HttpResponse>& response, Nanos asked, Nanos now) {
                       return judge_number(metric, response, asked, now);
                   }) {}

} // namespace sluice::sources

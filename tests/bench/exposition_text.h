#pragma once
#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <fmt/format.h>
#include <iterator>
#include <string>

namespace sluice::bench {

/// As Go's expfmt writes a value: with an exponent from a million on.
inline std::string written(double value) {
    char buffer[64];
    const bool large = std::abs(value) >= 1e6;
    const auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, value,
                                            large ? std::chars_format::scientific : std::chars_format::fixed);
    return {buffer, end};
}

/// What a service written with Prometheus' Go library shows after `scrapes` seconds: of each endpoint a counter by
/// status, two gauges and a histogram of twelve buckets with sum and count, of which most move with each scrape; HELP
/// and TYPE before each name. Exactly `series` of them.
inline std::string exposition_text(std::size_t series, std::int64_t scrapes) {
    static constexpr const char* methods[] = {"GET", "POST", "DELETE"};
    static constexpr const char* codes[] = {"200", "404", "500"};
    static constexpr const char* bounds[] = {"0.005", "0.01", "0.025", "0.05", "0.1", "0.25",
                                             "0.5",   "1",    "2.5",   "5",    "10",  "+Inf"};
    constexpr std::size_t of_endpoint = std::size(codes) + 2 + std::size(bounds) + 2;
    constexpr std::size_t of_group = 24; // endpoints of one subsystem, which have one name each
    std::string text;
    std::size_t left = series;
    const auto sample = [&](const std::string& name, const std::string& labels, double value) {
        if (left > 0) {
            --left;
            fmt::format_to(std::back_inserter(text), "{}{} {}\n", name, labels, written(value));
        }
    };
    const auto head = [&](const std::string& name, const char* type, const char* help) {
        fmt::format_to(std::back_inserter(text), "# HELP {} {}\n# TYPE {} {}\n", name, help, name, type);
    };
    std::size_t groups = 0;
    while (left > 0) {
        const std::string of = fmt::format("shop_subsystem{}", groups++);
        const std::size_t endpoints = std::min(of_group, (left + of_endpoint - 1) / of_endpoint);
        const auto each = [&](const auto& show) {
            for (std::size_t i = 0; i < endpoints; ++i) {
                const double count = static_cast<double>((scrapes + 3600) * static_cast<std::int64_t>(7 * i + 3));
                show(fmt::format("handler=\"/api/v1/customers/:id/orders-{}\",method=\"{}\"", i, methods[i % 3]),
                     count);
            }
        };
        head(of + "_http_requests_total", "counter", "Requests answered, by status code, handler and method.");
        each([&](const std::string& labels, double count) {
            for (const char* code : codes) {
                sample(of + "_http_requests_total", fmt::format("{{code=\"{}\",{}}}", code, labels),
                       std::floor(count / (1 + code[0] - '2')));
            }
        });
        head(of + "_in_flight_requests", "gauge", "Requests being answered now.");
        each([&](const std::string& labels, double count) {
            sample(of + "_in_flight_requests", "{" + labels + "}", std::fmod(count, 17));
        });
        head(of + "_response_bytes", "gauge", "Size of the last answer in bytes.");
        each([&](const std::string& labels, double count) {
            sample(of + "_response_bytes", "{" + labels + "}", 1500 + std::fmod(count, 977) * 4096);
        });
        head(of + "_request_duration_seconds", "histogram", "How long answers took, from the first byte to the last.");
        each([&](const std::string& labels, double count) {
            double share = 0.31;
            for (const char* bound : bounds) {
                sample(of + "_request_duration_seconds_bucket", fmt::format("{{{},le=\"{}\"}}", labels, bound),
                       std::floor(count * share));
                share += (1 - share) / 2;
            }
            sample(of + "_request_duration_seconds_sum", "{" + labels + "}", count * 0.0412345678912345);
            sample(of + "_request_duration_seconds_count", "{" + labels + "}", count);
        });
    }
    return text;
}

} // namespace sluice::bench

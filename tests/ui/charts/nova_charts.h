#pragma once
#include "charts/content.h"

#include <array>
#include <cmath>
#include <random>

namespace sluice::charts {

/// Four charts of a bake at 25 %, as in the design: 14:09 to 14:51 on a day, a sample every `pace`.
class NovaCharts {
public:
    explicit NovaCharts(Nanos pace = seconds(5)) {
        std::mt19937 random(7);
        std::normal_distribution<double> noise(0, 1);
        const auto bump = [](double minute, double at, double width) {
            return std::exp(-std::pow((minute - at) / width, 2));
        };
        for (Nanos at = span.from; at <= span.to; at += pace) {
            const double m = (at - span.from).seconds() / 60;
            const double wave = std::sin(m / 42 * 9.4);
            const auto add = [&](int line, double value) {
                lines[static_cast<std::size_t>(line)].append(at, std::max(0.0, value));
            };
            add(0, 1450 + 450 * wave + 90 * noise(random));
            add(1, 900 - 200 * wave + 2900 * bump(m, 28.5, 2.6) + 80 * noise(random));
            add(2, 0.040 - 0.002 * wave + 0.0010 * noise(random));
            add(3, 0.042 + 0.001 * wave + 0.0012 * noise(random));
            add(4, 0.0024 + 0.0004 * wave + 0.00018 * noise(random));
            add(5, 0.0026 + 0.0003 * std::cos(m / 5) + 0.00025 * noise(random));
            add(6, 92.9 + 0.7 * wave + 0.6 * noise(random));
        }
    }

    std::vector<ChartContent> contents() const {
        const Nanos tenth = span.from + minutes(12) + seconds(20), quarter = span.from + minutes(26);
        const std::vector<ChartMarker> shifts{{tenth, "10%", MarkerKind::shift}, {quarter, "25%", MarkerKind::shift}};
        const auto two = [&](std::size_t first) {
            return std::vector<ChartLine>{{"blue", 0, &lines[first]}, {"green", 1, &lines[first + 1]}};
        };
        ChartContent lag{
            "Consumer lag", "messages",     "1,612", theme::Mark::holds, "limit 5,000 · draining 240/s · clear in 7 s",
            two(0),         {{5000, true}}, shifts,  Scale::as_is,       UsualBand{1000, 2000}};
        ChartContent latency{"p99 latency",
                             "ms",
                             "42.8",
                             theme::Mark::holds,
                             "limit 60 ms · green +3.1 ms vs blue",
                             two(2),
                             {{0.060, true}},
                             shifts,
                             Scale::milliseconds,
                             UsualBand{0.035, 0.042}};
        ChartContent errors{"Error rate",
                            "%",
                            "0.26",
                            theme::Mark::holds,
                            "limit 1 % for 5 min · delta +0.04 pp",
                            two(4),
                            {{0.01, true}},
                            shifts,
                            Scale::percent,
                            UsualBand{0.0015, 0.003}};
        ChartContent throughput{"Throughput, blue + green",
                                "k events/s",
                                "92.4",
                                theme::Mark::close,
                                "must stay above 90 k/s · headroom 3 %",
                                {{"both", whole, &lines[6]}},
                                {{90, false}},
                                shifts,
                                Scale::as_is,
                                UsualBand{91, 95}};
        return {lag, latency, errors, throughput};
    }

    Span span{hours(24 * 20775 + 14) + minutes(9), hours(24 * 20775 + 14) + minutes(51)};
    std::array<series::Pyramid, 7> lines;
};

} // namespace sluice::charts

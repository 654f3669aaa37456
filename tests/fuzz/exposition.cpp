/// What a `/metrics` endpoint may send, whoever stands behind it.
#include "fuzz/input.h"
#include "series/exposition_lines.h"
#include "series/scraped_target.h"

#include <algorithm>
#include <bit>
#include <string>

using namespace sluice;
using namespace sluice::series;

namespace {

/// All that is given, one after the other.
struct Given : ExpositionSink {
    std::string all;
    void add(std::string_view text) { all.append(text).append(1, '\0'); }
    void sample(const SampleLine& line) override {
        add(line.written);
        add(line.name);
        for (const auto& label : line.labels) {
            add(label.name);
            add(label.value);
        }
        all += std::to_string(std::bit_cast<std::uint64_t>(line.value)) + (line.at ? "@" : "");
        add(std::to_string(line.at.value_or(Nanos{}).count));
    }
    void help(std::string_view of, std::string_view text) override {
        add(of);
        add(text);
    }
    void type(std::string_view of, MetricType type) override {
        add(of);
        add(name(type));
    }
};

void both_ways_read_the_same(std::string_view text, const ExpositionBudget& budget, ExpositionFormat format) {
    Given quick, checked;
    const auto by_quick = read_exposition(text, "fuzz", budget, format, quick, ExpositionWay::quick);
    const auto by_checked = read_exposition(text, "fuzz", budget, format, checked, ExpositionWay::checked);
    fuzz::must(by_quick.has_value() == by_checked.has_value());
    fuzz::must(by_quick.has_value() || by_quick.error() == by_checked.error());
    fuzz::must(quick.all == checked.all);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = fuzz::text(data, size);
    const ExpositionBudget budget{1u << 16, 100, 8};
    both_ways_read_the_same(text, budget, ExpositionFormat::text);
    both_ways_read_the_same(text, budget, ExpositionFormat::open_metrics);
    const auto found = parse_exposition(text, "fuzz", budget);
    if (!found) {
        // Where it is wrong is a place in the text.
        fuzz::must(found.error().code == ErrorCode::bad_input);
        fuzz::must(found.error().where.starts_with("fuzz:"));
        const auto line = std::stoul(found.error().where.substr(5));
        fuzz::must(line >= 1 && line <= static_cast<unsigned long>(std::count(text.begin(), text.end(), '\n')) + 1);
        return 0;
    }
    fuzz::must(found->samples.size() <= budget.samples);
    SeriesStore store;
    ScrapedTarget target(store, {{"job", "fuzz"}, {"instance", "a"}});
    for (const auto& sample : found->samples) {
        fuzz::must(sample.labels.contains(std::string(metric_name)));
        fuzz::must(sample.labels.size() <= budget.labels_each + 1);
    }
    target.take(*found, seconds(100));
    target.failed(seconds(101));
    return 0;
}

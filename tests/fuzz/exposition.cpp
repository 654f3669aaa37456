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

std::string held(const SeriesStore& store) {
    std::string all;
    for (const Series* series : store.select({})) {
        all += to_text(series->labels());
        for (const Point& point : series->points()) {
            all +=
                std::to_string(point.at.count) + "=" + std::to_string(std::bit_cast<std::uint64_t>(point.value)) + " ";
        }
    }
    return all;
}

/// The text as it is, scraped after some of its lines (so that there are series that come, go and are known), beside
/// the same by maps of labels.
void a_target_takes_text_as_what_was_read_of_it(std::string_view text, const ExpositionBudget& budget) {
    SeriesStore store, other_store;
    ScrapedTarget target(store, {{"job", "fuzz"}, {"instance", "a"}});
    ScrapedTarget other(other_store, {{"job", "fuzz"}, {"instance", "a"}});
    Nanos at = seconds(100);
    const auto half = text.find('\n', text.size() / 2);
    for (const auto part : {text.substr(0, half == std::string_view::npos ? 0 : half + 1), text, text}) {
        const auto read = parse_exposition(part, "fuzz", budget);
        fuzz::must(target.take(part, "fuzz", budget, ExpositionFormat::text, at).has_value() == read.has_value());
        if (read) {
            other.take(*read, at);
        }
        fuzz::must(held(store) == held(other_store));
        at += seconds(1);
    }
    target.failed(at);
    other.failed(at);
    fuzz::must(held(store) == held(other_store));
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
    for (const auto& sample : found->samples) {
        fuzz::must(sample.labels.contains(std::string(metric_name)));
        fuzz::must(sample.labels.size() <= budget.labels_each + 1);
    }
    a_target_takes_text_as_what_was_read_of_it(text, budget);
    return 0;
}

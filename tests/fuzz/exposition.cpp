/// What a `/metrics` endpoint may send, whoever stands behind it.
#include "fuzz/input.h"
#include "series/exposition.h"
#include "series/scraped_target.h"

#include <algorithm>

using namespace sluice;
using namespace sluice::series;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = fuzz::text(data, size);
    const ExpositionBudget budget{1u << 16, 100, 8};
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

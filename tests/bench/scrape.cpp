/// Ten thousand series scraped at 1 Hz for ten (virtual) minutes, kept for ten minutes: what that takes of a core, from
/// the text of the answer to the points in the store, against the 5 % that it may.
///
/// Beside it, in the same run: what anybody would write, the answer as maps of labels and each put into the store; and
/// a Prometheus (Debian's; SLUICE_LIVE=1 fetches it) that scrapes the same for a minute of the clock, with all that its
/// process does: it also fetches by HTTP and writes a log.
#include "exposition_text.h"
#include "processor_time.h"
#include "series/promql.h"
#include "series/scraped_target.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <string>
#include <vector>

using namespace sluice;

namespace {

constexpr std::size_t series_count = 10'000;
constexpr int scrapes = 600;
constexpr double most_share = 0.05;
constexpr Nanos kept = minutes(5) + series::promql::look_back; ///< as of a query with [5m]
constexpr Nanos start = seconds(1'767'225'600);

struct Cost {
    double first = 0, median = 0, worst = 0, mean = 0; ///< ms a scrape; the first not in the others
};

Cost cost_of(const std::function<bool(const std::string&, Nanos)>& take, series::SeriesStore& store) {
    std::vector<double> each;
    double first = 0;
    for (int i = 0; i < scrapes; ++i) {
        const std::string text = bench::exposition_text(series_count, i);
        const Nanos at = start + seconds(i);
        const double begun = bench::processor_ms();
        if (!take(text, at)) {
            std::fprintf(stderr, "a scrape could not be read\n");
            std::exit(1);
        }
        if (i % 60 == 59) {
            store.forget_before(at - kept); // as sources/scraper.cpp does
        }
        const double had = bench::processor_ms() - begun;
        i == 0 ? void(first = had) : each.push_back(had);
    }
    if (store.size() != series_count + 1) { // and `up`
        std::fprintf(stderr, "%zu series instead of %zu\n", store.size(), series_count + 1);
        std::exit(1);
    }
    double sum = 0;
    for (const double one : each) {
        sum += one;
    }
    std::ranges::sort(each);
    return {first, each[each.size() / 2], each.back(), sum / static_cast<double>(each.size())};
}

void tell(const char* name, const Cost& cost) {
    std::printf("%-40s %9.2f %9.2f %9.2f %9.2f %9.2f %%\n", name, cost.first, cost.median, cost.worst, cost.mean,
                cost.mean / 10);
    std::fflush(stdout);
}

/// Ms a scrape; nothing where there is no Prometheus, which then is told.
std::optional<double> cost_of_prometheus(const std::filesystem::path& folder) {
    std::string command = "python3 '" SLUICE_SOURCE_DIR "/tests/bench/prometheus_scrape.py' 60";
    std::vector<std::filesystem::path> files;
    for (int i = 0; i < 20; ++i) {
        files.push_back(folder / ("bench_scrape_" + std::to_string(i) + ".txt"));
        std::ofstream(files.back(), std::ios::binary) << bench::exposition_text(series_count, i);
        command += " '" + files.back().string() + "'";
    }
    double each = 0;
    int count = 0;
    bool told = false;
    if (FILE* said = popen(command.c_str(), "r")) {
        told = std::fscanf(said, "%lf %d", &each, &count) == 2;
        pclose(said);
    }
    for (const auto& file : files) {
        std::filesystem::remove(file);
    }
    return told ? std::optional(each) : std::nullopt;
}

} // namespace

int main(int, char** argv) {
    std::printf("%zu series at 1 Hz for %d s; ms of processor time a scrape\n%-40s %9s %9s %9s %9s %11s\n",
                series_count, scrapes, "", "first", "median", "worst", "mean", "of a core");
    const series::ExpositionBudget budget;
    series::SeriesStore store, other_store;
    series::ScrapedTarget target(store, {}), other_target(other_store, {});
    const Cost ours = cost_of(
        [&](const std::string& text, Nanos at) {
            return target.take(text, "bench", budget, series::ExpositionFormat::text, at).has_value();
        },
        store);
    tell("Sluice", ours);
    const Cost by_maps = cost_of(
        [&](const std::string& text, Nanos at) {
            const auto answer = series::parse_exposition(text, "bench", budget);
            if (answer) {
                other_target.take(*answer, at);
            }
            return answer.has_value();
        },
        other_store);
    tell("by a map of labels for each sample", by_maps);
    std::printf("%-40s %49.1fx\n", "", by_maps.mean / ours.mean);
    if (const auto theirs = cost_of_prometheus(std::filesystem::absolute(argv[0]).parent_path())) {
        std::printf("%-40s %39.2f %9.2f %%\n", "a whole Prometheus 2.42", *theirs, *theirs / 10);
        std::printf("%-40s %49.1fx\n", "", *theirs / ours.mean);
    }
    const bool held = ours.mean / 1000 < most_share;
    std::printf("less than %.0f %% of a core: %s\n", most_share * 100, held ? "yes" : "NO");
    return held ? 0 : 1;
}

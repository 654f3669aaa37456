/// Reading an exposition of 190 KB and of 5 MB: ours, and in the same run Prometheus' own parser (Go) and that of
/// VictoriaMetrics, which keeps neither HELP nor TYPE.
///
/// The others are built from tests/bench/go by the `go` of this machine; without it, or without a way to the modules,
/// ours is measured alone. All in processor time of one core (the others' with that of their garbage collector).
#include "exposition_text.h"
#include "processor_time.h"
#include "series/exposition_lines.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <optional>
#include <vector>

using namespace sluice;

namespace {

constexpr double seconds_each = 1.5;
constexpr double least = 1; ///< GB/s

/// Median of the readings of `seconds_each`, ms.
double time_of(const std::function<std::size_t()>& read, std::size_t expected) {
    std::vector<double> each;
    double had = 0;
    while (had < seconds_each * 1000 || each.size() < 3) {
        const double begun = bench::processor_ms();
        if (read() != expected) {
            std::fprintf(stderr, "not all samples were read\n");
            std::exit(1);
        }
        each.push_back(bench::processor_ms() - begun);
        had += each.back();
    }
    std::ranges::sort(each);
    return each[each.size() / 2];
}

struct Counter : series::ExpositionSink {
    std::size_t samples = 0, heads = 0;
    double sum = 0;
    void sample(const series::SampleLine& line) override {
        ++samples;
        sum += line.value;
    }
    void help(std::string_view, std::string_view) override { ++heads; }
    void type(std::string_view, series::MetricType) override { ++heads; }
};

/// Builds the other parsers beside this program; nothing, with a word why, where that can't be.
std::optional<std::filesystem::path> build_others(const std::filesystem::path& beside) {
    if (std::system("command -v go >/dev/null 2>&1") != 0) {
        std::printf("no go on this machine: ours alone\n");
        return std::nullopt;
    }
    const auto program = beside / "bench_exposition_others";
    const std::string build = "cd '" SLUICE_SOURCE_DIR "/tests/bench/go/exposition' && go build -mod=readonly -o '" +
                              program.string() + "' .";
    if (std::system(build.c_str()) != 0) {
        std::printf("the others could not be built (their modules come from the network): ours alone\n");
        return std::nullopt;
    }
    return program;
}

/// Name → ms a reading.
std::map<std::string, double> times_of_others(const std::filesystem::path& program, const std::string& text,
                                              std::size_t samples) {
    const auto file = program.string() + ".txt";
    std::ofstream(file, std::ios::binary) << text;
    std::map<std::string, double> times;
    const std::string command = "'" + program.string() + "' '" + file + "' " + std::to_string(seconds_each);
    FILE* said = popen(command.c_str(), "r");
    char name[64];
    double nanoseconds = 0;
    std::size_t read = 0;
    while (said && std::fscanf(said, "%63s %lf %zu", name, &nanoseconds, &read) == 3) {
        if (read != samples) {
            std::fprintf(stderr, "%s read %zu samples of %zu\n", name, read, samples);
            std::exit(1);
        }
        times[name] = nanoseconds / 1e6;
    }
    if (said) {
        pclose(said);
    }
    std::filesystem::remove(file);
    return times;
}

void tell(const char* name, double ms, std::size_t bytes, double ours) {
    std::printf("  %-58s %9.3f ms %7.2f GB/s", name, ms, static_cast<double>(bytes) / ms / 1e6);
    std::printf(ours > 0 ? " %7.1fx\n" : "\n", ms / ours);
}

} // namespace

int main(int, char** argv) {
    const auto others = build_others(std::filesystem::absolute(argv[0]).parent_path());
    bool held = true;
    for (const std::size_t series : {std::size_t{1'600}, std::size_t{42'000}}) {
        const std::string text = bench::exposition_text(series, 1000);
        std::printf("%.0f KB, %zu samples, processor time of one core\n", static_cast<double>(text.size()) / 1000,
                    series);
        const auto sink_time = [&](series::ExpositionWay way) {
            return time_of(
                [&] {
                    Counter counter;
                    const auto got =
                        series::read_exposition(text, "bench", {}, series::ExpositionFormat::text, counter, way);
                    return got && counter.heads > 0 ? counter.samples : 0;
                },
                series);
        };
        const double ours = sink_time(series::ExpositionWay::quick);
        tell("Sluice, line by line, HELP and TYPE with it", ours, text.size(), 0);
        tell("Sluice, the same, each character checked by itself", sink_time(series::ExpositionWay::checked),
             text.size(), ours);
        tell("Sluice, a map of labels for each sample",
             time_of(
                 [&] {
                     const auto got = series::parse_exposition(text, "bench");
                     return got ? got->samples.size() : 0;
                 },
                 series),
             text.size(), ours);
        held = held && static_cast<double>(text.size()) / ours / 1e6 >= least;
        if (others) {
            auto times = times_of_others(*others, text, series);
            held = held && std::ranges::all_of(times, [&](const auto& one) { return one.second > ours; });
            tell("Prometheus 2.42, series as bytes", times["prometheus"], text.size(), ours);
            tell("Prometheus 2.42, labels for each sample", times["prometheus-labels"], text.size(), ours);
            tell("VictoriaMetrics 1.93, tags, no HELP and TYPE", times["victoriametrics"], text.size(), ours);
        }
        std::fflush(stdout);
    }
    std::printf("at least %.0f GB/s a core%s: %s\n", least, others ? ", and quicker than the others" : "",
                held ? "yes" : "NO");
    return held ? 0 : 1;
}

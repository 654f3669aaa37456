/// Ten thousand series scraped at 1 Hz and recorded by `sluicectl run` for ten minutes of the clock (or as many seconds
/// as SLUICE_RECORD_SECONDS says): what the whole process takes of a core (getrusage), from the start of the program to
/// the closed session file, against the 5 % that it may. Its plan keeps each series by `reduce: each`.
///
/// Beside it, at the same time: a Prometheus (Debian's; SLUICE_LIVE=1 fetches it) that scrapes and records the same.
#include "exposition_text.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace {

constexpr std::size_t series_count = 10'000;
constexpr int texts = 20;
constexpr double most_share = 0.05;

struct Cost {
    double processor = 0; ///< ms
    double scrapes = 0;
    double bytes = 0;

    double share() const { return processor / scrapes / 1000; } ///< of a core, at a scrape a second
};

void tell(const char* name, const Cost& cost) {
    std::printf("%-40s %9.0f %9.1f %9.1f %% %9.1f MB\n", name, cost.scrapes, cost.processor / cost.scrapes,
                cost.share() * 100, cost.bytes / 1e6);
}

} // namespace

int main(int, char** argv) {
    const char* given = std::getenv("SLUICE_RECORD_SECONDS");
    const int length = given == nullptr ? 600 : std::atoi(given);
    if (length < 10) {
        std::fprintf(stderr, "SLUICE_RECORD_SECONDS wants 10 or more\n");
        return 2;
    }
    const auto folder = std::filesystem::absolute(argv[0]).parent_path();
    std::string command = "python3 -B '" SLUICE_SOURCE_DIR "/tests/bench/record_live.py' '" SLUICE_PROGRAMS
                          "/sluicectl' " +
                          std::to_string(length);
    std::vector<std::filesystem::path> files;
    for (int i = 0; i < texts; ++i) {
        files.push_back(folder / ("bench_record_" + std::to_string(i) + ".txt"));
        std::ofstream(files.back(), std::ios::binary) << sluice::bench::exposition_text(series_count, i);
        command += " '" + files.back().string() + "'";
    }
    Cost ours, theirs;
    bool told = false;
    if (FILE* said = popen(command.c_str(), "r")) {
        told = std::fscanf(said, "%lf %lf %lf %lf %lf %lf", &ours.processor, &ours.scrapes, &ours.bytes,
                           &theirs.processor, &theirs.scrapes, &theirs.bytes) == 6;
        pclose(said);
    }
    for (const auto& file : files) {
        std::filesystem::remove(file);
    }
    if (!told) {
        return 1;
    }
    std::printf("%zu series at 1 Hz for %d s; ms of processor time a scrape\n%-40s %9s %9s %11s %12s\n", series_count,
                length, "", "scrapes", "each", "of a core", "on disk");
    tell("sluicectl run", ours);
    if (theirs.scrapes > 0) {
        tell("a Prometheus 2.42", theirs);
        std::printf("%-40s %29.1fx %10.1fx\n", "", theirs.share() / ours.share(), theirs.bytes / ours.bytes);
    }
    const bool held = ours.share() < most_share;
    std::printf("less than %.0f %% of a core: %s\n", most_share * 100, held ? "yes" : "NO");
    return held ? 0 : 1;
}

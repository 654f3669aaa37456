/// What it takes to ask for the lag of many groups.
///
/// 1,000 groups of 50 partitions on three real brokers (SLUICE_LIVE=1 fetches them), `sluicectl lag --json` as a
/// process beside Kafka's own tool as a process, and beside the same in one that is warm: 30 times as fast as the
/// process.
///
/// 65,000 groups on librdkafka's mock cluster, asked as a plan's connection asks: less than 8 s. Its brokers search a
/// group's commit in a list, so that only one group in a hundred has one here; all are asked and all answer. They run
/// in this process, and their processor time is in the figure.
#include "base/virtual_scheduler.h"
#include "kafka/connection.h"
#include "net/virtual_driver.h"
#include "support/mock_kafka.h"

#include <QCoreApplication>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <optional>
#include <string>

using namespace sluice;

namespace {

constexpr int many_groups = 65'000;
constexpr int one_in = 100;
constexpr double most_seconds = 8;
constexpr double least_ratio = 30;
constexpr double short_of_ratio = -1; ///< there was nothing to compare with

double process_seconds() {
    timespec had{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &had);
    return static_cast<double>(had.tv_sec) + static_cast<double>(had.tv_nsec) / 1e9;
}

void tell(const char* name, double clock_ms, double processor_ms) {
    std::printf("%-44s %10.0f %10.0f\n", name, clock_ms, processor_ms);
    std::fflush(stdout);
}

/// How many times as fast; `short_of_ratio` where there are no brokers, which then is told.
double beside_the_tool() {
    const char* command =
        "python3 -B '" SLUICE_SOURCE_DIR "/tests/bench/kafka_lag.py' '" SLUICE_PROGRAMS "/sluicectl' 1000";
    double tool = 0, tool_processor = 0, warm = 0, ours = 0, ours_processor = 0;
    bool told = false;
    if (FILE* said = popen(command, "r")) {
        told = std::fscanf(said, "%lf %lf %lf %lf %lf", &tool, &tool_processor, &warm, &ours, &ours_processor) == 5;
        pclose(said);
    }
    if (!told) {
        return short_of_ratio;
    }
    std::printf("1,000 groups of 50 partitions, three brokers; ms   %10s %10s\n", "clock", "processor");
    tell("sluicectl lag", ours, ours_processor);
    tell("kafka-consumer-groups.sh", tool, tool_processor);
    std::printf("%-44s %9.1fx %9.1fx\n", "", tool / ours, tool_processor / ours_processor);
    std::printf("%-44s %10.0f\n%-44s %9.1fx\n", "the same in a process that is warm", warm, "", warm / ours);
    return tool / ours;
}

/// Seconds; nothing when not all groups answered.
std::optional<double> on_the_mock() {
    testing::MockKafka mock;
    bool good = mock.create("bench", 1) && mock.produce("bench", 0, 20);
    std::vector<std::string> groups;
    for (int i = 0; i < many_groups; ++i) {
        groups.push_back("group-" + std::to_string(i));
        good = good && (i % one_in != 0 || mock.commit(groups.back().c_str(), "bench", 0, 7));
    }
    VirtualScheduler scheduler{seconds(1'767'225'600)};
    net::VirtualDriver driver{scheduler};
    kafka::Settings settings;
    settings.properties = kafka::usual_properties();
    settings.properties["bootstrap.servers"] = mock.bootstrap();
    settings.explicit_partitions = true; // the mock answers for named partitions only
    settings.ceiling = seconds(60);
    const auto connection = kafka::Connection::make(scheduler, settings);
    if (!good || !connection) {
        return std::nullopt;
    }
    const auto begun = std::chrono::steady_clock::now();
    const double had = process_seconds();
    std::optional<kafka::LagAnswer> answer;
    (*connection)->ask({groups, {"bench"}, true}, "ask", [&](kafka::LagAnswer found) { answer = std::move(found); });
    const bool told = driver.run_until([&] { return answer.has_value(); }, std::chrono::seconds(90));
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
    std::printf("65,000 groups on the mock cluster; ms              %10s %10s\n", "clock", "processor");
    tell("a connection, with the brokers", took.count() * 1000, (process_seconds() - had) * 1000);
    if (!told || !answer->failure.empty() || !answer->failures.empty() || answer->partitions.size() != groups.size()) {
        std::fprintf(stderr, "%zu of %zu groups answered; %zu failures\n", answer ? answer->partitions.size() : 0,
                     groups.size(), answer ? answer->failures.size() : 0);
        return std::nullopt;
    }
    for (const auto& at : answer->partitions) {
        const bool has_commit = std::stoi(at.group.substr(6)) % one_in == 0;
        if (at.lag() != (has_commit ? std::optional<std::int64_t>(13) : std::nullopt)) {
            std::fprintf(stderr, "the lag of %s is not as it was made\n", at.group.c_str());
            return std::nullopt;
        }
    }
    return took.count();
}

} // namespace

int main(int argc, char** argv) {
    const QCoreApplication loop(argc, argv);
    const auto took = on_the_mock();
    const bool quick = took && *took < most_seconds;
    std::printf("less than %.0f s: %s\n", most_seconds, quick ? "yes" : "NO");
    const double ratio = beside_the_tool();
    const bool ahead = ratio == short_of_ratio || ratio >= least_ratio;
    std::printf("%.0f times as fast as Kafka's tool: %s\n", least_ratio,
                ratio == short_of_ratio ? "not measured" : (ahead ? "yes" : "NO"));
    return quick && ahead ? 0 : 1;
}

/// unsafe_run full|normal|off PLAN SESSION: `sluicectl run`, with a log that is made durable so carefully.
///
/// The negative control of order_test.py: with `normal` and `off` its check must fail, else it checks nothing. The
/// programs themselves have no such switch.
#include "host/live_session.h"

#include <QCoreApplication>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>

namespace {

using Synchronous = sluice::session::LogOptions::Synchronous;

int complain(const sluice::Error& error) {
    fmt::print(stderr, "{}\n", sluice::to_text(error));
    return 2;
}

} // namespace

int main(int argc, char** argv) {
    QCoreApplication loop(argc, argv);
    if (argc != 4) {
        fmt::print(stderr, "usage: unsafe_run full|normal|off PLAN SESSION\n");
        return 2;
    }
    const std::map<std::string, Synchronous> levels{
        {"full", Synchronous::full}, {"normal", Synchronous::normal}, {"off", Synchronous::off}};
    const auto paths = sluice::host::user_paths([](const std::string& name) -> std::optional<std::string> {
        const char* value = std::getenv(name.c_str());
        return value ? std::optional<std::string>(value) : std::nullopt;
    });
    if (!paths) {
        return complain(paths.error());
    }
    sluice::host::StartOptions options;
    options.plan_file = argv[2];
    options.session = argv[3];
    options.by = {"tester", "release-lead"};
    options.paths = *paths;
    options.wrapper = (std::filesystem::read_symlink("/proc/self/exe").parent_path() / "sluice-exec").string();
    options.log.for_tests.synchronous = levels.at(argv[1]);
    const auto host = sluice::host::LiveSession::run(options);
    if (!host) {
        return complain(host.error());
    }
    (*host)->on_closed([] { QCoreApplication::quit(); });
    QCoreApplication::exec();
    return (*host)->engine().release().outcome == "done" ? 0 : 1;
}

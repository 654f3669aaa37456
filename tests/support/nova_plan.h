#pragma once
/// Nova's go-live for tests of any folder: the plan as it ships, or the same plan with its long waits cut.
#include "host/rehearsal.h"

#include <QtTest>
#include <filesystem>
#include <fstream>

namespace sluice::testing {

inline void cut(std::string& text, const std::string& from, const std::string& to, int times) {
    for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
        text.replace(at, from.size(), to);
        --times;
    }
    if (times != 0) {
        qFatal("the plan of Nova has '%s' more or less often than this test expects", from.c_str());
    }
}

/// The plan, its production and its manifests, copied; the plan's long times cut if asked.
inline std::string nova_plan_in(const std::filesystem::path& folder, bool shortened) {
    std::filesystem::copy(std::filesystem::path(SLUICE_SOURCE_DIR) / "plans/nova", folder,
                          std::filesystem::copy_options::recursive);
    const auto file = folder / "blue-green.yaml";
    if (shortened) {
        std::string text = *host::read_file(file.string());
        cut(text, "hold: {for: 10m, deadline: 30m}", "hold: {for: 2m, deadline: 30m}", 2);
        cut(text, "hold: {for: 20m, deadline: 45m}", "hold: {for: 2m, deadline: 45m}", 1);
        cut(text, "hold: {for: 30m, deadline: 1h}", "hold: {for: 2m, deadline: 1h}", 1);
        cut(text, "hold: {for: 50m, deadline: 2h}", "hold: {for: 2m, deadline: 2h}", 1);
        cut(text, "hold: {for: 10m, deadline: 20m, then: ask}", "hold: {for: 2m, deadline: 20m, then: ask}", 1);
        cut(text, "not-before: to-100 + 2h", "not-before: to-100 + 10m", 2);
        cut(text, "within: 2h after to-100", "within: 10m after to-100", 1);
        std::ofstream(file) << text;
    }
    return file.string();
}

/// A rehearsal of it in `base`, which is the test's own folder: seed 1, everything answered with yes.
inline host::RehearsalOptions nova_options(const std::filesystem::path& base, bool shortened = true) {
    host::RehearsalOptions options;
    options.plan_file = nova_plan_in(base / "plan", shortened);
    options.values = {{"version", "v1.2.4"}, {"previous", "v1.2.3"}, {"ramp", "true"}};
    options.session = base / "session.sluice";
    options.by = {"test", "release-lead"};
    options.paths = {base / "sessions", base / "config", base / "run", base / "kubeconfig", base / "state"};
    options.assume_yes = true;
    return options;
}

} // namespace sluice::testing

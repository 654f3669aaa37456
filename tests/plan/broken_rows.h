#pragma once
/// Tables of broken files: "=== name", the file, "+++", and then each diagnostic as it must be printed, without the
/// file's name.
#include <fstream>
#include <string>
#include <vector>

namespace sluice::plan::drill {

struct BrokenRow {
    std::string name, source, expected;
};

/// `file` in tests/plan.
inline std::vector<BrokenRow> broken_rows(const std::string& file) {
    std::vector<BrokenRow> all;
    std::ifstream stream(SLUICE_SOURCE_DIR "/tests/plan/" + file);
    std::string line;
    bool expecting = false;
    while (std::getline(stream, line)) {
        if (line.starts_with("=== ")) {
            all.push_back({line.substr(4), "", ""});
            expecting = false;
        } else if (line == "+++") {
            expecting = true;
        } else if (!all.empty()) {
            (expecting ? all.back().expected : all.back().source) += line + "\n";
        }
    }
    return all;
}

} // namespace sluice::plan::drill

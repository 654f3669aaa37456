#include "plan/diagnostic.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <tuple>

namespace sluice::plan {
namespace {

/// Damerau-Levenshtein with adjacent swaps, since those are the slips of a hurried hand.
std::size_t distance(const std::string& a, const std::string& b) {
    std::vector<std::vector<std::size_t>> d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
    for (std::size_t i = 0; i <= a.size(); ++i) {
        for (std::size_t j = 0; j <= b.size(); ++j) {
            if (i == 0 || j == 0) {
                d[i][j] = i + j;
                continue;
            }
            d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (a[i - 1] != b[j - 1])});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
            }
        }
    }
    return d[a.size()][b.size()];
}

} // namespace

std::string to_text(const Diagnostic& diagnostic, const std::string& file) {
    std::string text = fmt::format("{}:{}:{}: {}: {}", file, diagnostic.at.line, diagnostic.at.column,
                                   diagnostic.severity == Severity::error ? "error" : "warning", diagnostic.what);
    if (!diagnostic.remedy.empty()) {
        text += " (" + diagnostic.remedy + ")";
    }
    return text;
}

void sort_diagnostics(std::vector<Diagnostic>& diagnostics) {
    std::stable_sort(diagnostics.begin(), diagnostics.end(), [](const Diagnostic& a, const Diagnostic& b) {
        return std::tie(a.at.line, a.at.column) < std::tie(b.at.line, b.at.column);
    });
    diagnostics.erase(std::unique(diagnostics.begin(), diagnostics.end()), diagnostics.end());
}

std::string did_you_mean(const std::string& wrong, const std::vector<std::string>& known) {
    constexpr std::size_t longest = 64;
    const std::string* best = nullptr;
    std::size_t best_distance = wrong.size() < 4 ? 2 : 3;
    if (wrong.size() <= longest) {
        for (const std::string& candidate : known) {
            if (candidate.size() > longest) {
                continue;
            }
            const std::size_t d = distance(wrong, candidate);
            if (d < best_distance && d < candidate.size()) {
                best = &candidate;
                best_distance = d;
            }
        }
    }
    if (best != nullptr) {
        return fmt::format("did you mean '{}'?", *best);
    }
    if (known.empty()) {
        return {};
    }
    const std::vector<std::string> shown(known.begin(), known.begin() + std::min<std::ptrdiff_t>(8, std::ssize(known)));
    return fmt::format("known here: {}{}", fmt::join(shown, ", "), known.size() > shown.size() ? ", …" : "");
}

} // namespace sluice::plan

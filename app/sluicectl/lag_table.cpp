#include "sluicectl/lag_table.h"

#include "base/instant.h"
#include "base/printable.h"
#include "base/quantity.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <vector>

namespace sluicectl {
namespace {

using namespace sluice;

using Cells = std::vector<std::string>;

constexpr std::size_t left_columns = 2; ///< group and topic; figures end at the right

template <typename T>
std::string figure(const std::optional<T>& value) {
    return value ? fmt::format("{}", *value) : "-";
}

std::string rate(const std::optional<double>& value) {
    return value ? fmt::format("{:.1f}", *value) : "-";
}

std::string length(double seconds_long) {
    constexpr double longest = 1e9; // some thirty years
    return seconds_long > longest ? "never" : duration_text(seconds(std::llround(std::ceil(seconds_long))));
}

std::string age(const std::optional<Nanos>& value) {
    return value ? length(value->seconds()) : "-";
}

std::string drain(const std::optional<double>& value) {
    return !value ? "-" : length(*value);
}

Cells watched_cells(const std::optional<double>& produced, const std::optional<double>& consumed,
                    const std::optional<Nanos>& behind, const std::optional<double>& drained,
                    const std::optional<analysis::LagState>& state) {
    return {rate(produced), rate(consumed), age(behind), drain(drained), state ? analysis::name(*state) : "-"};
}

void append(Cells& to, Cells more) {
    to.insert(to.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

void add(std::string& note, const std::string& more) {
    note += (note.empty() || more.empty() ? "" : "; ") + more;
}

std::string about_members(const kafka::GroupReport& group) {
    return kafka::is_rebalancing(group.members)   ? "the group is rebalancing"
           : kafka::has_no_members(group.members) ? "it has no members"
                                                  : "";
}

Cells cells_of(const kafka::GroupReport& group, const kafka::LagRow& row, bool watched) {
    Cells cells{printable(group.name),    printable(row.at.topic), std::to_string(row.at.partition),
                figure(row.at.committed), figure(row.end),         row.lag ? std::to_string(*row.lag) : "-"};
    if (watched) {
        const auto& figures = row.figures;
        append(cells, watched_cells(figures.produced, figures.consumed, figures.age, figures.drain, figures.state));
    }
    std::string note = row.note;
    if (row.open_from) {
        add(note,
            fmt::format("{} behind an open transaction, stable up to {}", *row.end - *row.open_from, *row.open_from));
    }
    if (group.rows.size() == 1) { // it stands for the group, which has no line of its own
        add(note, about_members(group));
    }
    cells.push_back(printable(note));
    return cells;
}

Cells cells_of(const kafka::GroupReport& group, bool watched) {
    Cells cells{printable(group.name),
                "all",
                "",
                "",
                "",
                group.lag ? (group.is_partial ? "≥ " : "") + std::to_string(*group.lag) : "-"};
    if (watched) {
        append(cells, watched_cells(group.produced, group.consumed, group.age, group.drain, group.state));
    }
    std::string note = group.rows.empty() ? "no commit" : "";
    if (group.without_commit > 0) {
        note =
            fmt::format("{} partition{} without a commit", group.without_commit, group.without_commit == 1 ? "" : "s");
    }
    add(note, about_members(group));
    cells.push_back(note);
    return cells;
}

std::size_t width(const std::string& text) {
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string aligned(const std::vector<Cells>& rows) {
    std::vector<std::size_t> widths(rows.front().size());
    for (const auto& cells : rows) {
        for (std::size_t i = 0; i < cells.size(); ++i) {
            widths[i] = std::max(widths[i], width(cells[i]));
        }
    }
    std::string text;
    for (const auto& cells : rows) {
        std::string line;
        for (std::size_t i = 0; i < cells.size(); ++i) {
            const std::string blanks(widths[i] - width(cells[i]), ' ');
            const bool left = i < left_columns || i + 1 == cells.size();
            line += (i == 0 ? "" : "  ") + (left ? cells[i] + blanks : blanks + cells[i]);
        }
        text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
    }
    return text;
}

} // namespace

std::string lag_table(const kafka::LagReport& report, bool watched) {
    std::string text;
    if (watched) {
        text += utc(report.at) + "\n";
    }
    if (!report.groups.empty()) {
        std::vector<Cells> rows{{"GROUP", "TOPIC", "PARTITION", "COMMITTED", "END", "LAG"}};
        if (watched) {
            append(rows.front(), {"IN/S", "OUT/S", "BEHIND", "DRAINED IN", "STATE"});
        }
        rows.front().emplace_back("NOTE");
        for (const auto& group : report.groups) {
            for (const auto& row : group.rows) {
                rows.push_back(cells_of(group, row, watched));
            }
            if (group.rows.size() != 1) {
                rows.push_back(cells_of(group, watched));
            }
        }
        text += aligned(rows);
    }
    for (const auto& topic : report.missing_topics) {
        text += fmt::format("topic {} is not known to the cluster\n", printable(topic));
    }
    for (const auto& failure : report.failures) {
        text += printable(failure) + "\n";
    }
    return text;
}

} // namespace sluicectl

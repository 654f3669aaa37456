#pragma once
#include "story/step_mark.h"
#include "story/story.h"

#include <QString>
#include <QStringList>
#include <vector>

namespace sluice::story {

/// What the war room shows (design/warroom.png): readable from six metres, so little of it.
struct WallView {
    enum class Tone { calm, paused, breach, rolling_back, over };
    static constexpr std::size_t most_tiles = 4;

    struct Share {
        QString arm;     ///< "green v1.2.4"
        int place = 0;   ///< of the arm in the plan
        int percent = 0; ///< commanded
        bool operator==(const Share&) const = default;
    };
    struct PhaseBar {
        QString title;
        double done = 0; ///< 0 … 1
        bool now = false;
        bool stopped = false; ///< begun, and never finished: it was rolled back or aborted
        bool operator==(const PhaseBar&) const = default;
    };
    struct Tile {
        QString choice = {}; ///< as it is written (chart_choice.h)
        QString title, value, caption;
        Mark mark = Mark::holds;
        std::vector<double> line; ///< the last half hour, oldest first, 0 … 1 of its own range; NaN where nothing was
        bool operator==(const Tile& other) const; ///< a NaN in `line` is equal to a NaN
    };

    QString title, where, clock, rollback;
    QString lead;   ///< "Lead: ada"
    QString banner; ///< "❚❚ PAUSED 0:38", "✕ BREACHED", "ROLLING BACK 0:09"; empty = calm
    QString banner_why;
    Tone tone = Tone::calm;
    std::vector<Share> split;
    std::vector<PhaseBar> phases;
    std::vector<Tile> tiles;
    QString next, next_when;
    std::vector<QString> just_now; ///< newest first

    bool operator==(const WallView&) const = default;
};

/// `chosen`: of the tiles, by place (chart_choice.h).
WallView present_wall(const Moment& moment, const QStringList& chosen = {});

} // namespace sluice::story

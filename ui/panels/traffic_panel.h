#pragma once
#include "story/command_channel.h"
#include "story/traffic_view.h"

#include <QWidget>
#include <memory>
#include <vector>

class QAction;
class QLabel;
class QVBoxLayout;

namespace sluice::panels {

class ComparisonTable;
class FactList;

/// Splits and who gets what, the arms side by side, what could roll back.
///
/// With a channel traffic can be moved by hand: slider, preview, send. Without one those are not made: the position is
/// shown.
class TrafficPanel : public QWidget {
    Q_OBJECT
public:
    /// `channel` outlives the panel; null where there is no way to act (a replay).
    explicit TrafficPanel(story::CommandChannel* channel, QWidget* parent = nullptr);
    ~TrafficPanel() override;

    void show_moment(const story::Moment& moment);
    /// Does nothing when it is what is shown already.
    void show_view(const story::TrafficView& view);

    /// False for a plan that moves no traffic and has nothing that could roll back: the panel is absent then.
    bool has_content() const;

    /// Puts the keys on the slider (Ctrl+T); null without a channel.
    QAction* shift_action() const { return shift_action_; }

    QSize sizeHint() const override { return {300, 700}; }

private:
    struct SplitSection;
    struct Heading;
    SplitSection& section(std::size_t place);
    void show_split(SplitSection& section, const story::SplitView& split);

    story::CommandChannel* channel_;
    story::TrafficView view_;
    bool shown_ = false;
    QVBoxLayout *column_, *splits_;
    std::vector<std::unique_ptr<SplitSection>> sections_;
    FactList *facts_, *way_back_, *triggers_, *alerts_;
    ComparisonTable* comparison_;
    std::unique_ptr<Heading> comparison_head_, way_back_head_, triggers_head_, alerts_head_;
    QAction* shift_action_ = nullptr;
};

} // namespace sluice::panels

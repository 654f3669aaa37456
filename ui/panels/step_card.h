#pragma once
#include "panels/card_heading.h"
#include "panels/cells_view.h"
#include "panels/count_bar.h"
#include "panels/facts_grid.h"
#include "panels/flow_layout.h"
#include "panels/scrolled_body.h"
#include "panels/step_actions.h"
#include "panels/text_box.h"

#include <QFrame>
#include <QLabel>

namespace sluice::panels {

/// The card of the current step, or of the one that was selected (story/card.h says what is on it).
class StepCard : public QFrame {
    Q_OBJECT
public:
    /// Without a channel there is no way to act, and nothing that acts is made.
    explicit StepCard(story::CommandChannel* channel, QWidget* parent = nullptr);

    /// Does nothing when it is what is shown already.
    void show_card(const story::CardView& card);
    void show_moment(const story::Moment& moment);
    void select(const std::optional<plan::StepId>& step); ///< none = the current one; seen with the next moment

    void set_output_lines(int most); ///< of the output that are seen before it scrolls
    void set_compact(bool compact);  ///< on a low screen: less air, lower rows

    int height_at(int width) const;       ///< that shows all of it
    int least_height_at(int width) const; ///< with head and buttons whole, and room for a few rows between them

    const story::CardView& card() const { return card_; }
    StepActions* actions() { return actions_; } ///< null without a channel

private:
    void arrange_buttons();
    void show_refusal(const QString& why);

    story::CommandChannel* channel_;
    std::optional<plan::StepId> selected_;
    story::CardView card_;
    bool shown_ = false;
    StepActions* actions_ = nullptr;

    CardHeading* heading_;
    CountBar* bar_;
    ScrolledBody* body_; ///< all between the head and the buttons, which stay in sight
    QLabel* text_;
    TextBox* command_;
    CellsView* gates_;
    CellsView* changes_;
    FactsGrid* facts_;
    CellsView* people_;
    CellsView* parts_;
    CellsView* checks_;
    TextBox* output_;
    QLabel* refusal_ = nullptr;
    FlowLayout* buttons_ = nullptr;
};

} // namespace sluice::panels

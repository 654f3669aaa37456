#pragma once
#include "panels/rollback_button.h"
#include "panels/rollback_face.h"
#include "story/top_view.h"

#include <QToolButton>
#include <QWidget>

namespace sluice::panels {

class ElidedText;
class PhaseStrip;
class SourceAges;

/// What is released, how far it is, how old the data is, the clock, and the way back.
class TopBar : public QWidget {
    Q_OBJECT
public:
    /// `commands` null: there is no way to act, and the button is not made.
    explicit TopBar(story::CommandChannel* commands, QWidget* parent = nullptr);

    /// `now`: the session as it is, where `moment` is of its past. The way back is that of now, whatever is looked at.
    void show_moment(const story::Moment& moment, const story::Moment& now);
    void show_moment(const story::Moment& moment) { show_moment(moment, moment); }
    RollbackButton* rollback() const { return button_; } ///< null where there is no way to act
    /// All that it prints, a line each: for `--snapshot --text`.
    QStringList texts() const;

signals:
    void people_asked();  ///< who leads was pressed
    void sources_asked(); ///< the ages of the sources were

protected:
    void resizeEvent(QResizeEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    void show_lead();
    void make_room();

    story::TopView view_;
    bool past_ = false; ///< a replay
    ElidedText *title_, *subtitle_, *clock_, *below_;
    PhaseStrip* phases_;
    SourceAges* sources_;
    RollbackButton* button_ = nullptr;
    RollbackLabel* label_ = nullptr;
    QToolButton* lead_ = nullptr;      ///< opens who is here; null where there is no way to act
    ElidedText* lead_label_ = nullptr; ///< there
};

} // namespace sluice::panels

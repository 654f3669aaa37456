#pragma once
#include "story/scrubber_view.h"

#include <QAction>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QWidget>

namespace sluice::panels {

/// The whole session as a line, and where one stands on it. Drag or click goes there; so do the arrow keys when it has
/// the focus: 1 s, with Shift 10 s.
class ScrubberTrack : public QWidget {
    Q_OBJECT
public:
    explicit ScrubberTrack(QWidget* parent = nullptr);
    void set_map(const story::ScrubberMap& map);
    void set_cursor(Nanos cursor);
    QSize sizeHint() const override { return {600, 72}; }
    QSize minimumSizeHint() const override { return {240, 72}; }

    /// Pixels from the left edge; and back. Of the length that is there now.
    double x_of(Nanos time) const;
    Nanos time_at(double x) const;

signals:
    void asked(sluice::Nanos time);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool event(QEvent* event) override; ///< tool tips: what stands there

private:
    void paint_marks(QPainter& painter) const;
    void paint_phases(QPainter& painter) const;
    story::ScrubberMap map_;
    Nanos cursor_;
};

/// Play, pause, speed, next and previous event, a typed time (design/replay.png).
class Scrubber : public QWidget {
    Q_OBJECT
public:
    Scrubber(session::TimeController& time, QWidget* parent = nullptr);

    /// With what is at the cursor now. Cheap when nothing has changed.
    void show_story(const story::Story& story, const QString& caption);

    /// Space, Ctrl+←/→, J K L, [ ], End …: for the window's menu.
    QList<QAction*> actions_of_time() const { return actions_; }

signals:
    void moved(); ///< the cursor, or whether and how fast it moves, has changed

private:
    QAction* add(const QString& text, const QList<QKeySequence>& keys, std::function<void()> act);
    void make_actions();
    void typed();
    void faster(double by);

    session::TimeController& time_;
    const story::Story* story_ = nullptr;
    std::size_t events_ = 0;
    story::ScrubberView shown_;
    QLabel* badge_;
    QLabel* caption_;
    QPushButton *back_, *play_, *forward_;
    ScrubberTrack* track_;
    QLineEdit* clock_;
    QLabel* rest_;
    QList<QAction*> actions_;
};

} // namespace sluice::panels

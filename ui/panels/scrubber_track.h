#pragma once
#include "panels/scrubber_labels.h"
#include "story/scrubber_view.h"

#include <QPixmap>
#include <QWidget>

namespace sluice::panels {

/// The whole session as a line, and where one stands on it. Drag or click goes there; hovering tells what stands there.
///
/// Marks have a shape of their own each. Words stand beside them as far as there is room: breaches and the way back
/// before alerts, bookmarks, traffic and notes (panels/scrubber_labels.h).
class ScrubberTrack : public QWidget {
    Q_OBJECT
public:
    explicit ScrubberTrack(QWidget* parent = nullptr);
    void set_map(const story::ScrubberMap& map);
    void set_cursor(Nanos cursor);
    void set_loop(const std::optional<session::TimeController::Loop>& loop);
    /// While one looks at what is live: only the line and the marks, a finger high.
    void set_folded(bool folded);
    bool folded() const { return folded_; }
    const story::ScrubberMap& map() const { return map_; }

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

    /// Pixels from the left edge; and back. Of the length that is there now.
    double x_of(Nanos time) const;
    Nanos time_at(double x) const;
    /// The words that are drawn, oldest first; and where.
    std::vector<LabelPlace> places() const;
    QString words(const story::ScrubberMark& mark) const;
    /// What stands within a few pixels of x, a line each.
    QString told_at(double x) const;

signals:
    void asked(sluice::Nanos time);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void changeEvent(QEvent* event) override;
    bool event(QEvent* event) override; ///< tool tips

private:
    int line_y() const;
    void paint_line(QPainter& painter) const;
    void paint_marks(QPainter& painter) const;
    void paint_phases(QPainter& painter) const;
    void repaint_still();

    story::ScrubberMap map_;
    Nanos cursor_;
    std::optional<session::TimeController::Loop> loop_;
    bool folded_ = false;
    QPixmap still_; ///< marks, words and phases, which don't move with the cursor; null = to be drawn
};

} // namespace sluice::panels

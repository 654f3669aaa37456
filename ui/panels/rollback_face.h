#pragma once
#include "story/rollback_view.h"

#include <QWidget>

namespace sluice::panels {

/// How the way back looks; whoever draws it says whether a pointer is on it or presses it.
void paint_rollback(QPainter& painter, const QRect& area, const story::RollbackView& view, bool hover, bool down);

/// The same where there is no way to act: it takes no input at all.
class RollbackLabel : public QWidget {
    Q_OBJECT
public:
    explicit RollbackLabel(QWidget* parent = nullptr);
    void show(const story::RollbackView& view);
    const story::RollbackView& view() const { return view_; }
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    story::RollbackView view_;
};

} // namespace sluice::panels

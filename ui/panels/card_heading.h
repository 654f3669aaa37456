#pragma once
#include "panels/cells.h"

#include <QLabel>
#include <QWidget>

namespace sluice::panels {

/// Title, state, situation on one line; what has no room there goes below.
class CardHeading : public QWidget {
    Q_OBJECT
public:
    explicit CardHeading(QWidget* parent = nullptr);
    void show_texts(const QString& title, const QString& state, Ink ink, const QString& situation);

    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    QLabel* title_;
    QLabel* state_;
    QLabel* situation_;
    int arrange(int width, bool place) const; ///< the height
};

} // namespace sluice::panels

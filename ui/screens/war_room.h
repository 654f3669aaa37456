#pragma once
#include "story/wall_view.h"

#include <QWidget>

namespace sluice::screens {

/// The war-room screen: follows, can't act, readable from six metres. Everything is painted in units of the window's
/// height, so that 1280×800 and a wall of 4K show the same.
class WarRoom : public QWidget {
    Q_OBJECT
public:
    explicit WarRoom(QWidget* parent = nullptr);
    void show_moment(const story::Moment& moment);
    const story::WallView& view() const { return view_; }

    /// What makes that the figures are not of now, in a band over everything; empty = they are.
    void show_trouble(const QString& words);
    const QString& trouble() const { return trouble_; }

signals:
    void left(); ///< Escape or F11

protected:
    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    story::WallView view_;
    QString trouble_;
};

} // namespace sluice::screens

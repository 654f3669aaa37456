#pragma once
#include "charts/content.h"
#include "story/wall_view.h"

#include <QStringList>
#include <QWidget>

namespace sluice::charts {
class MetricChooser;
}

namespace sluice::screens {

/// The war-room screen: follows, can't act, readable from six metres. Everything is painted in units of the window's
/// height, so that 1280×800 and a wall of 4K show the same.
///
/// Its keys look at other figures and act on nothing: 1 to 4 choose what that tile shows, C the first.
class WarRoom : public QWidget {
    Q_OBJECT
public:
    explicit WarRoom(QWidget* parent = nullptr);
    void show_moment(const story::Moment& moment);
    const story::WallView& view() const { return view_; }

    /// What was chosen for the tiles, by place (story/chart_choice.h); seen at the next moment.
    void set_chosen(const QStringList& chosen) { chosen_ = chosen; }
    const QStringList& chosen() const { return chosen_; }
    charts::MetricChooser* open_chooser(int tile); ///< from 0; null where there is none

    /// What makes that the figures are not of now, in a band over everything; empty = they are.
    void show_trouble(const QString& words);
    const QString& trouble() const { return trouble_; }

signals:
    void left();         ///< Escape or F11
    void tiles_chosen(); ///< somebody has chosen: the moment is to be shown again

protected:
    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    story::WallView view_;
    QString trouble_;
    QStringList chosen_;
    std::vector<charts::MetricChoice> choices_;
};

} // namespace sluice::screens

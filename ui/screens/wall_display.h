#pragma once
#include "screens/idle_inhibitor.h"
#include "screens/war_room.h"

#include <QPointer>

class QScreen;

namespace sluice::screens {

/// The war room on one screen, full, which does not go dark meanwhile. Escape or F11 takes it away. GUI thread.
class WallDisplay : public QObject {
    Q_OBJECT
public:
    explicit WallDisplay(QObject* parent = nullptr);
    ~WallDisplay() override;

    void open(QScreen& screen); ///< or moves there
    void close();
    bool is_open() const { return wall_ != nullptr; }
    WarRoom* wall() const { return wall_; }

    /// What the tiles of the first session show, instead of what was chosen for its plan before; kept only once
    /// somebody chooses.
    void ask_for(const QStringList& tiles) { asked_ = tiles; }
    /// The tiles show what was chosen at this desk for the plan (screens/remembered.h).
    void show_moment(const story::Moment& moment);
    void show_trouble(const QString& words);

signals:
    void closed();
    void chosen(); ///< another figure: the moment is to be shown again

private:
    QPointer<WarRoom> wall_;
    IdleInhibitor inhibitor_;
    QString plan_id_;   ///< whose choices the wall has
    QStringList asked_; ///< for the first of them
};

} // namespace sluice::screens

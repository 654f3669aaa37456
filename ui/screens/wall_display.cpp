#include "screens/wall_display.h"

#include "screens/remembered.h"

#include <QScreen>
#include <QWindow>

namespace sluice::screens {

WallDisplay::WallDisplay(QObject* parent) : QObject(parent), inhibitor_(this) {}

WallDisplay::~WallDisplay() {
    delete wall_;
}

void WallDisplay::open(QScreen& screen) {
    if (!wall_) {
        wall_ = new WarRoom;
        plan_id_.clear();
        wall_->setAttribute(Qt::WA_DeleteOnClose);
        connect(wall_, &WarRoom::left, wall_, &QWidget::close);
        connect(wall_, &WarRoom::tiles_chosen, this, [this] {
            remember_charts(ChosenOn::wall, plan_id_, wall_->chosen());
            emit chosen();
        });
        connect(wall_, &QObject::destroyed, this, [this] {
            inhibitor_.release();
            emit closed();
        });
        inhibitor_.inhibit(tr("A release is on the wall"));
    } else {
        wall_->showNormal(); // a full screen does not move
    }
    wall_->winId(); // makes the window, so that it can be put on a screen
    wall_->windowHandle()->setScreen(&screen);
    wall_->setGeometry(screen.geometry());
    wall_->showFullScreen();
    wall_->activateWindow();
}

void WallDisplay::close() {
    if (wall_) {
        wall_->close();
    }
}

void WallDisplay::show_moment(const story::Moment& moment) {
    if (wall_) {
        const QString plan = QString::fromStdString(moment.release.opened.plan_id);
        if (plan != plan_id_) {
            plan_id_ = plan;
            wall_->set_chosen(asked_.isEmpty() ? remembered_charts(ChosenOn::wall, plan) : asked_);
            asked_.clear();
        }
        wall_->show_moment(moment);
    }
}

void WallDisplay::show_trouble(const QString& words) {
    if (wall_) {
        wall_->show_trouble(words);
    }
}

} // namespace sluice::screens

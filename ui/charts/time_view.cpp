#include "charts/time_view.h"

#include <QKeySequence>
#include <algorithm>

namespace sluice::charts {

TimeView::TimeView(QObject* parent) : QObject(parent) {
    static constexpr double closer = 1.5;
    add(tr("Earlier"), {Qt::Key_Left}, [](TimeView& v) { v.pan(-(v.visible().length() / 5)); });
    add(tr("Later"), {Qt::Key_Right}, [](TimeView& v) { v.pan(v.visible().length() / 5); });
    add(tr("Closer"), {Qt::Key_Plus, Qt::Key_Equal}, [](TimeView& v) { v.zoom(closer); });
    add(tr("Wider"), {Qt::Key_Minus}, [](TimeView& v) { v.zoom(1 / closer); });
    add(tr("All of it"), {Qt::Key_Home}, [](TimeView& v) { v.show_all(); });
    live_ = add(tr("Follow what is newest"), {Qt::Key_End}, [](TimeView& v) { v.go_live(); });
    add(tr("Last 10 minutes"), {Qt::Key_1}, [](TimeView& v) { v.follow(minutes(10)); });
    add(tr("Last 30 minutes"), {Qt::Key_3}, [](TimeView& v) { v.follow(minutes(30)); });
    add(tr("Last 60 minutes"), {Qt::Key_6}, [](TimeView& v) { v.follow(minutes(60)); });
    live_->setCheckable(true);
    live_->setChecked(true);
}

QAction* TimeView::add(const QString& text, const QList<QKeySequence>& keys, void (*act)(TimeView&)) {
    auto* action = new QAction(text, this);
    action->setShortcuts(keys);
    action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    connect(action, &QAction::triggered, this, [this, act] { act(*this); });
    actions_.append(action);
    return action;
}

void TimeView::set_extent(Span all) {
    all_ = all;
    settle(following_ ? Span{all.to - length_, all.to} : visible_, following_);
}

void TimeView::follow(Nanos length) {
    length_ = std::max(length, shortest);
    settle({all_.to - length_, all_.to}, true);
}

void TimeView::go_live() {
    settle({all_.to - length_, all_.to}, true);
}

void TimeView::show_all() {
    settle(all_, false);
}

void TimeView::look_at(Span span) {
    moved(span);
}

void TimeView::zoom(double factor, std::optional<Nanos> about) {
    if (factor <= 0) {
        return;
    }
    const Nanos middle = visible_.from + visible_.length() / 2;
    moved(zoomed(visible_, factor, about.value_or(following_ ? visible_.to : middle)));
}

void TimeView::pan(Nanos by) {
    moved(panned(visible_, by));
}

void TimeView::moved(Span wanted) {
    const bool reaches_newest = wanted.to >= all_.to;
    if (reaches_newest && following_) {
        length_ = std::clamp(wanted.length(), shortest, std::max(shortest, all_.length()));
    }
    settle(wanted, reaches_newest);
}

void TimeView::settle(Span wanted, bool follow) {
    // While there is less than the length that is followed, the view is as long all the same: lines grow into it.
    const bool grows_in = follow && wanted.to == all_.to && wanted.length() == length_;
    const Span span = grows_in ? wanted : kept_within(wanted, all_, shortest);
    if (follow != following_) {
        following_ = follow;
        emit following_changed(follow);
    }
    live_->setChecked(follow);
    if (span != visible_) {
        visible_ = span;
        emit visible_changed();
    }
}

void TimeView::point_at(std::optional<Nanos> time) {
    if (time != pointed_at_) {
        pointed_at_ = time;
        emit pointed_at_changed();
    }
}

void TimeView::set_cursor(std::optional<Nanos> time) {
    if (time != cursor_) {
        cursor_ = time;
        emit cursor_changed();
    }
}

} // namespace sluice::charts

#include "charts/time_view.h"

#include <QKeySequence>
#include <algorithm>

namespace sluice::charts {

TimeView::TimeView(QObject* parent) : QObject(parent) {
    static constexpr double closer = 1.5;
    add(tr("Charts: earlier"), {Qt::Key_Left}, [](TimeView& v) { v.pan(-(v.visible().length() / 5)); });
    add(tr("Charts: later"), {Qt::Key_Right}, [](TimeView& v) { v.pan(v.visible().length() / 5); });
    add(tr("Charts: closer"), {Qt::Key_Plus, Qt::Key_Equal}, [](TimeView& v) { v.zoom(closer); });
    add(tr("Charts: wider"), {Qt::Key_Minus}, [](TimeView& v) { v.zoom(1 / closer); });
    add(tr("Charts: all of it"), {Qt::Key_Home}, [](TimeView& v) { v.show_all(); });
    live_ = add(tr("Charts: follow what is newest"), {Qt::Key_End}, [](TimeView& v) {
        v.go_live();
        emit v.newest_asked();
    });
    add(tr("Charts: as they were (or double-click)"), {Qt::Key_0}, [](TimeView& v) { v.reset(); });
    add(tr("Charts: last 10 minutes"), {Qt::Key_1}, [](TimeView& v) { v.follow(minutes(10)); });
    add(tr("Charts: last 30 minutes"), {Qt::Key_3}, [](TimeView& v) { v.follow(minutes(30)); });
    add(tr("Charts: last 60 minutes"), {Qt::Key_6}, [](TimeView& v) { v.follow(minutes(60)); });
    live_->setCheckable(true);
    live_->setChecked(true);
}

QList<QAction*> TimeView::actions_anywhere() const {
    QList<QAction*> found;
    for (auto* action : actions_) {
        const int key = action->shortcut()[0].key();
        if (key != Qt::Key_Left && key != Qt::Key_Right && key != Qt::Key_Home && key != Qt::Key_End) {
            found << action;
        }
    }
    return found;
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
    chosen_ = true;
    length_ = std::max(length, shortest);
    settle({all_.to - length_, all_.to}, true);
}

void TimeView::set_usual(Nanos length) {
    usual_ = std::max(length, shortest);
    if (!chosen_ && length_ != usual_) {
        length_ = usual_;
        if (following_) {
            settle({all_.to - length_, all_.to}, true);
        }
    }
}

void TimeView::reset() {
    chosen_ = false;
    length_ = usual_;
    settle({all_.to - length_, all_.to}, true);
}

void TimeView::look_again(const Look& look) {
    chosen_ = look.chosen;
    length_ = chosen_ ? look.length : usual_;
    settle(look.following ? Span{all_.to - length_, all_.to} : look.visible, look.following);
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
        const Nanos length = std::clamp(wanted.length(), shortest, std::max(shortest, all_.length()));
        chosen_ = chosen_ || length != length_;
        length_ = length;
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

#include "screens/opening_choice.h"

#include "story/format.h"
#include "theme/roles.h"

#include <QAbstractItemView>
#include <QComboBox>
#include <QEvent>
#include <QLabel>
#include <QSignalBlocker>
#include <QVBoxLayout>
#include <algorithm>

namespace sluice::screens {
namespace {

QString name_of(const host::ComingOpening& opening) {
    const QString span = story::utc_span(opening.from, opening.to).remove(QStringLiteral(" UTC")); // the label says it
    return OpeningChoice::tr("%1, %2").arg(span, opening.fits ? OpeningChoice::tr("long enough")
                                                              : OpeningChoice::tr("too short"));
}

QString tip_of(const host::ComingOpening& opening, Nanos planned) {
    const QString length = opening.to ? OpeningChoice::tr("%1 long").arg(story::spell(*opening.to - opening.from))
                                      : OpeningChoice::tr("without end");
    return planned.count == 0 ? OpeningChoice::tr("%1; the plan gives no time for what is done in it").arg(length)
                              : OpeningChoice::tr("%1; %2 is planned in it").arg(length, story::spell(planned));
}

} // namespace

OpeningChoice::OpeningChoice(QWidget* parent) : QWidget(parent), list_(new QComboBox), note_(new QLabel) {
    auto* label =
        new QLabel(tr("For the opening, in UTC")); // Alt+O is an action: two chords of a kind would do nothing
    label->setBuddy(list_);
    list_->setAccessibleName(tr("For the opening, in UTC"));
    list_->setToolTip(
        tr("T0 does not come before it, and what is due before T0 hangs on it. A rehearsal begins as long\n"
           "before it as the plan's lists ask. For this session only. Alt+O leads here."));
    list_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    theme::set_role(note_, "warn");
    note_->setWordWrap(true);
    note_->hide();
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);
    for (QWidget* one : {static_cast<QWidget*>(label), static_cast<QWidget*>(list_), static_cast<QWidget*>(note_)}) {
        column->addWidget(one);
    }
    setFocusProxy(list_);
    list_->installEventFilter(this);
    connect(list_, &QComboBox::currentIndexChanged, this, &OpeningChoice::take);
    forget();
}

bool OpeningChoice::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::Wheel) {
        event->ignore();
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

void OpeningChoice::choose(Nanos from) {
    chosen_ = {from, {}, false};
}

void OpeningChoice::forget() {
    choose({});
    list({});
    note_->hide();
    hide();
}

void OpeningChoice::take() {
    const int row = list_->currentIndex();
    chosen_ = row > 0 ? shown_[static_cast<std::size_t>(row - 1)] : host::ComingOpening{};
    note_->hide(); // whoever chooses has read it
    emit changed();
}

void OpeningChoice::show_openings(const host::Window& window, Nanos now) {
    if (list_->view()->isVisible()) {
        return; // what somebody is reading stays; it is told again soon
    }
    const auto again = std::find_if(window.coming.begin(), window.coming.end(),
                                    [&](const auto& one) { return one.from == chosen_.from; });
    const bool gone = chosen().count != 0 && again == window.coming.end();
    if (gone) {
        give_up(now);
    } else if (chosen().count != 0) {
        chosen_ = *again;
    }
    list(window);
    setVisible(!window.coming.empty() || !note_->isHidden());
    if (gone) {
        emit changed();
    }
}

void OpeningChoice::give_up(Nanos now) {
    const QString which = story::utc_span(chosen_.from, chosen_.to);
    note_->setText(
        chosen_.from > now ? tr("The calendar has no opening any more at the time that was chosen, %1. It is for "
                                "the next one now.")
                                 .arg(story::utc_day(chosen_.from))
        : chosen_.to && *chosen_.to <= now
            ? tr("The opening that was chosen has passed: %1. It is for the next one now.").arg(which)
            : tr("The opening that was chosen has begun: %1. It is for the next one now, which may be what is "
                 "left of it.")
                  .arg(which));
    note_->show();
    choose({});
}

void OpeningChoice::list(const host::Window& window) {
    const QSignalBlocker quiet(list_);
    if (shown_ != window.coming || list_->count() == 0) {
        shown_ = window.coming;
        list_->clear();
        list_->addItem(tr("The next one"));
        for (const auto& opening : shown_) {
            list_->addItem(name_of(opening));
        }
    }
    for (std::size_t i = 0; i < shown_.size(); ++i) {
        list_->setItemData(static_cast<int>(i + 1), tip_of(shown_[i], window.planned), Qt::ToolTipRole);
    }
    const auto row = std::find_if(shown_.begin(), shown_.end(), [&](const auto& one) { return one.from == chosen(); });
    list_->setCurrentIndex(row == shown_.end() ? 0 : static_cast<int>(row - shown_.begin() + 1));
}

} // namespace sluice::screens

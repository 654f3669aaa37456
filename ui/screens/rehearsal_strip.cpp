#include "screens/rehearsal_strip.h"

#include "theme/roles.h"
#include "theme/tokens.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>

namespace sluice::screens {

RehearsalStrip::RehearsalStrip(story::FeedSource& source, QWidget* parent)
    : QWidget(parent), source_(source), speed_(new QComboBox) {
    theme::set_role(this, "bar");
    setAttribute(Qt::WA_StyledBackground);
    auto* what = new QLabel(tr("REHEARSAL"));
    theme::set_role(what, "warn");
    what->setFont(theme::text_font(12, QFont::DemiBold));
    auto* where = new QLabel(tr("simulated production in this program; nothing real is touched"));
    theme::set_role(where, "dim");
    auto* label = new QLabel(tr("Speed"));
    theme::set_role(label, "dim");
    for (const double speed : {1.0, 10.0, 60.0, 600.0}) {
        speed_->addItem(QString::number(speed) + QStringLiteral("×"), speed);
    }
    speed_->addItem(tr("as fast as it can"), 0.0);
    speed_->setAccessibleName(tr("Speed of the rehearsal"));
    speed_->setToolTip(tr("While a person is awaited, time runs as it does outside"));
    speed_->setFocusPolicy(Qt::TabFocus);
    label->setBuddy(speed_);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(16, 4, 16, 4);
    row->setSpacing(12);
    row->addWidget(what);
    row->addWidget(where);
    row->addStretch(1);
    row->addWidget(label);
    row->addWidget(speed_);
    set_speed(source.speed());
    connect(speed_, &QComboBox::currentIndexChanged, this, [this] { source_.set_speed(speed()); });
}

void RehearsalStrip::set_speed(double speed) {
    int index = speed_->findData(speed);
    if (index < 0) {
        speed_->addItem(QString::number(speed) + QStringLiteral("×"), speed);
        index = speed_->count() - 1;
    }
    speed_->setCurrentIndex(index);
}

double RehearsalStrip::speed() const {
    return speed_->currentData().toDouble();
}

} // namespace sluice::screens

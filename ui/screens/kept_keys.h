#pragma once
#include <QKeyCombination>

class QWidget;

namespace sluice::screens {

/// Whether a control that has the focus needs a key for itself that elsewhere on the screen goes through time: a button
/// its Space, a slider its arrows, Home and End. Text fields say so themselves, charts too (charts/metric_chart.h);
/// lists leave all of them to the time.
bool keeps_key(const QWidget& focus, QKeyCombination key);

} // namespace sluice::screens

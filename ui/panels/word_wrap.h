#pragma once
#include <QFontMetrics>
#include <QStringList>

namespace sluice::panels {

/// A text on one line where it fits, else as many of its words as fit on a first and the others on a second; what does
/// not fit there is cut ("…"). `kept`: pixels of the second line that something else needs. Pure.
QStringList word_wrapped(const QString& text, const QFontMetrics& metrics, int width, int kept = 0);

} // namespace sluice::panels

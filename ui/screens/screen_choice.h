#pragma once
#include "base/result.h"

#include <QStringList>

class QScreen;

namespace sluice::screens {

/// Which of the screens is meant by `--screen`: its number from 1, or its name ("HDMI-1"; case does not matter).
/// `bad_input` lists those that there are. Pure.
Result<int> screen_index(const QString& wish, const QStringList& names);

/// "1  eDP-1, 1920×1080", as the menu and the errors name a screen.
QString screen_words(int index, const QScreen& screen);

/// The screen that is meant; without a wish another one than `ours`, if there is one. GUI thread.
Result<QScreen*> choose_screen(const QString& wish, QScreen* ours);

} // namespace sluice::screens

#pragma once

class QWidget;

namespace sluice::panels {

/// A widget that paints what its accessible name says: to screen readers, and to whoever asks what a window says, it is
/// a text like a label's. To be called in the widget's constructor. GUI thread.
void read_as_text(QWidget& widget);

} // namespace sluice::panels

#pragma once
#include "story/feed_source.h"

#include <QWidget>

class QComboBox;

namespace sluice::screens {

/// Says that this is no production, and how fast its time runs; the speed can be changed at any time.
class RehearsalStrip : public QWidget {
    Q_OBJECT
public:
    explicit RehearsalStrip(story::FeedSource& source, QWidget* parent = nullptr);

    void set_speed(double speed); ///< as if it had been chosen; 0 = as fast as it can
    double speed() const;

private:
    story::FeedSource& source_;
    QComboBox* speed_;
};

} // namespace sluice::screens

#pragma once
#include "host/preflight.h"

#include <QWidget>
#include <vector>

class QComboBox;
class QLabel;

namespace sluice::screens {

/// Which opening of the calendar a session is for: the next one, until a person chooses a later one.
///
/// The choice is kept by its time while the list is told anew. Once that opening has begun, or is none any more, it is
/// the next one again, and this says so. Hidden where there is nothing to choose.
class OpeningChoice : public QWidget {
    Q_OBJECT
public:
    explicit OpeningChoice(QWidget* parent = nullptr);

    Nanos chosen() const { return chosen_.from; } ///< when it begins; 0 = the next one
    void choose(Nanos from);                      ///< also before the list is there; 0 = the next one
    void forget();                                ///< the next one, of a list that is not there yet
    void show_openings(const host::Window& window, Nanos now);

signals:
    void changed(); ///< by a person, or since the one that was chosen has begun

protected:
    bool eventFilter(QObject* watched,
                     QEvent* event) override; ///< the wheel scrolls what it stands in, and chooses nothing

private:
    void take();
    void give_up(Nanos now);
    void list(const host::Window& window);

    QComboBox* list_;
    QLabel* note_;
    host::ComingOpening chosen_;
    std::vector<host::ComingOpening> shown_;
};

} // namespace sluice::screens

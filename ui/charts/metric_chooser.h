#pragma once
#include "charts/content.h"

#include <QFrame>

class QLineEdit;
class QListWidget;

namespace sluice::charts {

/// The list of what a chart could show, with a line to search it: what is typed narrows it, Up and Down go through it
/// while the line keeps the keyboard, Enter takes, Escape leaves all as it is. Deletes itself when it closes.
class MetricChooser : public QFrame {
    Q_OBJECT

public:
    /// `now`: what is shown now, marked in the list.
    MetricChooser(const std::vector<MetricChoice>& choices, const QString& now, QWidget* parent);

    void open_at(const QRect& beside); ///< below it, where the screen has the room; in global coordinates
    QLineEdit& words() { return *words_; }
    QListWidget& list() { return *list_; }

signals:
    void chosen(const QString& metric); ///< empty: what the session would choose

protected:
    bool eventFilter(QObject* watched, QEvent* event) override; ///< the keys of the list, typed in the line

private:
    void narrow();
    void take();

    QLineEdit* words_;
    QListWidget* list_;
};

/// Whether each word that was typed is in the title, the name or the note, in any case and order.
bool matches(const MetricChoice& choice, const QString& typed);

} // namespace sluice::charts

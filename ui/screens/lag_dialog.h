#pragma once
#include "panels/lag_model.h"
#include "plan/model.h"
#include "story/lag_page.h"

#include <QDialog>
#include <QLabel>
#include <QTreeView>

namespace sluice::screens {

/// Lag by group, topic and partition, with skew and drain estimate. Beside the session: it shows the moment that is
/// looked at there, live or in a replay, and can't act. What was opened and chosen stays so.
class LagDialog : public QDialog {
    Q_OBJECT
public:
    explicit LagDialog(QWidget* parent = nullptr);

    void show_moment(const story::Moment& moment);
    /// Chooses the first row that a metric is counted from, and opens it.
    void look_at(const plan::LagQuery& asked);
    const story::LagPage& page() const { return page_; }

private:
    void fill();
    void fit();

    story::LagPage page_;
    panels::LagModel model_;
    QStringList chosen_;      ///< path of the row that a person chose last
    QStringList stands_in_;   ///< of the one that is chosen while that one is not there
    QList<QStringList> open_; ///< as they were last; nothing = it was never filled
    bool filled_ = false;
    QLabel *heading_, *note_, *wrong_;
    QTreeView* tree_;
    bool fitted_ = false; ///< columns have their width once
};

} // namespace sluice::screens

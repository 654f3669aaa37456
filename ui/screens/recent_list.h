#pragma once
#include "story/recent_text.h"

#include <QListWidget>

namespace sluice::screens {

/// Plans or sessions of before, each in two lines with what became of it at the right. Enter opens.
class RecentList : public QListWidget {
    Q_OBJECT
public:
    explicit RecentList(const QString& name, QWidget* parent = nullptr);

    void show_texts(const std::vector<story::RecentText>& texts); ///< keeps the row that is chosen
    int chosen() const { return currentRow(); }                   ///< −1 = none
};

} // namespace sluice::screens

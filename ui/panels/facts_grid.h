#pragma once
#include "story/card.h"

#include <QGridLayout>
#include <QLabel>
#include <vector>

namespace sluice::panels {

/// Names and what is known of them; long texts wrap. Hidden while there are none.
class FactsGrid : public QWidget {
    Q_OBJECT
public:
    explicit FactsGrid(QWidget* parent = nullptr);
    void show_facts(const std::vector<story::Fact>& facts);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    struct Row {
        QLabel* name;
        QLabel* text;
    };
    QGridLayout* grid_;
    std::vector<Row> rows_;
    std::vector<story::Fact> shown_;
};

} // namespace sluice::panels

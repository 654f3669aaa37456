#pragma once
#include <QLayout>
#include <vector>

namespace sluice::panels {

/// Buttons side by side, on as many lines as they need.
class FlowLayout : public QLayout {
public:
    explicit FlowLayout(int gap) : gap_(gap) {}
    ~FlowLayout() override;

    void addItem(QLayoutItem* item) override { items_.push_back(item); }
    QLayoutItem* itemAt(int index) const override;
    QLayoutItem* takeAt(int index) override;
    int count() const override { return static_cast<int>(items_.size()); }
    Qt::Orientations expandingDirections() const override { return {}; }
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override { return arrange({0, 0, width, 0}, false); }
    QSize sizeHint() const override;
    QSize minimumSize() const override;
    void setGeometry(const QRect& rect) override;

private:
    int arrange(const QRect& rect, bool place) const; ///< the height
    std::vector<QLayoutItem*> items_;
    int gap_;
};

} // namespace sluice::panels

#include "panels/flow_layout.h"

#include <algorithm>

namespace sluice::panels {

FlowLayout::~FlowLayout() {
    for (auto* item : items_) {
        delete item;
    }
}

QLayoutItem* FlowLayout::itemAt(int index) const {
    return index >= 0 && index < count() ? items_[static_cast<std::size_t>(index)] : nullptr;
}

QLayoutItem* FlowLayout::takeAt(int index) {
    auto* item = itemAt(index);
    if (item) {
        items_.erase(items_.begin() + index);
    }
    return item;
}

QSize FlowLayout::sizeHint() const {
    QSize size;
    for (const auto* item : items_) {
        const QSize one = item->sizeHint();
        size = {size.width() + one.width() + gap_, std::max(size.height(), one.height())};
    }
    return size;
}

QSize FlowLayout::minimumSize() const {
    QSize size;
    for (const auto* item : items_) {
        size = size.expandedTo(item->minimumSize());
    }
    return size;
}

void FlowLayout::setGeometry(const QRect& rect) {
    QLayout::setGeometry(rect);
    arrange(rect, true);
}

int FlowLayout::arrange(const QRect& rect, bool place) const {
    int x = rect.x(), y = rect.y(), line = 0;
    for (auto* item : items_) {
        if (item->isEmpty()) {
            continue;
        }
        const QSize size = item->sizeHint();
        if (x > rect.x() && x + size.width() > rect.x() + rect.width()) {
            x = rect.x();
            y += line + gap_;
            line = 0;
        }
        if (place) {
            item->setGeometry({QPoint(x, y), size});
        }
        x += size.width() + gap_;
        line = std::max(line, size.height());
    }
    return y + line - rect.y();
}

} // namespace sluice::panels

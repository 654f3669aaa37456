#include "panels/audit_filter.h"

#include "panels/audit_model.h"

#include <algorithm>

namespace sluice::panels {

void AuditFilter::set_words(const QString& text) {
    words_ = text.split(u' ', Qt::SkipEmptyParts);
    invalidateFilter();
}

void AuditFilter::show_heartbeats(bool shown) {
    heartbeats_ = shown;
    invalidateFilter();
}

bool AuditFilter::filterAcceptsRow(int row, const QModelIndex&) const {
    const auto& line = static_cast<const AuditModel*>(sourceModel())->line(row);
    if (line.heartbeat && !heartbeats_) {
        return false;
    }
    return std::all_of(words_.begin(), words_.end(), [&](const QString& word) {
        return line.text.contains(word, Qt::CaseInsensitive) || line.exact.contains(word, Qt::CaseInsensitive) ||
               line.actor.contains(word, Qt::CaseInsensitive) || line.time.startsWith(word) ||
               line.proof.contains(word, Qt::CaseInsensitive);
    });
}

} // namespace sluice::panels

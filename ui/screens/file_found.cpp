#include "screens/file_found.h"

#include <QFile>

namespace sluice::screens {

FileFound look_at(const std::string& file, const host::Paths& paths) {
    FileFound found;
    QFile opened(QString::fromStdString(file));
    if (!opened.exists()) {
        return found;
    }
    found.kind = FileFound::Kind::plan;
    if (opened.open(QIODevice::ReadOnly) && opened.read(15) == "SQLite format 3") {
        found.kind = FileFound::Kind::session;
        found.session = story::read_recent_session(file, paths);
    }
    return found;
}

} // namespace sluice::screens

#pragma once
#include "session/bookmarks.h"

#include <QObject>
#include <QThread>

namespace sluice::screens {

/// Reads and writes the bookmarks of sessions in a thread of its own: the GUI thread does no I/O. What was to be
/// written is written before this ends.
class BookmarkKeeper : public QObject {
    Q_OBJECT
public:
    /// `state`: the user's (host/paths.h).
    explicit BookmarkKeeper(std::filesystem::path state, QObject* parent = nullptr);
    ~BookmarkKeeper() override;

    void open(const std::string& session);          ///< answered by `opened`, or `failed`
    void keep(const session::Bookmarks& bookmarks); ///< of that session

signals:
    void opened(const sluice::session::Bookmarks& bookmarks);
    void failed(const QString& why); ///< in words, with the remedy

private:
    std::filesystem::path state_, file_;
    bool readable_ = true; ///< what could not be read is not written over
    QThread thread_;
    QObject* worker_; ///< lives in that thread
};

} // namespace sluice::screens

#include "screens/bookmark_keeper.h"

namespace sluice::screens {

BookmarkKeeper::BookmarkKeeper(std::filesystem::path state, QObject* parent)
    : QObject(parent), state_(std::move(state)), worker_(new QObject) {
    worker_->moveToThread(&thread_);
    connect(&thread_, &QThread::finished, worker_, &QObject::deleteLater);
    thread_.start();
}

BookmarkKeeper::~BookmarkKeeper() {
    // In the order of what was asked: after the last writing.
    QMetaObject::invokeMethod(worker_, [this] { thread_.quit(); });
    thread_.wait();
}

void BookmarkKeeper::open(const std::string& session) {
    file_ = session::bookmarks_file(state_, session);
    QMetaObject::invokeMethod(worker_, [this, file = file_] {
        auto read = session::read_bookmarks(file);
        QMetaObject::invokeMethod(this, [this, read = std::move(read)] {
            readable_ = read.has_value();
            if (read) {
                emit opened(*read);
            } else {
                emit failed(QString::fromStdString(to_text(read.error())));
            }
        });
    });
}

void BookmarkKeeper::keep(const session::Bookmarks& bookmarks) {
    if (file_.empty()) {
        return;
    }
    if (!readable_) {
        emit failed(tr("not kept: %1 can't be read; remove it").arg(QString::fromStdString(file_.string())));
        return;
    }
    QMetaObject::invokeMethod(worker_, [this, file = file_, bookmarks] {
        if (auto written = session::write_bookmarks(file, bookmarks); !written) {
            QMetaObject::invokeMethod(
                this, [this, error = written.error()] { emit failed(QString::fromStdString(to_text(error))); });
        }
    });
}

} // namespace sluice::screens

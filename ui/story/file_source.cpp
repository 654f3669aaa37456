#include "story/file_source.h"

#include "session/file_feed.h"
#include "session/owner_lock.h"
#include "story/collector.h"
#include "story/socket_channel.h"

#include <QElapsedTimer>
#include <QTimer>
#include <chrono>
#include <optional>
#include <utility>

namespace sluice::story {
namespace {

constexpr int poll_ms = 250; // DESIGN.md, "Feed"
constexpr int owner_ms = 1000;

Nanos machine_now() {
    return {std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch())
                .count()};
}

} // namespace

class FileSource::Worker : public QObject {
public:
    explicit Worker(FileSource& source) : source_(source), file_(source.file_), timer_(this) {
        timer_.callOnTimeout(this, [this] { poll(); });
    }

    void open() {
        auto feed = session::FileFeed::open(file_);
        if (!feed) {
            QMetaObject::invokeMethod(&source_,
                                      [&source = source_, error = feed.error()] { emit source.failed(error); });
            return;
        }
        feed_ = std::make_unique<session::FileFeed>(std::move(*feed));
        feed_->start(collector_);
        QMetaObject::invokeMethod(&source_, [&source = source_] { emit source.opened(source.file()); });
        timer_.start(0);
    }

private:
    // One slice at a time, so that a long session shows its beginning at once and quitting never waits for its end.
    void poll() {
        const bool more = feed_->poll();
        auto delivery = collector_.take({});
        const auto owned = more ? std::nullopt : ownership();
        if (delivery || owned) {
            auto sent = std::make_shared<Delivery>(delivery ? *delivery : Delivery{});
            live_ = live_ || tells_live(*sent);
            sent->owned = owned;
            if (live_ && !sent->ended) { // a run's clock is the machine's
                sent->now = machine_now();
            }
            QMetaObject::invokeMethod(&source_, [&source = source_, sent] { emit source.delivered(sent); });
            if (sent->ended) {
                timer_.stop();
                QMetaObject::invokeMethod(&source_, [&source = source_] { emit source.closed(); });
                return;
            }
        }
        timer_.start(more ? 0 : poll_ms);
    }

    /// Whether a program may own it, if that is not as it was told last.
    std::optional<bool> ownership() {
        if (looked_.isValid() && looked_.elapsed() < owner_ms) {
            return std::nullopt;
        }
        looked_.start();
        const bool owned = !session::OwnerLock::left_behind(file_);
        return std::exchange(owned_, owned) == owned ? std::nullopt : std::optional(owned);
    }

    static bool tells_live(const Delivery& delivery) {
        const auto* opened = delivery.entries.empty()
                                 ? nullptr
                                 : std::get_if<release::SessionOpened>(&delivery.entries.front().event.body);
        return opened != nullptr && opened->mode == "run";
    }

    FileSource& source_;
    std::filesystem::path file_;
    std::unique_ptr<session::FileFeed> feed_;
    Collector collector_;
    bool live_ = false;
    bool owned_ = true;
    QElapsedTimer looked_; ///< real time: another program's lock
    QTimer timer_;
};

FileSource::FileSource(std::filesystem::path file) : file_(std::move(file)) {}

FileSource::FileSource(std::filesystem::path file, std::string socket, release::Actor actor) : file_(std::move(file)) {
    commands_ = std::make_unique<SocketChannel>(std::move(socket), std::move(actor));
}

FileSource::~FileSource() {
    thread_.quit();
    thread_.wait();
}

void FileSource::start() {
    worker_ = new Worker(*this);
    worker_->moveToThread(&thread_);
    connect(&thread_, &QThread::finished, worker_, &QObject::deleteLater);
    thread_.start();
    QMetaObject::invokeMethod(worker_, [worker = worker_] { worker->open(); });
}

} // namespace sluice::story

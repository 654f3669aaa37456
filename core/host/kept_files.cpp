#include "host/kept_files.h"

#include <QSaveFile>
#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

namespace sluice::host {

struct KeptFiles::Work {
    std::mutex mutex;
    std::condition_variable changed;
    std::map<std::filesystem::path, std::string> pending;
    std::string trouble;
    bool stop = false, ended = false;

    static std::string write(const std::filesystem::path& file, const std::string& bytes) {
        QSaveFile save(QString::fromStdString(file.string()));
        // As the session beside which it stands; before it is open there is nothing to set them of.
        if (!save.open(QIODevice::WriteOnly) ||
            !save.setPermissions(QFileDevice::ReadOwner | QFileDevice::WriteOwner) ||
            save.write(bytes.data(), static_cast<qint64>(bytes.size())) != static_cast<qint64>(bytes.size()) ||
            !save.commit()) {
            return file.string() + ": " + save.errorString().toStdString();
        }
        return {};
    }

    void run() {
        std::unique_lock lock(mutex);
        for (;;) {
            changed.wait(lock, [this] { return stop || !pending.empty(); });
            if (pending.empty()) {
                break;
            }
            const auto [file, bytes] = *pending.begin();
            pending.erase(pending.begin());
            lock.unlock();
            std::string failed = write(file, bytes);
            lock.lock();
            trouble = std::move(failed);
        }
        ended = true;
        changed.notify_all();
    }
};

KeptFiles::KeptFiles() : work_(std::make_shared<Work>()) {
    std::thread([work = work_] { work->run(); }).detach();
}

KeptFiles::~KeptFiles() {
    std::unique_lock lock(work_->mutex);
    work_->stop = true;
    work_->changed.notify_all();
    work_->changed.wait_for(lock, std::chrono::seconds(2), [this] { return work_->ended; });
}

void KeptFiles::keep(const std::filesystem::path& file, std::string bytes) {
    const std::lock_guard lock(work_->mutex);
    work_->pending[file] = std::move(bytes);
    work_->changed.notify_all();
}

std::string KeptFiles::trouble() const {
    const std::lock_guard lock(work_->mutex);
    return work_->trouble;
}

} // namespace sluice::host

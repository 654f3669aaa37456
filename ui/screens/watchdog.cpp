#include "screens/watchdog.h"

#include <QCoreApplication>
#include <QEvent>
#include <chrono>
#include <ctime>

namespace sluice::screens {
namespace {

const QEvent::Type question = static_cast<QEvent::Type>(QEvent::registerEventType());

std::int64_t now_ns() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

/// Processor time that the calling thread has had.
std::int64_t busy_ns() {
    timespec had{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &had);
    return had.tv_sec * 1'000'000'000LL + had.tv_nsec;
}

} // namespace

Watchdog::Watchdog(QObject* parent) : QObject(parent), busy_ns_(busy_ns()), thread_([this] { watch(); }) {}

Watchdog::~Watchdog() {
    ended_ = true;
    thread_.join();
}

// Waits for real time, on purpose: it measures it.
void Watchdog::watch() {
    while (!ended_) {
        std::int64_t nobody = 0;
        if (asked_ns_.compare_exchange_strong(nobody, now_ns())) {
            QCoreApplication::postEvent(this, new QEvent(question), Qt::HighEventPriority);
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
}

bool Watchdog::event(QEvent* event) {
    if (event->type() != question) {
        return QObject::event(event);
    }
    const int waited = static_cast<int>((now_ns() - asked_ns_) / 1'000'000);
    const std::int64_t had = busy_ns();
    const int busy = static_cast<int>((had - busy_ns_) / 1'000'000);
    busy_ns_ = had;
    longest_busy_ms_ = std::max(longest_busy_ms_.load(), busy);
    if (waited > limit_ms) {
        ++stalls_;
        busy_stalls_ += busy > limit_ms ? 1 : 0;
        longest_ms_ = std::max(longest_ms_.load(), waited);
    }
    asked_ns_ = 0;
    return true;
}

QString Watchdog::text() const {
    if (stalls_ == 0) {
        return tr("no stall over %1 ms").arg(limit_ms);
    }
    return tr("%n stall(s) over %1 ms, the longest %2 ms", nullptr, stalls_).arg(limit_ms).arg(longest_ms_);
}

} // namespace sluice::screens

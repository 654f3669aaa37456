#pragma once
#include <QObject>
#include <QString>
#include <atomic>
#include <thread>

namespace sluice::screens {

/// Counts the times when the GUI thread did not come back to its event loop for more than 50 ms. A thread of its own
/// asks, so that a stall is seen while it lasts.
class Watchdog : public QObject {
    Q_OBJECT
public:
    static constexpr int limit_ms = 50;

    /// Watches the thread in which it is made.
    explicit Watchdog(QObject* parent = nullptr);
    ~Watchdog() override;

    int stalls() const { return stalls_; }
    int longest_ms() const { return longest_ms_; } ///< of the stalls; 0 if there was none
    /// Those in which the thread itself had the processor for longer than the limit; in the others the machine was busy
    /// with something else.
    int busy_stalls() const { return busy_stalls_; }
    int longest_busy_ms() const { return longest_busy_ms_; } ///< between two answers, stall or not
    /// "no stall over 50 ms", "3 stalls over 50 ms, the longest 120 ms".
    QString text() const;

protected:
    bool event(QEvent* event) override;

private:
    void watch();
    std::atomic<std::int64_t> asked_ns_ = 0; ///< when the last question was posted; 0 = it has been answered
    std::atomic<int> stalls_ = 0;
    std::atomic<int> longest_ms_ = 0;
    std::atomic<bool> ended_ = false;
    std::atomic<int> busy_stalls_ = 0, longest_busy_ms_ = 0;
    std::int64_t busy_ns_; ///< processor time of the thread at the last answer
    std::thread thread_;
};

} // namespace sluice::screens

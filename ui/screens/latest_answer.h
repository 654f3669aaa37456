#pragma once
#include <QMetaObject>
#include <QObject>
#include <functional>
#include <memory>
#include <thread>

namespace sluice::screens {

/// What takes the disk's time, done off the GUI thread; only the answer to the latest question arrives.
///
/// Each question has a thread of its own, for which nobody waits: a plan on a share that hangs holds up neither the
/// next plan nor leaving the program. `work` owns all that it uses and does not throw; `take` is called in the GUI
/// thread, from the event loop, unless something else was asked, or this is gone, by then.
template <typename T>
class LatestAnswer {
public:
    LatestAnswer() = default;
    LatestAnswer(const LatestAnswer&) = delete;
    LatestAnswer& operator=(const LatestAnswer&) = delete;
    ~LatestAnswer() { forget(); }

    void ask(std::function<T()> work, std::function<void(T)> take) {
        forget();
        question_ = std::make_shared<Question>(Question{std::move(take)});
        std::thread([work = std::move(work), question = question_, home = home()]() mutable {
            auto answer = std::make_shared<T>(work());
            // Question and answer are let go in the GUI thread, where what they hold belongs.
            QMetaObject::invokeMethod(
                home,
                [question = std::move(question), answer = std::move(answer)] {
                    if (const auto wanted = std::exchange(question->take, nullptr)) {
                        wanted(std::move(*answer));
                    }
                },
                Qt::QueuedConnection);
        }).detach();
    }

    void forget() {
        if (question_) {
            question_->take = nullptr;
            question_.reset();
        }
    }

private:
    struct Question {
        std::function<void(T)> take; ///< GUI thread only
    };

    // Never destroyed: a thread may come back to it after the last window has gone.
    static QObject* home() {
        static auto* const post_box = new QObject;
        return post_box;
    }

    std::shared_ptr<Question> question_;
};

} // namespace sluice::screens

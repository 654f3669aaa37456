#include "screens/connection_check.h"

#include "host/preflight.h"

#include <QCoreApplication>
#include <QPointer>
#include <set>

namespace sluice::screens {
namespace {

std::set<QThread*>& threads() {
    static std::set<QThread*> all;
    return all;
}

// Kafka's client lets go of its sockets in up to seconds. Nobody waits for that but the end of the program.
void wait_for_all() {
    for (QThread* thread : threads()) {
        thread->quit();
        thread->wait();
    }
}

} // namespace

/// One press of the button: a thread, and the desk that lives in it.
class ConnectionCheck::Round : public QObject, public std::enable_shared_from_this<Round> {
public:
    explicit Round(ConnectionCheck& check) : check_(&check), thread_(new QThread), worker_(new QObject) {
        static const bool registered = (qAddPostRoutine(wait_for_all), true);
        (void)registered;
        threads().insert(thread_);
        worker_->moveToThread(thread_);
        connect(thread_, &QThread::finished, worker_, &QObject::deleteLater);
        connect(thread_, &QThread::finished, thread_, [thread = thread_] {
            threads().erase(thread);
            thread->deleteLater();
        });
        thread_->start();
    }
    ~Round() override { thread_->quit(); }

    void start(std::shared_ptr<const plan::Plan> plan, plan::Scope values, host::Paths paths) {
        // `desk` lives, and ends, in the thread: it is a child of nothing but of what the thread's object owns.
        QMetaObject::invokeMethod(worker_, [weak = weak_from_this(), worker = worker_,
                                            home = QCoreApplication::instance(), plan = std::move(plan),
                                            values = std::move(values), paths = std::move(paths)]() mutable {
            auto desk = std::make_shared<host::ConnectionDesk>(std::move(plan), std::move(values), paths);
            connect(worker, &QObject::destroyed, [desk]() mutable { desk.reset(); });
            const auto tell = [weak, home](auto what) {
                QMetaObject::invokeMethod(
                    home,
                    [weak, what] {
                        if (const auto round = weak.lock();
                            round && round->check_ && round->check_->current_ == round) {
                            what(*round->check_);
                        }
                    },
                    Qt::QueuedConnection);
            };
            desk->test(
                [tell](const engine::ConnectionAnswer& answer) {
                    tell([answer](ConnectionCheck& check) { emit check.answered(answer); });
                },
                [tell] {
                    tell([](ConnectionCheck& check) {
                        check.stop();
                        emit check.finished();
                    });
                });
        });
    }

private:
    QPointer<ConnectionCheck> check_;
    QThread* thread_;
    QObject* worker_;
};

ConnectionCheck::ConnectionCheck(QObject* parent) : QObject(parent) {}
ConnectionCheck::~ConnectionCheck() = default;

void ConnectionCheck::start(std::shared_ptr<const plan::Plan> plan, plan::Scope values, const host::Paths& paths) {
    current_ = std::make_shared<Round>(*this);
    current_->start(std::move(plan), std::move(values), paths);
}

void ConnectionCheck::stop() {
    current_.reset();
}

} // namespace sluice::screens

#include "story/owned_source.h"

#include "host/live_feed.h"
#include "host/live_session.h"
#include "story/collector.h"

#include <QDir>
#include <QTimer>

namespace sluice::story {
namespace {

template <typename Host>
Result<std::unique_ptr<host::SessionHost>> as_host(Result<std::unique_ptr<Host>> made) {
    return made ? Result<std::unique_ptr<host::SessionHost>>(std::move(*made)) : failed(made);
}

} // namespace

class OwnedSource::Worker : public QObject {
public:
    explicit Worker(OwnedSource& source) : source_(source), make_(source.make_), timer_(this) {
        timer_.callOnTimeout(this, [this] { send(); });
    }

    void open() {
        auto host = make_();
        if (!host) {
            QMetaObject::invokeMethod(&source_,
                                      [&source = source_, error = host.error()] { emit source.failed(error); });
            return;
        }
        host_ = std::move(*host);
        host_->on_broken([this](const Error& error) {
            collector_.trouble(error);
            send();
        });
        feed_ = std::make_unique<host::LiveFeed>(*host_);
        feed_->start(collector_);
        QMetaObject::invokeMethod(&source_, [&source = source_, file = QString::fromStdString(host_->file().string())] {
            source.file_ = file;
            emit source.opened(file);
        });
        tell_warnings();
        send();
        timer_.start(100);
    }

    void submit(const release::Command& command, const release::Actor& actor, const CommandChannel::Answer& answer,
                QObject* to) {
        const auto tell = [this, answer, to](const std::optional<Error>& error) {
            if (feed_) {
                feed_->flush(); // what a person did is seen at once
                send();
            }
            QMetaObject::invokeMethod(to, [answer, error] { answer(error); });
        };
        if (!host_) {
            tell(Error{ErrorCode::refused, "the session is not at work yet", "", "wait for it to open"});
            return;
        }
        host_->submit(command, actor,
                      [tell](const Result<Json>& given) { tell(given ? std::nullopt : std::optional(given.error())); });
    }

    void set_speed(double speed) {
        if (auto* rehearsal = dynamic_cast<host::Rehearsal*>(host_.get())) {
            rehearsal->driver().set_speed(speed);
        }
    }

private:
    void tell_warnings() {
        QStringList warnings;
        for (const auto& warning : host_->warnings()) {
            warnings << QString::fromStdString(warning);
        }
        if (!warnings.isEmpty()) {
            QMetaObject::invokeMethod(&source_, [&source = source_, warnings] { emit source.warned(warnings); });
        }
    }

    void send() {
        if (!host_ || done_) {
            return;
        }
        const Nanos now = host_->scheduler().now();
        auto delivery = collector_.take(now);
        if (!delivery) {
            // The clock goes on when nothing happens.
            auto tick = std::make_shared<Delivery>();
            tick->now = now;
            delivery = tick;
        }
        done_ = delivery->ended;
        QMetaObject::invokeMethod(&source_, [&source = source_, delivery] { emit source.delivered(delivery); });
        if (done_) {
            timer_.stop();
            QMetaObject::invokeMethod(&source_, [&source = source_] { emit source.closed(); });
        }
    }

    OwnedSource& source_;
    Make make_;
    Collector collector_;
    std::unique_ptr<host::SessionHost> host_;
    std::unique_ptr<host::LiveFeed> feed_; // before its host
    QTimer timer_;
    bool done_ = false;
};

class OwnedSource::Channel : public CommandChannel {
public:
    explicit Channel(OwnedSource& source) : source_(source) {}
    void submit(const release::Command& command, Answer answer) override {
        QMetaObject::invokeMethod(source_.worker_, [this, worker = source_.worker_, command, actor = source_.actor_,
                                                    answer] { worker->submit(command, actor, answer, this); });
    }
    release::Actor actor() const override { return source_.actor_; }
    void act_as(const release::Actor& person) override { source_.actor_ = person; }

private:
    OwnedSource& source_;
};

OwnedSource::OwnedSource(Make make, release::Actor actor)
    : make_(std::move(make)), actor_(std::move(actor)), started_in_(QDir::currentPath()),
      commands_(std::make_unique<Channel>(*this)) {}

OwnedSource::~OwnedSource() {
    thread_.quit();
    thread_.wait();
}

std::unique_ptr<OwnedSource> OwnedSource::rehearsal(host::RehearsalOptions options) {
    const release::Actor actor = options.by;
    const double speed = options.speed;
    auto source = std::make_unique<OwnedSource>(
        [options = std::move(options)] { return as_host(host::Rehearsal::start(options)); }, actor);
    source->sets_speed_ = true;
    source->speed_ = speed;
    return source;
}

std::unique_ptr<OwnedSource> OwnedSource::run(host::StartOptions options) {
    const release::Actor actor = options.by;
    return std::make_unique<OwnedSource>(
        [options = std::move(options)] { return as_host(host::LiveSession::run(options)); }, actor);
}

std::unique_ptr<OwnedSource> OwnedSource::resume(host::TakeUp options) {
    const release::Actor actor = options.by;
    return std::make_unique<OwnedSource>([options = std::move(options)] { return host::take_up(options); }, actor);
}

void OwnedSource::start() {
    worker_ = new Worker(*this);
    worker_->moveToThread(&thread_);
    // In its own thread: the engine goes where its sockets and timers live.
    connect(&thread_, &QThread::finished, worker_, &QObject::deleteLater);
    thread_.start();
    QMetaObject::invokeMethod(worker_, [worker = worker_] { worker->open(); });
}

CommandChannel* OwnedSource::commands() {
    return commands_.get();
}

void OwnedSource::set_speed(double speed) {
    speed_ = speed;
    QMetaObject::invokeMethod(worker_, [worker = worker_, speed] { worker->set_speed(speed); });
}

} // namespace sluice::story

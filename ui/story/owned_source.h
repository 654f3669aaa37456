#pragma once
#include "host/take_up.h"
#include "story/feed_source.h"

#include <functional>
#include <memory>

namespace sluice::story {

/// A session that this process owns, at work in the engine's thread (DESIGN.md, "Threads").
class OwnedSource : public FeedSource {
    Q_OBJECT
public:
    /// Called in the engine's thread; makes the host there.
    using Make = std::function<Result<std::unique_ptr<host::SessionHost>>()>;

    OwnedSource(Make make, release::Actor actor);

    static std::unique_ptr<OwnedSource> rehearsal(host::RehearsalOptions options);
    static std::unique_ptr<OwnedSource> run(host::StartOptions options);
    /// A session whose owner is gone.
    static std::unique_ptr<OwnedSource> resume(host::TakeUp options);

    /// Ends the engine's thread. Processes of the plan that run go on; the session can be resumed if it was live.
    ~OwnedSource() override;

    void start() override;
    CommandChannel* commands() override;
    bool sets_speed() const override { return sets_speed_; }
    void set_speed(double speed) override;
    double speed() const override { return speed_; }
    QString file() const override { return file_; }
    QString started_in() const override { return started_in_; }

private:
    class Worker;
    class Channel;
    Make make_;
    release::Actor actor_;
    bool sets_speed_ = false;
    double speed_ = 1;
    QString file_;
    QString started_in_;
    std::unique_ptr<CommandChannel> commands_;
    QThread thread_;
    Worker* worker_ = nullptr;
};

} // namespace sluice::story

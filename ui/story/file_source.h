#pragma once
#include "story/feed_source.h"

#include <QThread>
#include <filesystem>
#include <memory>

namespace sluice::story {

/// A session in a file: finished, or at work in another process, which this one follows. When `actor` is given and the
/// owner listens, commands go to its socket.
class FileSource : public FeedSource {
    Q_OBJECT
public:
    explicit FileSource(std::filesystem::path file);
    /// May act: by the command socket at `socket`, as `actor`.
    FileSource(std::filesystem::path file, std::string socket, release::Actor actor);
    ~FileSource() override;

    void start() override;
    CommandChannel* commands() override { return commands_.get(); }
    QString file() const override { return QString::fromStdString(file_.string()); }

private:
    class Worker;
    std::filesystem::path file_;
    std::unique_ptr<CommandChannel> commands_;
    QThread thread_;
    Worker* worker_ = nullptr;
};

} // namespace sluice::story

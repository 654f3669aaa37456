#pragma once
#include "story/feed_source.h"

#include <memory>
#include <vector>

namespace sluice::screens {

/// A session as its lead had it on the screen at a moment: what came later is left away, and what acts is drawn but
/// does nothing. For pictures only. Delivers once, when it is started.
class PictureSource : public story::FeedSource {
    Q_OBJECT
public:
    /// `deliveries`: the whole session, in order. Until the end without `until`.
    PictureSource(std::vector<story::DeliveryPtr> deliveries, std::optional<Nanos> until, QString file);

    void start() override;
    story::CommandChannel* commands() override { return commands_.get(); }
    QString file() const override { return file_; }

private:
    std::vector<story::DeliveryPtr> deliveries_;
    std::optional<Nanos> until_;
    QString file_;
    std::unique_ptr<story::CommandChannel> commands_;
};

/// The deliveries as one, up to `until`; ended only if the session was over by then.
story::Delivery delivered_until(const std::vector<story::DeliveryPtr>& deliveries, std::optional<Nanos> until);

} // namespace sluice::screens

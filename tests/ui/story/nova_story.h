#pragma once
/// A session of Nova, rehearsed once for a test class and told to a Story.
#include "story/owned_source.h"
#include "story/story.h"
#include "support/nova_plan.h"

#include <QSignalSpy>
#include <QTemporaryDir>

namespace sluice::testing {

/// `faults` as in `sluicectl rehearse --fault`.
inline story::Story nova_story(const QTemporaryDir& folder, std::vector<std::string> faults = {},
                               bool shortened = true) {
    auto options = nova_options(folder.path().toStdString(), shortened);
    options.by = {"a.lead", "release-lead"};
    options.faults = std::move(faults);
    const auto source = story::OwnedSource::rehearsal(options);
    story::Story told;
    QObject::connect(source.get(), &story::FeedSource::delivered, source.get(),
                     [&](const story::DeliveryPtr& delivery) { told.take(*delivery); });
    QSignalSpy closed(source.get(), &story::FeedSource::closed);
    source->start();
    if (!closed.wait(120'000)) {
        qFatal("the rehearsal did not close");
    }
    return told;
}

} // namespace sluice::testing

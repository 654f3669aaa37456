#pragma once
#include "base/result.h"

#include <QSocketNotifier>
#include <memory>

namespace sluicectl {

/// While it lives, SIGINT and SIGTERM end the event loop, so that the verb ends as it should. One at a time.
class EndsBySignal {
public:
    static sluice::Result<std::unique_ptr<EndsBySignal>> begin();
    EndsBySignal(const EndsBySignal&) = delete;
    EndsBySignal& operator=(const EndsBySignal&) = delete;
    ~EndsBySignal();

private:
    EndsBySignal();
    QSocketNotifier told_;
};

} // namespace sluicectl

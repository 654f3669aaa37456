#pragma once
#include "net/process.h"

#include <string>
#include <vector>

namespace sluice::testing {

/// Programs that are started and end only when the test says so, by their sinks.
class FakeRunner : public net::ProcessRunner {
public:
    struct Started {
        net::ProcessSpec spec;
        net::ProcessSink sink;
    };
    net::ProcessId start(net::ProcessSpec spec, net::ProcessSink sink) override {
        started.push_back({std::move(spec), std::move(sink)});
        return net::ProcessId{started.size()};
    }
    void cancel(net::ProcessId process) override { cancelled.push_back(static_cast<int>(process)); }
    void forget(const std::string& directory) override { forgotten.push_back(directory); }
    Result<Adopted> adopt(const std::string&, const std::string&, net::ProcessSink) override {
        return fail(ErrorCode::not_found, "nothing is taken up here");
    }

    std::vector<Started> started;
    std::vector<int> cancelled; ///< the n-th that was started is n, from 1
    std::vector<std::string> forgotten;
};

} // namespace sluice::testing

#pragma once
#include "sources/http_endpoint.h"
#include "sources/source.h"

#include <functional>
#include <memory>
#include <set>
#include <string>

namespace sluice::sources {

/// A source that asks by one GET a poll, and judges what came. Both instants are of the Scheduler's clock: in a
/// rehearsal the time between them is only what the range delays on purpose.
class OneGetSource : public Source {
public:
    using Judge = std::function<series::SampleBatch(const Result<net::HttpResponse>&, Nanos asked, Nanos now)>;
    /// `path` starts with a slash and is sent as it is.
    OneGetSource(net::HttpClient& http, Scheduler& scheduler, HttpEndpoint endpoint, std::string path, Judge judge);
    ~OneGetSource() override;
    void poll(Nanos deadline, std::string key, Done done) override;
    /// Zero also where what was judged is a value: a health of 0 with a Retry-After must not get old unasked.
    Nanos rest() const override { return rest_; }

private:
    net::HttpClient& http_;
    Scheduler& scheduler_;
    HttpEndpoint endpoint_;
    std::string path_;
    Judge judge_;
    std::set<std::shared_ptr<net::ExchangeId>> exchanges_;
    Nanos rest_;
};

} // namespace sluice::sources

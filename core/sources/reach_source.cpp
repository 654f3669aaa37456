#include "sources/reach_source.h"

#include "sources/one_value.h"

namespace sluice::sources {
namespace {

using What = plan::ReachNumber::What;

net::ReachAsk::Kind kind_of(plan::ReachRead::Kind kind) {
    switch (kind) {
    case plan::ReachRead::Kind::dns:
        return net::ReachAsk::Kind::dns;
    case plan::ReachRead::Kind::tcp:
        return net::ReachAsk::Kind::tcp;
    case plan::ReachRead::Kind::tls:
        break;
    }
    return net::ReachAsk::Kind::tls;
}

net::AddressFamily family_of(plan::ReachNumber::Addresses addresses) {
    switch (addresses) {
    case plan::ReachNumber::Addresses::a:
        return net::AddressFamily::a;
    case plan::ReachNumber::Addresses::aaaa:
        return net::AddressFamily::aaaa;
    case plan::ReachNumber::Addresses::any:
        break;
    }
    return net::AddressFamily::any;
}

} // namespace

series::SampleBatch judge_reach(const ReachMetric& metric, const Result<net::Reached>& reached, Nanos asked,
                                Nanos now) {
    const auto none = [&](std::string why) { return no_value(metric.name, metric.unit, std::move(why), now); };
    if (!reached) {
        return none(reached.error().what);
    }
    double value = 0;
    switch (metric.number.what) {
    case What::up:
        value = reached->no.empty() ? 1 : 0;
        break;
    case What::count:
        value = static_cast<double>(reached->addresses.size());
        break;
    case What::latency:
        if (!reached->no.empty()) {
            return none(reached->no);
        }
        value = static_cast<double>((now - asked).count) / 1e9;
        break;
    case What::days_left:
        if (!reached->valid_until) {
            return none(reached->no.empty() ? "the certificate does not say how long it is valid" : reached->no);
        }
        value = static_cast<double>(net::whole_days(*reached->valid_until - now));
        break;
    }
    auto batch = one_value(metric.name, metric.unit, value, now);
    batch.readings.front().detail = reached->no;
    return batch;
}

void ReachSource::poll(Nanos deadline, std::string key, Done done) {
    const Nanos asked = scheduler_.now();
    net::ReachAsk ask;
    ask.kind = kind_of(metric_.number.kind);
    ask.host = metric_.place.host;
    ask.port = metric_.place.port;
    ask.timeout = deadline - asked;
    ask.key = std::move(key) + "#1";
    ask.tls = metric_.tls;
    ask.family = family_of(metric_.number.addresses);
    ask.takes_no = metric_.number.what == What::up || metric_.number.what == What::count;
    reach_.ask(
        ask, [this, alive = std::weak_ptr(alive_), asked, done = std::move(done)](const Result<net::Reached>& reached) {
            if (!alive.expired()) {
                // `done` may destroy this source: nothing of it is touched afterwards.
                done(judge_reach(metric_, reached, asked, scheduler_.now()));
            }
        });
}

} // namespace sluice::sources

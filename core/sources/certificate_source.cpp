#include "sources/certificate_source.h"

#include "sources/one_value.h"

namespace sluice::sources {
namespace {

series::SampleBatch judged(const CertificateMetric& metric, const Result<net::Reached>& reached, Nanos now) {
    if (!reached) {
        return no_value(metric.name, metric.unit, reached.error().what, now);
    }
    if (!reached->valid_until) {
        return no_value(metric.name, metric.unit, "the certificate does not say how long it is valid", now);
    }
    const std::int64_t days = (*reached->valid_until - now).count / hours(24).count;
    return one_value(metric.name, metric.unit, static_cast<double>(days), now);
}

} // namespace

void CertificateSource::poll(Nanos deadline, std::string key, Done done) {
    net::ReachAsk ask;
    ask.kind = net::ReachAsk::Kind::tls;
    ask.host = metric_.place.host;
    ask.port = metric_.place.port;
    ask.timeout = deadline - scheduler_.now();
    ask.key = std::move(key) + "#1";
    ask.tls = metric_.tls;
    reach_.ask(ask, [this, alive = std::weak_ptr(alive_), done = std::move(done)](const Result<net::Reached>& reached) {
        if (!alive.expired()) {
            // `done` may destroy this source: nothing of it is touched afterwards.
            done(judged(metric_, reached, scheduler_.now()));
        }
    });
}

} // namespace sluice::sources

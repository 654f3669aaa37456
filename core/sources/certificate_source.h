#pragma once
#include "base/scheduler.h"
#include "net/place.h"
#include "net/reach.h"
#include "sources/source.h"

#include <memory>
#include <string>

namespace sluice::sources {

struct CertificateMetric {
    std::string name;
    std::string unit;                    ///< as the plan names it
    net::Place place;                    ///< where a server shows its certificate
    std::shared_ptr<const net::Tls> tls; ///< whose authorities, own certificate and name; null = as the system does
};

/// Whole days until the certificate of a server ends, by a handshake a poll. One that is not believed (an expired one
/// is not) is a source error, as is a server that can't be reached: neither is 0 days.
class CertificateSource : public Source {
public:
    CertificateSource(net::Reach& reach, Scheduler& scheduler, CertificateMetric metric)
        : reach_(reach), scheduler_(scheduler), metric_(std::move(metric)) {}
    void poll(Nanos deadline, std::string key, Done done) override;

private:
    net::Reach& reach_;
    Scheduler& scheduler_;
    CertificateMetric metric_;
    /// A look can't be taken back: whoever comes late sees by this that nobody waits any more.
    std::shared_ptr<const bool> alive_ = std::make_shared<bool>(true);
};

} // namespace sluice::sources

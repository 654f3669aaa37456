#pragma once
/// Whether a name, a port or a certificate is there: what probes look at with a socket of their own.
#include "base/nanos.h"
#include "base/result.h"
#include "net/http.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sluice::net {

struct ReachAsk {
    enum class Kind { dns, tcp, tls } kind = Kind::tcp;
    std::string host;
    int port = 443;
    Nanos timeout = seconds(10);
    std::string key;                ///< orders answers that are ready together, as for the Scheduler
    std::shared_ptr<const Tls> tls; ///< tls: whose authorities, own certificate and name; null = system authorities
};

struct Reached {
    std::vector<std::string> addresses; ///< dns: sorted
    std::string subject, issuer;        ///< tls: common names
    std::optional<Nanos> valid_until;   ///< tls
};

/// Answers once, through the Scheduler. `not_found`: no such name; `refused`: nobody listens; `unreachable`: no way
/// there, or a certificate that is not believed (an expired one is not); `timed_out`.
class Reach {
public:
    using Done = std::function<void(Result<Reached>)>;
    virtual ~Reach() = default;
    virtual void ask(const ReachAsk& what, Done done) = 0;
};

} // namespace sluice::net

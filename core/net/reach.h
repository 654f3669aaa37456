#pragma once
/// Whether a name, a port or a certificate is there: what probes look at with a socket of their own.
#include "base/nanos.h"
#include "base/result.h"
#include "net/http.h"
#include "net/name_lookup.h"

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
    AddressFamily family = AddressFamily::any; ///< dns: which addresses
    bool takes_no = false;                     ///< what the target itself refuses is an answer, too: `Reached::no`
};

struct Reached {
    std::vector<std::string> addresses; ///< dns: sorted
    std::string subject, issuer;        ///< tls: common names
    std::optional<Nanos> valid_until;   ///< tls
    /// Where the ask takes a no, why the target is not there; then nothing else is set. dns: no such name or address;
    /// tcp: nobody listens; tls: that, a handshake that the other side breaks off, or a certificate that is not
    /// believed. Who says nothing, or can't be asked, has not said no.
    std::string no;
    bool operator==(const Reached&) const = default;
};

/// Days that are over when `left` is, rounded down; below 0 when it is past, be it by a second.
constexpr std::int64_t whole_days(Nanos left) {
    const std::int64_t days = left.count / hours(24).count;
    return left.count % hours(24).count < 0 ? days - 1 : days;
}

/// Looks anew each time. Answers once, through the Scheduler. `not_found`: no such name; `refused`: nobody listens;
/// `unreachable`: no way there, a resolver that can't tell, or a certificate that is not believed (an expired one is
/// not); `timed_out`.
class Reach {
public:
    using Done = std::function<void(Result<Reached>)>;
    virtual ~Reach() = default;
    virtual void ask(const ReachAsk& what, Done done) = 0;
};

} // namespace sluice::net

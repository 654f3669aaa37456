#pragma once
#include "base/nanos.h"
#include "base/scheduler.h"
#include "range/http_server.h"

#include <string>
#include <vector>

namespace sluice::range {

/// One request that could change the simulated production, as its server saw it.
struct Written {
    Nanos at;           ///< virtual time of its arrival
    std::string server; ///< "kubernetes" or "edge"
    std::string method;
    std::string path;        ///< with its query, percent-encoded
    std::string body_digest; ///< SHA-256, hexadecimal
    std::string request_id;  ///< X-Request-Id: the operation that asked; empty when the client sent none
    int status = 0;          ///< what it was answered; 0 when the connection was dropped before anything was done
    bool dry_run = false;

    bool operator==(const Written&) const = default;
};

/// The range's own account of writing requests, kept apart from whatever the client's log says, so that a test can
/// compare the two one to one. Questions asked by POST (queries, access reviews) are not writes.
class Writes {
public:
    void note(Nanos at, std::string server, const Asked& asked, const Answer& answer);
    /// By time, then by request id.
    const std::vector<Written>& all() const { return all_; }

private:
    std::vector<Written> all_;
};

/// One line each: time, status, method, path, id, digest; for `sluicectl range` and for comparing by eye.
std::string to_text(const Written& written);

} // namespace sluice::range

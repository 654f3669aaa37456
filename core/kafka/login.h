#pragma once
#include "base/result.h"

#include <string>

namespace sluice::kafka {

struct Call;

/// What the brokers say to a login. It may be no, which is an answer.
struct LoginAnswer {
    bool let_in = false;
    std::string why; ///< of a no: without addresses, and without what was sent
};

/// Logs in anew, by a client of its own that goes away with it (that of the call is not used and may be null), and has
/// one broker tell which there are: until then nobody knows whether it was let in. Each broker is tried at most once,
/// so that a wrong password locks no account sooner than it must. Worker thread.
///
/// `unreachable`: no broker answered in time, or one hung up without saying why; `refused`: no TLS connection came
/// about.
Result<LoginAnswer> log_in(const Call& call);

} // namespace sluice::kafka

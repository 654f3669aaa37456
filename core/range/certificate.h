#pragma once
#include "base/result.h"
#include "range/http_server.h"

namespace sluice::range {

/// A certificate authority of this process alone, and a server certificate for 127.0.0.1 and localhost signed by it
/// (P-256, valid from an hour ago for a day of real time: TLS knows no virtual clock). Keys never reach the disk.
Result<Identity> make_identity();

} // namespace sluice::range

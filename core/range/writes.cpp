#include "range/writes.h"

#include "base/digest.h"
#include "range/time_text.h"

#include <algorithm>
#include <fmt/format.h>
#include <tuple>

namespace sluice::range {

void Writes::note(Nanos at, std::string server, const Asked& asked, const Answer& answer) {
    Written written;
    written.at = at;
    written.server = std::move(server);
    written.method = asked.method;
    written.path = asked.query.empty() ? asked.path : asked.path + "?" + asked.query;
    written.body_digest = hex(sha256(asked.body));
    written.request_id = std::string(asked.id());
    written.status = answer.drop ? 0 : answer.status;
    written.dry_run = asked.parameter("dryRun").has_value();
    // Requests of one instant arrive in whatever order the sockets give them; the account has them by their ids.
    const auto place = std::upper_bound(all_.begin(), all_.end(), written, [](const Written& a, const Written& b) {
        return std::tie(a.at, a.request_id) < std::tie(b.at, b.request_id);
    });
    all_.insert(place, std::move(written));
}

std::string to_text(const Written& written) {
    return fmt::format("{} {:3} {} {} {} id={} body={}{}", rfc3339(written.at), written.status, written.server,
                       written.method, written.path, written.request_id.empty() ? "-" : written.request_id,
                       written.body_digest.substr(0, 12), written.dry_run ? " dry-run" : "");
}

} // namespace sluice::range

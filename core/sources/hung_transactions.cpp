#include "sources/hung_transactions.h"

#include "base/quantity.h"

#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace sluice::sources {

std::vector<std::string> HungTransactions::take(kafka::LagAnswer& answer, Nanos now) {
    for (const auto& at : answer.partitions) {
        if (!at.end) {
            continue;
        }
        const std::pair place{at.topic, at.partition};
        const auto known = open_.find(place);
        const bool same = known != open_.end() && known->second.stable == *at.end;
        if (at.high && *at.high > *at.end) {
            open_[place] = {*at.end, *at.high, same ? known->second.since : now};
        } else if (known != open_.end() && (at.high || !same)) {
            open_.erase(known);
        }
    }
    struct Kept {
        std::int64_t messages = 0;
        std::set<std::int32_t> partitions;
        Nanos since;
    };
    std::map<std::string, Kept> topics;
    for (auto& at : answer.partitions) {
        const auto known = open_.find({at.topic, at.partition});
        if (known == open_.end() || !at.end || now - known->second.since < hung_after) {
            continue;
        }
        const Open& open = known->second;
        Kept& kept = topics[at.topic];
        if (kept.partitions.insert(at.partition).second) { // several groups read it
            kept.messages += open.high - open.stable;
            kept.since = kept.since.count == 0 ? open.since : std::min(kept.since, open.since);
        }
        at.end = open.high;
    }
    std::vector<std::string> told;
    for (const auto& [topic, kept] : topics) {
        // Whole minutes: what is told anew at each poll is no news.
        const Nanos length = minutes((now - kept.since).count / minutes(1).count);
        told.push_back(
            fmt::format("{}: {} messages lie behind a transaction that has been open for {} (partition {}{}), "
                        "and count as lag",
                        topic, kept.messages, duration_text(length), *kept.partitions.begin(),
                        kept.partitions.size() == 1 ? "" : fmt::format(" and {} more", kept.partitions.size() - 1)));
    }
    return told;
}

} // namespace sluice::sources

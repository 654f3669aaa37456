#include "release/foresight.h"

#include <algorithm>
#include <cstdlib>
#include <fmt/format.h>

namespace sluice::release {
namespace {

constexpr Nanos patience = minutes(1);

/// 0 = nothing is foreseen.
int urgency(Nanos breach_in) {
    if (breach_in.count == 0) {
        return 0;
    }
    int level = 1;
    for (const Nanos within : {foreseen_within, minutes(5), minutes(2), minutes(1)}) {
        level += breach_in <= within ? 1 : 0;
    }
    return level;
}

} // namespace

Nanos worth_telling(const GateReading& reading) {
    const bool worth = reading.verdict == "pass" && (reading.close || reading.breach_in <= foreseen_within);
    return worth ? reading.breach_in : Nanos{};
}

bool foreseen_anew(const GateState& told, Nanos breach_in, Nanos now) {
    if (urgency(breach_in) > urgency(told.breach_in)) {
        return true;
    }
    if (told.breach_in.count == 0 || now - (told.breach_at - told.breach_in) < patience) {
        return false;
    }
    const Nanos off{std::abs((now + breach_in - told.breach_at).count)};
    return breach_in.count == 0 || off > std::max(minutes(1), breach_in / 2);
}

std::string about(Nanos length) {
    const auto whole = (length.count + minutes(1).count / 2) / minutes(1).count;
    return length < minutes(1) ? "less than a minute" : fmt::format("about {} min", whole);
}

bool falls_to(const std::string& limit) {
    return limit.starts_with('>');
}

std::string foreseen_text(bool close, Nanos breach_in) {
    if (breach_in.count == 0) {
        return {};
    }
    return fmt::format("; {} in {} at this slope", close ? "breaches it" : "reaches it", about(breach_in));
}

} // namespace sluice::release

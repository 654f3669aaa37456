#pragma once
#include "kafka/lag_report.h"

#include <string>

namespace sluicectl {

/// A reading as a table for a terminal, its lines ended; `watched`: with rates, age, drain and state. Pure.
std::string lag_table(const sluice::kafka::LagReport& report, bool watched);

} // namespace sluicectl

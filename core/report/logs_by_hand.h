#pragma once
#include "report/kafka_by_hand.h"

#include <string>
#include <vector>

namespace sluice::report {

/// What kubectl is told, behind its context and namespace, to show these logs; and what is to be counted in them.
struct LogsByHand {
    std::string name_space;
    std::vector<std::string> words; ///< not yet quoted
    std::vector<std::string> remarks;
};
LogsByHand logs_by_hand(const plan::LogsRead& read, const Filled& filled);
LogsByHand logs_by_hand(const plan::LogRate& rate, const Filled& filled);

} // namespace sluice::report

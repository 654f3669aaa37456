#pragma once
#include "base/result.h"

#include <librdkafka/rdkafka.h>
#include <string>

namespace sluice::kafka {

/// Nobody answered, or nobody who may: whether a request was carried out is not known.
bool is_away(rd_kafka_resp_err_t error);
bool is_refusal(rd_kafka_resp_err_t error); ///< an ACL, or who we are

/// Who answers for a group, or for all topics, is moving to another broker: nothing was done, and soon another does.
bool is_moving(const Error& error);

/// An error's words for events. Whether a broker is away shows as one of several errors, as the race goes: they read
/// alike.
std::string told(rd_kafka_resp_err_t error);

/// The same as an error with what to do: unreachable where nobody answered, refused by an ACL, not_found for a topic,
/// conflict for a group that has members, else bad_input. `about` begins it: "topic nova.events"; `more` are the
/// broker's own words, where it has some.
Error error_of(rd_kafka_resp_err_t error, const std::string& about, const char* more = nullptr);

} // namespace sluice::kafka

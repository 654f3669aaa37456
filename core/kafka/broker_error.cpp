#include "kafka/broker_error.h"

namespace sluice::kafka {
namespace {

constexpr const char* until_settled = "wait until the brokers have settled, then try again";

bool moves(rd_kafka_resp_err_t error) {
    return error == RD_KAFKA_RESP_ERR_NOT_COORDINATOR || error == RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS ||
           error == RD_KAFKA_RESP_ERR_NOT_CONTROLLER;
}

} // namespace

bool is_moving(const Error& error) {
    return error.code == ErrorCode::unreachable && error.remedy == until_settled;
}

bool is_away(rd_kafka_resp_err_t error) {
    switch (error) {
    case RD_KAFKA_RESP_ERR__TRANSPORT:
    case RD_KAFKA_RESP_ERR__TIMED_OUT:
    case RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE:
    case RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN:
    case RD_KAFKA_RESP_ERR__RESOLVE:
    case RD_KAFKA_RESP_ERR__WAIT_COORD:
    case RD_KAFKA_RESP_ERR__DESTROY:
    case RD_KAFKA_RESP_ERR__MSG_TIMED_OUT:
    case RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE:
    case RD_KAFKA_RESP_ERR_BROKER_NOT_AVAILABLE:
    case RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE:
    case RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT:
    case RD_KAFKA_RESP_ERR_NETWORK_EXCEPTION:
        return true;
    default:
        return false;
    }
}

bool is_refusal(rd_kafka_resp_err_t error) {
    switch (error) {
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED:
    case RD_KAFKA_RESP_ERR__AUTHENTICATION:
        return true;
    default:
        return false;
    }
}

std::string told(rd_kafka_resp_err_t error) {
    return is_away(error) ? "the broker did not answer" : std::string(rd_kafka_err2str(error));
}

Error error_of(rd_kafka_resp_err_t error, const std::string& about, const char* more) {
    const std::string begin = about.empty() ? "" : about + ": ";
    const std::string said =
        begin + told(error) +
        (more != nullptr && *more != '\0' && !is_away(error) ? std::string(" (") + more + ")" : std::string());
    if (is_away(error)) {
        return {ErrorCode::unreachable, said, "",
                "are the brokers up and reached from this desk, and do protocol, user and password fit?"};
    }
    if (moves(error)) {
        return {ErrorCode::unreachable,
                begin + (error == RD_KAFKA_RESP_ERR_NOT_CONTROLLER ? "the controller" : "its coordinator") +
                    " is moving to another broker",
                "", until_settled};
    }
    if (is_refusal(error)) {
        return {ErrorCode::refused, begin + told(error), "", "let this user have the ACL, or use another"};
    }
    switch (error) {
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
        return {ErrorCode::not_found, begin + "the brokers don't know it", "",
                "is the name right, and may this user see it?"};
    case RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID:
    case RD_KAFKA_RESP_ERR_NON_EMPTY_GROUP:
    case RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION:
    case RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS:
    case RD_KAFKA_RESP_ERR_GROUP_SUBSCRIBED_TO_TOPIC:
        return {ErrorCode::conflict, begin + "it has members, and its offsets are theirs", "",
                "stop its consumers, wait until their session has ended, and try again"};
    case RD_KAFKA_RESP_ERR_INVALID_RECORD:
        return {ErrorCode::bad_input, begin + "the brokers refuse it as it is", "",
                "a compacted topic takes no message without a key: add key:"};
    case RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE:
        return {ErrorCode::bad_input, begin + "these brokers don't know this request", "",
                "do it by Kafka's own tools"};
    default:
        return {ErrorCode::bad_input, said, "", ""};
    }
}

} // namespace sluice::kafka

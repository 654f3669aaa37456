#include "kafka/login.h"

#include "kafka/call.h"

#include <algorithm>
#include <string_view>

namespace sluice::kafka {
namespace {

/// librdkafka tells by a callback alone that a login was refused: who asks for metadata meanwhile hears of brokers that
/// are away.
struct Heard {
    bool refused = false;
    bool no_mechanism = false;
    bool no_tls = false;
};

void hear(rd_kafka_t*, int error, const char* reason, void* opaque) {
    auto& heard = *static_cast<Heard*>(opaque);
    const std::string_view words = reason != nullptr ? reason : "";
    // It calls a broker that hangs up within the handshake a refusal as well, and what fails on this side.
    const bool of_us = words.find(": Local: ") != std::string_view::npos ||
                       words.find("Failed to initialize") != std::string_view::npos;
    if (error == RD_KAFKA_RESP_ERR__AUTHENTICATION || error == RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED) {
        heard.refused = heard.refused || !of_us;
        heard.no_mechanism = heard.no_mechanism || words.find("Unsupported SASL mechanism") != std::string_view::npos;
    }
    heard.no_tls = heard.no_tls || error == RD_KAFKA_RESP_ERR__SSL;
}

constexpr int first_slice_ms = 250, longest_slice_ms = 2000;

} // namespace

Result<LoginAnswer> log_in(const Call& call) {
    if (auto late = too_late(call, "login")) {
        return tl::unexpected(*std::move(late));
    }
    Heard heard;
    Hearer hearer;
    hearer.failed = hear;
    hearer.opaque = &heard;
    // Longer than any call: a broker that said no is not asked again by this client.
    const auto client = make_client(call.settings, RD_KAFKA_CONSUMER,
                                    {{"reconnect.backoff.ms", "60000"}, {"reconnect.backoff.max.ms", "60000"}}, hearer);
    if (!client) {
        return failed(client);
    }
    for (int slice = first_slice_ms; !call.over(); slice = std::min(slice * 2, longest_slice_ms)) {
        const rd_kafka_metadata_t* found = nullptr;
        const auto error = rd_kafka_metadata(client->get(), 0, nullptr, &found, std::min(slice, call.left()));
        const Metadata metadata(found);
        if (error == RD_KAFKA_RESP_ERR_NO_ERROR) {
            return LoginAnswer{true, {}};
        }
        rd_kafka_poll(client->get(), 0);
        if (heard.refused) {
            return LoginAnswer{false, heard.no_mechanism ? "the brokers don't know this SASL mechanism"
                                                         : "the brokers do not let this user in"};
        }
        if (heard.no_tls) {
            return fail(ErrorCode::refused, "no TLS connection to the brokers came about", {},
                        "do protocol and authority (ca) fit?");
        }
    }
    return tl::unexpected(error_of(RD_KAFKA_RESP_ERR__TIMED_OUT, "login"));
}

} // namespace sluice::kafka

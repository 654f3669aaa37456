#include "kafka/call.h"

#include <algorithm>
#include <thread>

namespace sluice::kafka {

int Call::left() const {
    const auto rest = std::chrono::duration_cast<std::chrono::milliseconds>(ends_at - Clock::now());
    return stop ? 0 : static_cast<int>(std::max<std::int64_t>(0, std::min(rest, most).count()));
}

bool Call::pause() const {
    constexpr auto a_little = std::chrono::milliseconds(100);
    if (over() || ends_at - Clock::now() <= a_little) {
        return false;
    }
    std::this_thread::sleep_for(a_little);
    return !over();
}

std::optional<Error> too_late(const Call& call, const std::string& about) {
    if (!call.over()) {
        return std::nullopt;
    }
    return Error{ErrorCode::timed_out,
                 about + ": its turn did not come in time behind a slow question; nothing was sent", "", "try again"};
}

namespace {

Result<Call> by_another(const Call& call, const std::string& name, const std::map<std::string, std::string>& more) {
    if (call.others == nullptr) {
        return call;
    }
    auto found = call.others->find(name);
    if (found == call.others->end()) {
        auto client = make_client(call.settings, RD_KAFKA_CONSUMER, more);
        if (!client) {
            return failed(client);
        }
        found = call.others->emplace(name, *std::move(client)).first;
    }
    Call other = call;
    other.client = found->second.get();
    return other;
}

} // namespace

Result<Call> whole_log(const Call& call) {
    const auto level = call.settings.properties.find("isolation.level");
    const bool has_it = level != call.settings.properties.end() && level->second == "read_uncommitted";
    return has_it ? Result<Call>(call) : by_another(call, "whole log", {{"isolation.level", "read_uncommitted"}});
}

std::map<std::string, std::string> group_id(const std::string& group) {
    return group.empty() ? std::map<std::string, std::string>{}
                         : std::map<std::string, std::string>{{"group.id", group}};
}

Result<Call> asks_groups(const Call& call, const std::string& group) {
    return by_another(call, "groups", group_id(group));
}

Result<Call> asks_beside(const Call& call) {
    return by_another(call, "beside", {});
}

void give_up_groups(const Call& call) {
    if (call.others != nullptr) {
        call.others->erase("groups");
    }
}

Result<Event> answer_of(const Call& call, rd_kafka_queue_t* queue, rd_kafka_event_type_t type,
                        const std::string& about) {
    const auto until = Call::Clock::now() + std::chrono::milliseconds(call.left());
    while (!call.over() && Call::Clock::now() < until) {
        Event event(rd_kafka_queue_poll(queue, std::min(call.left(), 100)));
        if (event == nullptr || rd_kafka_event_type(event.get()) != type) {
            continue;
        }
        if (const auto error = rd_kafka_event_error(event.get()); error != RD_KAFKA_RESP_ERR_NO_ERROR) {
            return tl::unexpected(error_of(error, about, rd_kafka_event_error_string(event.get())));
        }
        return event;
    }
    return tl::unexpected(error_of(RD_KAFKA_RESP_ERR__TIMED_OUT, about));
}

Options options_for(const Call& call, rd_kafka_admin_op_t operation) {
    Options options(rd_kafka_AdminOptions_new(call.client, operation));
    char ignored[128];
    rd_kafka_AdminOptions_set_request_timeout(options.get(), std::max(call.left(), 1), ignored, sizeof ignored);
    return options;
}

Options options_for_group(const Call& call, rd_kafka_admin_op_t operation) {
    constexpr int longest = 3'600'000; // ms; more is not allowed
    Options options(rd_kafka_AdminOptions_new(call.client, operation));
    char ignored[128];
    rd_kafka_AdminOptions_set_request_timeout(options.get(), longest, ignored, sizeof ignored);
    return options;
}

Result<Client> make_client(const Settings& settings, rd_kafka_type_t type,
                           const std::map<std::string, std::string>& more, Hearer hearer) {
    Conf conf(rd_kafka_conf_new());
    char words[512];
    for (const auto* properties : {&settings.properties, &more}) {
        for (const auto& [name, value] : *properties) {
            if (rd_kafka_conf_set(conf.get(), name.c_str(), value.c_str(), words, sizeof words) != RD_KAFKA_CONF_OK) {
                // librdkafka's own words can repeat the value, which may be a secret.
                return fail(ErrorCode::bad_input, "librdkafka does not take the property " + name, "kafka",
                            "see librdkafka's CONFIGURATION.md for its values");
            }
        }
    }
    // Its log would go to stderr; what matters comes back as an answer.
    rd_kafka_conf_set_log_cb(conf.get(), [](const rd_kafka_t*, int, const char*, const char*) {});
    rd_kafka_conf_set_opaque(conf.get(), hearer.opaque);
    if (hearer.delivered != nullptr) {
        rd_kafka_conf_set_dr_msg_cb(conf.get(), hearer.delivered);
    }
    if (hearer.failed != nullptr) {
        rd_kafka_conf_set_error_cb(conf.get(), hearer.failed);
    }
    Client client(rd_kafka_new(type, conf.get(), words, sizeof words));
    if (client == nullptr) {
        return fail(ErrorCode::bad_input, std::string("librdkafka refuses the settings: ") + words, "kafka");
    }
    (void)conf.release(); // the client owns it now
    return client;
}

} // namespace sluice::kafka

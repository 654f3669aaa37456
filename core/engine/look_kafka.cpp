#include "engine/look_kafka.h"

#include "plan/fill.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace sluice::engine {
namespace {

using Answered = std::function<void(Result<plan::StepResult>)>;

plan::StepResult result_from(Json json, double number, bool good) {
    plan::StepResult result;
    result.number = number;
    result.exit = good ? 0 : 1;
    result.text = json.dump(-1, ' ', false, Json::error_handler_t::replace);
    result.json = std::move(json);
    return result;
}

void read_group(kafka::Cluster& cluster, const std::string& group, const std::vector<std::string>& topics,
                const std::string& key, Nanos timeout, const plan::Expect& expect, const Answered& done) {
    cluster.connection().call<kafka::LagAnswer>(
        key + "#lag", timeout,
        [question = kafka::LagQuestion{{group}, topics}](const kafka::Call& call) { return ask_lag(call, question); },
        [done, group, expect](const kafka::LagAnswer& answer) { done(group_result(answer, group, expect)); });
}

bool names(const plan::Expect& expect, std::string_view pointer) {
    return std::any_of(expect.json.begin(), expect.json.end(),
                       [&](const plan::JsonExpect& one) { return one.pointer == pointer; });
}

} // namespace

Result<plan::StepResult> group_result(const kafka::LagAnswer& answer, const std::string& group,
                                      const plan::Expect& expect) {
    if (!answer.failure.empty()) {
        return fail(ErrorCode::unreachable, answer.failure, {}, "are the brokers up, and reached from this desk?");
    }
    if (!answer.missing_topics.empty()) {
        return fail(ErrorCode::not_found,
                    fmt::format("the brokers know no topic {}", fmt::join(answer.missing_topics, ", ")), {},
                    "is the name right, and may this user see it?");
    }
    if (!answer.failures.empty()) {
        return fail(answer.refused ? ErrorCode::refused : ErrorCode::unreachable,
                    fmt::format("{}", fmt::join(answer.failures, "; ")), {},
                    answer.refused ? "let this user have the ACL, or use another" : "");
    }
    std::int64_t all = 0;
    int uncommitted = 0;
    Json partitions = Json::array();
    for (const auto& at : answer.partitions) {
        const std::string place = fmt::format("{} {}/{}", at.group, at.topic, at.partition);
        if (!at.trouble.empty()) {
            return fail(ErrorCode::unreachable, place + ": " + at.trouble);
        }
        const auto lag = at.lag();
        if (at.committed && !lag) {
            return fail(ErrorCode::conflict, place + ": the commit lies past the end", {},
                        "was the topic made anew? Set the group's offsets");
        }
        all += lag.value_or(0);
        uncommitted += at.committed ? 0 : 1;
        partitions.push_back({{"topic", at.topic},
                              {"partition", at.partition},
                              {"committed", at.committed ? Json(*at.committed) : Json()},
                              {"end", at.end ? Json(*at.end) : Json()},
                              {"lag", lag ? Json(*lag) : Json()}});
    }
    const bool wanted = names(expect, "/uncommitted");
    if (partitions.empty() || (uncommitted == static_cast<int>(partitions.size()) && !wanted)) {
        return fail(ErrorCode::not_found, fmt::format("group {} has committed nothing", group), {},
                    "is its name right, and has it read these topics? Where it may be so, expect /uncommitted");
    }
    // Without a commit somewhere nobody knows how far behind the group is.
    auto result = result_from({{"lag", uncommitted > 0 ? Json() : Json(all)},
                               {"uncommitted", uncommitted},
                               {"partitions", std::move(partitions)}},
                              static_cast<double>(all), uncommitted == 0 || wanted);
    if (uncommitted > 0) {
        result.number.reset();
        result.no_number = true;
    }
    return result;
}

void read_kafka(const Eyes& eyes, const plan::KafkaRead& read, const std::string& on, const std::string& key,
                Nanos timeout, const plan::Expect& expect, std::function<void(Result<plan::StepResult>)> done) {
    const plan::Scope scope = eyes.scope();
    const auto name = plan::fill(read.name, scope);
    const auto topics = plan::fill(read.topics, scope);
    auto cluster = eyes.connections.kafka(on, net::Pool::polling);
    if (!name || !topics || !cluster) {
        const Error error = !name ? name.error() : !topics ? topics.error() : cluster.error();
        eyes.outside.scheduler.after({}, [done = std::move(done), error] { done(tl::unexpected(error)); });
        return;
    }
    kafka::Cluster& at = **cluster;
    timeout = std::min(timeout, plan::longest_kafka_look); // real time: a rehearsal's clock stands still meanwhile
    switch (read.kind) {
    case plan::KafkaRead::Kind::topic:
        at.topics().describe(*name, {key, timeout, true}, [done = std::move(done)](const Result<kafka::Topic>& topic) {
            done(topic ? Result<plan::StepResult>(result_from(to_json(*topic), topic->partitions,
                                                              topic->leaderless == 0 && topic->under_replicated == 0))
                       : failed(topic));
        });
        return;
    case plan::KafkaRead::Kind::group:
        if (topics->empty()) {
            read_group(at, *name, {}, key, timeout, expect, done);
            return;
        }
        at.topics().partitions(*topics, {key + "#topics", timeout},
                               [cluster = std::weak_ptr(*cluster), group = *name, topics = *topics, key, timeout,
                                expect, done = std::move(done)](const Result<std::map<std::string, int>>& there) {
                                   const auto still = cluster.lock();
                                   if (there && still) {
                                       read_group(*still, group, topics, key, timeout, expect, done);
                                   } else if (!there) {
                                       done(failed(there));
                                   }
                               });
        return;
    case plan::KafkaRead::Kind::brokers:
        at.connection().call<Result<Json>>(
            key, timeout, [](const kafka::Call& call) { return brokers_of(call); },
            [done = std::move(done)](Result<Json> found) {
                if (!found) {
                    done(failed(found));
                    return;
                }
                const double brokers = (*found)["brokers"].get<double>();
                done(result_from(std::move(*found), brokers, brokers > 0));
            });
        return;
    }
}

} // namespace sluice::engine

#include "kafka/offsets.h"

#include "kafka/broker_error.h"
#include "kafka/call.h"
#include "kafka/list_offsets.h"

#include <algorithm>
#include <fmt/format.h>

namespace sluice::kafka {
namespace {

Partitions list_of(const std::vector<Place>& places) {
    Partitions list(rd_kafka_topic_partition_list_new(static_cast<int>(places.size())));
    for (const auto& [topic, partition] : places) {
        rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), partition);
    }
    return list;
}

std::string named(const Place& place) {
    return fmt::format("{}/{}", place.first, place.second);
}

/// What a group's answer says is wrong with it, or with one of its partitions.
std::optional<Error> wrong(const rd_kafka_group_result_t* result, const std::string& group) {
    if (const auto* error = rd_kafka_group_result_error(result)) {
        return error_of(rd_kafka_error_code(error), "group " + group);
    }
    const auto* partitions = rd_kafka_group_result_partitions(result);
    for (int i = 0; partitions != nullptr && i < partitions->cnt; ++i) {
        const auto& element = partitions->elems[i];
        if (element.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
            return error_of(element.err, fmt::format("group {}, {}", group, named({element.topic, element.partition})));
        }
    }
    return std::nullopt;
}

/// What was changed in part settles as something that can have happened: it has to be read back.
Error half_done(Error error) {
    error.code = ErrorCode::unreachable;
    error.what += "; others were changed";
    return error;
}

Result<void> all_good(const rd_kafka_group_result_t** results, std::size_t count, const std::string& group) {
    std::optional<Error> first;
    int good = 0;
    for (std::size_t i = 0; i < count; ++i) {
        auto error = wrong(results[i], group);
        const auto* partitions = rd_kafka_group_result_partitions(results[i]);
        for (int p = 0; partitions != nullptr && p < partitions->cnt; ++p) {
            good += partitions->elems[p].err == RD_KAFKA_RESP_ERR_NO_ERROR ? 1 : 0;
        }
        if (rd_kafka_group_result_error(results[i]) != nullptr) {
            good = 0; // the whole group's
        }
        first = first ? std::move(first) : std::move(error);
    }
    if (first) {
        return tl::unexpected(good > 0 ? half_done(*std::move(first)) : *std::move(first));
    }
    return {};
}

Result<std::map<Place, std::int64_t>> listed(const Call& call, const std::vector<Place>& places, std::int64_t time) {
    std::map<Place, std::int64_t> all;
    ListedOffsets some;
    list_offsets(call, places, time, some);
    for (const auto& place : places) {
        const auto found = some.found.find(place);
        if (found == some.found.end()) {
            const auto trouble = some.troubles.find(place);
            return tl::unexpected(error_of(
                trouble == some.troubles.end() ? RD_KAFKA_RESP_ERR__TIMED_OUT : trouble->second, named(place)));
        }
        all.emplace(place, found->second);
    }
    return all;
}

Result<void> alter(const Call& call, const std::string& group, const Offsets& wanted) {
    const Partitions list(rd_kafka_topic_partition_list_new(static_cast<int>(wanted.size())));
    for (const auto& [place, offset] : wanted) {
        rd_kafka_topic_partition_list_add(list.get(), place.first.c_str(), place.second)->offset = *offset;
    }
    const Queue queue(rd_kafka_queue_new(call.client));
    const Options options = options_for_group(call, RD_KAFKA_ADMIN_OP_ALTERCONSUMERGROUPOFFSETS);
    const AlteredOffsets request(rd_kafka_AlterConsumerGroupOffsets_new(group.c_str(), list.get()));
    auto* pointer = request.get();
    rd_kafka_AlterConsumerGroupOffsets(call.client, &pointer, 1, options.get(), queue.get());
    const auto event = answer_of(call, queue.get(), RD_KAFKA_EVENT_ALTERCONSUMERGROUPOFFSETS_RESULT, "group " + group);
    if (!event) {
        return failed(event);
    }
    std::size_t count = 0;
    const auto* result = rd_kafka_event_AlterConsumerGroupOffsets_result(event->get());
    const auto** groups = rd_kafka_AlterConsumerGroupOffsets_result_groups(result, &count);
    return all_good(groups, count, group);
}

Result<void> forget(const Call& call, const std::string& group, const std::vector<Place>& places) {
    const Partitions list = list_of(places);
    const Queue queue(rd_kafka_queue_new(call.client));
    const Options options = options_for_group(call, RD_KAFKA_ADMIN_OP_DELETECONSUMERGROUPOFFSETS);
    const ForgottenOffsets request(rd_kafka_DeleteConsumerGroupOffsets_new(group.c_str(), list.get()));
    auto* pointer = request.get();
    rd_kafka_DeleteConsumerGroupOffsets(call.client, &pointer, 1, options.get(), queue.get());
    const auto event = answer_of(call, queue.get(), RD_KAFKA_EVENT_DELETECONSUMERGROUPOFFSETS_RESULT, "group " + group);
    if (!event) {
        return failed(event);
    }
    std::size_t count = 0;
    const auto* result = rd_kafka_event_DeleteConsumerGroupOffsets_result(event->get());
    const auto** groups = rd_kafka_DeleteConsumerGroupOffsets_result_groups(result, &count);
    return all_good(groups, count, group);
}

} // namespace

std::vector<Place> places_of(const std::map<std::string, int>& partitions) {
    std::vector<Place> places;
    for (const auto& [topic, count] : partitions) {
        for (int i = 0; i < count; ++i) {
            places.emplace_back(topic, i);
        }
    }
    return places;
}

namespace {

Result<Offsets> ask_commits(const Call& call, const std::string& group, const std::vector<Place>& places) {
    const Partitions list = list_of(places);
    const Queue queue(rd_kafka_queue_new(call.client));
    const Options options = options_for_group(call, RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPOFFSETS);
    const GroupOffsets request(rd_kafka_ListConsumerGroupOffsets_new(group.c_str(), list.get()));
    auto* pointer = request.get();
    rd_kafka_ListConsumerGroupOffsets(call.client, &pointer, 1, options.get(), queue.get());
    const auto event = answer_of(call, queue.get(), RD_KAFKA_EVENT_LISTCONSUMERGROUPOFFSETS_RESULT, "group " + group);
    if (!event) {
        return failed(event);
    }
    Offsets offsets;
    std::size_t count = 0;
    const auto* result = rd_kafka_event_ListConsumerGroupOffsets_result(event->get());
    const auto** groups = rd_kafka_ListConsumerGroupOffsets_result_groups(result, &count);
    for (std::size_t i = 0; i < count; ++i) {
        if (auto error = wrong(groups[i], group)) {
            return tl::unexpected(*std::move(error));
        }
        const auto* partitions = rd_kafka_group_result_partitions(groups[i]);
        for (int p = 0; partitions != nullptr && p < partitions->cnt; ++p) {
            const auto& element = partitions->elems[p];
            offsets[{element.topic, element.partition}] =
                element.offset >= 0 ? std::optional<std::int64_t>(element.offset) : std::nullopt;
        }
    }
    for (const auto& place : places) {
        offsets.try_emplace(place, std::nullopt);
    }
    return offsets;
}

/// One figure of an aim, against the log that it is for.
struct Log {
    const Place& place;
    std::int64_t start, end;

    Result<std::int64_t> has(std::int64_t wanted, std::int64_t& gone) const {
        if (wanted > end) {
            return fail(ErrorCode::conflict,
                        fmt::format("{} has no offset {}: it goes from {} to {}", named(place), wanted, start, end), {},
                        "was the topic made anew? Name earliest, latest or an instant, or an offset that each has");
        }
        gone += std::max<std::int64_t>(start - wanted, 0);
        return std::max(wanted, start);
    }
};

/// Offsets of a partition that there is no more can't be put back.
Result<void> all_there(const Aim& aim, const std::vector<Place>& places) {
    for (const auto& [place, offset] : aim.given) {
        const bool of_these = std::any_of(places.begin(), places.end(),
                                          [&topic = place.first](const Place& one) { return one.first == topic; });
        if (of_these && offset && std::find(places.begin(), places.end(), place) == places.end()) {
            return fail(ErrorCode::conflict, named(place) + " was given, and is no partition any more", {},
                        "was the topic made anew? Name earliest, latest or an instant");
        }
    }
    return {};
}

} // namespace

Result<Offsets> committed(const Call& call, const std::string& group, const std::vector<Place>& places) {
    if (auto late = too_late(call, "group " + group)) {
        return tl::unexpected(*std::move(late));
    }
    return once_settled(call, group, [&](const Call& at) { return ask_commits(at, group, places); });
}

Result<Move> resolve_move(const Call& call, const std::string& group, const std::vector<Place>& places,
                          const Aim& aim) {
    auto before = committed(call, group, places);
    const auto whole = before ? whole_log(call) : Result<Call>(failed(before));
    const auto ends =
        whole ? listed(*whole, places, RD_KAFKA_OFFSET_END) : Result<std::map<Place, std::int64_t>>(failed(whole));
    if (!ends) {
        return failed(ends);
    }
    Move move{std::move(*before), {}, {}};
    if (aim.kind == Aim::Kind::latest) {
        move.after.insert(ends->begin(), ends->end());
        return move;
    }
    const auto starts = listed(*whole, places, RD_KAFKA_OFFSET_BEGINNING);
    const auto found = aim.kind == Aim::Kind::instant ? listed(*whole, places, aim.figure) : starts;
    if (!starts || !found) {
        return starts ? failed(found) : failed(starts);
    }
    if (const auto there = all_there(aim, places); !there) {
        return failed(there);
    }
    std::int64_t gone = 0;
    for (const auto& place : places) {
        const Log log{place, starts->at(place), ends->at(place)};
        auto wanted = aim.kind == Aim::Kind::offset ? std::optional(aim.figure) : std::nullopt;
        if (aim.kind == Aim::Kind::given) {
            const auto given = aim.given.find(place);
            if (given == aim.given.end()) {
                move.after[place] = move.before.at(place);
                move.notes.push_back(named(place) + " is new and stays as it is");
                continue;
            }
            wanted = given->second;
        } else if (!wanted) {
            const std::int64_t at = found->at(place);
            wanted = at >= 0 ? at : log.end; // nothing is as young
        }
        const auto figure = wanted ? log.has(*wanted, gone) : Result<std::int64_t>(0);
        if (!figure) {
            return failed(figure);
        }
        move.after[place] = wanted ? std::optional(*figure) : std::nullopt;
    }
    if (gone > 0) {
        move.notes.push_back(fmt::format("{} message{} gone from the log", gone, gone == 1 ? " is" : "s are"));
    }
    return move;
}

Result<void> commit(const Call& call, const std::string& group, const Move& move) {
    if (auto late = too_late(call, "group " + group)) {
        late->code = ErrorCode::refused; // nothing was sent
        return tl::unexpected(*std::move(late));
    }
    Offsets wanted;
    std::vector<Place> forgotten;
    for (const auto& [place, offset] : move.after) {
        const auto before = move.before.find(place);
        if (offset) {
            wanted[place] = offset;
        } else if (before != move.before.end() && before->second) {
            forgotten.push_back(place);
        }
    }
    if (!forgotten.empty()) {
        auto done = once_settled(call, group, [&](const Call& at) { return forget(at, group, forgotten); });
        if (!done || wanted.empty()) {
            return done;
        }
    }
    auto done = wanted.empty() ? Result<void>()
                               : once_settled(call, group, [&](const Call& at) { return alter(at, group, wanted); });
    if (!done && !forgotten.empty()) {
        return tl::unexpected(half_done(done.error()));
    }
    return done;
}

} // namespace sluice::kafka

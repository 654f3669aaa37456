#include "kafka/offsets.h"

#include "base/instant.h"
#include "kafka/broker_error.h"
#include "kafka/list_offsets.h"

#include <algorithm>
#include <charconv>
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

Result<void> all_good(const rd_kafka_group_result_t** results, std::size_t count, const std::string& group) {
    for (std::size_t i = 0; i < count; ++i) {
        if (auto error = wrong(results[i], group)) {
            return tl::unexpected(*std::move(error));
        }
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
    const Options options = options_for(call, RD_KAFKA_ADMIN_OP_ALTERCONSUMERGROUPOFFSETS);
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
    const Options options = options_for(call, RD_KAFKA_ADMIN_OP_DELETECONSUMERGROUPOFFSETS);
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

Json to_json(const Offsets& offsets) {
    Json json = Json::object();
    for (const auto& [place, offset] : offsets) {
        json[place.first][std::to_string(place.second)] = offset ? Json(*offset) : Json();
    }
    return json;
}

Result<Offsets> offsets_from(const Json& json) {
    const auto refuse = [] {
        return fail(ErrorCode::bad_input, "these are no offsets by topic and partition", {},
                    "{topic: {partition: offset}}, as the `before` of a set-offsets");
    };
    if (!json.is_object()) {
        return refuse();
    }
    Offsets offsets;
    for (const auto& [topic, partitions] : json.items()) {
        if (!partitions.is_object()) {
            return refuse();
        }
        for (const auto& [key, offset] : partitions.items()) {
            std::int32_t partition = -1;
            const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), partition);
            const bool figure = offset.is_null() || (offset.is_number_integer() && offset.get<std::int64_t>() >= 0);
            if (error != std::errc() || end != key.data() + key.size() || partition < 0 || !figure) {
                return refuse();
            }
            offsets[{topic, partition}] = offset.is_null() ? std::nullopt : std::optional(offset.get<std::int64_t>());
        }
    }
    return offsets;
}

Result<Aim> parse_aim(const std::string& text) {
    Aim aim;
    if (text == "earliest" || text == "latest") {
        aim.kind = text == "latest" ? Aim::Kind::latest : Aim::Kind::earliest;
        return aim;
    }
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), aim.figure);
    if (error == std::errc() && end == text.data() + text.size() && aim.figure >= 0) {
        aim.kind = Aim::Kind::offset;
        return aim;
    }
    if (text.starts_with('{')) {
        const auto json = parse_json(text, "offsets");
        auto given = json ? offsets_from(*json) : Result<Offsets>(failed(json));
        if (!given) {
            return failed(given);
        }
        aim.kind = Aim::Kind::given;
        aim.given = std::move(*given);
        return aim;
    }
    if (const auto instant = parse_instant(text, {}); instant && !text.starts_with('T')) {
        aim.kind = Aim::Kind::instant;
        aim.figure = instant->count / 1'000'000;
        return aim;
    }
    return fail(ErrorCode::bad_input, "'" + text.substr(0, 120) + "' is no place in a topic", {},
                "earliest, latest, an offset, or an instant such as 2026-01-06T02:00:00Z");
}

std::vector<Place> places_of(const std::map<std::string, int>& partitions) {
    std::vector<Place> places;
    for (const auto& [topic, count] : partitions) {
        for (int i = 0; i < count; ++i) {
            places.emplace_back(topic, i);
        }
    }
    return places;
}

Result<Offsets> committed(const Call& call, const std::string& group, const std::vector<Place>& places) {
    const Partitions list = list_of(places);
    const Queue queue(rd_kafka_queue_new(call.client));
    const Options options = options_for(call, RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPOFFSETS);
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

Result<Move> resolve_move(const Call& call, const std::string& group, const std::vector<Place>& places,
                          const Aim& aim) {
    auto before = committed(call, group, places);
    if (!before) {
        return failed(before);
    }
    Move move{std::move(*before), {}};
    if (aim.kind == Aim::Kind::given) {
        for (const auto& place : places) {
            const auto given = aim.given.find(place);
            if (given == aim.given.end()) {
                return fail(ErrorCode::bad_input, "the offsets that were given say nothing about " + named(place));
            }
            move.after.insert(*given);
        }
        return move;
    }
    const auto ends = listed(call, places, RD_KAFKA_OFFSET_END);
    if (!ends) {
        return failed(ends);
    }
    if (aim.kind == Aim::Kind::latest) {
        move.after.insert(ends->begin(), ends->end());
        return move;
    }
    const auto found = listed(call, places, aim.kind == Aim::Kind::instant ? aim.figure : RD_KAFKA_OFFSET_BEGINNING);
    if (!found) {
        return failed(found);
    }
    for (const auto& [place, offset] : *found) {
        const std::int64_t end = ends->at(place);
        if (aim.kind != Aim::Kind::offset) {
            move.after[place] = offset >= 0 ? offset : end; // nothing is as young
        } else if (aim.figure < offset || aim.figure > end) {
            return fail(
                ErrorCode::bad_input,
                fmt::format("{} has no offset {}: it goes from {} to {}", named(place), aim.figure, offset, end), {},
                "name one that each partition has, or an instant");
        } else {
            move.after[place] = aim.figure;
        }
    }
    return move;
}

Result<void> commit(const Call& call, const std::string& group, const Move& move) {
    if (call.over()) {
        return fail(ErrorCode::refused, "group " + group + ": its turn did not come in time; nothing was sent", {},
                    "try again");
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
    if (!wanted.empty()) {
        if (auto altered = alter(call, group, wanted); !altered) {
            return altered;
        }
    }
    return forgotten.empty() ? Result<void>() : forget(call, group, forgotten);
}

} // namespace sluice::kafka

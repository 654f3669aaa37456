#include "plan/kafka_aim.h"

#include "base/instant.h"

#include <charconv>

namespace sluice::plan {

Json to_json(const CommittedOffsets& offsets) {
    Json json = Json::object();
    for (const auto& [place, offset] : offsets) {
        json[place.first][std::to_string(place.second)] = offset ? Json(*offset) : Json();
    }
    return json;
}

Result<CommittedOffsets> offsets_from(const Json& json) {
    const auto refuse = [] {
        return fail(ErrorCode::bad_input, "these are no offsets by topic and partition", {},
                    "{topic: {partition: offset}}, as the `before` of a set-offsets");
    };
    if (!json.is_object()) {
        return refuse();
    }
    CommittedOffsets offsets;
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

Result<KafkaAim> parse_aim(const std::string& text) {
    KafkaAim aim;
    if (text == "earliest" || text == "latest") {
        aim.kind = text == "latest" ? KafkaAim::Kind::latest : KafkaAim::Kind::earliest;
        return aim;
    }
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), aim.figure);
    if (error == std::errc() && end == text.data() + text.size() && aim.figure >= 0) {
        aim.kind = KafkaAim::Kind::offset;
        return aim;
    }
    if (text.starts_with('{')) {
        const auto json = parse_json(text, "offsets");
        auto given = json ? offsets_from(*json) : Result<CommittedOffsets>(failed(json));
        if (!given) {
            return failed(given);
        }
        aim.kind = KafkaAim::Kind::given;
        aim.given = std::move(*given);
        return aim;
    }
    if (const auto instant = parse_instant(text, {}); instant && !text.starts_with('T')) {
        aim.kind = KafkaAim::Kind::instant;
        aim.figure = instant->count / 1'000'000;
        return aim;
    }
    return fail(ErrorCode::bad_input, "'" + text.substr(0, 120) + "' is no place in a topic", {},
                "earliest, latest, an offset, or an instant such as 2026-01-06T02:00:00Z");
}

} // namespace sluice::plan

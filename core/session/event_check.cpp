#include "session/event_check.h"

#include "base/json.h"

#include <fmt/format.h>

namespace sluice::session {

std::string wrong_with_body(std::int64_t seq, Nanos time, std::string_view body) {
    const auto parsed = parse_json(body, {});
    if (!parsed) {
        return "its body is " + parsed.error().what;
    }
    const auto bytes = canonical(*parsed);
    if (!bytes) {
        return "its body is " + bytes.error().what;
    }
    if (*bytes != body) {
        return "its body is not in canonical form";
    }
    if (!parsed->is_object()) {
        return "its body is not an object";
    }
    const auto in_body = parsed->find("seq");
    if (in_body == parsed->end() || !in_body->is_number_integer() || in_body->get<std::int64_t>() != seq) {
        return "the seq in its body is not that of its column";
    }
    const auto time_in_body = parsed->find("time");
    if (time_in_body == parsed->end() || !time_in_body->is_string() ||
        time_in_body->get_ref<const std::string&>() != nanos_text(time)) {
        return "the time in its body is not that of its column";
    }
    const auto type = parsed->find("type");
    if (type == parsed->end() || !type->is_string()) {
        return "its body has no type";
    }
    return {};
}

std::optional<EventCheck::Fault> EventCheck::take(const EventRecord& event) {
    const auto expected = static_cast<std::int64_t>(range_.size()) + 1;
    if (event.seq != expected) {
        return Fault{expected,
                     event.seq == expected - 1
                         ? fmt::format("event {} is missing: event {} stands there again", expected, event.seq)
                         : fmt::format("event {} is missing: {} stands in its place", expected, event.seq)};
    }
    if (std::string wrong = wrong_with_body(event.seq, event.time, event.body); !wrong.empty()) {
        return Fault{expected, fmt::format("event {} was altered: {}", expected, wrong)};
    }
    range_.add(leaf_hash(event.body));
    if (range_.root() != event.root) {
        return Fault{expected, fmt::format("event {} was altered: its body does not give its root", expected)};
    }
    return std::nullopt;
}

} // namespace sluice::session

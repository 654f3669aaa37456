/// Bodies to JSON and back: name and version of each type here, its fields in event_fields.cpp.
#include "release/event_fields.h"

#include <fmt/format.h>

#include <limits>
#include <stdexcept>

namespace sluice::release {
namespace {

struct Type {
    const char* name;
    int version;
};

/// In the order of `Body`'s alternatives.
constexpr Type types[] = {
    {"session-opened", 1},
    {"session-resumed", 1},
    {"session-closed", 1},
    {"clock-jumped", 1},
    {"phase-waiting", 1},
    {"phase-started", 1},
    {"phase-finished", 1},
    {"step-started", 1},
    {"step-waiting", 1},
    {"step-not-applicable", 1},
    {"step-probed", 1},
    {"output-taken", 1},
    {"step-finished", 1},
    {"triage-opened", 1},
    {"retry-planned", 1},
    {"triage-answered", 1},
    {"intent", 1},
    {"observed", 1},
    {"settled", 1},
    {"in-doubt", 1},
    {"doubt-answered", 1},
    {"confirmed", 1},
    {"approved", 1},
    {"refused", 1},
    {"decided", 1},
    {"advanced", 1},
    {"overridden", 1},
    {"noted", 1},
    {"paused", 1},
    {"continued", 1},
    {"aborted", 1},
    {"gate-changed", 1},
    {"hold-changed", 1},
    {"hold-heartbeat", 1},
    {"trigger-changed", 1},
    {"source-changed", 1},
    {"rollback-started", 1},
    {"rollback-finished", 1},
    {"rollback-readiness", 1},
    {"shift-asked", 1},
    {"copy-changed", 1},
    {"plan-amended", 1},
    {"window-ended", 1},
    {"window-reopened", 1},
    {"step-overdue", 1},
    {"step-expired", 1},
    {"escalated", 1},
    {"told", 1},
    {"released", 1},
    {"severity-declared", 1},
    {"attested", 1},
    {"policy-bound", 1},
    {"bridge-joined", 1},
    {"bridge-left", 1},
    {"lead-handed-over", 1},
    {"signature-asked", 1},
    {"approval-expired", 1},
    {"glass-broken", 1},
    {"approval-overdue", 1},
    {"approved-afterwards", 1},
    {"approval-asked-again", 1},
    {"baseline-captured", 1},
    {"proposal-answered", 1},
    {"way-back-closed", 1},
    {"stop-asked", 1},
    {"severity-cleared", 1},
    {"alert-changed", 1},
    {"alert-sent", 1},
    {"alert-told", 1},
    {"alert-acknowledged", 1},
};
static_assert(std::size(types) == std::variant_size_v<AnyBody>);

class Write : public Fields {
public:
    Json json = Json::object();

    void operator()(const char* name, std::string& value) override { json[name] = std::move(value); }
    void operator()(const char* name, bool& value) override { json[name] = value; }
    void operator()(const char* name, int& value) override { json[name] = value; }
    void operator()(const char* name, std::int64_t& value) override { json[name] = value; }
    void operator()(const char* name, Nanos& value) override { json[name] = nanos_text(value); }
    void operator()(const char* name, Actor& value) override {
        json[name] = {{"name", value.name}, {"role", value.role}};
    }
    void operator()(const char* name, std::vector<std::string>& value) override { json[name] = value; }
    void operator()(const char* name, std::map<std::string, std::string>& value) override { json[name] = value; }
    void operator()(const char* name, Json& value) override { json[name] = std::move(value); }
};

[[noreturn]] void unfit(const char* name, const char* what) {
    throw std::invalid_argument(fmt::format("'{}' must be {}", name, what));
}

std::int64_t integer(const char* name, const Json& json) {
    const bool too_large =
        json.is_number_unsigned() &&
        json.get<std::uint64_t>() > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (!json.is_number_integer() || too_large) {
        unfit(name, "an integer");
    }
    return json.get<std::int64_t>();
}

const std::string& text(const char* name, const Json& json) {
    if (!json.is_string()) {
        unfit(name, "text");
    }
    return json.get_ref<const std::string&>();
}

Nanos nanos(const char* name, const Json& json) {
    const auto parsed = parse_nanos(text(name, json));
    if (!parsed) {
        unfit(name, "nanoseconds as text");
    }
    return *parsed;
}

/// Leaves what is not there at its default; throws at what is there and of another type.
class Read : public Fields {
public:
    explicit Read(const Json& json) : json_(json) {}

    void operator()(const char* name, std::string& value) override {
        take(name, [&](const Json& json) { value = text(name, json); });
    }
    void operator()(const char* name, bool& value) override {
        take(name, [&](const Json& json) {
            json.is_boolean() ? void(value = json.get<bool>()) : unfit(name, "true or false");
        });
    }
    void operator()(const char* name, int& value) override {
        take(name, [&](const Json& json) {
            const std::int64_t wide = integer(name, json);
            value = static_cast<int>(wide);
            if (value != wide) {
                unfit(name, "a small integer");
            }
        });
    }
    void operator()(const char* name, std::int64_t& value) override {
        take(name, [&](const Json& json) { value = integer(name, json); });
    }
    void operator()(const char* name, Nanos& value) override {
        take(name, [&](const Json& json) { value = nanos(name, json); });
    }
    void operator()(const char* name, Actor& value) override {
        take(name, [&](const Json& json) {
            Read part(object(name, json));
            part("name", value.name);
            part("role", value.role);
        });
    }
    void operator()(const char* name, std::vector<std::string>& value) override {
        take(name, [&](const Json& json) {
            if (!json.is_array()) {
                unfit(name, "a list");
            }
            for (const auto& item : json) {
                value.push_back(text(name, item));
            }
        });
    }
    void operator()(const char* name, std::map<std::string, std::string>& value) override {
        take(name, [&](const Json& json) {
            for (const auto& [key, item] : object(name, json).items()) {
                value[key] = text(name, item);
            }
        });
    }
    void operator()(const char* name, Json& value) override {
        take(name, [&](const Json& json) { value = json; });
    }

    static const Json& object(const char* name, const Json& json) {
        if (!json.is_object()) {
            unfit(name, "an object");
        }
        return json;
    }

private:
    template <typename Use>
    void take(const char* name, const Use& use) {
        const auto found = json_.find(name);
        if (found != json_.end()) {
            use(*found);
        }
    }
    const Json& json_;
};

template <std::size_t... Index>
Body empty_body(std::size_t index, std::index_sequence<Index...>) {
    Body body;
    ((index == Index ? void(body.emplace<Index>()) : void()), ...);
    return body;
}

} // namespace

const char* type_name(const Body& body) {
    return types[body.index()].name;
}

Json to_json(const Event& event) {
    Body body = event.body;
    Write write;
    visit_fields(body, write);
    return {{"seq", event.seq},
            {"time", nanos_text(event.time)},
            {"type", types[event.body.index()].name},
            {"v", types[event.body.index()].version},
            {"data", std::move(write.json)}};
}

Result<Event> event_from_json(const Json& json) {
    try {
        const std::string& type = text("type", json.at("type"));
        const std::int64_t version = integer("v", json.at("v"));
        for (std::size_t i = 0; i < std::size(types); ++i) {
            if (type == types[i].name && version == types[i].version) {
                Event event{integer("seq", json.at("seq")), nanos("time", json.at("time")),
                            empty_body(i, std::make_index_sequence<std::variant_size_v<AnyBody>>())};
                Read read(Read::object("data", json.at("data")));
                visit_fields(event.body, read);
                return event;
            }
        }
        return fail(ErrorCode::corrupt, fmt::format("an event of type '{}', version {} is not known", type, version),
                    {}, "open the session with the newer program that wrote it");
    } catch (const std::exception& error) {
        return fail(ErrorCode::corrupt, std::string("not an event: ") + error.what());
    }
}

} // namespace sluice::release

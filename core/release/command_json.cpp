/// Person's commands over the local socket and `sluicectl do`.
#include "release/command.h"

#include <algorithm>
#include <map>

namespace sluice::release {

Command::Command(const Command& other) = default;
Command::Command(Command&& other) noexcept = default;
Command& Command::operator=(const Command& other) = default;
Command& Command::operator=(Command&& other) noexcept = default;
Command::~Command() = default;

namespace {

/// Takes members out one by one, so that whatever is left was not understood.
class Members {
public:
    explicit Members(const Json& json) : left_(json) {}

    std::string text(const char* key, bool needed = false) {
        const auto found = left_.find(key);
        if (found == left_.end()) {
            if (needed) {
                throw std::invalid_argument(std::string("'") + key + "' is missing");
            }
            return {};
        }
        if (!found->is_string()) {
            throw std::invalid_argument(std::string("'") + key + "' must be text");
        }
        auto value = found->get<std::string>();
        left_.erase(found);
        return value;
    }
    bool flag(const char* key) {
        const auto found = left_.find(key);
        if (found == left_.end()) {
            return false;
        }
        if (!found->is_boolean()) {
            throw std::invalid_argument(std::string("'") + key + "' must be true or false");
        }
        const bool value = found->get<bool>();
        left_.erase(found);
        return value;
    }
    plan::Weights weights(const char* key) {
        const auto found = left_.find(key);
        if (found == left_.end() || !found->is_object() || found->empty()) {
            throw std::invalid_argument(std::string("'") + key + "' must be an object of whole per cents by arm");
        }
        plan::Weights weights;
        for (const auto& [arm, weight] : found->items()) {
            if (!weight.is_number_integer() || weight < 0 || weight > 100) {
                throw std::invalid_argument("the weight of " + arm + " must be a whole number from 0 to 100");
            }
            weights[arm] = weight.get<int>();
        }
        left_.erase(found);
        return weights;
    }
    /// {"name": "text"}; empty where it is left out.
    std::map<std::string, std::string> named_texts(const char* key) {
        std::map<std::string, std::string> texts;
        const auto found = left_.find(key);
        if (found == left_.end()) {
            return texts;
        }
        const bool all = found->is_object() &&
                         std::all_of(found->begin(), found->end(), [](const Json& text) { return text.is_string(); });
        if (!all) {
            throw std::invalid_argument(std::string("'") + key + "' must be an object of texts");
        }
        for (const auto& [name, text] : found->items()) {
            texts[name] = text.get<std::string>();
        }
        left_.erase(found);
        return texts;
    }
    std::vector<std::string> texts(const char* key) {
        std::vector<std::string> all;
        const auto found = left_.find(key);
        if (found == left_.end()) {
            return all;
        }
        for (const auto& item : found->is_array() ? *found : Json::array({nullptr})) {
            if (!item.is_string()) {
                throw std::invalid_argument(std::string("'") + key + "' must be a list of text");
            }
            all.push_back(item.get<std::string>());
        }
        left_.erase(found);
        return all;
    }
    /// The members of an object at a key; nothing if there is none.
    std::optional<Members> part(const char* key) {
        const auto found = left_.find(key);
        if (found == left_.end()) {
            return std::nullopt;
        }
        if (!found->is_object()) {
            throw std::invalid_argument(std::string("'") + key + "' must be an object");
        }
        Members members(*found);
        left_.erase(found);
        return members;
    }
    void done() const {
        if (!left_.empty()) {
            throw std::invalid_argument("'" + left_.begin().key() + "' is not known here");
        }
    }

private:
    Json left_;
};

std::optional<SignedAnswer> read_answer(Members& m) {
    auto part = m.part("signed");
    if (!part) {
        return std::nullopt;
    }
    SignedAnswer answer{part->text("statement", true), part->text("signature", true)};
    part->done();
    return answer;
}

std::optional<Actor> read_attested(Members& m) {
    auto part = m.part("attested");
    if (!part) {
        return std::nullopt;
    }
    Actor person{part->text("name", true), part->text("role")};
    part->done();
    return person;
}

Command read(const std::string& what, Members& m) {
    if (what == "confirm") {
        return Confirm{m.text("step", true), m.text("evidence"), m.flag("refuse"), m.text("reason"), read_answer(m)};
    }
    if (what == "attest") {
        return Attest{m.text("step", true), m.text("evidence"), m.flag("refuse"), m.text("reason"), read_answer(m)};
    }
    if (what == "approve") {
        return Approve{m.text("step", true), m.flag("refuse"), m.text("reason"), read_attested(m), read_answer(m)};
    }
    if (what == "ask-signature") {
        return AskSignature{m.text("step", true)};
    }
    if (what == "break-glass") {
        return BreakGlass{m.text("step", true), m.text("reason")};
    }
    if (what == "hand-over") {
        return HandOver{m.text("to", true), m.text("reason")};
    }
    if (what == "join") {
        return Join{m.text("person", true), m.texts("roles")};
    }
    if (what == "leave") {
        return Leave{m.text("person", true)};
    }
    if (what == "decide") {
        return Decide{m.text("step", true), m.text("choice", true), m.text("reason")};
    }
    if (what == "advance") {
        return Advance{m.text("step", true)};
    }
    if (what == "retry") {
        return Retry{m.text("step", true), m.text("reason")};
    }
    if (what == "skip") {
        return Skip{m.text("step", true), m.text("reason"), m.named_texts("outputs")};
    }
    if (what == "override") {
        return Override{m.text("step", true), m.text("gate"), m.text("reason")};
    }
    if (what == "pause") {
        return Pause{m.text("reason")};
    }
    if (what == "continue") {
        return Continue{};
    }
    if (what == "abort") {
        return Abort{m.text("reason")};
    }
    if (what == "roll-back") {
        return RollBack{m.text("option"), "", m.text("reason")};
    }
    if (what == "note") {
        return Note{m.text("text", true), m.text("step")};
    }
    if (what == "shift") {
        return Shift{m.text("traffic", true), m.weights("weights"), m.text("reason")};
    }
    if (what == "amend") {
        return Amend{m.text("plan", true), m.text("reason"), m.named_texts("includes"), {}, m.flag("break-glass")};
    }
    if (what == "resolve") {
        return ResolveDoubt{m.text("operation", true), m.text("answer", true), m.text("reason"),
                            m.named_texts("outputs")};
    }
    if (what == "severity") {
        return Severity{m.text("level", true), m.text("reason")};
    }
    if (what == "decline") {
        return Decline{m.text("trigger", true), m.text("reason")};
    }
    if (what == "ack") {
        return Acknowledge{m.text("alert", true), m.text("reason")};
    }
    if (what == "close") {
        return CloseWayBack{m.text("reason")};
    }
    if (what == "stop") {
        return Stop{m.text("step", true), m.text("reason")};
    }
    throw std::invalid_argument("'" + what + "' is not a command");
}

struct Write {
    static Json with(Json json, const std::optional<SignedAnswer>& answer) {
        if (answer) {
            json["signed"] = {{"statement", answer->statement}, {"signature", answer->signature}};
        }
        return json;
    }
    static Json with(Json json, const std::map<std::string, std::string>& outputs) {
        if (!outputs.empty()) {
            json["outputs"] = outputs;
        }
        return json;
    }
    Json operator()(const Confirm& c) const {
        return with(
            {{"do", "confirm"}, {"step", c.step}, {"evidence", c.evidence}, {"refuse", c.refuse}, {"reason", c.reason}},
            c.answer);
    }
    Json operator()(const Attest& c) const {
        return with(
            {{"do", "attest"}, {"step", c.step}, {"evidence", c.evidence}, {"refuse", c.refuse}, {"reason", c.reason}},
            c.answer);
    }
    Json operator()(const Approve& c) const {
        Json json = with({{"do", "approve"}, {"step", c.step}, {"refuse", c.refuse}, {"reason", c.reason}}, c.answer);
        if (c.attested) {
            json["attested"] = {{"name", c.attested->name}, {"role", c.attested->role}};
        }
        return json;
    }
    Json operator()(const AskSignature& c) const { return {{"do", "ask-signature"}, {"step", c.step}}; }
    Json operator()(const BreakGlass& c) const {
        return {{"do", "break-glass"}, {"step", c.step}, {"reason", c.reason}};
    }
    Json operator()(const HandOver& c) const { return {{"do", "hand-over"}, {"to", c.to}, {"reason", c.reason}}; }
    Json operator()(const Join& c) const { return {{"do", "join"}, {"person", c.person}, {"roles", c.roles}}; }
    Json operator()(const Leave& c) const { return {{"do", "leave"}, {"person", c.person}}; }
    Json operator()(const Decide& c) const {
        return {{"do", "decide"}, {"step", c.step}, {"choice", c.choice}, {"reason", c.reason}};
    }
    Json operator()(const Advance& c) const { return {{"do", "advance"}, {"step", c.step}}; }
    Json operator()(const Retry& c) const { return {{"do", "retry"}, {"step", c.step}, {"reason", c.reason}}; }
    Json operator()(const Skip& c) const {
        return with({{"do", "skip"}, {"step", c.step}, {"reason", c.reason}}, c.outputs);
    }
    Json operator()(const Override& c) const {
        return {{"do", "override"}, {"step", c.subject}, {"gate", c.gate}, {"reason", c.reason}};
    }
    Json operator()(const Pause& c) const { return {{"do", "pause"}, {"reason", c.reason}}; }
    Json operator()(const Continue&) const { return {{"do", "continue"}}; }
    Json operator()(const Abort& c) const { return {{"do", "abort"}, {"reason", c.reason}}; }
    Json operator()(const RollBack& c) const {
        return {{"do", "roll-back"}, {"option", c.option}, {"reason", c.reason}};
    }
    Json operator()(const Note& c) const { return {{"do", "note"}, {"text", c.text}, {"step", c.step}}; }
    Json operator()(const Shift& c) const {
        return {{"do", "shift"}, {"traffic", c.traffic}, {"weights", c.weights}, {"reason", c.reason}};
    }
    Json operator()(const ResolveDoubt& c) const {
        return with({{"do", "resolve"}, {"operation", c.operation}, {"answer", c.answer}, {"reason", c.reason}},
                    c.outputs);
    }
    Json operator()(const Amend& c) const {
        Json json = {{"do", "amend"}, {"plan", c.plan_source}, {"reason", c.reason}, {"includes", c.includes}};
        if (c.break_glass) {
            json["break-glass"] = true;
        }
        return json;
    }
    Json operator()(const Severity& c) const { return {{"do", "severity"}, {"level", c.level}, {"reason", c.reason}}; }
    Json operator()(const Decline& c) const {
        return {{"do", "decline"}, {"trigger", c.trigger}, {"reason", c.reason}};
    }
    Json operator()(const Acknowledge& c) const { return {{"do", "ack"}, {"alert", c.alert}, {"reason", c.reason}}; }
    Json operator()(const CloseWayBack& c) const { return {{"do", "close"}, {"reason", c.reason}}; }
    Json operator()(const Stop& c) const { return {{"do", "stop"}, {"step", c.step}, {"reason", c.reason}}; }
    template <typename Other>
    Json operator()(const Other&) const {
        return nullptr; // the engine's own: they never travel
    }
};

} // namespace

Result<Command> command_from_json(const Json& json) {
    try {
        Members members(json);
        const std::string what = members.text("do", true);
        Command command = read(what, members);
        members.done();
        return command;
    } catch (const std::exception& error) {
        return fail(ErrorCode::bad_input, std::string("not a command: ") + error.what(), {},
                    "confirm, approve, decide, advance, retry, skip, override, pause, continue, abort, roll-back, "
                    "note, resolve, shift, amend, severity, attest, break-glass, hand-over, join, "
                    "leave, decline, stop, close, ack");
    }
}

Json to_json(const Command& command) {
    return std::visit(Write{}, command);
}

} // namespace sluice::release

#include "release/command.h"
#include "release/event_fields.h"
#include "support/suite.h"

#include <QtTest>
#include <fmt/format.h>
#include <set>

using namespace sluice;
using namespace sluice::release;

namespace {

/// Puts something of its own into every field.
class Fill : public Fields {
public:
    void operator()(const char* name, std::string& value) override { value = text(name); }
    void operator()(const char*, bool& value) override { value = true; }
    void operator()(const char*, int& value) override { value = ++n_; }
    void operator()(const char*, std::int64_t& value) override { value = (std::int64_t{1} << 40) + ++n_; }
    void operator()(const char*, Nanos& value) override { value = Nanos{1'767'600'000'123'456'789 + ++n_}; }
    void operator()(const char* name, Actor& value) override { value = {text(name), text("role")}; }
    void operator()(const char* name, std::vector<std::string>& value) override {
        value = {text(name), "", "ü \"\\\n"};
    }
    void operator()(const char* name, std::map<std::string, std::string>& value) override {
        value = {{"a", text(name)}, {"b", ""}};
    }
    void operator()(const char* name, Json& value) override { value = {{name, {1, nullptr, true, "x"}}}; }

private:
    std::string text(const char* name) { return fmt::format("{}-{} ö", name, ++n_); }
    int n_ = 0;
};

class Count : public Fields {
public:
    void operator()(const char*, std::string&) override { ++fields; }
    void operator()(const char*, bool&) override { ++fields; }
    void operator()(const char*, int&) override { ++fields; }
    void operator()(const char*, std::int64_t&) override { ++fields; }
    void operator()(const char*, Nanos&) override { ++fields; }
    void operator()(const char*, Actor&) override { ++fields; }
    void operator()(const char*, std::vector<std::string>&) override { ++fields; }
    void operator()(const char*, std::map<std::string, std::string>&) override { ++fields; }
    void operator()(const char*, Json&) override { ++fields; }
    std::size_t fields = 0;
};

struct Anything {
    template <typename T>
    operator T() const;
};

/// How many members an aggregate has: as many as it can be initialised from.
template <typename T, typename... Taken>
consteval std::size_t members() {
    if constexpr (requires { T{Taken{}..., Anything{}}; }) {
        return members<T, Taken..., Anything>();
    } else {
        return sizeof...(Taken);
    }
}

template <std::size_t... Index>
std::vector<Body> one_of_each(std::index_sequence<Index...>) {
    std::vector<Body> bodies{std::variant_alternative_t<Index, AnyBody>()...};
    return bodies;
}

std::vector<Body> one_of_each() {
    return one_of_each(std::make_index_sequence<std::variant_size_v<AnyBody>>());
}

Json step_started() {
    return to_json(Event{7, seconds(5), StepStarted{"one", 2, "One"}});
}

} // namespace

class EventTest : public QObject {
    Q_OBJECT
private slots:
    void every_type_comes_back_from_its_json_as_it_was() {
        std::set<std::string> names;
        for (Body body : one_of_each()) {
            for (const bool filled : {false, true}) {
                if (filled) {
                    Fill fill;
                    visit_fields(body, fill);
                }
                const Json json = to_json(Event{3, seconds(1), body});
                const auto text = canonical(json);
                QVERIFY2(text.has_value(), type_name(body));
                const auto back = event_from_json(parse_json(*text, "event").value());
                QVERIFY2(back.has_value(), back ? "" : back.error().what.c_str());
                QCOMPARE(back->body.index(), body.index());
                QCOMPARE(canonical(to_json(*back)).value(), *text);
                QCOMPARE(back->seq, 3);
                QCOMPARE(back->time.count, seconds(1).count);
            }
            names.insert(type_name(body));
        }
        QCOMPARE(names.size(), std::variant_size_v<AnyBody>);
    }

    void every_member_is_a_field() {
        for (Body body : one_of_each()) {
            Count count;
            visit_fields(body, count);
            const std::size_t all = std::visit([]<typename Kind>(const Kind&) { return members<Kind>(); }, body);
            QVERIFY2(count.fields == all, fmt::format("{}: {} of {}", type_name(body), count.fields, all).c_str());
        }
    }

    void the_bytes_are_what_they_always_were() {
        QCOMPARE(
            canonical(step_started()).value(),
            R"({"data":{"attempt":2,"step":"one","title":"One"},"seq":7,"time":"5000000000","type":"step-started","v":1})");
        const Event closed{9, Nanos{}, Settled{"s/a/1", true, "returned", "", {{"exit", 0}}, 12, "ab"}};
        QCOMPARE(canonical(to_json(closed)).value(),
                 R"({"data":{"how":"returned","operation":"s/a/1","output_digest":"ab","output_length":12,)"
                 R"("result":{"exit":0},"succeeded":true,"why":""},"seq":9,"time":"0","type":"settled","v":1})");
        const Event approved{1, Nanos{}, Approved{"go", {"ada", "sre"}, "fine"}};
        QCOMPARE(
            canonical(to_json(approved)).value(),
            R"({"data":{"attested_by":"","by":{"name":"ada","role":"sre"},"count":0,"expires":"0","of":0,"proof":null,)"
            R"("reason":"fine","step":"go"},"seq":1,"time":"0","type":"approved","v":1})");
        const Event waiting{1, Nanos{}, PhaseWaiting{"p", "w", Nanos{5}}};
        QCOMPARE(canonical(to_json(waiting)).value(),
                 R"({"data":{"phase":"p","until":"5","why":"w"},"seq":1,"time":"0","type":"phase-waiting","v":1})");
    }

    void an_approval_of_a_session_from_before_there_were_policies_is_read() {
        const auto old = parse_json(
            R"({"data":{"by":{"name":"ada","role":"sre"},"reason":"fine","step":"go"},"seq":1,"time":"0","type":"approved","v":1})",
            "event");
        const auto event = event_from_json(old.value());
        QVERIFY(event.has_value());
        const auto& approved = std::get<Approved>(event->body);
        QCOMPARE(approved.by.name, "ada");
        QVERIFY(approved.proof.is_null() && approved.attested_by.empty() && approved.expires.count == 0);
        QCOMPARE(describe(event->body), "Approved go as sre: fine");
    }

    void a_field_that_is_missing_has_its_default() {
        Json json = step_started();
        json["data"].erase("attempt");
        const auto event = event_from_json(json);
        QVERIFY(event.has_value());
        QCOMPARE(std::get<StepStarted>(event->body).attempt, 1);
    }

    void a_field_more_is_passed_over() {
        Json json = step_started();
        json["data"]["colour"] = "red";
        QVERIFY(event_from_json(json).has_value());
    }

    void what_is_not_known_is_refused_data() {
        QTest::addColumn<QString>("patch"); // merged into a good event
        QTest::addColumn<QString>("what");
        QTest::newRow("type") << R"({"type": "step-exploded"})"
                              << "an event of type 'step-exploded', version 1 is not known";
        QTest::newRow("version") << R"({"v": 2})"
                                 << "an event of type 'step-started', version 2 is not known";
        QTest::newRow("no type") << R"({"type": null})"
                                 << "not an event";
        QTest::newRow("no data") << R"({"data": null})"
                                 << "not an event";
        QTest::newRow("data is a list") << R"({"data": [1]})"
                                        << "'data' must be an object";
        QTest::newRow("no time") << R"({"time": null})"
                                 << "not an event";
        QTest::newRow("time is a number") << R"({"time": 5})"
                                          << "'time' must be text";
        QTest::newRow("time is no number") << R"({"time": "soon"})"
                                           << "'time' must be nanoseconds as text";
        QTest::newRow("seq is text") << R"({"seq": "7"})"
                                     << "'seq' must be an integer";
        QTest::newRow("seq is past all numbers") << R"({"seq": 18446744073709551615})"
                                                 << "'seq' must be an integer";
        QTest::newRow("attempt is text") << R"({"data": {"attempt": "two"}})"
                                         << "'attempt' must be an integer";
        QTest::newRow("attempt is a fraction") << R"({"data": {"attempt": 1.5}})"
                                               << "'attempt' must be an integer";
        QTest::newRow("attempt is huge") << R"({"data": {"attempt": 4294967297}})"
                                         << "'attempt' must be a small integer";
        QTest::newRow("step is a number") << R"({"data": {"step": 1}})"
                                          << "'step' must be text";
        QTest::newRow("step is null") << R"({"data": {"step": null, "title": 1}})"
                                      << "'title' must be text";
    }
    void what_is_not_known_is_refused() {
        QFETCH(QString, patch);
        QFETCH(QString, what);
        Json json = step_started();
        json.merge_patch(Json::parse(patch.toStdString()));
        const auto event = event_from_json(json);
        QVERIFY(!event.has_value());
        QCOMPARE(event.error().code, ErrorCode::corrupt);
        QVERIFY2(QString::fromStdString(event.error().what).contains(what), event.error().what.c_str());
    }

    void things_that_are_no_objects_are_no_events() {
        for (const char* text : {"null", "[]", "7", "\"step-started\"", "{}"}) {
            QVERIFY(!event_from_json(Json::parse(text)).has_value());
        }
    }

    void every_event_has_a_line_and_somebody_who_did_it() {
        for (Body body : one_of_each()) {
            Fill fill;
            visit_fields(body, fill);
            QVERIFY2(describe(body).size() > 3, type_name(body));
            QVERIFY2(!actor_of(body).empty(), type_name(body));
        }
        QCOMPARE(describe(StepStarted{"one", 2, "One"}), "One started, attempt 2");
        QCOMPARE(describe(Overridden{"bake", "lag", {"ada", ""}, "ours"}), "OVERRIDDEN: bake, gate lag: ours");
        QCOMPARE(describe(Overridden{"go-live", "", {"ada", ""}, "asked", "denied: quiet"}),
                 "OVERRIDDEN: go-live, its window (denied: quiet): asked");
        QCOMPARE(describe(HoldHeartbeat{"bake", seconds(125)}), "Hold bake has held 2:05");
        const GateChanged on_blue{"bake", "errors", "blue", "pass", false, "", "", "", "", nullptr};
        QCOMPARE(describe(on_blue), "Gate errors on blue holds");
        const GateChanged on_green{"bake", "errors-green", "green", "pass", false, "", "", "", "", nullptr};
        QCOMPARE(describe(on_green), "Gate errors-green holds"); // it says already which arm it looks at
        const GateChanged shadow{"bake", "errors", "blue", "fail", false, "", "", "", "2 %", nullptr, {}, true};
        QCOMPARE(describe(shadow), "Shadow gate errors on blue is breached: 2 %");
        QCOMPARE(describe(TriggerChanged{"errors-green", "green", "armed", "", "", nullptr}),
                 "Trigger errors-green armed");
        QCOMPARE(actor_of(Overridden{"bake", "lag", {"ada", ""}, "ours"}), "ada");
        QCOMPARE(actor_of(StepFinished{}), "engine");
    }
};

class CommandJsonTest : public QObject {
    Q_OBJECT
private slots:
    void persons_commands_come_back_as_they_were() {
        const std::vector<Command> commands{Confirm{"s", "e", true, "r"},
                                            Approve{"s", true, "r"},
                                            Decide{"s", "c", "r"},
                                            Advance{"s"},
                                            Retry{"s", "r"},
                                            Skip{"s", "r"},
                                            Override{"s", "g", "r"},
                                            Pause{"r"},
                                            Continue{},
                                            Abort{"r"},
                                            RollBack{"o", "", "r"},
                                            Note{"t", "s"},
                                            ResolveDoubt{"o", "skip", "r"},
                                            Severity{"high", "r"},
                                            Decline{"errors/green", "r"},
                                            Acknowledge{"lag", "r"},
                                            CloseWayBack{"r"},
                                            Stop{"s", "r"}};
        for (const Command& command : commands) {
            const Json json = to_json(command);
            const auto back = command_from_json(json);
            QVERIFY2(back.has_value(), json.dump().c_str());
            QCOMPARE(back->index(), command.index());
            QCOMPARE(to_json(*back).dump(), json.dump());
        }
    }

    void bad_input_is_refused_data() {
        QTest::addColumn<QString>("json");
        QTest::addColumn<QString>("what");
        QTest::newRow("nothing") << "{}"
                                 << "";
        QTest::newRow("a list") << "[]"
                                << "";
        QTest::newRow("null") << "null"
                              << "";
        QTest::newRow("unknown") << R"({"do": "explode"})"
                                 << "'explode' is not a command";
        QTest::newRow("not a person's") << R"({"do": "tick"})"
                                        << "'tick' is not a command";
        QTest::newRow("do is a number") << R"({"do": 1})"
                                        << "";
        QTest::newRow("missing") << R"({"do": "skip"})"
                                 << "'step' is missing";
        QTest::newRow("another type") << R"({"do": "skip", "step": 3})"
                                      << "'step' must be text";
        QTest::newRow("flag is text") << R"({"do": "confirm", "step": "a", "refuse": "yes"})"
                                      << "'refuse' must be true or false";
        QTest::newRow("one too many") << R"({"do": "pause", "step": "a"})"
                                      << "'step' is not known here";
        QTest::newRow("a trigger's name") << R"({"do": "roll-back", "trigger": "t"})"
                                          << "'trigger' is not known here";
    }
    void bad_input_is_refused() {
        QFETCH(QString, json);
        QFETCH(QString, what);
        const auto command = command_from_json(Json::parse(json.toStdString()));
        QVERIFY(!command.has_value());
        QCOMPARE(command.error().code, ErrorCode::bad_input);
        QVERIFY2(QString::fromStdString(command.error().what).contains(what), command.error().what.c_str());
    }
};

SLUICE_TEST(EventTest)
SLUICE_TEST(CommandJsonTest)
#include "event_test.moc"

#include "effects/http_effect.h"

#include "base/virtual_scheduler.h"
#include "support/scripted_http.h"
#include "support/suite.h"

using namespace sluice;
using namespace sluice::effects;
using namespace sluice::testing;

namespace {

struct Call {
    VirtualScheduler scheduler{seconds(1)};
    ScriptedHttp http{scheduler};
    std::optional<Prepared> prepared;
    std::optional<Outcome> outcome;
    std::unique_ptr<Effect> effect;

    explicit Call(HttpSpec spec) : effect(http_effect(http, scheduler, std::move(spec))) {
        effect->prepare("s/flag/1", [this](Result<Prepared> p) { prepared = *p; });
        settle();
    }
    void settle() { scheduler.run_until(scheduler.now() + seconds(20)); }
    void start() {
        effect->start(*prepared, {nullptr, [this](Outcome o) { outcome = o; }});
    }
};

HttpSpec spec(bool idempotent = false) {
    HttpSpec spec;
    spec.url = "http://flags.test/flags/new?token=hunter2";
    spec.headers = {{"Authorization", "Bearer hunter2"}};
    spec.body = "{\"password\":\"hunter2\"}";
    spec.idempotent = idempotent;
    return spec;
}
const std::string asked = "POST /flags/new?token=hunter2";

} // namespace

class HttpEffectTest : public QObject {
    Q_OBJECT
private slots:
    void the_intent_holds_no_secret() {
        Call call(spec());
        const std::string stored = *canonical(call.prepared->to_json());
        QVERIFY2(stored.find("hunter2") == std::string::npos, stored.c_str());
        QVERIFY(call.http.sent.empty());
        QVERIFY(call.prepared->effect_class == EffectClass::opaque);
    }

    void a_keyed_call_is_sent_again_under_its_stored_key() {
        Call call(spec(true));
        QVERIFY(call.prepared->effect_class == EffectClass::keyed);
        call.http.lose(asked);
        call.start();
        call.settle();
        QVERIFY(call.outcome->ending == Ending::unknown);
        QVERIFY(call.outcome->error.where.find("hunter2") == std::string::npos);
        Call resumed(spec(true));
        resumed.prepared = Prepared::from_json(call.prepared->to_json()).value();
        resumed.http.answer(asked, 201, {{"on", true}}, {{"Set-Cookie", "a=b"}, {"X-Flag", "7"}});
        resumed.start();
        resumed.settle();
        SAME_TEXT(call.http.header(0, "Idempotency-Key"), "s/flag/1");
        SAME_TEXT(resumed.http.header(0, "Idempotency-Key"), "s/flag/1");
        SAME_JSON(resumed.outcome->result,
                  (Json{{"status", 201}, {"headers", {{"x-flag", "7"}}}, {"body", "{\"on\":true}"}, {"cut", false}}));
    }

    void an_opaque_call_has_no_key_and_can_not_be_read_back() {
        Call call(spec());
        call.http.answer(asked, 503, Json::object());
        call.start();
        call.settle();
        SAME_TEXT(call.http.header(0, "Idempotency-Key"), "");
        QVERIFY(call.outcome->ending == Ending::failed);
        QCOMPARE(call.outcome->result["status"].get<int>(), 503);
        std::optional<ReadBack> back;
        call.effect->read_back(*call.prepared, [&](ReadBack b) { back = b; });
        call.settle();
        QVERIFY(back && back->match == Match::unknown);
    }

    void what_was_certainly_not_sent_is_not_in_doubt() {
        Call call(spec());
        call.http.lose(asked, ErrorCode::unreachable, "connection refused; the request did not reach the server");
        call.start();
        call.settle();
        QVERIFY(call.outcome->ending == Ending::failed);
    }

    void a_wanted_refusal_is_left_to_the_expectation() {
        HttpSpec wanted = spec();
        wanted.judged_by_caller = true;
        Call call(wanted);
        call.http.answer(asked, 403, Json::object());
        call.start();
        call.settle();
        QVERIFY(call.outcome->ending == Ending::done);
    }

    void answers_are_bounded_and_always_text() {
        HttpSpec small = spec();
        small.kept = 4;
        Call call(small);
        call.http.answer_text(asked, 200, "ab\xff\xff\xff\xff\xff");
        call.start();
        call.settle();
        QVERIFY(call.outcome->result["cut"].get<bool>());
        QVERIFY(canonical(call.outcome->result));
    }

    void a_cancelled_call_is_in_doubt() {
        Call call(spec());
        call.http.answer(asked, 200, Json::object());
        call.start();
        call.effect->cancel();
        call.settle();
        QVERIFY(call.outcome && call.outcome->ending == Ending::unknown);
        QCOMPARE(call.http.cancelled.size(), std::size_t{1});
    }
};

SLUICE_TEST(HttpEffectTest)
#include "http_effect_test.moc"

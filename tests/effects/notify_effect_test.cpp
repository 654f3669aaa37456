#include "effects/notify_effect.h"

#include "base/virtual_scheduler.h"
#include "support/scripted_http.h"
#include "support/suite.h"

using namespace sluice;
using namespace sluice::effects;
using namespace sluice::testing;

namespace {

/// What is printed when these channels answer so.
std::string printed(const std::vector<std::pair<std::string, std::string>>& answers) {
    VirtualScheduler scheduler{seconds(1)};
    ScriptedHttp http{scheduler};
    std::vector<Delivery> deliveries;
    for (const auto& [channel, text] : answers) {
        HttpSpec call;
        call.url = "http://chat.test/" + channel;
        deliveries.push_back({channel, &http, call});
        http.answer_text("POST /" + channel, 200, text);
    }
    const auto effect = notify_effect(scheduler, std::move(deliveries));
    const auto settle = [&] { scheduler.run_until(scheduler.now() + seconds(20)); };
    std::optional<Prepared> prepared;
    effect->prepare("s/tell/1", [&](Result<Prepared> p) { prepared = *p; });
    settle();
    std::string text;
    std::optional<Outcome> outcome;
    effect->start(*prepared,
                  {[&](std::string_view more) { text += more; }, [&](Outcome settled) { outcome = settled; }});
    settle();
    return outcome && outcome->ending == Ending::done ? text : "not told";
}

} // namespace

class NotifyEffectTest : public QObject {
    Q_OBJECT
private slots:
    void each_channel_answers_on_a_line_of_its_own() {
        SAME_TEXT(printed({{"ops", "ok"}, {"all", "queued\n"}, {"page", "id 7\nat 9"}}),
                  "ops: ok\nall: queued\npage: id 7\nat 9\n");
        SAME_TEXT(printed({{"ops", ""}, {"all", "ok"}}), "all: ok\n");
        SAME_TEXT(printed({{"ops", "ok"}}), "ok"); // one alone: as it was said
    }
};

SLUICE_TEST(NotifyEffectTest)
#include "notify_effect_test.moc"

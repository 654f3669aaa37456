/// The plan's own alerts on the card and in the traffic panel.
#include "card_facts.h"
#include "story/card.h"
#include "story/traffic_view.h"
#include "support/small_session.h"
#include "support/suite.h"

#include <QtTest>

using namespace sluice;
using namespace sluice::story;
using testing::fact;

namespace {} // namespace

class OwnAlertsTest : public QObject {
    Q_OBJECT
private slots:
    void an_alert_that_fires_is_told_until_somebody_says_that_he_has_seen_it() {
        const auto session = testing::make_small("alert");
        const auto card = present_card(session->moment());
        QCOMPARE(fact(card, "Alert"), "Consumer lag is high, since 08:02:00 UTC: 8,120 is > 5000");
        QCOMPARE(fact(card, "What to do"), "Scale the consumers of v1.2.4");
        const auto offer = std::find_if(card.offers.begin(), card.offers.end(),
                                        [](const auto& one) { return one.deed == Deed::acknowledge; });
        QVERIFY(offer != card.offers.end() && offer->asks == Asks::reason && offer->subjects.empty());
        const auto rows = present_traffic(session->moment());
        QCOMPARE(rows.alerts_head, "2 firing");
        QCOMPARE(rows.alerts[0].value, "firing 0:40");
        QVERIFY(rows.alerts[0].mark == Mark::breached && rows.alerts[1].mark == Mark::close);
        QCOMPARE(rows.alerts[1].value, "seen by a.lead");
        const auto command = command_of(card, *offer, {"I scale them", ""});
        QCOMPARE(session->drive.submit(*command, {"lena", "lead"}), "");
        const auto after = present_card(session->moment());
        QCOMPARE(fact(after, "Alert"), "");
        QVERIFY(std::none_of(after.offers.begin(), after.offers.end(),
                             [](const auto& one) { return one.deed == Deed::acknowledge; }));
        QCOMPARE(present_traffic(session->moment()).alerts[0].value, "seen by lena");
    }

    void in_a_replay_nobody_acknowledges() {
        const auto card = present_card(testing::make_small("alert")->moment(Mode::replay));
        QVERIFY(card.offers.empty());
        QVERIFY(fact(card, "Alert").startsWith("Consumer lag is high"));
    }
};

SLUICE_TEST(OwnAlertsTest)
#include "own_alerts_test.moc"

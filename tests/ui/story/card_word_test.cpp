/// What the card tells of a step that passed by a person's word, its own answer being lost.
#include "story/card.h"
#include "support/small_session.h"
#include "support/suite.h"

#include <QtTest>

using namespace sluice;
using namespace sluice::story;

class CardWordTest : public QObject {
    Q_OBJECT
private slots:
    void what_is_lost_and_wanted_is_told_before_anybody_answers() {
        const auto session = testing::make_small("lost answer");
        const CardView card = present_card(session->moment(), "make");
        QStringList facts;
        for (const auto& fact : card.facts) {
            facts << fact.name + ": " + fact.text;
        }
        const QString told = "If it happened: later steps take pod, replicas of it: who says so gives them";
        QVERIFY2(facts.contains(told), qPrintable(facts.join('\n')));
    }

    void it_says_whose_word_it_is_and_claims_nothing_else() {
        const auto session = testing::make_small("lost answer");
        testing::SmallSession::must(session->drive.submit(
            release::ResolveDoubt{"s1/make/1", "happened", "seen in the list", {{"pod", "web-4"}, {"replicas", "4"}}},
            {"a.lead", "lead"}));
        const CardView card = present_card(session->moment(), "make");
        QStringList facts;
        for (const auto& fact : card.facts) {
            facts << fact.name + ": " + fact.text;
        }
        const QString told = facts.join('\n');
        for (const char* fact : {"Attested: seen in the list", "By the word of: a.lead; its own outcome was not known",
                                 "pod: web-4, as a.lead says", "replicas: 4, as a.lead says"}) {
            QVERIFY2(facts.contains(fact), qPrintable(told));
        }
        QCOMPARE(card.checks.size(), std::size_t{1}); // its exit
        QCOMPARE(card.checks.front().mark, Mark::no_data);
        QCOMPARE(card.checks.front().found, "not known: its own answer is lost");
    }

    void what_answered_itself_is_known() {
        const auto session = testing::make_small("lost answer");
        session->settle("make", true, {{"exit", 0}});
        const CardView card = present_card(session->moment(), "make");
        QCOMPARE(card.checks.front().mark, Mark::holds);
    }
};

SLUICE_TEST(CardWordTest)
#include "card_word_test.moc"

#include "story/chart_choice.h"
#include "story/metric_view.h"
#include "story/wall_view.h"
#include "support/small_session.h"
#include "support/suite.h"

#include <QtTest>

using namespace sluice;
using namespace sluice::story;

namespace {

/// A hold reads the errors of each arm and the lag; `restarts` was measured by the plan as it was before.
class Session {
public:
    Session()
        : small_(release::drill::plan_with(R"(phases:
  - id: main
    steps:
      - {id: bake, hold: 1h, gates: [{metric: errors, must: '< 1%'}]}
)")) {
        small_.reading("errors", 0.001, "blue");
        small_.reading("errors", 0.05, "green");
        small_.reading("lag", 7);
        small_.reading("restarts", 2);
    }
    Moment moment() { return small_.moment(); }

private:
    testing::SmallSession small_;
};

QStringList texts(const std::vector<ChartChoice>& choices) {
    QStringList all;
    for (const auto& choice : choices) {
        all << text_of(choice);
    }
    return all;
}

} // namespace

class ChartChoiceTest : public QObject {
    Q_OBJECT
private slots:
    void everything_that_is_named_or_recorded_is_offered_by_arm_too() {
        Session session;
        QStringList offered;
        for (const auto& one : offered_choices(session.moment())) {
            offered << text_of(one.choice) + '|' + one.title + '|' + one.note;
        }
        QCOMPARE(offered, (QStringList{"errors|errors|", "errors/blue|errors · blue|", "errors/green|errors · green|",
                                       "lag|lag|no gate reads it", "restarts|restarts|recorded, not in the plan"}));
    }

    void what_nobody_has_read_yet_is_offered_as_such() {
        testing::SmallSession small(release::drill::plan_with("phases: [{id: a, steps: [{id: b, confirm: B}]}]\n"));
        const auto offered = offered_choices(small.moment());
        QCOMPARE(offered.size(), std::size_t{4}); // errors and its two arms, lag
        QCOMPARE(offered.back().note, QString("nothing recorded yet"));
        QCOMPARE(texts(choices_to_show(small.moment(), {"lag"}, 4)), QStringList{"lag"});
    }

    void chosen_places_hold_and_the_others_fill_by_what_decides_data() {
        QTest::addColumn<QStringList>("chosen");
        QTest::addColumn<int>("most");
        QTest::addColumn<QStringList>("shown");
        QTest::newRow("nothing") << QStringList{} << 4 << QStringList{"errors", "lag"};
        QTest::newRow("no more than there is room for") << QStringList{"lag"} << 1 << QStringList{"lag"};
        QTest::newRow("the second place") << QStringList{"", "restarts"} << 4 << QStringList{"errors", "restarts"};
        QTest::newRow("one arm beside all")
            << QStringList{"errors/green", "errors"} << 4 << QStringList{"errors/green", "errors"};
        QTest::newRow("two arms, and more than there are metrics")
            << QStringList{"errors/green", "errors/blue", "restarts"} << 4
            << QStringList{"errors/green", "errors/blue", "restarts"};
        QTest::newRow("twice is once") << QStringList{"lag", "lag"} << 4 << QStringList{"lag", "errors"};
        QTest::newRow("what is not there") << QStringList{"rubbish", "errors/red"} << 4 << QStringList{"errors", "lag"};
    }
    void chosen_places_hold_and_the_others_fill_by_what_decides() {
        QFETCH(QStringList, chosen);
        QFETCH(int, most);
        Session session;
        QTEST(texts(choices_to_show(session.moment(), chosen, static_cast<std::size_t>(most))), "shown");
        QStringList tiles;
        for (const auto& tile : present_wall(session.moment(), chosen).tiles) {
            tiles << tile.choice;
        }
        QCOMPARE(tiles.mid(0, most), texts(choices_to_show(session.moment(), chosen, static_cast<std::size_t>(most))));
    }

    void one_arm_has_its_own_line_figure_and_state() {
        Session session;
        const Moment moment = session.moment();
        struct Row {
            const char* arm;
            std::size_t lines;
            const char* value;
            Mark mark;
        };
        for (const Row& row : {Row{"", 2, "5.00", Mark::breached}, Row{"blue", 1, "0.10", Mark::holds},
                               Row{"green", 1, "5.00", Mark::breached}}) {
            const auto view = present_metric(moment, *metric_of(moment, {"errors", row.arm}), row.arm);
            QCOMPARE(view.lines.size(), row.lines);
            QCOMPARE(view.value.toDouble(), QString(row.value).toDouble());
            QCOMPARE(static_cast<int>(view.mark), static_cast<int>(row.mark));
            QCOMPARE(view.title.endsWith(row.arm), true);
            QCOMPARE(view.limit_value.value_or(0), 0.01);
        }
    }

    void what_was_typed_wrongly_names_what_is_near_data() {
        QTest::addColumn<QString>("typed");
        QTest::addColumn<QString>("said"); ///< empty = it is good
        QTest::newRow("good") << "lag"
                              << "";
        QTest::newRow("good arm") << "errors/green"
                                  << "";
        QTest::newRow("only recorded") << "restarts"
                                       << "";
        QTest::newRow("a slip") << "lga"
                                << "--chart lga: the session has no such metric (did you mean 'lag'?)";
        QTest::newRow("a part") << "r"
                                << "--chart r: the session has no such metric (there are: errors, restarts)";
        QTest::newRow("another arm") << "errors/gren"
                                     << "--chart errors/gren: the metric has no such arm (did you mean 'green'?)";
        QTest::newRow("no arms") << "lag/green"
                                 << "--chart lag/green: the metric is not told by arm (name it without an arm: "
                                    "--chart lag)";
        QTest::newRow("nothing") << ""
                                 << "--chart : the session has no such metric (known here: errors, lag, restarts)";
    }
    void what_was_typed_wrongly_names_what_is_near() {
        QFETCH(QString, typed);
        Session session;
        const auto good = check_choices(session.moment(), {"errors", typed});
        QTEST(good ? QString() : QString::fromStdString(to_text(good.error())), "said");
    }

    void before_anything_is_recorded_an_arm_of_the_plan_may_still_come() {
        testing::SmallSession small(release::drill::plan_with("phases: [{id: a, steps: [{id: b, confirm: B}]}]\n"));
        QVERIFY(!check_choices(small.moment(), {"lag/green"}));
        QVERIFY(check_choices_early(small.moment(), {"lag/green", "errors"}));
        QVERIFY(!check_choices_early(small.moment(), {"lag/gren"}));
        QVERIFY(!check_choices_early(small.moment(), {"restarts"}));
        Session session; // of what is recorded without arms it is known that there are none
        QVERIFY(!check_choices_early(session.moment(), {"lag/green"}));
    }
};

SLUICE_TEST(ChartChoiceTest)
#include "chart_choice_test.moc"

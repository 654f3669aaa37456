#include "host/rehearsal.h"
#include "story/metric_view.h"
#include "story/owned_source.h"
#include "support/nova_plan.h"
#include "support/small_session.h"
#include "support/suite.h"

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QtTest>

using namespace sluice;
using namespace sluice::story;

class MetricViewTest : public QObject {
    Q_OBJECT
private slots:
    // After a rollback no gate is judged any more; 8 % beside "must be < 0.1 %" is still no tick.
    void a_figure_that_breaks_its_limit_is_never_told_as_holding() {
        QTemporaryDir folder;
        auto options = testing::nova_options(folder.path().toStdString());
        options.faults = {"split:green>=25 errors 8% on green"};
        const auto source = OwnedSource::rehearsal(options);
        Story story;
        connect(source.get(), &FeedSource::delivered, this,
                [&](const DeliveryPtr& delivery) { story.take(*delivery); });
        QSignalSpy closed(source.get(), &FeedSource::closed);
        source->start();
        QVERIFY(closed.wait(120'000));
        QCOMPARE(QString::fromStdString(story.release().outcome), QString("rolled-back"));
        const Moment moment = story.latest(Mode::replay);
        const auto* metric = story.release().plan->metric("error_ratio");
        const auto view = present_metric(moment, *metric);
        QVERIFY(view.value.toDouble() > 5);
        QCOMPARE(static_cast<int>(view.mark), static_cast<int>(Mark::breached));
    }

    void a_shadow_s_limit_is_not_the_metric_s() {
        testing::SmallSession session(release::drill::plan_with(R"(phases:
  - id: main
    steps:
      - id: bake
        hold: 1h
        gates: [{metric: lag, id: trial, must: '< 5', shadow: true}, {metric: lag, must: '< 10'}]
)"));
        session.reading("lag", 7);
        const Moment moment = session.moment();
        const auto view = present_metric(moment, *moment.release.plan->metric("lag"));
        QCOMPARE(view.limit_value.value_or(0), 10.0);
        QCOMPARE(static_cast<int>(view.mark), static_cast<int>(Mark::holds));
    }
};

SLUICE_TEST(MetricViewTest)
#include "metric_view_test.moc"

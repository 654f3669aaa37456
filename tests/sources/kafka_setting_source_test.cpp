#include "sources/kafka_setting_source.h"

#include "base/json.h"
#include "base/virtual_scheduler.h"
#include "kafka/settings.h"
#include "sources/fake_http.h"
#include "support/new_year.h"
#include "support/suite.h"

#include <QtTest>

using namespace sluice;
using namespace sluice::sources;
using series::Status;
using sluice::testing::new_year;

namespace {

/// A cluster whose settings a desk tells, as in a rehearsal: librdkafka's mock brokers don't answer DescribeConfigs.
struct World {
    VirtualScheduler scheduler{new_year};
    int status = 200;
    std::string body = R"({"config": {"retention.ms": {"value": "604800000", "own": true},
                                      "retention.bytes": {"value": "-1"}, "min.cleanable.dirty.ratio": {"value": "0.5"},
                                      "compression.type": {"value": "producer"}, "preallocate": {"value": "false"}}})";
    testing::FakeHttp http{scheduler, [this](const net::HttpRequest&) {
                               net::HttpResponse response;
                               response.status = status;
                               response.body = body;
                               return Result<net::HttpResponse>(response);
                           }};
    std::shared_ptr<kafka::Cluster> cluster;

    World() {
        const auto settings =
            kafka::settings_of(Json{{"bootstrap", "127.0.0.1:1"}, {"topics-at", "http://desk/as/events"}},
                               [](const std::string& reference) { return Result<Secret>(Secret(reference)); });
        cluster = *kafka::Cluster::make(scheduler, http, *settings);
    }

    /// "604800000", or "source-error" and why.
    QString ask(const kafka::ConfigOwner& owner, const std::string& key) {
        SettingMetric metric;
        metric.name = "m";
        metric.unit = "count";
        metric.owner = owner;
        metric.key = key;
        KafkaSettingSource source(cluster, scheduler, metric);
        series::SampleBatch batch;
        int answers = 0;
        source.poll(scheduler.now() + seconds(5), "k", [&](series::SampleBatch got) {
            batch = std::move(got);
            ++answers;
        });
        scheduler.run_until(scheduler.now() + seconds(10));
        if (answers != 1) {
            return QString("%1 answers").arg(answers);
        }
        return QString::fromStdString(batch.status == Status::ok
                                          ? number_text(batch.readings.at(0).value)
                                          : std::string(name(batch.status)) + " " + batch.detail);
    }
};

} // namespace

class KafkaSettingSourceTest : public QObject {
    Q_OBJECT
private slots:
    void a_setting_is_its_number_or_why_there_is_none_data() {
        QTest::addColumn<QString>("key");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char* key, const char* expected) {
            QTest::newRow(key) << QString(key) << QString(expected);
        };
        row("retention.ms", "604800000");
        row("retention.bytes", "-1");
        row("min.cleanable.dirty.ratio", "0.5");
        row("compression.type", "source-error compression.type of topic orders is 'producer', which is no number");
        row("preallocate", "source-error preallocate of topic orders is 'false', which is no number");
        row("retention.days", "source-error topic orders has no setting retention.days");
    }
    void a_setting_is_its_number_or_why_there_is_none() {
        QFETCH(QString, key);
        QFETCH(QString, expected);
        World world;
        QCOMPARE(world.ask({"orders", 0}, key.toStdString()), expected);
        QCOMPARE(world.http.requests.at(0).url, std::string("http://desk/as/events/topics/orders"));
    }

    void a_broker_is_asked_by_its_id() {
        World world;
        QCOMPARE(world.ask({"", 2}, "retention.bytes"), QString("-1"));
        QCOMPARE(world.http.requests.at(0).url, std::string("http://desk/as/events/brokers/2"));
        world.status = 404;
        world.body = "there is no such broker";
        QCOMPARE(world.ask({"", 9}, "retention.bytes"), QString("source-error broker 9: there is no such broker"));
    }

    void who_may_not_read_settings_has_no_number() {
        World world;
        world.status = 403;
        world.body = "Broker: Topic authorization failed";
        QCOMPARE(world.ask({"orders", 0}, "retention.ms"),
                 QString("source-error topic orders: Broker: Topic authorization failed"));
    }

    void an_answer_after_the_deadline_is_dropped() {
        World world;
        world.http.delay = seconds(7);
        QCOMPARE(world.ask({"orders", 0}, "retention.ms"), QString("source-error no answer in time"));
    }

    void a_secret_is_never_shown_and_a_long_text_is_cut() {
        const kafka::ConfigOwner owner{"orders", 0};
        const auto secrets = std::make_shared<RedactionSet>();
        QVERIFY(secrets->add(Secret("hunter2hunter2"), "TOKEN"));
        const auto hidden = setting_number(owner, "k", "by hunter2hunter2", secrets).error().what;
        QVERIFY2(hidden.find("hunter2") == std::string::npos && hidden.starts_with("k of topic orders is 'by "),
                 hidden.c_str());
        QCOMPARE(setting_number(owner, "k", std::string(61, 'x'), nullptr).error().what,
                 std::string("k of topic orders is a long text, which is no number"));
        for (const char* none : {"", "nan", "1 hour", "inf"}) {
            QVERIFY2(!setting_number(owner, "k", none, nullptr), none);
        }
    }
};

SLUICE_TEST(KafkaSettingSourceTest)
#include "kafka_setting_source_test.moc"

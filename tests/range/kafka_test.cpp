#include "range/load/load_model.h"
#include "rehearsed.h"

#include "support/suite.h"

#include <QElapsedTimer>
#include <librdkafka/rdkafka.h>
#include <thread>

using namespace sluice;
using namespace sluice::range;

namespace {

/// End offsets and commits as an independent client sees them; runs beside the test's event loop.
class Observer {
public:
    Observer(const std::string& bootstrap, const Profile& profile) : profile_(profile) {
        rd_kafka_conf_t* settings = rd_kafka_conf_new();
        char text[256];
        rd_kafka_conf_set(settings, "bootstrap.servers", bootstrap.c_str(), text, sizeof text);
        rd_kafka_conf_set(settings, "group.id", profile.group.c_str(), text, sizeof text);
        rd_kafka_conf_set(settings, "log_level", "0", text, sizeof text);
        client_ = rd_kafka_new(RD_KAFKA_CONSUMER, settings, text, sizeof text);
    }
    ~Observer() { rd_kafka_destroy(client_); }

    std::int64_t lag() {
        rd_kafka_topic_partition_list_t* offsets = rd_kafka_topic_partition_list_new(profile_.partitions);
        for (int p = 0; p < profile_.partitions; ++p) {
            rd_kafka_topic_partition_list_add(offsets, profile_.topic.c_str(), p);
        }
        const auto committed = rd_kafka_committed(client_, offsets, 10'000);
        if (committed != RD_KAFKA_RESP_ERR_NO_ERROR) {
            qWarning("commits: %s", rd_kafka_err2str(committed));
        }
        std::int64_t total = committed == RD_KAFKA_RESP_ERR_NO_ERROR ? 0 : -1;
        for (int p = 0; p < profile_.partitions && total >= 0; ++p) {
            std::int64_t low = 0, high = 0;
            const auto error =
                rd_kafka_query_watermark_offsets(client_, profile_.topic.c_str(), p, &low, &high, 10'000);
            if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
                qWarning("partition %d: %s", p, rd_kafka_err2str(error));
            }
            total = error == RD_KAFKA_RESP_ERR_NO_ERROR && offsets->elems[p].offset >= 0
                        ? total + high - offsets->elems[p].offset
                        : -1;
        }
        rd_kafka_topic_partition_list_destroy(offsets);
        return total;
    }

private:
    Profile profile_;
    rd_kafka_t* client_ = nullptr;
};

} // namespace

class KafkaTest : public QObject {
    Q_OBJECT
    /// Offsets move every five seconds.
    static std::int64_t modelled(const Rehearsed& r) {
        const std::int64_t tick = seconds(5).count;
        return r.range->load().lag({r.scheduler.now().count / tick * tick});
    }
private slots:
    void the_group_stands_exactly_as_far_behind_as_the_model_says() {
        Rehearsed r({"T+2m lag 20000 for 3m"}, 1, false, true);
        Observer observer(r.range->addresses().kafka, Profile());
        r.pass(seconds(1));
        for (int i = 0; i < 12; ++i) {
            r.pass(seconds(5));
            QCOMPARE(observer.lag(), modelled(r));
        }
        QVERIFY(observer.lag() > 150 && observer.lag() < 650);
        r.pass(minutes(2));
        QCOMPARE(observer.lag(), std::int64_t{20'000});
        QCOMPARE(r.query("sum(kafka_consumergroup_lag{consumergroup=\"analytics\"})"), 20'000.0);
        r.pass(minutes(3));
        QCOMPARE(observer.lag(), modelled(r));
    }

    void a_dead_brokers_partitions_find_new_leaders() {
        Rehearsed r({"T+30s broker 2 down for 2m"}, 1, false, true);
        Observer observer(r.range->addresses().kafka, Profile());
        r.pass(seconds(61));
        QCOMPARE(observer.lag(), modelled(r));
        r.pass(minutes(3));
        QCOMPARE(observer.lag(), modelled(r));
    }

    void an_hour_of_lag_takes_seconds() {
        Rehearsed r({}, 1, false, true);
        QElapsedTimer real;
        real.start();
        r.pass(minutes(60));
        qInfo("an hour with Kafka: %lld ms", real.elapsed());
        QVERIFY(real.elapsed() < 20'000);
    }
};

SLUICE_TEST(KafkaTest)
#include "kafka_test.moc"

#include "sources/reach_source.h"

#include "base/json.h"
#include "base/virtual_scheduler.h"
#include "net/live_scheduler.h"
#include "net/qt_reach.h"
#include "sources/told.h"
#include "support/new_year.h"
#include "support/suite.h"

#include <QTcpServer>
#include <QtTest>

Q_DECLARE_METATYPE(sluice::Result<sluice::net::Reached>)

using namespace sluice;
using namespace sluice::sources;
using Kind = plan::ReachRead::Kind;
using What = plan::ReachNumber::What;
using Addresses = plan::ReachNumber::Addresses;
using sluice::testing::new_year;
using sluice::testing::told;

namespace {

ReachMetric metric_of(Kind kind, What what, net::Place place = {"shop.example", 8443}) {
    plan::ReachNumber number;
    number.kind = kind;
    number.what = what;
    return {"m", "count", number, std::move(place), nullptr};
}

/// A host that is as the test says; answers when it is told to.
class FakeReach : public net::Reach {
public:
    void ask(const net::ReachAsk& what, Done done) override {
        asked.push_back(what);
        waiting = std::move(done);
    }
    std::vector<net::ReachAsk> asked;
    Done waiting;
};

Result<net::Reached> here(std::vector<std::string> addresses = {}) {
    net::Reached reached;
    reached.addresses = std::move(addresses);
    return reached;
}
Result<net::Reached> no(const char* why) {
    net::Reached reached;
    reached.no = why;
    return reached;
}
Result<net::Reached> until(Nanos end) {
    net::Reached reached;
    reached.valid_until = end;
    return reached;
}
Result<net::Reached> wrong(ErrorCode code, const char* why) {
    return fail(code, why, "shop.example:8443");
}

} // namespace

class ReachSourceTest : public QObject {
    Q_OBJECT
private slots:
    void a_no_of_the_target_is_an_answer_and_what_could_not_be_asked_is_none_data() {
        QTest::addColumn<int>("kind");
        QTest::addColumn<int>("what");
        QTest::addColumn<Result<net::Reached>>("reached");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char* title, Kind kind, What what, const Result<net::Reached>& reached,
                            const char* expected) {
            QTest::newRow(title) << static_cast<int>(kind) << static_cast<int>(what) << reached << QString(expected);
        };
        row("a name that is there", Kind::dns, What::up, here({"10.0.0.1", "10.0.0.2"}), "1");
        row("how many addresses it has", Kind::dns, What::count, here({"10.0.0.1", "10.0.0.2"}), "2");
        row("a name that is not", Kind::dns, What::up, no("there is no such name"), "0 there is no such name");
        row("which has no address", Kind::dns, What::count, no("there is no such name"), "0 there is no such name");
        row("a resolver that can't tell", Kind::dns, What::up,
            wrong(ErrorCode::unreachable, "the resolver could not tell (try again)"),
            "source-error the resolver could not tell (try again)");
        row("nor how many", Kind::dns, What::count, wrong(ErrorCode::timed_out, "no answer in time"),
            "source-error no answer in time");
        row("a port that listens", Kind::tcp, What::up, here(), "1");
        row("one that refuses", Kind::tcp, What::up, no("nobody listens there"), "0 nobody listens there");
        row("one that says nothing", Kind::tcp, What::up, wrong(ErrorCode::timed_out, "no answer in time"),
            "source-error no answer in time");
        row("one of a host that is not found", Kind::tcp, What::up,
            wrong(ErrorCode::not_found, "there is no such name"), "source-error there is no such name");
        row("a certificate that is believed", Kind::tls, What::up, until(new_year + hours(1)), "1");
        row("one that is not", Kind::tls, What::up, no("the certificate is not believed: it has expired"),
            "0 the certificate is not believed: it has expired");
        row("how long it took", Kind::tcp, What::latency, here(), "0.25");
        row("a refusal took no time that counts", Kind::tcp, What::latency,
            wrong(ErrorCode::refused, "nobody listens there"), "source-error nobody listens there");
        row("also where it was an answer", Kind::tcp, What::latency, no("nobody listens there"),
            "source-error nobody listens there");
        row("months", Kind::tls, What::days_left, until(new_year + hours(24 * 61) + hours(23)), "61");
        row("the last hours", Kind::tls, What::days_left, until(new_year + hours(1)), "0");
        row("half a day too late", Kind::tls, What::days_left, until(new_year - hours(12)), "-1");
        row("one day too late to the second", Kind::tls, What::days_left, until(new_year - hours(24)), "-1");
        row("a certificate that does not say it", Kind::tls, What::days_left, here(),
            "source-error the certificate does not say how long it is valid");
        row("one that is not believed has no days", Kind::tls, What::days_left,
            wrong(ErrorCode::unreachable, "the certificate is not believed: it has expired"),
            "source-error the certificate is not believed: it has expired");
    }
    void a_no_of_the_target_is_an_answer_and_what_could_not_be_asked_is_none() {
        QFETCH(int, kind);
        QFETCH(int, what);
        QFETCH(Result<net::Reached>, reached);
        QFETCH(QString, expected);
        const auto metric = metric_of(static_cast<Kind>(kind), static_cast<What>(what));
        QCOMPARE(told(judge_reach(metric, reached, new_year - milliseconds(250), new_year)), expected);
    }

    void the_look_is_the_one_that_the_plan_wants_data() {
        QTest::addColumn<int>("what");
        QTest::addColumn<bool>("takes_no");
        for (const auto what : {What::up, What::count, What::latency, What::days_left}) {
            QTest::newRow(name(what)) << static_cast<int>(what) << (what == What::up || what == What::count);
        }
    }
    void the_look_is_the_one_that_the_plan_wants() {
        QFETCH(int, what);
        QFETCH(bool, takes_no);
        VirtualScheduler scheduler(new_year);
        FakeReach reach;
        auto metric = metric_of(Kind::tls, static_cast<What>(what));
        metric.number.addresses = Addresses::aaaa;
        ReachSource source(reach, scheduler, metric);
        source.poll(new_year + seconds(5), "k", [](const series::SampleBatch&) {});
        const auto& asked = reach.asked.at(0);
        QVERIFY(asked.kind == net::ReachAsk::Kind::tls);
        QCOMPARE(asked.host, std::string("shop.example"));
        QCOMPARE(asked.port, 8443);
        QCOMPARE(asked.timeout, seconds(5));
        QCOMPARE(asked.key, std::string("k#1"));
        QVERIFY(asked.family == net::AddressFamily::aaaa);
        QCOMPARE(asked.takes_no, takes_no);
    }

    void a_look_that_comes_back_late_finds_nobody() {
        VirtualScheduler scheduler(new_year);
        FakeReach reach;
        bool told_somebody = false;
        {
            ReachSource source(reach, scheduler, metric_of(Kind::tcp, What::up));
            source.poll(new_year + seconds(5), "k", [&](const series::SampleBatch&) { told_somebody = true; });
        }
        reach.waiting(net::Reached{});
        QVERIFY(!told_somebody);
    }

    void a_port_is_up_while_somebody_listens_data() {
        QTest::addColumn<bool>("listens");
        QTest::addColumn<QString>("expected");
        QTest::newRow("somebody listens") << true << "1";
        QTest::newRow("nobody does") << false << "0 nobody listens there";
    }
    void a_port_is_up_while_somebody_listens() {
        QFETCH(bool, listens);
        QFETCH(QString, expected);
        net::LiveScheduler scheduler;
        net::QtReach reach(scheduler);
        QTcpServer server;
        QVERIFY(server.listen(QHostAddress::LocalHost));
        const net::Place place{"127.0.0.1", server.serverPort()};
        if (!listens) {
            server.close();
        }
        ReachSource source(reach, scheduler, metric_of(Kind::tcp, What::up, place));
        std::optional<series::SampleBatch> batch;
        source.poll(scheduler.now() + seconds(5), "k", [&](series::SampleBatch got) { batch = std::move(got); });
        QTRY_VERIFY_WITH_TIMEOUT(batch.has_value(), 10'000);
        QCOMPARE(told(*batch), expected);
    }
};

SLUICE_TEST(ReachSourceTest)
#include "reach_source_test.moc"

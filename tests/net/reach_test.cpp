#include "net/live_scheduler.h"
#include "net/qt_reach.h"
#include "support/suite.h"

#include <QTcpServer>
#include <QtTest>
#include <optional>

using namespace sluice;
using namespace sluice::net;

namespace {

/// Asks, and waits for the one answer.
std::optional<Result<Reached>> answer_to(ReachAsk ask) {
    LiveScheduler scheduler;
    QtReach reach(scheduler);
    std::optional<Result<Reached>> got;
    ask.key = "s/step/1";
    reach.ask(ask, [&](Result<Reached> result) { got = std::move(result); });
    [&] { QTRY_VERIFY_WITH_TIMEOUT(got.has_value(), 20'000); }();
    return got;
}

} // namespace

class ReachTest : public QObject {
    Q_OBJECT
private slots:
    void a_port_that_listens_is_reached() {
        QTcpServer server;
        QVERIFY(server.listen(QHostAddress::LocalHost));
        const auto got = answer_to({ReachAsk::Kind::tcp, "127.0.0.1", server.serverPort(), seconds(5), {}, nullptr});
        QVERIFY(got && got->has_value());
    }

    void nobody_listening_is_a_refusal() {
        QTcpServer server;
        QVERIFY(server.listen(QHostAddress::LocalHost));
        const int port = server.serverPort();
        server.close();
        const auto got = answer_to({ReachAsk::Kind::tcp, "127.0.0.1", port, seconds(5), {}, nullptr});
        QVERIFY(got && !got->has_value());
        QCOMPARE(got->error().code, ErrorCode::refused);
    }

    void a_name_gives_its_addresses() {
        const auto got = answer_to({ReachAsk::Kind::dns, "localhost", 0, seconds(10), {}, nullptr});
        QVERIFY(got && got->has_value());
        QVERIFY(!(*got)->addresses.empty());
    }

    void what_speaks_no_tls_has_no_certificate() {
        QTcpServer server;
        QVERIFY(server.listen(QHostAddress::LocalHost));
        QObject::connect(&server, &QTcpServer::newConnection, &server,
                         [&] { server.nextPendingConnection()->close(); });
        const auto got = answer_to({ReachAsk::Kind::tls, "127.0.0.1", server.serverPort(), seconds(5), {}, nullptr});
        QVERIFY(got && !got->has_value());
        QCOMPARE(got->error().code, ErrorCode::unreachable);
    }

    void an_answer_that_never_comes_is_timed_out() {
        QTcpServer server; // accepts, says nothing
        QVERIFY(server.listen(QHostAddress::LocalHost));
        const auto got =
            answer_to({ReachAsk::Kind::tls, "127.0.0.1", server.serverPort(), Nanos{200'000'000}, {}, nullptr});
        QVERIFY(got && !got->has_value());
        QCOMPARE(got->error().code, ErrorCode::timed_out);
    }
};

SLUICE_TEST(ReachTest)
#include "reach_test.moc"

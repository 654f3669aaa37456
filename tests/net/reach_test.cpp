#include "net/live_scheduler.h"
#include "net/qt_reach.h"
#include "support/suite.h"

#include <QCoreApplication>
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

    void a_name_is_asked_for_the_kind_of_address_that_is_wanted_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<int>("family");
        QTest::addColumn<QString>("addresses"); // empty: the answer is no
        const auto row = [](const char* title, const char* name, AddressFamily family, const char* addresses) {
            QTest::newRow(title) << QString(name) << static_cast<int>(family) << QString(addresses);
        };
        row("an IPv4 address is one", "127.0.0.1", AddressFamily::a, "127.0.0.1");
        row("and no IPv6 address", "127.0.0.1", AddressFamily::aaaa, "");
        row("an IPv6 address is one", "::1", AddressFamily::aaaa, "::1");
        row("and no IPv4 address", "::1", AddressFamily::a, "");
        row("any takes either", "127.0.0.1", AddressFamily::any, "127.0.0.1");
    }
    void a_name_is_asked_for_the_kind_of_address_that_is_wanted() {
        QFETCH(QString, name);
        QFETCH(int, family);
        QFETCH(QString, addresses);
        ReachAsk ask{ReachAsk::Kind::dns, name.toStdString(), 0, seconds(10), {}, nullptr};
        ask.family = static_cast<AddressFamily>(family);
        const auto strict = answer_to(ask);
        ask.takes_no = true;
        const auto got = answer_to(ask);
        QVERIFY(strict && got && got->has_value());
        if (addresses.isEmpty()) {
            QCOMPARE(strict->error().code, ErrorCode::not_found);
            QVERIFY(!(*got)->no.empty());
            QVERIFY((*got)->addresses.empty());
        } else {
            QVERIFY((*got)->no.empty());
            QCOMPARE((*got)->addresses, std::vector<std::string>{addresses.toStdString()});
        }
    }

    void a_lookup_that_nobody_waits_for_any_more_is_dropped() {
        bool called = false;
        {
            NameLookup names;
            names.ask("127.0.0.1", AddressFamily::a, [&](const auto&) { called = true; });
        }
        QCoreApplication::processEvents();
        QVERIFY(!called);
    }

    void a_refusal_can_be_the_answer_and_silence_never_is() {
        QTcpServer server;
        QVERIFY(server.listen(QHostAddress::LocalHost));
        ReachAsk ask{ReachAsk::Kind::tls, "127.0.0.1", server.serverPort(), Nanos{200'000'000}, {}, nullptr};
        ask.takes_no = true;
        const auto silent = answer_to(ask); // accepts, says nothing
        QVERIFY(silent && !silent->has_value());
        QCOMPARE(silent->error().code, ErrorCode::timed_out);
        QObject::connect(&server, &QTcpServer::newConnection, &server, [&] {
            while (auto* one = server.nextPendingConnection()) {
                one->close();
            }
        });
        ask.timeout = seconds(5);
        const auto hung_up = answer_to(ask);
        QVERIFY(hung_up && hung_up->has_value() && !(*hung_up)->no.empty());
        server.close();
        for (const auto kind : {ReachAsk::Kind::tcp, ReachAsk::Kind::tls}) {
            ask.kind = kind;
            const auto refused = answer_to(ask);
            QVERIFY(refused && refused->has_value());
            QCOMPARE((*refused)->no, std::string("nobody listens there"));
        }
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

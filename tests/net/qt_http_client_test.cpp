#include "net/qt_http_client.h"

#include "fake_server.h"
#include "net/live_scheduler.h"
#include "support/suite.h"

#include <QtTest>

using namespace sluice;
using namespace sluice::net;
using namespace sluice::testing;

Q_DECLARE_METATYPE(FakeServer::Behaviour)

class QtHttpClientTest : public QObject {
    Q_OBJECT
    LiveScheduler scheduler_;

    HttpRequest request(const std::string& method, const std::string& url) {
        HttpRequest made;
        made.method = method;
        made.url = url;
        made.key = "s/step/1";
        made.timeout = seconds(5);
        if (method != "GET") {
            made.body = "{\"weight\":25}";
        }
        return made;
    }

    Result<HttpResponse> exchange(HttpRequest made) {
        QtHttpClient client(scheduler_);
        return exchange(client, std::move(made));
    }

    Result<HttpResponse> exchange(QtHttpClient& client, HttpRequest made) {
        std::optional<Result<HttpResponse>> result;
        client.send(std::move(made), [&](Result<HttpResponse> answer) { result = std::move(answer); });
        if (!QTest::qWaitFor([&] { return result.has_value(); }, 10'000)) {
            return fail(ErrorCode::internal, "no call back");
        }
        return *result;
    }

    static void methods() {
        QTest::addColumn<QString>("method");
        for (const char* method : {"GET", "PATCH", "POST", "PUT", "DELETE"}) {
            QTest::newRow(method) << method;
        }
    }

private slots:
    void an_exchange_carries_method_headers_body_and_key_data() { methods(); }
    void an_exchange_carries_method_headers_body_and_key() {
        QFETCH(QString, method);
        FakeServer server([](const Seen& seen) { seen.socket->write(answer(200, "hello", "X-Thing: a b\r\n")); });
        auto made = request(method.toStdString(), server.url("/a%20b/c?x=1&y=%2F"));
        made.headers = {{"Content-Type", "application/merge-patch+json"}, {"Authorization", "Bearer t"}};
        int sent = 0;
        made.sent = [&] { ++sent; };
        const auto result = exchange(made);
        QVERIFY2(result, result ? "" : to_text(result.error()).c_str());
        QCOMPARE(result->status, 200);
        QCOMPARE(result->body, std::string("hello"));
        QCOMPARE(result->header("x-thing"), std::string_view("a b"));
        QCOMPARE(server.seen.size(), std::size_t{1});
        const Seen& seen = server.seen[0];
        QCOMPARE(seen.method, method.toUtf8());
        QCOMPARE(seen.target, QByteArray("/a%20b/c?x=1&y=%2F"));
        QCOMPARE(seen.body.toStdString(), made.body);
        QCOMPARE(seen.header("X-Request-Id"), QByteArray("s/step/1"));
        QCOMPARE(seen.header("Content-Type"), QByteArray("application/merge-patch+json"));
        QCOMPARE(seen.header("Authorization"), QByteArray("Bearer t"));
        QVERIFY(seen.header("Host").startsWith("127.0.0.1:"));
        QCOMPARE(sent, 1);
    }

    void every_status_is_a_response_data() {
        QTest::addColumn<QString>("method");
        QTest::addColumn<int>("status");
        for (const char* method : {"GET", "PATCH"}) {
            for (const int status : {200, 201, 301, 302, 307, 400, 401, 403, 404, 407, 409, 422, 429, 500, 503}) {
                QTest::addRow("%s %d", method, status) << method << status;
            }
        }
    }
    void every_status_is_a_response() {
        QFETCH(QString, method);
        QFETCH(int, status);
        FakeServer server([&](const Seen& seen) {
            seen.socket->write(
                answer(status, "why", "Location: /elsewhere\r\nWWW-Authenticate: Basic realm=\"x\"\r\n"));
        });
        const auto result = exchange(request(method.toStdString(), server.url("/x")));
        QVERIFY2(result, result ? "" : to_text(result.error()).c_str());
        QCOMPARE(result->status, status);
        QCOMPARE(result->body, std::string("why"));
        QCOMPARE(server.seen.size(), std::size_t{1}); // no redirect followed, no second try
    }

    void a_failure_says_whether_the_request_can_have_arrived_data() {
        QTest::addColumn<QString>("method");
        QTest::addColumn<FakeServer::Behaviour>("behaviour");
        QTest::addColumn<QString>("code");
        const auto rows = [](const char* name, FakeServer::Behaviour behaviour, const char* code) {
            for (const char* method : {"GET", "PATCH", "DELETE"}) {
                QTest::addRow("%s %s", method, name) << QString(method) << behaviour << QString(code);
            }
        };
        rows(
            "closed without an answer", [](const Seen& s) { s.socket->close(); }, "unreachable");
        rows(
            "reset without an answer", [](const Seen& s) { reset(s.socket); }, "unreachable");
        rows(
            "reset half-way",
            [](const Seen& s) {
                s.socket->write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
                s.socket->flush();
                reset(s.socket);
            },
            "unreachable");
        rows(
            "closed half-way",
            [](const Seen& s) {
                s.socket->write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
                s.socket->disconnectFromHost();
            },
            "unreachable");
        rows(
            "closed in a chunk",
            [](const Seen& s) {
                s.socket->write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\nhalf");
                s.socket->disconnectFromHost();
            },
            "unreachable");
        rows(
            "not HTTP", [](const Seen& s) { s.socket->write("SSH-2.0-OpenSSH_9.2\r\n\r\n"); }, "corrupt");
        rows(
            "over the budget by its length",
            [](const Seen& s) { s.socket->write("HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\nx"); }, "corrupt");
        rows(
            "over the budget as it comes",
            [](const Seen& s) {
                s.socket->write("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + QByteArray(200'000, 'x'));
            },
            "corrupt");
    }
    void a_failure_says_whether_the_request_can_have_arrived() {
        QFETCH(QString, method);
        QFETCH(FakeServer::Behaviour, behaviour);
        QFETCH(QString, code);
        FakeServer server(behaviour);
        auto made = request(method.toStdString(), server.url("/x"));
        made.budget = 100'000;
        const auto result = exchange(made);
        QVERIFY(!result);
        if (method == "GET" && QTest::currentDataTag() == QByteArray("GET not HTTP")) {
            code = "unreachable"; // Qt takes a bad status line for a broken connection
        }
        QVERIFY2(QString(name(result.error().code)) == code, to_text(result.error()).c_str());
        QCOMPARE(result.error().where, made.method + " " + made.url);
        QVERIFY2(!certainly_not_sent(result.error()), result.error().what.c_str());
        if (method != "GET") {
            QCOMPARE(server.seen.size(), std::size_t{1}); // a write arrives once
        }
    }

    void a_refused_connection_certainly_sent_nothing_data() { methods(); }
    void a_refused_connection_certainly_sent_nothing() {
        QFETCH(QString, method);
        std::string url;
        {
            FakeServer gone([](const Seen&) {});
            url = gone.url("/x");
        }
        const auto result = exchange(request(method.toStdString(), url));
        QVERIFY(!result);
        QCOMPARE(result.error().code, ErrorCode::unreachable);
        QVERIFY2(certainly_not_sent(result.error()), result.error().what.c_str());
    }

    void a_write_arrives_once_though_the_server_drops_kept_alive_connections_data() { methods(); }
    void a_write_arrives_once_though_the_server_drops_kept_alive_connections() {
        QFETCH(QString, method);
        if (method == "GET") {
            return;
        }
        int writes = 0;
        FakeServer server([&](const Seen& seen) {
            if (seen.method == "GET") {
                seen.socket->write(answer(200, "warm"));
            } else if (++writes == 1) {
                seen.socket->close(); // as a server does whose keep-alive ended just now
            } else {
                seen.socket->write(answer(200, "twice"));
            }
        });
        QtHttpClient client(scheduler_);
        QVERIFY(exchange(client, request("GET", server.url("/warm"))));
        const auto result = exchange(client, request(method.toStdString(), server.url("/x")));
        QVERIFY(!result);
        QCOMPARE(writes, 1);
    }

    void a_slow_drip_ends_at_the_deadline_data() { methods(); }
    void a_slow_drip_ends_at_the_deadline() {
        QFETCH(QString, method);
        FakeServer server([](const Seen& seen) {
            seen.socket->write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
            auto* drip = new QTimer(seen.socket);
            QObject::connect(drip, &QTimer::timeout, seen.socket, [socket = seen.socket] { socket->write("x"); });
            drip->start(5);
        });
        auto made = request(method.toStdString(), server.url("/x"));
        made.timeout = milliseconds(60);
        const auto result = exchange(made);
        QVERIFY(!result);
        QCOMPARE(result.error().code, ErrorCode::timed_out);
        QVERIFY(!certainly_not_sent(result.error()));
    }

    void a_cancelled_exchange_calls_nobody() {
        FakeServer server([](const Seen& seen) { seen.socket->write(answer(200, "")); });
        QtHttpClient client(scheduler_);
        bool called = false;
        const auto exchange = client.send(request("GET", server.url("/x")), [&](auto&&) { called = true; });
        client.cancel(exchange);
        bool later = false; // asked for after it, and answered
        (void)client.send(request("GET", server.url("/y")), [&](auto&&) { later = true; });
        QTRY_VERIFY(later);
        QVERIFY(!called);
    }

    void keys_in_flight_are_made_unique() {
        FakeServer server([](const Seen& seen) { seen.socket->write(answer(200, "")); });
        QtHttpClient client(scheduler_);
        int answers = 0;
        for (int i = 0; i < 3; ++i) {
            client.send(request("GET", server.url("/x")), [&](auto&&) { ++answers; });
        }
        QTRY_COMPARE(answers, 3);
        std::set<QByteArray> ids;
        for (const Seen& seen : server.seen) {
            ids.insert(seen.header("X-Request-Id"));
        }
        QCOMPARE(ids, (std::set<QByteArray>{"s/step/1", "s/step/1~2", "s/step/1~3"}));
        QVERIFY(exchange(client, request("GET", server.url("/x"))));
        QCOMPARE(server.seen.back().header("X-Request-Id"), QByteArray("s/step/1"));
    }

    void slow_answers_delay_no_other_request() {
        FakeServer server([](const Seen& seen) {
            if (seen.target != "/slow") {
                seen.socket->write(answer(200, ""));
            }
        });
        QtHttpClient client(scheduler_);
        for (int i = 0; i < 20; ++i) {
            client.send(request("GET", server.url("/slow")), [](auto&&) {});
        }
        QVERIFY(exchange(client, request("GET", server.url("/quick"))));
        QCOMPARE(server.seen.size(), std::size_t{21});
    }

    void what_can_not_be_sent_is_refused_data() {
        QTest::addColumn<QString>("url");
        QTest::addColumn<QString>("method");
        QTest::addColumn<QString>("header");
        QTest::newRow("no scheme") << "/relative"
                                   << "GET"
                                   << "v";
        QTest::newRow("another scheme") << "file:///etc/passwd"
                                        << "GET"
                                        << "v";
        QTest::newRow("no host") << "http:///x"
                                 << "GET"
                                 << "v";
        QTest::newRow("header with a line break") << "http://127.0.0.1/"
                                                  << "GET"
                                                  << "v\r\nX-More: 1";
        QTest::newRow("method with a space") << "http://127.0.0.1/"
                                             << "GET /"
                                             << "v";
    }
    void what_can_not_be_sent_is_refused() {
        QFETCH(QString, url);
        QFETCH(QString, method);
        QFETCH(QString, header);
        auto made = request(method.toStdString(), url.toStdString());
        made.headers = {{"X-Header", header.toStdString()}};
        const auto result = exchange(made);
        QVERIFY(!result);
        QCOMPARE(result.error().code, ErrorCode::bad_input);
        QVERIFY(certainly_not_sent(result.error()));
    }

    void a_lost_answer_can_not_hold_a_virtual_clock_for_ever() {
        FakeServer server([](const Seen&) {});
        auto made = request("PATCH", server.url("/x"));
        made.timeout = milliseconds(1);
        class Frozen : public LiveScheduler {
        public:
            TimerId at(Nanos, Callback) override { return TimerId::none; }
        } frozen;
        QtHttpClient client(frozen, milliseconds(10));
        const auto result = exchange(client, made);
        QVERIFY(!result);
        QCOMPARE(result.error().code, ErrorCode::timed_out);
        QVERIFY(!certainly_not_sent(result.error()));
    }
};

SLUICE_TEST(QtHttpClientTest)
#include "qt_http_client_test.moc"

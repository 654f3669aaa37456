/// Requests by way of HTTP and SOCKS 5 proxies, over real sockets of this machine.
#include "fake_proxy.h"
#include "fake_server.h"
#include "net/live_scheduler.h"
#include "net/qt_http_client.h"
#include "one_exchange.h"
#include "support/suite.h"

#include <QtTest>

using namespace sluice;
using namespace sluice::net;
using namespace sluice::testing;

namespace {

std::shared_ptr<Proxy> proxy_at(int port, bool socks, std::string user = "", std::string password = "") {
    auto proxy = std::make_shared<Proxy>();
    proxy->kind = socks ? Proxy::Kind::socks5 : Proxy::Kind::http;
    proxy->host = "127.0.0.1";
    proxy->port = port;
    proxy->user = std::move(user);
    proxy->password = std::move(password);
    return proxy;
}

} // namespace

class ProxyTest : public QObject {
    Q_OBJECT
    LiveScheduler scheduler_;

    Result<HttpResponse> exchange(const std::string& method, const std::string& url,
                                  std::shared_ptr<const Proxy> proxy) {
        HttpRequest request;
        request.method = method;
        request.url = url;
        request.proxy = std::move(proxy);
        return sluice::testing::exchange(scheduler_, std::move(request));
    }

    static void each_way() {
        QTest::addColumn<QString>("method");
        QTest::addColumn<bool>("socks");
        for (const char* method : {"GET", "PATCH"}) {
            for (const bool socks : {false, true}) {
                QTest::addRow("%s by %s", method, socks ? "SOCKS" : "HTTP") << QString(method) << socks;
            }
        }
    }

private slots:
    void a_name_that_only_the_proxy_knows_is_reached_data() { each_way(); }
    void a_name_that_only_the_proxy_knows_is_reached() {
        QFETCH(QString, method);
        QFETCH(bool, socks);
        FakeServer server([](const Seen& seen) { seen.socket->write(answer(200, "there")); });
        for (const bool known : {false, true}) {
            const QByteArray user = known ? "lead" : "";
            FakeProxy proxy(socks ? FakeProxy::Kind::socks5 : FakeProxy::Kind::http, user, known ? "pa:55" : "");
            proxy.places["prometheus.monitoring:9090"] = server.port();
            server.seen.clear();
            const auto got = exchange(method.toStdString(), "http://prometheus.monitoring:9090/api?x=1%2B1",
                                      proxy_at(proxy.port(), socks, known ? "lead" : "", known ? "pa:55" : ""));
            QVERIFY2(got, got ? "" : to_text(got.error()).c_str());
            QCOMPARE(got->body, std::string("there"));
            QCOMPARE(server.seen.size(), std::size_t{1});
            QCOMPARE(server.seen[0].header("Host"), QByteArray("prometheus.monitoring:9090"));
            QVERIFY(!server.seen[0].head.contains("Proxy-Authorization"));
            QCOMPARE(server.seen[0].body, QByteArray(method == "GET" ? "" : "{}"));
            const QByteArray whole = "http://prometheus.monitoring:9090/api?x=1%2B1";
            QCOMPARE(proxy.asked.size(), 1);
            QCOMPARE(proxy.asked[0],
                     socks ? QByteArray("socks prometheus.monitoring:9090") : method.toUtf8() + " " + whole);
            QCOMPARE(server.seen[0].target, socks ? QByteArray("/api?x=1%2B1") : whole);
        }
    }

    void a_proxy_that_does_not_take_us_got_nothing_through_data() { each_way(); }
    void a_proxy_that_does_not_take_us_got_nothing_through() {
        QFETCH(QString, method);
        QFETCH(bool, socks);
        FakeServer server([](const Seen& seen) { seen.socket->write(answer(200, "there")); });
        FakeProxy proxy(socks ? FakeProxy::Kind::socks5 : FakeProxy::Kind::http, "lead", "right");
        proxy.places["prometheus.monitoring:9090"] = server.port();
        for (const char* password : {"", "wrong"}) {
            const auto got = exchange(method.toStdString(), "http://prometheus.monitoring:9090/",
                                      proxy_at(proxy.port(), socks, *password == 0 ? "" : "lead", password));
            QVERIFY(!got);
            QCOMPARE(got.error().code, ErrorCode::unreachable);
            QVERIFY2(certainly_not_sent(got.error()), got.error().what.c_str());
            QVERIFY2(got.error().what.find("user and a password") != std::string::npos, got.error().what.c_str());
            QVERIFY(server.seen.empty());
        }
    }

    void a_proxy_that_is_not_there_is_told_data() { each_way(); }
    void a_proxy_that_is_not_there_is_told() {
        QFETCH(QString, method);
        QFETCH(bool, socks);
        int closed = 0;
        {
            QTcpServer server;
            QVERIFY(server.listen(QHostAddress::LocalHost));
            closed = server.serverPort();
        }
        const auto got = exchange(method.toStdString(), "http://prometheus.monitoring:9090/", proxy_at(closed, socks));
        QVERIFY(!got);
        QCOMPARE(got.error().code, ErrorCode::unreachable);
        QVERIFY2(certainly_not_sent(got.error()), got.error().what.c_str());
        QVERIFY2(got.error().what.find("refused") != std::string::npos, got.error().what.c_str());
    }

    void https_goes_through_a_tunnel_and_what_is_not_tls_there_is_told() {
        FakeServer server([](const Seen& seen) { seen.socket->write(answer(200, "no TLS")); });
        for (const char* method : {"GET", "PATCH"}) {
            FakeProxy proxy(FakeProxy::Kind::http);
            proxy.places["prometheus.monitoring:443"] = server.port();
            // The proxy knows nobody of that name: refused before anything is sent.
            const auto nobody = exchange(method, "https://nobody.monitoring/", proxy_at(proxy.port(), false));
            QVERIFY(!nobody);
            QCOMPARE(nobody.error().code, ErrorCode::unreachable);
            QCOMPARE(proxy.asked, QList<QByteArray>{"CONNECT nobody.monitoring:443"});
            QVERIFY(server.seen.empty());
        }
    }

    /// Qt would connect straight to it, past the proxy.
    void this_machine_is_refused_data() {
        QTest::addColumn<QString>("host");
        QTest::newRow("name") << "localhost";
        QTest::newRow("IPv4") << "127.0.0.2";
        QTest::newRow("IPv6") << "[::1]";
    }
    void this_machine_is_refused() {
        QFETCH(QString, host);
        FakeProxy proxy(FakeProxy::Kind::http);
        const auto got = exchange("GET", "http://" + host.toStdString() + ":9090/", proxy_at(proxy.port(), false));
        QVERIFY(!got);
        QCOMPARE(got.error().code, ErrorCode::bad_input);
        QVERIFY(proxy.asked.isEmpty());
    }

    /// What the desk's user exported for other programs decides nothing here.
    void the_environment_names_no_proxy() {
        FakeServer server([](const Seen& seen) { seen.socket->write(answer(200, "straight")); });
        FakeProxy proxy(FakeProxy::Kind::http);
        const QByteArray url = "http://127.0.0.1:" + QByteArray::number(proxy.port());
        for (const char* name : {"http_proxy", "HTTP_PROXY", "all_proxy"}) {
            qputenv(name, url);
        }
        for (const char* method : {"GET", "PATCH"}) {
            const auto got = exchange(method, server.url("/"), nullptr);
            QVERIFY(got);
            QCOMPARE(got->body, std::string("straight"));
        }
        for (const char* name : {"http_proxy", "HTTP_PROXY", "all_proxy"}) {
            qunsetenv(name);
        }
        QVERIFY(proxy.asked.isEmpty());
    }
};

SLUICE_TEST(ProxyTest)
#include "proxy_test.moc"

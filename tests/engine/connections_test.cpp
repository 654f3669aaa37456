/// How a plan's connections are reached, and what they say of us.
#include "engine/connections.h"
#include "net/fake_proxy.h"
#include "net/fake_server.h"
#include "net/live_scheduler.h"
#include "net/qt_http_client.h"
#include "plan/loader.h"
#include "support/suite.h"

#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QtTest>
#include <csignal>

using namespace sluice;
using namespace sluice::engine;
using namespace sluice::testing;

namespace {

/// Keeps what was to be sent.
struct Kept : net::HttpClient {
    std::vector<net::HttpRequest> sent;
    net::ExchangeId send(net::HttpRequest request, Done) override {
        sent.push_back(std::move(request));
        return net::ExchangeId::none;
    }
    void cancel(net::ExchangeId) override {}
};

} // namespace

class ConnectionsTest : public QObject {
    Q_OBJECT
    net::LiveScheduler scheduler_;
    QTemporaryDir folder_;
    std::map<std::string, std::string> files_{{"bad.pem", "no PEM"}};
    std::map<std::string, std::string> secrets_{
        {"env:TOKEN", "t0ken"}, {"env:PW", "pa:55"}, {"file:bad.key", "nothing"}, {"env:LINES", "a\nb"}};

    Outside outside(net::HttpClient& http) {
        return {scheduler_,
                http,
                [this](const std::string& path) -> Result<std::string> {
                    const auto found = files_.find(path);
                    return found == files_.end() ? fail(ErrorCode::not_found, "no such file", path)
                                                 : Result<std::string>(found->second);
                },
                [this](const std::string& reference) -> Result<Secret> {
                    const auto found = secrets_.find(reference);
                    return found == secrets_.end() ? fail(ErrorCode::not_found, "no such secret", reference)
                                                   : Result<Secret>(Secret(found->second));
                },
                nullptr,
                [this] { return scheduler_.now(); },
                "",
                nullptr};
    }
    static plan::Plan plan_with(const std::string& connection) {
        const auto loaded = plan::load("sluice: 1\nid: p\nconnections: {a: " + connection +
                                           "}\nphases: [{id: one, steps: [{id: go, confirm: Go}]}]\n",
                                       "p");
        return loaded.plan ? *loaded.plan : plan::Plan{};
    }

    Result<net::HttpResponse> ask(const Connections& connections) {
        std::optional<Result<net::HttpResponse>> got;
        net::HttpRequest request;
        request.url = "/x";
        request.key = "k";
        connections.http("a")->send(request, [&](Result<net::HttpResponse> answered) { got = std::move(answered); });
        if (!QTest::qWaitFor([&] { return got.has_value(); }, 15'000)) {
            return fail(ErrorCode::timed_out, "no answer");
        }
        return *std::move(got);
    }

private slots:
    void initTestCase() {
        QProcess made;
        made.setWorkingDirectory(folder_.path());
        made.start("openssl", {"req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                               "-days", "2", "-keyout", "our.key", "-out", "our.pem", "-subj", "/CN=operator"});
        QVERIFY(made.waitForFinished() && made.exitCode() == 0);
        for (auto [name, into] :
             {std::pair("our.pem", &files_["our.pem"]), std::pair("our.key", &secrets_["file:our.key"])}) {
            QFile file(folder_.filePath(name));
            QVERIFY(file.open(QIODevice::ReadOnly));
            *into = file.readAll().toStdString();
        }
    }

    void a_request_says_who_we_are_and_which_tenant_is_meant() {
        Kept http;
        const auto plan = plan_with("{prometheus: {url: 'http://mimir/prometheus', headers: {X-Scope-OrgID: team-a, "
                                    "Authorization: 'Bearer env:TOKEN'}}}");
        QCOMPARE(plan.connections.size(), std::size_t{1});
        const auto opened = Connections::open(plan, outside(http), {});
        QVERIFY2(opened, opened ? "" : to_text(opened.error()).c_str());
        net::HttpRequest request;
        request.url = "/api/v1/query";
        (*opened)->http("a")->send(request, {});
        QCOMPARE(http.sent.size(), std::size_t{1});
        const net::HttpRequest& sent = http.sent.front();
        QCOMPARE(sent.url, std::string("http://mimir/prometheus/api/v1/query"));
        const net::HttpResponse as_told{.status = 0, .headers = sent.headers, .body = {}};
        QCOMPARE(std::string(as_told.header("X-Scope-OrgID")), std::string("team-a"));
        QCOMPARE(std::string(as_told.header("Authorization")), std::string("Bearer t0ken"));
        QVERIFY(sent.proxy == nullptr && sent.tls == nullptr);
        QCOMPARE(plan.secrets.size(), std::size_t{1}); // the tenant is none
        QCOMPARE(plan.secrets.front().reference, std::string("env:TOKEN"));
    }

    /// A range has a place for messages, whatever else is asked of the connection; a real one has not.
    void messages_can_have_an_address_of_their_own() {
        const auto plan = plan_with("{http: {url: 'https://chat.test', headers: {Authorization: 'Bearer env:TOKEN'}}}");
        const auto reached = [&](const std::map<std::string, Json>& replaced) {
            Kept http;
            const auto opened = Connections::open(plan, outside(http), replaced);
            net::HttpRequest request;
            request.url = "/room";
            (*opened)->messages("a")->send(request, {});
            (*opened)->http("a")->send(request, {});
            const net::HttpResponse told{.status = 0, .headers = http.sent.front().headers, .body = {}};
            return http.sent[0].url + " " + std::string(told.header("Authorization")) + ", " + http.sent[1].url;
        };
        QCOMPARE(reached({}), std::string("https://chat.test/room Bearer t0ken, https://chat.test/room"));
        const Json headers{{"Authorization", "Bearer env:TOKEN"}};
        QCOMPARE(reached({{"a", {{"url", "http://edge"}, {"messages", "http://here/~m"}, {"headers", headers}}}}),
                 std::string("http://here/~m/room Bearer t0ken, http://edge/room"));
    }

    void a_certificate_is_shown_with_its_key() {
        Kept http;
        const auto plan = plan_with("{http: {url: 'https://shop.test', certificate: our.pem, key: 'file:our.key'}}");
        const auto opened = Connections::open(plan, outside(http), {});
        QVERIFY2(opened, opened ? "" : to_text(opened.error()).c_str());
        (*opened)->http("a")->send({}, {});
        QVERIFY(http.sent.front().tls);
        QCOMPARE(http.sent.front().tls->certificate_pem, files_["our.pem"]);
        QCOMPARE(http.sent.front().tls->key_pem, secrets_["file:our.key"]);
        QVERIFY(http.sent.front().tls->ca_pem.empty()); // the system's authorities
        QCOMPARE(plan.secrets.front().where, std::string("connection a, key"));
    }

    /// Before anything is sent, with the place to mend.
    void what_can_not_be_used_is_told_at_once_data() {
        QTest::addColumn<QString>("settings");
        QTest::addColumn<QString>("what");
        QTest::addColumn<QString>("where");
        const auto row = [](const char* name, const char* settings, const char* what, const char* where) {
            QTest::newRow(name) << QString(settings) << QString(what) << QString(where);
        };
        row("no certificate", "certificate: gone.pem, key: 'file:our.key'", "no such file", "gone.pem");
        row("no PEM", "certificate: bad.pem, key: 'file:our.key'", "no certificate in the client's PEM", "bad.pem");
        row("no key", "certificate: our.pem, key: 'file:gone.key'", "no such secret", "file:gone.key");
        row("a key that is none", "certificate: our.pem, key: 'file:bad.key'", "key can't be read", "our.pem");
        row("a password with two lines", "headers: {Authorization: 'Bearer env:LINES'}", "", "header Authorization");
        row("a user with a colon", "basic: {user: 'a:b', password: 'env:PW'}", "no colon", "basic");
        row("no password of the proxy", "via: {socks5: 'p:1080', user: u, password: 'env:GONE'}", "no such secret",
            "env:GONE");
    }
    void what_can_not_be_used_is_told_at_once() {
        QFETCH(QString, settings);
        QFETCH(QString, what);
        QFETCH(QString, where);
        Kept http;
        const auto plan = plan_with("{http: {url: 'https://shop.test', " + settings.toStdString() + "}}");
        QCOMPARE(plan.connections.size(), std::size_t{1});
        const auto opened = Connections::open(plan, outside(http), {});
        QVERIFY(!opened);
        const std::string told = to_text(opened.error());
        QVERIFY2(opened.error().what.find(what.toStdString()) != std::string::npos, told.c_str());
        QVERIFY2(opened.error().where.starts_with("connection a, "), told.c_str());
        QVERIFY2(opened.error().where.find(where.toStdString()) != std::string::npos, told.c_str());
    }

    void by_its_proxy_a_connection_reaches_what_this_desk_does_not_know_data() {
        QTest::addColumn<bool>("socks");
        QTest::newRow("HTTP") << false;
        QTest::newRow("SOCKS 5") << true;
    }
    void by_its_proxy_a_connection_reaches_what_this_desk_does_not_know() {
        QFETCH(bool, socks);
        FakeServer server([](const Seen& seen) { seen.socket->write(answer(200, "there")); });
        FakeProxy proxy(socks ? FakeProxy::Kind::socks5 : FakeProxy::Kind::http, "desk", "pa:55");
        proxy.places["shop.inside:80"] = proxy.places["shop.inside"] = server.port();
        net::QtHttpClient http(scheduler_);
        const auto plan =
            plan_with("{http: {url: 'http://shop.inside', basic: {user: lead, password: 'env:PW'}, via: {" +
                      std::string(socks ? "socks5" : "http-proxy") + ": '127.0.0.1:" + std::to_string(proxy.port()) +
                      "', user: desk, password: 'env:PW'}}}");
        QCOMPARE(plan.connections.size(), std::size_t{1});
        const auto opened = Connections::open(plan, outside(http), {});
        QVERIFY2(opened, opened ? "" : to_text(opened.error()).c_str());
        const auto got = ask(**opened);
        QVERIFY2(got, got ? "" : to_text(got.error()).c_str());
        QCOMPARE(got->body, std::string("there"));
        QCOMPARE(server.seen.size(), std::size_t{1});
        QCOMPARE(server.seen[0].header("Authorization"), "Basic " + QByteArray("lead:pa:55").toBase64());
        QVERIFY(!server.seen[0].head.contains("Proxy-Authorization"));
    }

    /// As after an amendment: the new plan has one of its own.
    void a_port_forward_does_not_outlive_its_plan() {
        const auto write = [this](const char* name, const QByteArray& text) {
            QFile file(folder_.filePath(name));
            QVERIFY(file.open(QIODevice::WriteOnly));
            file.write(text);
            file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        };
        FakeServer server([](const Seen& seen) { seen.socket->write(answer(200, "there")); });
        write("kubectl", "#!/bin/sh\necho $$ > \"$(dirname \"$0\")/pid\"\necho 'Forwarding from 127.0.0.1:" +
                             QByteArray::number(server.port()) + " -> 9090'\nexec sleep 600\n");
        const QByteArray path = qgetenv("PATH");
        qputenv("PATH", folder_.path().toUtf8() + ':' + path);
        files_["/k/config"] = "apiVersion: v1\nkind: Config\ncurrent-context: c\n"
                              "contexts: [{name: c, context: {cluster: c, user: lead}}]\n"
                              "clusters: [{name: c, cluster: {server: 'https://k.example:6443'}}]\n"
                              "users: [{name: lead, user: {token: t0ken}}]\n";
        net::QtHttpClient http(scheduler_);
        const auto plan = plan_with("{prometheus: {url: 'http://prometheus.monitoring:9090', via: {port-forward: "
                                    "{on: k, service: monitoring/prometheus, port: 9090}}}}, "
                                    "k: {kubernetes: {kubeconfig: '/k/config'}}");
        QCOMPARE(plan.connections.size(), std::size_t{2});
        const auto opened = Connections::open(plan, outside(http), {});
        QVERIFY2(opened, opened ? "" : to_text(opened.error()).c_str());
        const auto got = ask(**opened);
        qputenv("PATH", path);
        QVERIFY2(got, got ? "" : to_text(got.error()).c_str());
        QFile pid(folder_.filePath("pid"));
        QVERIFY(pid.open(QIODevice::ReadOnly));
        const int process = pid.readAll().trimmed().toInt();
        QVERIFY(process > 0 && ::kill(process, 0) == 0);
        (*opened)->let_go();
        QTRY_VERIFY_WITH_TIMEOUT(::kill(process, 0) != 0, 5000);
    }
};

SLUICE_TEST(ConnectionsTest)
#include "connections_test.moc"

#include "fake_proxy.h"
#include "fake_server.h"
#include "net/live_scheduler.h"
#include "net/qt_http_client.h"
#include "net/qt_reach.h"
#include "one_exchange.h"
#include "support/suite.h"

#include <QFile>
#include <QSslCertificate>
#include <QSslConfiguration>
#include <QSslKey>
#include <QSslServer>
#include <QSslSocket>
#include <QTemporaryDir>
#include <QtTest>

using namespace sluice;
using namespace sluice::net;
using namespace sluice::testing;

/// Certificates are made anew for each run, by the openssl program.
class TlsTest : public QObject {
    Q_OBJECT
    QTemporaryDir folder_;
    LiveScheduler scheduler_;
    std::unique_ptr<QSslServer> server_;
    QList<QByteArray> requests_;
    QString client_name_;

    QByteArray file(const QString& name) const {
        QFile opened(folder_.filePath(name));
        return opened.open(QIODevice::ReadOnly) ? opened.readAll() : QByteArray();
    }
    bool openssl(const QStringList& arguments) const {
        QProcess process;
        process.setWorkingDirectory(folder_.path());
        process.start("openssl", arguments);
        return process.waitForFinished() && process.exitCode() == 0;
    }
    /// NAME.pem and NAME.key, signed by AUTHORITY.pem.
    bool certificate(const QString& name, const QString& subject, const QString& authority) const {
        QFile extensions(folder_.filePath("san"));
        if (!extensions.open(QIODevice::WriteOnly)) {
            return false;
        }
        extensions.write("subjectAltName=DNS:" + subject.toUtf8() + "\n");
        extensions.close();
        return openssl({"req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout",
                        name + ".key", "-out", name + ".csr", "-subj", "/CN=" + subject}) &&
               openssl({"x509", "-req", "-in", name + ".csr", "-CA", authority + ".pem", "-CAkey", authority + ".key",
                        "-CAcreateserial", "-days", "2", "-out", name + ".pem", "-extfile", "san"});
    }

    Result<HttpResponse> exchange(const std::string& method, std::shared_ptr<const Tls> tls) {
        return exchange(method, "https://127.0.0.1:" + std::to_string(server_->serverPort()) + "/x", std::move(tls),
                        nullptr);
    }
    Result<HttpResponse> exchange(const std::string& method, const std::string& url, std::shared_ptr<const Tls> tls,
                                  std::shared_ptr<const Proxy> proxy) {
        HttpRequest request;
        request.method = method;
        request.url = url;
        request.proxy = std::move(proxy);
        request.tls = std::move(tls);
        return sluice::testing::exchange(scheduler_, std::move(request));
    }

private slots:
    void initTestCase() {
        for (const char* authority : {"ca", "other"}) {
            QVERIFY(openssl({"req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                             "-days", "2", "-keyout", QString(authority) + ".key", "-out", QString(authority) + ".pem",
                             "-subj", QString("/CN=") + authority}));
        }
        QVERIFY(certificate("server", "api.test", "ca"));
        QVERIFY(certificate("client", "operator", "ca"));
        QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
        configuration.setLocalCertificate(QSslCertificate(file("server.pem")));
        configuration.setPrivateKey(QSslKey(file("server.key"), QSsl::Ec));
        configuration.setCaCertificates(QSslCertificate::fromData(file("ca.pem")));
        configuration.setPeerVerifyMode(QSslSocket::QueryPeer);
        server_ = std::make_unique<QSslServer>();
        server_->setSslConfiguration(configuration);
        QVERIFY(server_->listen(QHostAddress::LocalHost));
        connect(server_.get(), &QSslServer::pendingConnectionAvailable, this, [this] {
            auto* socket = qobject_cast<QSslSocket*>(server_->nextPendingConnection());
            const auto answer_now = [this, socket] {
                const QByteArray bytes = socket->readAll();
                if (bytes.contains("HTTP/1.1\r\n")) {
                    requests_ << bytes;
                    client_name_ = socket->peerCertificate().subjectInfo(QSslCertificate::CommonName).value(0);
                    socket->write(answer(200, "secret"));
                }
            };
            connect(socket, &QSslSocket::readyRead, this, answer_now);
            answer_now();
        });
    }
    void init() {
        requests_.clear();
        client_name_.clear();
    }

    void a_server_is_believed_only_by_its_authority_and_name_data() {
        QTest::addColumn<QString>("method");
        QTest::addColumn<QString>("authority");
        QTest::addColumn<QString>("name");
        QTest::addColumn<bool>("believed");
        for (const char* method : {"GET", "PATCH"}) {
            QTest::addRow("%s, own authority and name", method) << method << "ca"
                                                                << "api.test" << true;
            QTest::addRow("%s, another authority", method) << method << "other"
                                                           << "api.test" << false;
            QTest::addRow("%s, another name", method) << method << "ca"
                                                      << "api.example" << false;
            QTest::addRow("%s, the address is no name of it", method) << method << "ca"
                                                                      << "" << false;
            QTest::addRow("%s, the system's authorities", method) << method << ""
                                                                  << "api.test" << false;
        }
    }
    void a_server_is_believed_only_by_its_authority_and_name() {
        QFETCH(QString, method);
        QFETCH(QString, authority);
        QFETCH(QString, name);
        QFETCH(bool, believed);
        Tls tls;
        tls.ca_pem = authority.isEmpty() ? "" : file(authority + ".pem").toStdString();
        tls.server_name = name.toStdString();
        const auto result = exchange(method.toStdString(), std::make_shared<Tls>(tls));
        QVERIFY2(result.has_value() == believed, result ? "" : to_text(result.error()).c_str());
        QCOMPARE(requests_.size(), believed ? 1 : 0);
        if (!believed) {
            QCOMPARE(result.error().code, ErrorCode::unreachable);
            QVERIFY2(certainly_not_sent(result.error()), result.error().what.c_str());
            QVERIFY2(result.error().what.find("not believed") != std::string::npos, result.error().what.c_str());
        }
    }

    void the_client_shows_its_certificate_data() {
        QTest::addColumn<QString>("method");
        QTest::newRow("GET") << "GET";
        QTest::newRow("PATCH") << "PATCH";
    }
    void the_client_shows_its_certificate() {
        QFETCH(QString, method);
        Tls tls;
        tls.ca_pem = file("ca.pem").toStdString();
        tls.server_name = "api.test";
        tls.certificate_pem = file("client.pem").toStdString();
        tls.key_pem = file("client.key").toStdString();
        const auto result = exchange(method.toStdString(), std::make_shared<Tls>(tls));
        QVERIFY2(result, result ? "" : to_text(result.error()).c_str());
        QCOMPARE(client_name_, QString("operator"));
    }

    /// The proxy passes bytes on: who is believed and who is shown is between the two ends.
    void a_tunnel_changes_nothing_of_it_data() { the_client_shows_its_certificate_data(); }
    void a_tunnel_changes_nothing_of_it() {
        QFETCH(QString, method);
        for (const auto kind : {FakeProxy::Kind::http, FakeProxy::Kind::socks5}) {
            FakeProxy passing(kind, "lead", "pa55");
            passing.places["api.test:6443"] = server_->serverPort();
            const auto proxy = std::make_shared<const Proxy>(
                Proxy{.kind = kind == FakeProxy::Kind::http ? Proxy::Kind::http : Proxy::Kind::socks5,
                      .host = "127.0.0.1",
                      .port = passing.port(),
                      .user = "lead",
                      .password = "pa55"});
            Tls tls;
            tls.ca_pem = file("ca.pem").toStdString();
            tls.certificate_pem = file("client.pem").toStdString();
            tls.key_pem = file("client.key").toStdString();
            const auto send = [&] {
                return exchange(method.toStdString(), "https://api.test:6443/x", std::make_shared<Tls>(tls), proxy);
            };
            init();
            const auto result = send();
            QVERIFY2(result, result ? "" : to_text(result.error()).c_str());
            QCOMPARE(client_name_, QString("operator"));
            QCOMPARE(requests_.size(), 1);
            QVERIFY(!requests_[0].contains("Proxy-Authorization"));
            tls.ca_pem = file("other.pem").toStdString();
            const auto other = send();
            QVERIFY(!other);
            QVERIFY2(other.error().what.find("not believed") != std::string::npos, other.error().what.c_str());
            QCOMPARE(requests_.size(), 1);
        }
    }

    void what_can_not_be_read_is_named_data() {
        QTest::addColumn<QString>("ca");
        QTest::addColumn<QString>("certificate");
        QTest::addColumn<QString>("why");
        QTest::newRow("authorities") << "no PEM"
                                     << ""
                                     << "no certificate in the authorities' PEM";
        QTest::newRow("certificate") << ""
                                     << "no PEM"
                                     << "no certificate in the client's PEM";
        QTest::newRow("key") << ""
                             << "client.pem"
                             << "key can't be read";
    }
    void what_can_not_be_read_is_named() {
        QFETCH(QString, ca);
        QFETCH(QString, certificate);
        QFETCH(QString, why);
        Tls tls;
        tls.ca_pem = ca.toStdString();
        tls.certificate_pem =
            certificate.endsWith(".pem") ? file(certificate).toStdString() : certificate.toStdString();
        tls.key_pem = "no key";
        const auto result = exchange("PATCH", std::make_shared<Tls>(tls));
        QVERIFY(!result);
        QCOMPARE(result.error().code, ErrorCode::bad_input);
        QVERIFY2(result.error().what.find(why.toStdString()) != std::string::npos, result.error().what.c_str());
    }

    void a_look_at_the_certificate_believes_as_the_connection_does() {
        QtReach reach(scheduler_);
        const auto look = [&](const std::string& authority, const std::string& name, bool takes_no = false) {
            auto tls = std::make_shared<Tls>();
            tls->ca_pem = file(QString::fromStdString(authority) + ".pem").toStdString();
            tls->server_name = name;
            std::optional<Result<Reached>> got;
            ReachAsk ask{ReachAsk::Kind::tls, "127.0.0.1", server_->serverPort(), seconds(10), "s/look/1", tls};
            ask.takes_no = takes_no;
            reach.ask(ask, [&](Result<Reached> result) { got = std::move(result); });
            return QTest::qWaitFor([&] { return got.has_value(); }, 10'000) ? *got
                                                                            : fail(ErrorCode::internal, "no call back");
        };
        const auto own = look("ca", "api.test");
        QVERIFY2(own.has_value(), own ? "" : to_text(own.error()).c_str());
        QCOMPARE(own->subject, std::string("api.test"));
        QCOMPARE(own->issuer, std::string("ca"));
        QCOMPARE(look("other", "api.test").error().code, ErrorCode::unreachable);
        QCOMPARE(look("ca", "other.test").error().code, ErrorCode::unreachable);
        QCOMPARE(look("empty", "api.test").error().code, ErrorCode::unreachable); // by the system's authorities
        const auto no = look("other", "api.test", true); // which can be an answer: whoever comes would not believe it
        QVERIFY(no && no->no.starts_with("the certificate is not believed: ") && !no->valid_until);
        const auto yes = look("ca", "api.test", true);
        QVERIFY(yes && yes->no.empty() && yes->valid_until);
    }
};

SLUICE_TEST(TlsTest)
#include "tls_test.moc"

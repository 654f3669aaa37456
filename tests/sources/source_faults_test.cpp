#include "net/fake_server.h"
#include "net/qt_http_client.h"
#include "sources/from_plan.h"
#include "sources/watched_gate.h"
#include "support/suite.h"

#include <QFile>
#include <QLocale>
#include <QProcess>
#include <QSslCertificate>
#include <QSslConfiguration>
#include <QSslKey>
#include <QSslServer>
#include <QTemporaryDir>
#include <QTimer>
#include <algorithm>
#include <array>

using namespace sluice;
using namespace sluice::testing;

namespace {

enum class Kind { prometheus, alertmanager, health, scrape, cluster };
constexpr std::array kinds{std::pair{Kind::prometheus, "Prometheus"}, std::pair{Kind::alertmanager, "Alertmanager"},
                           std::pair{Kind::health, "health"}, std::pair{Kind::scrape, "scrape"},
                           std::pair{Kind::cluster, "cluster"}};

enum class Fault {
    none,
    refused,
    reset,
    drip,
    broken,
    limited,
    away,
    wrong_json,
    huge,
    expired,
    no_name,
    half_open,
    clock_behind,
    clock_ahead,
    data_behind, ///< its own clock is right, that of what it tells of is not
    data_ahead,
    data_ended, ///< the look-back still shows a value, and nothing is behind it any more
};

/// An authority and a certificate of yesterday for 127.0.0.1, made anew by the openssl program.
struct Expired {
    QTemporaryDir folder;

    bool make() const {
        QFile names(folder.filePath("names"));
        return names.open(QIODevice::WriteOnly) && names.write("subjectAltName=IP:127.0.0.1\n") > 0 && names.flush() &&
               openssl({"req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days",
                        "2", "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=ca"}) &&
               openssl({"req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout",
                        "own.key", "-out", "own.csr", "-subj", "/CN=127.0.0.1"}) &&
               openssl({"x509", "-req", "-in", "own.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
                        "-days", "-1", "-out", "own.pem", "-extfile", "names"});
    }
    bool openssl(const QStringList& arguments) const {
        QProcess process;
        process.setWorkingDirectory(folder.path());
        process.start("openssl", arguments);
        return process.waitForFinished() && process.exitCode() == 0;
    }
    QByteArray file(const QString& name) const {
        QFile opened(folder.filePath(name));
        return opened.open(QIODevice::ReadOnly) ? opened.readAll() : QByteArray();
    }
};

/// Puts on the address of the moment, as a plan's connection does its own.
class Addressed : public net::HttpClient {
public:
    explicit Addressed(net::HttpClient& way) : way_(way) {}
    net::ExchangeId send(net::HttpRequest request, Done done) override {
        request.url = url + request.url;
        request.tls = tls;
        return way_.send(std::move(request), std::move(done));
    }
    void cancel(net::ExchangeId exchange) override { way_.cancel(exchange); }

    std::string url;
    std::shared_ptr<const net::Tls> tls;

private:
    net::HttpClient& way_;
};

/// One source over loopback, with a gate on it that passes while the server is well.
struct World {
    World(Kind of, bool real) : kind(of), time(real) {
        http.url = server.url("");
        plan::Metric metric;
        metric.name = "m";
        metric.from = "there";
        metric.interval = real ? milliseconds(100) : seconds(5);
        metric.max_age = !real ? seconds(30) : kind == Kind::scrape ? milliseconds(1200) : milliseconds(400);
        sources::Ways ways{time.scheduler(), &http, nullptr};
        const char* must = "< 1";
        if (kind == Kind::alertmanager) {
            metric.alerts.emplace();
        } else if (kind == Kind::health) {
            metric.health.emplace();
            metric.health->path = "/health";
            metric.health->expect.text.emplace_back().pattern = "healthy";
            must = "> 0";
        } else if (kind == Kind::cluster) {
            metric.cluster.emplace();
            metric.cluster->object = "deployment/x";
            metric.cluster->name_space = "n";
            cluster.emplace(http, time.scheduler(), kubernetes::Cluster{}, nullptr);
            ways.cluster = std::make_shared<sources::ClusterReader>(http, *cluster);
            must = "> 0";
        } else {
            metric.query = "busy";
        }
        if (kind == Kind::scrape) {
            ways.scraper = std::make_shared<sources::Scraper>(
                http, time.scheduler(), sources::ScrapeSettings{"there", real ? seconds(1) : seconds(5)});
        }
        auto source = sources::make_source(plan::Plan(), metric, {}, ways);
        if (!source) {
            qFatal("%s", to_text(source.error()).c_str());
        }
        gate.emplace(time.scheduler(), metric, must, *std::move(source), real ? milliseconds(150) : seconds(5),
                     kind != Kind::scrape);
    }

    /// `expired_url` and `tls`: of a server that only the fault `expired` asks.
    void fail_by(Fault what, const std::string& expired_url, std::shared_ptr<const net::Tls> tls) {
        fault = what;
        if (fault == Fault::refused) {
            QTcpServer closed;
            closed.listen(QHostAddress::LocalHost);
            http.url = "http://127.0.0.1:" + std::to_string(closed.serverPort());
        } else if (fault == Fault::no_name) {
            http.url = "http://nobody.invalid";
        } else if (fault == Fault::expired) {
            http.url = expired_url;
            http.tls = std::move(tls);
        }
    }
    void mend() {
        fault = Fault::none;
        http.url = server.url("");
        http.tls = nullptr;
    }

    Nanos clock_of_server() {
        const Nanos off = fault == Fault::clock_behind ? hours(-1) : fault == Fault::clock_ahead ? hours(1) : Nanos();
        return time.scheduler().now() + off;
    }
    /// How much older than usual the data is.
    Nanos data_off() const {
        return fault == Fault::data_behind ? hours(1) : fault == Fault::data_ahead ? hours(-1) : Nanos();
    }

    QByteArray good(const Seen& seen) {
        const Nanos now = clock_of_server();
        if (kind == Kind::alertmanager) {
            return "[]";
        }
        if (kind == Kind::health) {
            return R"({"status":"healthy"})";
        }
        if (kind == Kind::cluster) {
            return R"({"spec":{"replicas":1},"status":{"replicas":1,"updatedReplicas":1,"readyReplicas":1}})";
        }
        if (kind == Kind::scrape) {
            const auto at = QByteArray::number(static_cast<qint64>((now - data_off()).count / 1'000'000));
            return fault == Fault::none ? QByteArray("busy 0.5\n") : "busy 0.5 " + at + "\n";
        }
        const bool is_age = seen.target.contains("timestamp");
        const std::string result = is_age && fault == Fault::data_ended
                                       ? ""
                                       : fmt::format(R"({{"metric":{{}},"value":[{:.3f},"{:.3f}"]}})", now.seconds(),
                                                     is_age ? (data_off() + milliseconds(100)).seconds() : 0.5);
        return QByteArray::fromStdString(
            fmt::format(R"({{"status":"success","data":{{"resultType":"vector","result":[{}]}}}})", result));
    }

    void behave(const Seen& seen) {
        asked_at.push_back(time.scheduler().now());
        auto* socket = seen.socket;
        const auto date = QDateTime::fromMSecsSinceEpoch(clock_of_server().count / 1'000'000, Qt::UTC);
        const QByteArray head =
            "Content-Type: text/plain\r\nDate: " + QLocale::c().toString(date, "ddd, dd MMM yyyy hh:mm:ss").toLatin1() +
            " GMT\r\n";
        switch (fault) {
        case Fault::reset:
            socket->write("HTTP/1.1 200 OK\r\n" + head + "Content-Length: 1000\r\n\r\n{\"status\":");
            socket->flush();
            reset(socket);
            break;
        case Fault::drip: {
            socket->write("HTTP/1.1 200 OK\r\n" + head + "Content-Length: 1000000\r\n\r\n");
            auto* drip = new QTimer(socket);
            QObject::connect(drip, &QTimer::timeout, socket, [socket] { socket->write("#"); });
            drip->start(20);
            break;
        }
        case Fault::huge: {
            const auto more = [socket, bytes = QByteArray(1 << 18, '\n')] {
                if (socket->state() == QAbstractSocket::ConnectedState && socket->bytesToWrite() < bytes.size()) {
                    socket->write(bytes);
                }
            };
            QObject::connect(socket, &QTcpSocket::bytesWritten, socket, more);
            socket->write("HTTP/1.1 200 OK\r\n" + head + "Connection: close\r\n\r\n");
            break;
        }
        case Fault::broken:
            socket->write(answer(500, "oops", head));
            break;
        case Fault::limited:
            socket->write(answer(429, "slow down", head + "Retry-After: 60\r\n"));
            break;
        case Fault::away:
            socket->write(answer(503, "later", head + "Retry-After: 60\r\n"));
            break;
        case Fault::wrong_json:
            socket->write(answer(200, R"({"state": 3})", head));
            break;
        case Fault::half_open:
            break;
        default:
            socket->write(answer(200, good(seen), head));
        }
    }

    const Kind kind;
    Time time;
    Fault fault = Fault::none;
    std::vector<Nanos> asked_at;
    FakeServer server{[this](const Seen& seen) { behave(seen); }};
    net::QtHttpClient client{time.scheduler()};
    Addressed http{client};
    std::optional<kubernetes::Client> cluster;
    std::optional<WatchedGate> gate;
};

} // namespace

Q_DECLARE_METATYPE(Kind)
Q_DECLARE_METATYPE(Fault)

class SourceFaultsTest : public QObject {
    Q_OBJECT
    Expired expired_;
    std::unique_ptr<QSslServer> expired_server_;
    int believed_ = 0; ///< requests that reached the server with the expired certificate

private slots:
    void initTestCase() {
        QVERIFY(expired_.make());
        QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
        configuration.setLocalCertificate(QSslCertificate(expired_.file("own.pem")));
        configuration.setPrivateKey(QSslKey(expired_.file("own.key"), QSsl::Ec));
        configuration.setPeerVerifyMode(QSslSocket::VerifyNone);
        expired_server_ = std::make_unique<QSslServer>();
        expired_server_->setSslConfiguration(configuration);
        QVERIFY(expired_server_->listen(QHostAddress::LocalHost));
        connect(expired_server_.get(), &QSslServer::pendingConnectionAvailable, this, [this] {
            auto* socket = expired_server_->nextPendingConnection();
            connect(socket, &QTcpSocket::readyRead, this, [this] { ++believed_; });
            connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
        });
    }

    void no_gate_passes_by_a_source_that_fails_and_it_recovers_by_itself_data() {
        QTest::addColumn<Kind>("kind");
        QTest::addColumn<Fault>("fault");
        QTest::addColumn<bool>("real"); ///< the fault consists of time
        QTest::addColumn<QString>("says");
        const auto row = [](Kind kind, const char* name, Fault fault, const QString& says, bool real = false) {
            const auto* const of = std::ranges::find(kinds, kind, &decltype(kinds)::value_type::first)->second;
            QTest::addRow("%s, %s", of, name) << kind << fault << real << says;
        };
        for (const auto& [kind, name] : kinds) {
            const QString error = "source-error: ";
            const bool health = kind == Kind::health;
            row(kind, "refused", Fault::refused, error + "could not be reached: Connection refused");
            row(kind, "reset half-way", Fault::reset, error + "could not be reached");
            row(kind, "slow drip", Fault::drip, error + "no answer in time", true);
            row(kind, "500", Fault::broken, health ? "fail: status 500, wanted 2xx" : error + "HTTP status 500");
            row(kind, "429", Fault::limited, error + "HTTP status 429");
            row(kind, "503", Fault::away, health ? "fail: status 503, wanted 2xx" : error + "HTTP status 503");
            row(kind, "huge answer", Fault::huge,
                error + "the answer is over the budget of " +
                    (kind == Kind::scrape    ? "8388608"
                     : kind == Kind::cluster ? "2097152"
                                             : "16777216") +
                    " bytes");
            row(kind, "expired certificate", Fault::expired,
                error + "could not be reached: the server is not believed: The certificate has expired");
            row(kind, "name not found", Fault::no_name, error + "could not be reached: Host nobody.invalid not found");
            row(kind, "half-open", Fault::half_open, error + "no answer in time", true);
            row(kind, "clock an hour slow", Fault::clock_behind,
                error + "the answer is dated more than 60 s behind our clock");
            row(kind, "clock an hour fast", Fault::clock_ahead,
                error + "the answer is dated more than 60 s ahead of our clock");
        }
        row(Kind::prometheus, "wrong JSON", Fault::wrong_json,
            "source-error: the answer is not one of the Prometheus query API");
        row(Kind::alertmanager, "wrong JSON", Fault::wrong_json, "source-error: the answer is no list of alerts");
        row(Kind::health, "wrong JSON", Fault::wrong_json, "fail: 'healthy' is not in the text");
        row(Kind::cluster, "wrong JSON", Fault::wrong_json, "source-error: deployment n/x selects no pods");
        row(Kind::scrape, "JSON", Fault::wrong_json, "source-error: line 1, column ");
        row(Kind::prometheus, "data of an hour ago", Fault::data_behind, "no-data: the data is older than 30 s");
        row(Kind::prometheus, "data of the future", Fault::data_ahead,
            "no-data: the data is dated more than 30 s ahead: a clock is off");
        row(Kind::prometheus, "nothing behind the value", Fault::data_ended,
            "no-data: the series behind the answer have ended");
        row(Kind::scrape, "data of an hour ago", Fault::data_behind, "no-data: the answer is empty");
        row(Kind::scrape, "data of the future", Fault::data_ahead, "no-data: the answer is empty");
    }
    void no_gate_passes_by_a_source_that_fails_and_it_recovers_by_itself() {
        QFETCH(Kind, kind);
        QFETCH(Fault, fault);
        QFETCH(bool, real);
        QFETCH(QString, says);
        World world(kind, real);
        QCOMPARE(recovers(world.time, *world.gate), QString()); // a good start
        const auto tls = std::make_shared<net::Tls>();
        tls->ca_pem = expired_.file("ca.pem").toStdString();
        world.fail_by(fault, "https://127.0.0.1:" + std::to_string(expired_server_->serverPort()), tls);
        QCOMPARE(holds_back(world.time, *world.gate, says), QString());
        QVERIFY2(!world.gate->said().contains("127.0.0.1"), qPrintable(world.gate->said())); // it goes into events
        world.mend();
        QCOMPARE(recovers(world.time, *world.gate), QString());
        QCOMPARE(believed_, 0);
    }

    void a_server_that_asks_to_be_left_alone_is_data() {
        QTest::addColumn<Kind>("kind");
        for (const auto& [kind, name] : kinds) {
            QTest::newRow(name) << kind;
        }
    }
    void a_server_that_asks_to_be_left_alone_is() {
        QFETCH(Kind, kind);
        World world(kind, false);
        QCOMPARE(recovers(world.time, *world.gate), QString());
        world.fault = Fault::limited;
        QVERIFY(world.time.until([&] { return world.gate->said().startsWith("source-error: HTTP status 429"); }));
        const std::size_t asked = world.asked_at.size();
        const Nanos since = world.asked_at.back();
        world.mend();
        QCOMPARE(recovers(world.time, *world.gate), QString());
        QVERIFY(world.asked_at.size() > asked);
        const Nanos next = world.asked_at[asked];
        QVERIFY2(next - since >= seconds(60) && next - since <= seconds(65),
                 qPrintable(QString::number((next - since).seconds())));
    }

    /// What is asked of its health and answers 503 is not well: that must be seen as often as ever.
    void ill_health_that_asks_for_rest_gets_none() {
        World world(Kind::health, false);
        QCOMPARE(recovers(world.time, *world.gate), QString());
        const std::size_t before = world.asked_at.size();
        world.fault = Fault::away;
        QVERIFY(world.time.pass(seconds(60)));
        QVERIFY(world.asked_at.size() - before >= 11);
    }
};

SLUICE_TEST(SourceFaultsTest)
#include "source_faults_test.moc"

#include "plan/reach_place.h"
#include "support/suite.h"

#include <QtTest>

using namespace sluice;

class ReachPlaceTest : public QObject {
    Q_OBJECT
private slots:
    void what_the_probe_leaves_out_comes_from_its_connection_data() {
        QTest::addColumn<QString>("host");
        QTest::addColumn<int>("port");
        QTest::addColumn<QString>("key");
        QTest::addColumn<QString>("address");
        QTest::addColumn<QString>("found");
        QTest::newRow("all said") << "db" << 5432 << "url"
                                  << "https://api:8443/v1"
                                  << "db|5432";
        QTest::newRow("a port of the connection") << "db" << 0 << "url"
                                                  << "https://api:8443/v1"
                                                  << "db|8443";
        QTest::newRow("https") << "" << 0 << "url"
                               << "https://api/v1"
                               << "api|443";
        QTest::newRow("http") << "" << 0 << "url"
                              << "http://api"
                              << "api|80";
        QTest::newRow("only a port said") << "" << 9 << "url"
                                          << "http://api:8080/"
                                          << "api|9";
        QTest::newRow("someone's name") << "" << 0 << "url"
                                        << "https://me:p@api:1/x@y:2"
                                        << "api|1";
        QTest::newRow("a query at once") << "" << 0 << "url"
                                         << "http://api?at=b:7"
                                         << "api|80";
        QTest::newRow("IPv6") << "" << 0 << "server"
                              << "https://[fd00::1]:6443"
                              << "fd00::1|6443";
        QTest::newRow("IPv6 without a port") << "" << 0 << "server"
                                             << "https://[fd00::1]"
                                             << "fd00::1|443";
        QTest::newRow("an open bracket") << "" << 0 << "server"
                                         << "https://[fd00::1"
                                         << "fd00::1|443";
        QTest::newRow("the first broker") << "" << 0 << "bootstrap"
                                          << "k1:9093,k2:9094"
                                          << "k1|9093";
        QTest::newRow("a broker without a port") << "" << 0 << "bootstrap"
                                                 << "k1"
                                                 << "k1|443";
        QTest::newRow("no port that is one") << "" << 0 << "url"
                                             << "https://api:99999"
                                             << "api|443";
        QTest::newRow("nobody says") << "" << 0 << ""
                                     << ""
                                     << "|443";
    }
    void what_the_probe_leaves_out_comes_from_its_connection() {
        QFETCH(QString, host);
        QFETCH(int, port);
        QFETCH(QString, key);
        QFETCH(QString, address);
        const Json settings = key.isEmpty() ? Json::object() : Json{{key.toStdString(), address.toStdString()}};
        const auto place = plan::reach_place(host.toStdString(), port, settings);
        QTEST(QString::fromStdString(place.host) + "|" + QString::number(place.port), "found");
    }
};

SLUICE_TEST(ReachPlaceTest)
#include "reach_place_test.moc"

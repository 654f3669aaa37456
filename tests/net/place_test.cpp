#include "net/place.h"
#include "support/suite.h"

#include <QtTest>

using namespace sluice;

class PlaceTest : public QObject {
    Q_OBJECT
private slots:
    void a_place_is_the_host_of_the_address_data() {
        QTest::addColumn<int>("port");
        QTest::addColumn<QString>("address");
        QTest::addColumn<QString>("found");
        QTest::newRow("a port of the address") << 0 << "https://api:8443/v1"
                                               << "api|8443";
        QTest::newRow("a port that is said") << 9 << "http://api:8080/"
                                             << "api|9";
        QTest::newRow("https") << 0 << "https://api/v1"
                               << "api|443";
        QTest::newRow("http") << 0 << "http://api"
                              << "api|80";
        QTest::newRow("someone's name") << 0 << "https://me:p@api:1/x@y:2"
                                        << "api|1";
        QTest::newRow("a query at once") << 0 << "http://api?at=b:7"
                                         << "api|80";
        QTest::newRow("IPv6") << 0 << "https://[fd00::1]:6443"
                              << "fd00::1|6443";
        QTest::newRow("IPv6 without a port") << 0 << "https://[fd00::1]"
                                             << "fd00::1|443";
        QTest::newRow("the first broker") << 0 << "k1:9093,k2:9094"
                                          << "k1|9093";
        QTest::newRow("a broker as librdkafka has it") << 0 << "SASL_SSL://b1:9094,SASL_SSL://b2:9094"
                                                       << "b1|9094";
        QTest::newRow("a broker without a port") << 0 << "k1"
                                                 << "k1|443";
        QTest::newRow("a host with its port") << 0 << "db.example.com:5432"
                                              << "db.example.com|5432";
        QTest::newRow("a host with an underscore") << 0 << "my_db"
                                                   << "my_db|443";
        QTest::newRow("an address of IPv6") << 0 << "[::1]:5432"
                                            << "::1|5432";
        QTest::newRow("no bracket's end") << 0 << "https://[fd00::1"
                                          << "|443";
        QTest::newRow("no port that is one") << 0 << "https://api:99999"
                                             << "|443";
        QTest::newRow("nobody says") << 0 << ""
                                     << "|443";
        QTest::newRow("only a port said") << 9 << ""
                                          << "|9";
    }
    void a_place_is_the_host_of_the_address() {
        QFETCH(int, port);
        QFETCH(QString, address);
        const auto place = net::place_of(address.toStdString(), port);
        QTEST(QString::fromStdString(place.host) + "|" + QString::number(place.port), "found");
    }
};

SLUICE_TEST(PlaceTest)
#include "place_test.moc"

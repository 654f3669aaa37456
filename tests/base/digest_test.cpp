#include "base/digest.h"

#include "support/suite.h"

#include <QtTest>

using namespace sluice;

class DigestTest : public QObject {
    Q_OBJECT
private slots:
    void sha256_is_that_of_fips_180_4_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("digest");
        QTest::newRow("nothing") << QByteArray() << "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        QTest::newRow("abc") << QByteArray("abc") << "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        QTest::newRow("two blocks") << QByteArray("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")
                                    << "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1";
        QTest::newRow("a million") << QByteArray(1'000'000, 'a')
                                   << "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";
    }
    void sha256_is_that_of_fips_180_4() {
        QFETCH(QByteArray, bytes);
        const std::string text = bytes.toStdString();
        QTEST(QString::fromStdString(hex(sha256(text))), "digest");
        Sha256 pieces;
        for (std::size_t at = 0; at < text.size(); at += 97) {
            pieces.feed(std::string_view(text).substr(at, 97));
        }
        QTEST(QString::fromStdString(hex(pieces.digest())), "digest");
    }

    void a_digest_of_what_came_so_far_lets_feeding_go_on() {
        Sha256 pieces;
        pieces.feed("ab");
        QCOMPARE(hex(pieces.digest()), hex(sha256("ab")));
        pieces.feed("c");
        QCOMPARE(hex(pieces.digest()), hex(sha256("abc")));
    }

    void base64_is_that_of_rfc_4648_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("text");
        QTest::newRow("0") << QByteArray("") << "";
        QTest::newRow("1") << QByteArray("f") << "Zg==";
        QTest::newRow("2") << QByteArray("fo") << "Zm8=";
        QTest::newRow("3") << QByteArray("foo") << "Zm9v";
        QTest::newRow("4") << QByteArray("foob") << "Zm9vYg==";
        QTest::newRow("5") << QByteArray("fooba") << "Zm9vYmE=";
        QTest::newRow("6") << QByteArray("foobar") << "Zm9vYmFy";
        QTest::newRow("all bits") << QByteArray::fromHex("00ff10fbff") << "AP8Q+/8=";
    }
    void base64_is_that_of_rfc_4648() {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, text);
        QCOMPARE(QString::fromStdString(base64(bytes.toStdString())), text);
        std::string back = "something";
        QVERIFY(from_base64(text.toStdString(), back));
        QCOMPARE(QByteArray::fromStdString(back), bytes);
    }

    void what_is_not_base64_is_refused_data() {
        QTest::addColumn<QString>("text");
        for (const char* text : {"Zg", "Zg=", "Zg===", "Z===", "====", "=Zg=", "Zm9v\n", "Zm 9", "Zm9-", "Zm9_",
                                 "Zh==", "Zm9=", "Zg==Zg=="}) {
            QTest::newRow(text) << text;
        }
    }
    void what_is_not_base64_is_refused() {
        QFETCH(QString, text);
        std::string bytes;
        QVERIFY(!from_base64(text.toStdString(), bytes));
    }
};

SLUICE_TEST(DigestTest)
#include "digest_test.moc"

#include "base/printable.h"

#include "support/suite.h"

#include <QtTest>

using namespace sluice;

class PrintableTest : public QObject {
    Q_OBJECT
private slots:
    void nothing_of_it_acts_on_a_terminal_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("shown");
        const auto row = [](const char* name, const QByteArray& text, const QByteArray& shown) {
            QTest::newRow(name) << text << shown;
        };
        row("plain", "to 25 % – grün → 🚀", "to 25 % – grün → 🚀");
        row("line breaks", "a\r\nb\tc", "a\\r\\nb\\tc");
        row("escape", "\x1b[2J", "\\x1b[2J");
        row("NUL", QByteArray("a\0b", 3), "a\\x00b");
        row("C1",
            "\xc2\x9b"
            "2J",
            "\\x9b2J");
        row("direction",
            "a\xe2\x80\xae"
            "b",
            "a\\u202eb");
        row("not UTF-8",
            "a\xff"
            "b\xc3",
            "a\\xffb\\xc3");
        row("empty", "", "");
    }
    void nothing_of_it_acts_on_a_terminal() {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, shown);
        QCOMPARE(QByteArray::fromStdString(printable(text.toStdString())), shown);
    }
};

SLUICE_TEST(PrintableTest)
#include "printable_test.moc"

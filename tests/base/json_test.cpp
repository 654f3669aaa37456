#include "base/json.h"

#include "support/suite.h"

#include <QtTest>
#include <cmath>
#include <limits>

using namespace sluice;

class JsonTest : public QObject {
    Q_OBJECT
private slots:
    void one_value_has_one_byte_form_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("canonical"); // empty = refused
        QTest::newRow("keys are sorted, spaces go") << R"( {"b": 1, "a": [true, null], "B": {}} )"
                                                    << R"({"B":{},"a":[true,null],"b":1})";
        QTest::newRow("a prefix comes first") << R"({"ab": 1, "a": 2, "": 3})"
                                              << R"({"":3,"a":2,"ab":1})";
        // RFC 8785, 3.2.2.2
        QTest::newRow("escapes") << R"("\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/")"
                                 << "\"\u20ac$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"";
        QTest::newRow("short escapes") << R"("\b\t\n\f\r")"
                                       << R"("\b\t\n\f\r")";
        QTest::newRow("other control characters") << R"("\u0000\u001f\u007f")"
                                                  << "\"\\u0000\\u001f\u007f\"";
        QTest::newRow("past the plane") << R"("\ud83d\ude00")"
                                        << "\"\U0001F600\"";
        QTest::newRow("the largest integer") << "9007199254740991"
                                             << "9007199254740991";
        QTest::newRow("the smallest") << "-9007199254740991"
                                      << "-9007199254740991";
        QTest::newRow("2^53") << "9007199254740992"
                              << "";
        QTest::newRow("-2^53") << "-9007199254740992"
                               << "";
        QTest::newRow("past 64 bit") << "18446744073709551616"
                                     << "";
        QTest::newRow("a fraction") << "1.5"
                                    << "";
        QTest::newRow("a fraction within") << R"({"a": [{"b": 1.0}]})"
                                           << "";
        QTest::newRow("a key that is not ASCII") << R"({"ö": 1})"
                                                 << "";
        QTest::newRow("text that is not ASCII") << R"({"o": "ö"})"
                                                << R"({"o":"ö"})";
    }
    void one_value_has_one_byte_form() {
        QFETCH(QString, text);
        QFETCH(QString, canonical);
        const auto bytes = sluice::canonical(Json::parse(text.toStdString()));
        QCOMPARE(bytes.has_value(), !canonical.isEmpty());
        if (bytes) {
            QCOMPARE(QString::fromStdString(*bytes), canonical);
            QCOMPARE(sluice::canonical(parse_json(*bytes, "again").value()).value(), *bytes);
        } else {
            QCOMPARE(bytes.error().code, ErrorCode::internal);
        }
    }

    void what_is_no_text_has_no_byte_form() {
        QVERIFY(!canonical(Json("\xff\xfe")));
        QVERIFY(!canonical(Json::binary({1, 2})));
        Json deep = 1;
        for (int i = 0; i < 70; ++i) {
            deep = Json::array({deep});
        }
        QVERIFY(!canonical(deep));
    }

    void parsing_is_strict_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<bool>("good");
        QTest::newRow("a value") << QByteArray(R"({"a": [1, "x"]})") << true;
        QTest::newRow("a scalar") << QByteArray("7") << true;
        QTest::newRow("one key twice") << QByteArray(R"({"a": 1, "a": 1})") << false;
        QTest::newRow("one key twice within") << QByteArray(R"([{"b": {"a": 1, "c": 2, "a": 3}}])") << false;
        QTest::newRow("one key in two objects") << QByteArray(R"([{"a": 1}, {"a": 1}])") << true;
        QTest::newRow("one key in an object and its child") << QByteArray(R"({"a": {"a": 1}})") << true;
        QTest::newRow("the same key spelt in two ways") << QByteArray(R"({"a": 1, "\u0061": 2})") << false;
        QTest::newRow("two values") << QByteArray("1 2") << false;
        QTest::newRow("nothing") << QByteArray("") << false;
        QTest::newRow("a comment") << QByteArray("/* x */ 1") << false;
        QTest::newRow("a comma too many") << QByteArray("[1,]") << false;
        QTest::newRow("cut off") << QByteArray(R"({"a": )") << false;
        QTest::newRow("not UTF-8") << QByteArray("\"\xff\"") << false;
        QTest::newRow("half a surrogate") << QByteArray(R"("\ud800")") << false;
        QTest::newRow("64 deep") << QByteArray(64, '[') + QByteArray(64, ']') << true;
        QTest::newRow("66 deep") << QByteArray(66, '[') + QByteArray(66, ']') << false;
        QTest::newRow("100000 deep") << QByteArray(100000, '[') << false;
    }
    void parsing_is_strict() {
        QFETCH(QByteArray, text);
        const auto parsed = parse_json(text.toStdString(), "here");
        QTEST(parsed.has_value(), "good");
        if (!parsed) {
            QCOMPARE(parsed.error().code, ErrorCode::bad_input);
            QCOMPARE(parsed.error().where, "here");
        }
    }

    void parsing_keeps_to_its_budget() {
        QVERIFY(parse_json("[1,2]", "here", 5));
        QVERIFY(!parse_json("[1,2]", "here", 4));
    }

    void nanoseconds_travel_as_text_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<bool>("good");
        QTest::newRow("now") << "1767225600000000000" << true;
        QTest::newRow("before 1970") << "-5" << true;
        QTest::newRow("the last") << "9223372036854775807" << true;
        QTest::newRow("past the last") << "9223372036854775808" << false;
        QTest::newRow("nothing") << "" << false;
        QTest::newRow("a space") << " 5" << false;
        QTest::newRow("more than a number") << "5s" << false;
        QTest::newRow("a fraction") << "5.0" << false;
    }
    void nanoseconds_travel_as_text() {
        QFETCH(QString, text);
        const auto value = parse_nanos(text.toStdString());
        QTEST(value.has_value(), "good");
        if (value) {
            QCOMPARE(QString::fromStdString(nanos_text(*value)), text);
        }
    }

    void doubles_come_back_as_they_were_data() {
        QTest::addColumn<double>("value");
        QTest::addColumn<QString>("text");
        QTest::newRow("a tenth") << 0.1 << "0.1";
        QTest::newRow("a third") << 1.0 / 3 << "0.3333333333333333";
        QTest::newRow("zero") << 0.0 << "0";
        QTest::newRow("minus zero") << -0.0 << "-0";
        QTest::newRow("the smallest") << std::numeric_limits<double>::denorm_min() << "5e-324";
        QTest::newRow("the largest") << std::numeric_limits<double>::max() << "1.7976931348623157e+308";
        QTest::newRow("infinite") << HUGE_VAL << "+Inf";
        QTest::newRow("minus infinite") << -HUGE_VAL << "-Inf";
        QTest::newRow("no number") << std::nan("") << "NaN";
    }
    void doubles_come_back_as_they_were() {
        QFETCH(double, value);
        const std::string text = number_text(value);
        QTEST(QString::fromStdString(text), "text");
        const double back = parse_number(text).value();
        QVERIFY(std::isnan(value) ? std::isnan(back) : back == value && std::signbit(back) == std::signbit(value));
    }

    void what_is_no_number_is_refused() {
        for (const char* text : {"", "+", "+-1", "-+1", "1,5", "0x10", "nan", "inf", "1 ", " 1", "--1", "+NaN"}) {
            QVERIFY2(!parse_number(text), text);
        }
        QCOMPARE(parse_number("+1.5").value(), 1.5);
        QCOMPARE(parse_number("Inf").value(), HUGE_VAL);
    }
};

SLUICE_TEST(JsonTest)
#include "json_test.moc"

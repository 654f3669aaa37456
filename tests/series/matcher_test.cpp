#include "series/matcher.h"
#include "support/suite.h"

#include <QtTest>

using namespace sluice;
using namespace sluice::series;

/// All rows are what Prometheus 2.42 answers (RE2), but for those that are told as refused by us alone.
class MatcherTest : public QObject {
    Q_OBJECT

private slots:
    void a_pattern_holds_for_the_whole_value_data() {
        QTest::addColumn<QString>("pattern");
        QTest::addColumn<QString>("value");
        QTest::addColumn<bool>("holds");
        const auto row = [](const char* pattern, const char* value, bool holds) {
            QTest::addRow("%s on %s", pattern, value) << pattern << value << holds;
        };
        row("v1|v2", "v2", true);
        row("v1|v2", "v22", false);
        row(".", "é", true);
        row("..", "é", false);
        row("[à-ü]", "é", true);
        row("日.", "日本", true);
        row(".", "\r", true);
        row(".", "\n", false);
        row("a.", "a\r", true);
        row("\\s", "\v", false);
        row("\\S", "\v", true);
        row("[\\s]", " ", true);
        row("[[:space:]]", "\v", true);
        row("[\\s\\S]*", "a\n\v b", true);
        row("[\\S]", "\v", true);
        row("[\\s-]", "-", true);
        row("[]a]+", "]a", true);
        row("[^]a]", "]", false);
        row("[^]a]", "b", true);
        row("[[.a.]]", "a]", true);
        row("[[]", "[", true);
        row("a]", "a]", true);
        row("v{", "v{", true);
        row("v{1", "v{1", true);
        row("v{01}1", "v1", false);
        row("v{01}1", "v{01}1", true);
        row("a{,2}", "aa", false);
        row("a{2}", "aa", true);
        row("a{1,2}?", "aa", true);
        row("a{2,}", "aaaa", true);
        row("v.*?", "v12", true);
        row("(?:a{2}){2}", "aaaa", true);
        row("\\x76\\d", "v1", true);
        row("1\\.2\\-3\\_\\/", "1.2-3_/", true);
        row("\\bv1\\b", "v1", true);
        row("[\\w\\-.]+", "a-1.b", true);
        row("^v1$", "v1", true);
        row("", "", true);
    }
    void a_pattern_holds_for_the_whole_value() {
        QFETCH(QString, pattern);
        QFETCH(QString, value);
        QFETCH(bool, holds);
        const auto matcher = Matcher::make("l", Matcher::Kind::matches, pattern.toStdString());
        QVERIFY2(matcher, matcher ? "" : to_text(matcher.error()).c_str());
        QCOMPARE(matcher->holds(value.toStdString()), holds);
        QCOMPARE(Matcher::make("l", Matcher::Kind::not_matches, pattern.toStdString())->holds(value.toStdString()),
                 !holds);
    }

    void what_it_could_only_guess_is_refused_data() {
        QTest::addColumn<QString>("pattern");
        for (const char* by_re2_too :
             {"\\q",     "\\é",    "\\cA", "\\u0076", "\\1", "[\\b]", "v**", "v++", "a{2}{2}", "a{2}*",
              "a{1001}", "a{2,1}", "[]",   "[^]",     "[a",  "(",     "a)",  "*",   "(?=v)1",  "\\"}) {
            QTest::newRow(by_re2_too) << by_re2_too;
        }
        for (const char* by_us_alone : {"\\Qv1\\E", "\\pL", "\\p{L}", "\\Av1", "v1\\z", "\\a", "\\x{76}", "\\01",
                                        "(?i)v1", "(?P<n>v)1", "[[:word:]]", "[[:^alpha:]]", "[\\s-z]"}) {
            QTest::newRow(by_us_alone) << by_us_alone;
        }
    }
    void what_it_could_only_guess_is_refused() {
        QFETCH(QString, pattern);
        const auto matcher = Matcher::make("l", Matcher::Kind::matches, pattern.toStdString());
        QVERIFY(!matcher);
        QCOMPARE(matcher.error().code, ErrorCode::bad_input);
        QVERIFY(!matcher.error().what.empty());
    }
};

SLUICE_TEST(MatcherTest)
#include "matcher_test.moc"

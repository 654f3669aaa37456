#include "base/redact.h"

#include "base/digest.h"
#include "support/suite.h"

#include <QElapsedTimer>
#include <QUrl>
#include <QtTest>
#include <random>

using namespace sluice;

namespace {

std::shared_ptr<const RedactionSet> set_of(const std::vector<std::string>& secrets) {
    auto set = std::make_shared<RedactionSet>();
    for (const auto& secret : secrets) {
        if (!set->add(Secret(secret), "env:X")) {
            throw std::runtime_error("not added");
        }
    }
    return set;
}

const std::string mark(redaction_mark);
const std::string canary = "C4nary/+ \"q\\uote\xC3\xA9%z";

} // namespace

class RedactTest : public QObject {
    Q_OBJECT
private slots:
    void every_form_is_found_however_it_is_cut_data() {
        QTest::addColumn<QByteArray>("form");
        const auto q = QString::fromStdString(canary);
        const auto row = [](const char* name, const std::string& form) {
            QTest::newRow(name) << QByteArray::fromStdString(form);
        };
        row("raw", canary);
        row("percent-encoded", QUrl::toPercentEncoding(q).toStdString());
        row("percent-encoded but slashes", QUrl::toPercentEncoding(q, "/").toStdString());
        row("percent-encoded, lower case",
            QUrl::toPercentEncoding(q).toLower().replace("c4nary", "C4nary").toStdString());
        row("every byte percent-encoded", [] {
            std::string all;
            for (const char c : canary) {
                all += "%" + hex(std::string_view(&c, 1));
            }
            return all;
        }());
        row("form-encoded", QUrl::toPercentEncoding(q).replace("%20", "+").toStdString());
        const std::string json = Json(canary).dump();
        row("JSON", json.substr(1, json.size() - 2));
        const std::string ascii = Json(canary).dump(-1, ' ', true);
        const std::string twice = Json(json.substr(1, json.size() - 2)).dump();
        row("JSON within JSON", twice.substr(1, twice.size() - 2));
        row("JSON, ASCII only", ascii.substr(1, ascii.size() - 2));
        row("hex", hex(canary));
        row("hex, upper case", QByteArray::fromStdString(hex(canary)).toUpper().toStdString());
        row("base64", base64(canary));
        row("base64, URL alphabet",
            QByteArray::fromStdString(canary).toBase64(QByteArray::Base64UrlEncoding).toStdString());
    }
    void every_form_is_found_however_it_is_cut() {
        QFETCH(QByteArray, form);
        const auto set = set_of({canary});
        const std::string text = "before " + form.toStdString() + " after";
        const std::string expected = "before " + mark + " after";
        QCOMPARE(redact(text, set), expected);
        for (std::size_t first = 0; first <= text.size(); ++first) {
            for (std::size_t second = first; second <= text.size(); ++second) {
                Redactor redactor(set);
                std::string out = redactor.feed(std::string_view(text).substr(0, first));
                out += redactor.feed(std::string_view(text).substr(first, second - first));
                out += redactor.feed(std::string_view(text).substr(second));
                out += redactor.finish();
                QCOMPARE(out, expected);
            }
        }
    }

    void inside_longer_base64_nothing_of_the_middle_remains_data() {
        QTest::addColumn<int>("before");
        QTest::addColumn<int>("after");
        for (int before = 0; before < 6; ++before) {
            for (int after = 0; after < 4; ++after) {
                QTest::addRow("%d before, %d after", before, after) << before << after;
            }
        }
    }
    void inside_longer_base64_nothing_of_the_middle_remains() {
        QFETCH(int, before);
        QFETCH(int, after);
        const std::string secret = "s3cr3t-canary";
        const std::string text = base64(std::string(static_cast<std::size_t>(before), 'u') + secret +
                                        std::string(static_cast<std::size_t>(after), 'v'));
        const std::string out = redact(text, set_of({secret}));
        QVERIFY2(out.find(mark) != std::string::npos, out.c_str());
        // What may remain: the neighbours' characters, and one mixed character at each side (and padding).
        const std::size_t rest = out.size() - mark.size();
        QVERIFY2(rest <= static_cast<std::size_t>((before + after) * 4 / 3 + 2 + 4), out.c_str());
    }

    void overlapping_and_touching_secrets_become_one_mark_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("expected");
        const QString m = QString::fromUtf8("‹redacted›");
        QTest::newRow("one in the other") << "x abcdefgh y"
                                          << "x " + m + " y";
        QTest::newRow("prefix alone") << "x abcd y"
                                      << "x " + m + " y";
        QTest::newRow("overlapping") << "x abcdefghij y"
                                     << "x " + m + " y";
        QTest::newRow("touching") << "x abcdabcd y"
                                  << "x " + m + " y";
        QTest::newRow("near miss") << "x abcxefgh y"
                                   << "x abcxefgh y";
        QTest::newRow("at the ends") << "abcd-abcd" << m + "-" + m;
        QTest::newRow("beginning only") << "x abc"
                                        << "x abc";
        QTest::newRow("nothing") << ""
                                 << "";
    }
    void overlapping_and_touching_secrets_become_one_mark() {
        QFETCH(QString, text);
        QFETCH(QString, expected);
        const auto set = set_of({"abcd", "abcdefgh", "fghij"});
        QCOMPARE(QString::fromStdString(redact(text.toStdString(), set)), expected);
        Redactor bytewise(set);
        std::string out;
        for (const char c : text.toStdString()) {
            out += bytewise.feed(std::string_view(&c, 1));
        }
        QCOMPARE(QString::fromStdString(out + bytewise.finish()), expected);
    }

    void what_comes_out_does_not_depend_on_the_cuts() {
        // A small alphabet in which the characters of escapes are secrets too: as many ambiguities as can be.
        std::mt19937 random(7);
        static constexpr std::string_view alphabet = "%25\\u0+\"a";
        const auto text_of = [&](std::size_t length) {
            std::string text;
            while (text.size() < length) {
                text += alphabet[random() % alphabet.size()];
            }
            return text;
        };
        for (int round = 0; round < 300; ++round) {
            const auto set = set_of({text_of(4), text_of(5), text_of(7)});
            const std::string text = text_of(200);
            const std::string whole = redact(text, set);
            Redactor redactor(set);
            std::string out;
            for (std::size_t at = 0; at < text.size();) {
                const std::size_t size = std::min<std::size_t>(1 + random() % 9, text.size() - at);
                out += redactor.feed(std::string_view(text).substr(at, size));
                at += size;
            }
            QCOMPARE(out + redactor.finish(), whole);
        }
    }

    void a_line_of_a_key_is_a_secret_too() {
        const std::string key = "-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG9w0B\nshort\n-----END KEY-----\n";
        QCOMPARE(redact("line: MIIEvQIBADANBgkqhkiG9w0B\r\n", set_of({key})), "line: " + mark + "\r\n");
        QCOMPARE(redact("short", set_of({key})), std::string("short"));
    }

    void a_secret_too_short_to_hide_is_refused() {
        RedactionSet set;
        const auto added = set.add(Secret("abc"), "env:PIN");
        QVERIFY(!added);
        QCOMPARE(added.error().code, ErrorCode::bad_input);
        QCOMPARE(added.error().where, std::string("env:PIN"));
        QVERIFY(set.add(Secret("abcd"), "env:PIN"));
    }

    void much_output_is_quick() {
        const auto set = set_of({canary, "correct horse battery staple", "0123456789abcdef"});
        std::string line = "2026-01-01T00:00:00Z INFO release/user-service-green deployed %20 \\\"x\\\" in 12.4 s\n";
        std::string chunk;
        while (chunk.size() < 64 * 1024) {
            chunk += line;
        }
        Redactor redactor(set);
        QElapsedTimer spent;
        spent.start();
        std::size_t bytes = 0;
        for (int i = 0; i < 32; ++i) { // 2 MiB
            bytes += redactor.feed(chunk).size();
        }
        bytes += redactor.finish().size();
        QCOMPARE(bytes, chunk.size() * 32);
        qInfo("%.0f MB/s", static_cast<double>(bytes) / static_cast<double>(spent.nsecsElapsed()) * 1000);
        QVERIFY(spent.elapsed() < 30'000); // against a scan that is not linear; sanitizers are slow
    }
};

SLUICE_TEST(RedactTest)
#include "redact_test.moc"

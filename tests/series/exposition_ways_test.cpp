#include "series/exposition_lines.h"
#include "support/suite.h"

#include <QtTest>
#include <bit>
#include <fmt/format.h>
#include <random>
#include <vector>

using namespace sluice;
using namespace sluice::series;

namespace {

/// All that a reader gives, as text.
struct Transcript : ExpositionSink {
    std::string said;
    void sample(const SampleLine& line) override {
        said += fmt::format("{} = {} [{:x}]", line.written, line.name, std::bit_cast<std::uint64_t>(line.value));
        for (const auto& label : line.labels) {
            said += fmt::format(" {}={}", label.name, label.value);
        }
        said += line.at ? fmt::format(" @{}\n", line.at->count) : "\n";
    }
    void help(std::string_view name, std::string_view text) override {
        said += fmt::format("HELP {} {}\n", name, text);
    }
    void type(std::string_view of, MetricType type) override { said += fmt::format("TYPE {} {}\n", of, name(type)); }
};

struct Reading {
    std::string said, error;
};

Reading read(const std::string& text, ExpositionFormat format, ExpositionWay way) {
    const std::vector<char> exact(text.begin(), text.end()); // nothing behind its last byte, as a sanitizer sees it
    Transcript transcript;
    constexpr ExpositionBudget budget{1 << 16, 40, 5};
    const auto got = read_exposition({exact.data(), exact.size()}, "s", budget, format, transcript, way);
    return {std::move(transcript.said), got ? "" : to_text(got.error())};
}

/// Texts of which most are right, and the others nearly so.
class Writer {
public:
    explicit Writer(unsigned seed) : random_(seed) {}

    std::string text(ExpositionFormat format) {
        std::string out;
        for (std::size_t lines = below(12); lines > 0; --lines) {
            out += line();
        }
        if (format == ExpositionFormat::open_metrics && below(10) > 0) {
            out += below(2) ? "# EOF" : "# EOF\n";
        }
        for (std::size_t slips = below(4) ? 0 : 1 + below(3); slips > 0 && !out.empty(); --slips) {
            slip(out);
        }
        return out;
    }

private:
    std::size_t below(std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random_); }
    template <std::size_t n>
    std::string one_of(const char* const (&all)[n]) {
        return all[below(n)];
    }

    std::string line() {
        static constexpr const char* heads[] = {"# HELP a what it is\n",
                                                "# HELP h \\\\ and \\n\n",
                                                "# TYPE h histogram\n",
                                                "# TYPE a_b:c counter\n",
                                                "# by hand\n",
                                                "\n",
                                                "# TYPE \"my.name\" gauge\n"};
        return below(4) ? series() + value() : one_of(heads);
    }
    std::string series() {
        static constexpr const char* names[] = {
            "a", "h_bucket", "h_sum", "h_count", "a_b:c", "_x9", "a_metric_with_a_name_longer_than_sixteen_bytes", "h"};
        if (below(12) == 0) {
            return "{\"my.name\"" + labels(",") + "}";
        }
        return one_of(names) + (below(3) ? (below(15) ? "{" : " {") + labels("") + "}" : "");
    }
    std::string labels(std::string before) {
        static constexpr const char* names[] = {"le",      "code", "handler",  "a",           "of_a_very_long_label",
                                                "\"l.x\"", "q:",   "__name__", "\"__name__\""};
        static constexpr const char* values[] = {
            "", "200", "/api/v1/customers/of/a/long/path", "+Inf", "\xC3\xA4 x", "a\\nb\\\\c\\\"", "x,y=}{ #", "\\q"};
        std::string out;
        std::string unused = "abcdefg";
        for (std::size_t n = below(5); n > 0; --n) {
            // Mostly such as can't stand twice.
            const std::string name = below(4) ? "l" + std::string(1, unused[n]) : names[below(below(8) ? 5 : 9)];
            out += before + name + (below(20) ? "=\"" : " = \"") + values[below(below(8) ? 7 : 8)] + "\"";
            before = below(20) ? "," : ", ";
        }
        return out + (below(12) ? "" : before);
    }
    std::string value() {
        static constexpr const char* blanks[] = {" ", " ", " ", " ", "  ", "\t"};
        static constexpr const char* rests[] = {" 1395066363000",           " -5",  " 9223372036854",
                                                " 9223372036855",           " 1.5", " # {trace=\"x\"} 1 2",
                                                " 1520879607.789 # {} 0.5", "  ",   " +7"};
        return one_of(blanks) + number() + (below(6) ? "" : rests[below(below(3) ? 3 : 9)]) + "\n";
    }
    std::string number() {
        static constexpr const char* odd[] = {"+Inf",    "-Inf",
                                              "NaN",     "nan",
                                              "+1",      "-0",
                                              "0x10",    "1_0",
                                              "1e400",   "1e-400",
                                              ".5",      "1.",
                                              "-",       "1e",
                                              "1e+",     "9007199254740993",
                                              "1e5",     "123456789012345678901234567890",
                                              "0.1e-22", "1e+22",
                                              "1e+23",   "4.9e-324",
                                              "00012",   "1.7976931348623157e+308"};
        if (below(8) == 0) {
            return one_of(odd);
        }
        std::string digits = std::to_string(random_() >> below(32));
        if (below(2)) {
            digits += "." + std::to_string((std::uint64_t{random_()} << 20) >> below(50));
        }
        if (below(4) == 0) {
            digits += fmt::format("e{}{:02}", below(2) ? "+" : "-", below(25));
        }
        return (below(6) ? "" : "-") + digits;
    }
    void slip(std::string& out) {
        static constexpr char strange[] = "{}\"\\\n #=,:0e.\t\x80_";
        const std::size_t at = below(out.size());
        switch (below(3)) {
        case 0:
            out.erase(at, 1);
            break;
        case 1:
            out.insert(at, 1, strange[below(sizeof strange - 1)]);
            break;
        default:
            out[at] = strange[below(sizeof strange - 1)];
        }
    }

    std::mt19937 random_;
};

} // namespace

class ExpositionWaysTest : public QObject {
    Q_OBJECT
private slots:
    void the_quick_way_reads_what_the_checked_way_reads_data() {
        QTest::addColumn<int>("format");
        QTest::newRow("text") << static_cast<int>(ExpositionFormat::text);
        QTest::newRow("open metrics") << static_cast<int>(ExpositionFormat::open_metrics);
    }
    void the_quick_way_reads_what_the_checked_way_reads() {
        QFETCH(int, format);
        const auto written = static_cast<ExpositionFormat>(format);
        int good = 0, bad = 0;
        for (unsigned seed = 0; seed < 60'000; ++seed) {
            const std::string text = Writer(seed).text(written);
            const Reading checked = read(text, written, ExpositionWay::checked);
            const Reading quick = read(text, written, ExpositionWay::quick);
            QVERIFY2(quick.error == checked.error && quick.said == checked.said,
                     fmt::format("seed {}:\n{}\nchecked {}\n{}\nquick {}\n{}", seed, text, checked.error, checked.said,
                                 quick.error, quick.said)
                         .c_str());
            (checked.error.empty() ? good : bad) += 1;
        }
        QVERIFY2(good > 10'000 && bad > 10'000, fmt::format("{} good, {} bad", good, bad).c_str());
    }

    /// Each place at which a text may end, and lie against the end of what may be read.
    void a_text_cut_anywhere_is_read_alike_by_both() {
        const std::string whole =
            "# HELP h of all\n# TYPE h histogram\nh_bucket{handler=\"/api/v1/orders\",le=\"+Inf\"} "
            "1.234567e+06 1395066363000\nh_sum{handler=\"/api/v1/orders\"} 0.041234567891\nh 1\n";
        for (std::size_t length = 0; length <= whole.size(); ++length) {
            const auto text = whole.substr(0, length);
            const Reading checked = read(text, ExpositionFormat::text, ExpositionWay::checked);
            const Reading quick = read(text, ExpositionFormat::text, ExpositionWay::quick);
            QCOMPARE(quick.said, checked.said);
            QCOMPARE(quick.error, checked.error);
            QCOMPARE(checked.error.empty(), length == 0 || text.back() == '\n');
        }
    }

    void an_empty_name_names_no_metric() {
        for (const char* text : {"a 1\n{\"\"} 1\n", "a 1\n{\"__name__\"=\"\",x=\"y\"} 1\n"}) {
            const auto read_it = read(text, ExpositionFormat::text, ExpositionWay::quick);
            QCOMPARE(read_it.error, std::string("s:2:1: the line names no metric"));
        }
    }

    /// A sample of a histogram counts as one of its bare name from when that has been named.
    void a_type_may_not_follow_samples_whatever_stood_between_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("error");
        const auto row = [](const char* name, const char* text, const char* error) {
            QTest::newRow(name) << QByteArray(text) << QByteArray(error);
        };
        row("named after its samples", "h_bucket 1\n# HELP h x\n# TYPE h histogram\n", "");
        row("a sample before and after", "h_bucket 1\n# HELP h x\nh_bucket 2\n# TYPE h histogram\n",
            "s:4:3: the TYPE of h comes after its samples");
        row("others before it", "h_bucket 1\nh_sum 1\n# HELP h x\na 1\nh_bucket 2\n# TYPE h histogram\n",
            "s:6:3: the TYPE of h comes after its samples");
        row("others behind it", "# HELP h x\nh_sum 1\na 1\n# TYPE h histogram\n",
            "s:4:3: the TYPE of h comes after its samples");
        row("in quotes", "{\"my.name\"} 1\n# TYPE \"my.name\" gauge\n",
            "s:2:3: the TYPE of my.name comes after its samples");
        row("with escapes", "{\"a\\nb\"} 1\na 1\n# TYPE \"a\\nb\" gauge\n",
            "s:3:3: the TYPE of a\nb comes after its samples");
        row("of another", "a 1\n# TYPE b gauge\nb 1\na 1\n", "");
    }
    void a_type_may_not_follow_samples_whatever_stood_between() {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, error);
        for (const auto way : {ExpositionWay::quick, ExpositionWay::checked}) {
            QCOMPARE(read(text.toStdString(), ExpositionFormat::text, way).error, error.toStdString());
        }
    }

    void the_same_bytes_are_given_for_the_same_series() {
        Transcript transcript;
        QVERIFY(read_exposition("a{x=\"1\"}  5 7\na{x=\"1\"} 6 8\na\t2\n {\"a\"}1\n", "s", {}, ExpositionFormat::text,
                                transcript));
        QCOMPARE(transcript.said, std::string("a{x=\"1\"} = a [4014000000000000] x=1 @7000000\n"
                                              "a{x=\"1\"} = a [4018000000000000] x=1 @8000000\n"
                                              "a = a [4000000000000000]\n"
                                              "{\"a\"} = a [3ff0000000000000]\n"));
    }
};

SLUICE_TEST(ExpositionWaysTest)
#include "exposition_ways_test.moc"

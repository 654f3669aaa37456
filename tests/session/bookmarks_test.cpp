#include "session/bookmarks.h"

#include "support/suite.h"

#include <QTemporaryDir>
#include <QtTest>
#include <fstream>
#include <rapidcheck.h>

using namespace sluice;
using namespace sluice::session;

class BookmarksTest : public QObject {
    Q_OBJECT

    static std::filesystem::path in(const QTemporaryDir& folder) { return folder.path().toStdString(); }

private slots:
    void one_goes_to_the_nearest_on_each_side() {
        const bool held = rc::check([](const std::vector<std::uint8_t>& times, std::uint8_t here) {
            Bookmarks marks;
            std::set<std::int64_t> expected;
            for (const auto time : times) {
                RC_ASSERT(marks.mark(seconds(time), "x").has_value() || marks.all().size() == Bookmarks::most);
                expected.insert(time);
            }
            const auto after = expected.upper_bound(here);
            const auto before = expected.lower_bound(here);
            const auto as_time = [&](auto found) { return std::optional(seconds(*found)); };
            RC_ASSERT(marks.next(seconds(here)) == (after == expected.end() ? std::nullopt : as_time(after)));
            RC_ASSERT(marks.previous(seconds(here)) ==
                      (before == expected.begin() ? std::nullopt : as_time(std::prev(before))));
        });
        QVERIFY(held);
    }

    void a_moment_has_one_whose_name_can_be_changed() {
        Bookmarks marks;
        QVERIFY(marks.mark(seconds(5), "lag grows").has_value());
        QVERIFY(marks.mark(seconds(5), "lag grows\nhere").has_value());
        QCOMPARE(marks.all().size(), std::size_t(1));
        QCOMPARE(QString::fromStdString(marks.all()[0].name), "lag grows here");
        QVERIFY(!marks.remove(seconds(6)));
        QVERIFY(marks.remove(seconds(5)));
        QVERIFY(marks.all().empty());
    }

    void a_long_name_is_cut_between_characters() {
        Bookmarks marks;
        std::string name(Bookmarks::longest - 1, 'a');
        QVERIFY(marks.mark(seconds(1), name + "ü").has_value());
        QCOMPARE(marks.all()[0].name, name);
    }

    void too_many_are_refused_with_a_remedy() {
        Bookmarks marks;
        for (std::size_t i = 0; i < Bookmarks::most; ++i) {
            QVERIFY(marks.mark(seconds(static_cast<std::int64_t>(i)), "").has_value());
        }
        const auto refused = marks.mark(seconds(1000), "one more");
        QVERIFY(!refused && refused.error().code == ErrorCode::refused && !refused.error().remedy.empty());
        QVERIFY(marks.mark(seconds(7), "another name").has_value());
    }

    void what_is_written_is_read_again() {
        const QTemporaryDir folder;
        const auto file = bookmarks_file(in(folder), "nova-v1.2.4");
        QVERIFY(read_bookmarks(file)->all().empty());
        Bookmarks marks;
        QVERIFY(marks.mark(hours(500'000), "„quoted“ \\ \" \xff").has_value());
        QVERIFY(marks.mark(seconds(3), "").has_value());
        QVERIFY(write_bookmarks(file, marks).has_value());
        const auto read = read_bookmarks(file);
        QVERIFY2(read.has_value(), read ? "" : to_text(read.error()).c_str());
        QCOMPARE(read->all().size(), std::size_t(2));
        QVERIFY(read->all()[0] == marks.all()[0]);
        QVERIFY(read->all()[1].at == marks.all()[1].at);
        QVERIFY(write_bookmarks(file, {}).has_value());
        QVERIFY(!std::filesystem::exists(file));
        QVERIFY(write_bookmarks(file, {}).has_value());
    }

    void a_file_that_is_not_ours_is_named_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("nothing") << QByteArray();
        QTest::newRow("a list") << QByteArray("[]");
        QTest::newRow("no list") << QByteArray(R"({"bookmarks": 3})");
        QTest::newRow("no time") << QByteArray(R"({"bookmarks": [{"name": "x"}]})");
        QTest::newRow("a bad time") << QByteArray(R"({"bookmarks": [{"at": "soon", "name": "x"}]})");
        QTest::newRow("a name that is none") << QByteArray(R"({"bookmarks": [{"at": "1", "name": 7}]})");
    }
    void a_file_that_is_not_ours_is_named() {
        QFETCH(QByteArray, text);
        const QTemporaryDir folder;
        const auto file = in(folder) / "x.json";
        std::ofstream(file) << text.toStdString();
        const auto read = read_bookmarks(file);
        QVERIFY(!read);
        QVERIFY(read.error().code == ErrorCode::corrupt);
        QVERIFY(read.error().where.find("x.json") != std::string::npos);
    }

    void a_place_that_can_not_be_written_is_told() {
        const QTemporaryDir folder;
        std::ofstream(in(folder) / "bookmarks") << "a file where a folder should be";
        Bookmarks marks;
        QVERIFY(marks.mark(seconds(1), "").has_value());
        const auto written = write_bookmarks(bookmarks_file(in(folder), "s"), marks);
        QVERIFY(!written && written.error().code == ErrorCode::io && !written.error().where.empty());
    }

    void names_of_sessions_become_names_of_files() {
        const std::filesystem::path state("/s");
        QCOMPARE(bookmarks_file(state, "nova-v1.2.4-20260106").string(), "/s/bookmarks/nova-v1.2.4-20260106.json");
        for (const char* odd : {"../../etc/x", "a/b", "", ".", "..", "a b"}) {
            const auto file = bookmarks_file(state, odd);
            QCOMPARE(file.parent_path().string(), "/s/bookmarks");
            QVERIFY2(file.filename().string().front() != '.' || std::string(odd).empty(), odd);
        }
        QVERIFY(bookmarks_file(state, "a/b") != bookmarks_file(state, "a_b"));
    }
};

SLUICE_TEST(BookmarksTest)
#include "bookmarks_test.moc"

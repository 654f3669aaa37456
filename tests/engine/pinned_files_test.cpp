#include "engine/pinned_files.h"
#include "engine/sockets_and_logs.h"
#include "support/suite.h"

#include <QTemporaryDir>
#include <QtTest>
#include <filesystem>
#include <fstream>

using namespace sluice;
using namespace sluice::engine;

class PinnedFilesTest : public QObject {
    Q_OBJECT

    static void write(const std::string& path, const std::string& text) {
        std::filesystem::create_directories(std::filesystem::path(path).parent_path());
        std::ofstream(path, std::ios::binary) << text;
    }
    static plan::Plan plan_using(std::vector<std::string> files) {
        plan::Step step;
        step.id = "a";
        step.body = plan::Run{};
        step.files = std::move(files);
        plan::Plan plan;
        plan.steps.push_back(std::move(step));
        return plan;
    }

    static std::map<std::string, std::string> by_path(const Json& pinned) {
        std::map<std::string, std::string> files;
        for (const auto& one : pinned) {
            files[one["path"].get<std::string>()] = one["digest"].get<std::string>();
        }
        return files;
    }

private slots:
    void what_stays_as_it_was_may_be_used() {
        QTemporaryDir folder;
        const std::string at = folder.path().toStdString();
        write(at + "/chart/a.yaml", "one");
        write(at + "/script.sh", "two");
        const auto plan = plan_using({"chart", "script.sh"});
        const auto pinned = pin_files(plan, at, {});
        QVERIFY(pinned.has_value());
        QCOMPARE(pinned->size(), 2u);
        QCOMPARE((*pinned)[1]["path"].get<std::string>(), "script.sh");
        QCOMPARE((*pinned)[1]["digest"].get<std::string>(),
                 "3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3"); // sha256sum of "two"
        QVERIFY(still_pinned(at, plan.steps[0], by_path(*pinned)).has_value());
    }

    void every_change_in_a_folder_is_seen_data() {
        QTest::addColumn<int>("what");
        QTest::newRow("altered") << 0;
        QTest::newRow("added") << 1;
        QTest::newRow("taken away") << 2;
        QTest::newRow("renamed") << 3;
        QTest::newRow("all gone") << 4;
    }
    void every_change_in_a_folder_is_seen() {
        QFETCH(int, what);
        QTemporaryDir folder;
        const std::string at = folder.path().toStdString();
        write(at + "/chart/a.yaml", "one");
        write(at + "/chart/templates/b.yaml", "two");
        const auto plan = plan_using({"chart"});
        const auto pinned = pin_files(plan, at, {});
        QVERIFY(pinned.has_value());
        namespace fs = std::filesystem;
        switch (what) {
        case 0:
            write(at + "/chart/templates/b.yaml", "twx");
            break;
        case 1:
            write(at + "/chart/c.yaml", "");
            break;
        case 2:
            fs::remove(at + "/chart/a.yaml");
            break;
        case 3:
            fs::rename(at + "/chart/a.yaml", at + "/chart/b.yaml");
            break;
        default:
            fs::remove_all(at + "/chart");
        }
        const auto same = still_pinned(at, plan.steps[0], by_path(*pinned));
        QVERIFY(!same.has_value());
        QCOMPARE(same.error().code, ErrorCode::conflict);
        QCOMPARE(same.error().where, "chart");
        QVERIFY(same.error().what.find(at) == std::string::npos || what == 4);
    }

    void a_file_that_is_not_there_is_told_at_the_start() {
        QTemporaryDir folder;
        const auto pinned = pin_files(plan_using({"missing.sh"}), folder.path().toStdString(), {});
        QVERIFY(!pinned.has_value());
        QCOMPARE(pinned.error().code, ErrorCode::not_found);
        QCOMPARE(pinned.error().where, "missing.sh");
    }

    void lines_of_logs_are_counted() {
        const auto result = counted("INFO a\nERROR b\nERROR c\nINFO d", "^ERROR");
        QVERIFY(result.has_value());
        QCOMPARE(*result->number, 2.0);
        QCOMPARE(result->text, "ERROR b\nERROR c");
        QCOMPARE(*counted("", "x")->number, 0.0);
    }

    void a_certificate_s_days_are_whole_ones() {
        net::Reached reached;
        reached.valid_until = hours(24 * 14) + hours(23);
        const auto result = found(plan::ReachRead::Kind::tls, reached, Nanos{});
        QCOMPARE(*result.number, 14.0);
        QCOMPARE(*result.exit, 0);
    }
};

SLUICE_TEST(PinnedFilesTest)
#include "pinned_files_test.moc"

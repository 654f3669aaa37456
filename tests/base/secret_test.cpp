#include "base/secret.h"

#include "support/suite.h"
#include "support/text_form.h"

#include <QString>
#include <QTemporaryDir>
#include <QtTest>
#include <algorithm>
#include <concepts>
#include <fmt/format.h>
#include <fstream>
#include <sstream>
#include <sys/stat.h>

using namespace sluice;

using sluice::testing::HasTextForm;
static_assert(!HasTextForm<Secret>);
static_assert(!testing::Streamable<Result<Secret>> && !fmt::is_formattable<std::optional<Secret>>::value);
static_assert(!std::is_convertible_v<Secret, std::string_view> && !std::is_convertible_v<Secret, const char*>);
static_assert(!std::is_convertible_v<Secret, bool> && !std::equality_comparable<Secret>);
static_assert(!std::is_constructible_v<std::string, Secret> && !std::is_constructible_v<QString, Secret>);
static_assert(!std::is_convertible_v<Secret, std::string> && !std::is_convertible_v<std::string, Secret>);

class SecretTest : public QObject {
    Q_OBJECT
private slots:
    void references_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("outcome");
        QTest::newRow("variable") << "env:KAFKA_PASSWORD"
                                  << "env:KAFKA_PASSWORD";
        QTest::newRow("file") << "file:/etc/secret"
                              << "file:/etc/secret";
        QTest::newRow("relative file") << "file:token"
                                       << "file:token";
        QTest::newRow("a value") << "hunter2-canary"
                                 << "bad";
        QTest::newRow("empty variable") << "env:"
                                        << "bad";
        QTest::newRow("digit first") << "env:1A"
                                     << "bad";
        QTest::newRow("shell text") << "env:A;B"
                                    << "bad";
        QTest::newRow("empty path") << "file:"
                                    << "bad";
        QTest::newRow("empty") << ""
                               << "bad";
        QTest::newRow("keychain") << "keychain:sluice/kafka"
                                  << "keychain:sluice/kafka";
        QTest::newRow("an account with slashes") << "keychain:sluice/team/kafka"
                                                 << "keychain:sluice/team/kafka";
        QTest::newRow("no account") << "keychain:sluice"
                                    << "bad";
        QTest::newRow("empty account") << "keychain:sluice/"
                                       << "bad";
        QTest::newRow("empty service") << "keychain:/kafka"
                                       << "bad";
        QTest::newRow("Vault") << "vault:secret/kafka#password"
                               << "vault:secret/kafka#password";
        QTest::newRow("deep in Vault") << "vault:kv/team/a/kafka#user.password"
                                       << "vault:kv/team/a/kafka#user.password";
        QTest::newRow("no key") << "vault:secret/kafka"
                                << "bad";
        QTest::newRow("empty key") << "vault:secret/kafka#"
                                   << "bad";
        QTest::newRow("no path") << "vault:secret#key"
                                 << "bad";
        QTest::newRow("upwards in Vault") << "vault:secret/../sys#key"
                                          << "bad";
        QTest::newRow("an empty segment") << "vault:secret//x#key"
                                          << "bad";
    }
    void references() {
        QFETCH(QString, text);
        QFETCH(QString, outcome);
        const auto reference = parse_secret_reference(text.toStdString());
        if (outcome == "bad") {
            QVERIFY(!reference);
            QVERIFY(text.isEmpty() || to_text(reference.error()).find("canary") == std::string::npos);
            QVERIFY(!reference.error().remedy.empty());
        } else {
            QCOMPARE(to_text(*reference), outcome.toStdString());
        }
    }

    void the_memory_is_wiped() {
        for (const std::size_t size : {12U, 100U}) { // within the object, and on the heap
            const std::string text = std::string(size, 'c') + "anary";
            alignas(Secret) unsigned char place[sizeof(Secret)];
            auto* secret = new (place) Secret(text);
            Secret moved = std::move(*secret);
            QCOMPARE(moved.reveal(), text);
            secret->~Secret();
            const std::string_view left(reinterpret_cast<const char*>(place), sizeof place);
            QVERIFY(left.find("ccc") == std::string_view::npos);
        }
        std::string longer(64, 's');
        longer.resize(4); // what lies behind the end is wiped as well
        const char* bytes = longer.data();
        wipe(longer);
        QVERIFY(std::all_of(bytes, bytes + 64, [](char c) { return c == 0; }));
    }

    void what_answers_later_is_not_read_here() {
        const auto machine = machine_secrets("");
        for (const char* text : {"keychain:a/b", "vault:a/b#c"}) {
            QCOMPARE(resolve(*parse_secret_reference(text), machine).error().code, ErrorCode::refused);
        }
    }

    void a_variable_is_read_from_the_given_environment() {
        const SecretSources sources{[](const std::string& name) -> std::optional<std::string> {
                                        return name == "A" ? std::optional<std::string>("value") : std::nullopt;
                                    },
                                    {}};
        QCOMPARE(resolve(*parse_secret_reference("env:A"), sources)->secret.reveal(), std::string("value"));
        const auto missing = resolve(*parse_secret_reference("env:B"), sources);
        QVERIFY(!missing);
        QCOMPARE(missing.error().code, ErrorCode::not_found);
    }

    void a_file_that_others_may_read_gives_a_warning_data() {
        QTest::addColumn<int>("mode");
        QTest::addColumn<bool>("warned");
        QTest::newRow("0600") << 0600 << false;
        QTest::newRow("0400") << 0400 << false;
        QTest::newRow("0640") << 0640 << true;
        QTest::newRow("0644") << 0644 << true;
    }
    void a_file_that_others_may_read_gives_a_warning() {
        QFETCH(int, mode);
        QFETCH(bool, warned);
        QTemporaryDir folder;
        const std::string path = folder.filePath("token").toStdString();
        std::ofstream(path) << "from-file\n";
        QCOMPARE(::chmod(path.c_str(), static_cast<mode_t>(mode)), 0);
        const auto sources = machine_secrets(folder.path().toStdString());
        const auto found = resolve(*parse_secret_reference("file:token"), sources);
        QVERIFY2(found, found ? "" : to_text(found.error()).c_str());
        QCOMPARE(found->secret.reveal(), std::string("from-file"));
        QCOMPARE(!found->warnings.empty(), warned);
    }

    void a_missing_or_empty_file_is_an_error() {
        QTemporaryDir folder;
        const auto sources = machine_secrets(folder.path().toStdString());
        QCOMPARE(resolve(*parse_secret_reference("file:none"), sources).error().code, ErrorCode::not_found);
        QCOMPARE(resolve(*parse_secret_reference("file:."), sources).error().code, ErrorCode::bad_input);
        std::ofstream(folder.filePath("empty").toStdString()) << "\n";
        QCOMPARE(resolve(*parse_secret_reference("file:empty"), sources).error().code, ErrorCode::bad_input);
    }
};

SLUICE_TEST(SecretTest)
#include "secret_test.moc"

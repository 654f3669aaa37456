#include "host/secrets.h"

#include "host/keychain.h"
#include "host/vault.h"
#include "net/fake_server.h"
#include "net/live_scheduler.h"
#include "net/qt_http_client.h"
#include "support/suite.h"
#include "support/text_form.h"

#include <QDateTime>
#include <QTemporaryDir>
#include <QtTest>
#include <algorithm>
#include <cstdio>
#include <fcntl.h>
#include <fstream>
#include <type_traits>
#include <unistd.h>

using namespace sluice;
using namespace sluice::host;
using namespace std::string_literals;

using sluice::testing::HasTextForm;
static_assert(!HasTextForm<Secrets> && !std::is_copy_constructible_v<Secrets> && !HasTextForm<VaultSettings>);

namespace {

std::vector<plan::SecretUse> uses(const std::vector<std::string>& references) {
    std::vector<plan::SecretUse> made;
    made.reserve(references.size());
    for (const auto& reference : references) {
        made.push_back({reference, "step a, TOKEN"});
    }
    return made;
}

/// A desk whose variables and files are those of the test.
struct Desk {
    std::map<std::string, std::string> variables;
    std::map<std::string, std::string> files;
    int asked = 0;

    SecretSources sources() {
        return {[this](const std::string& name) -> std::optional<std::string> {
                    ++asked;
                    const auto found = variables.find(name);
                    return found == variables.end() ? std::nullopt : std::optional(found->second);
                },
                [this](const std::string& path) -> Result<SecretFile> {
                    ++asked;
                    const auto found = files.find(path);
                    return found == files.end() ? fail(ErrorCode::not_found, "no such file", path)
                                                : Result<SecretFile>(SecretFile{found->second, 0600});
                }};
    }
};

const std::string token = "hvs.canary-token";

/// How often `mask`ed bytes (each xor 0x5a, so that what we look for is not in memory by our looking) lie in what this
/// program may write to.
int in_memory(const std::string& masked) {
    std::ifstream maps("/proc/self/maps");
    const int memory = ::open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
    int hits = 0;
    std::vector<unsigned char> page(1u << 20);
    for (std::string line; std::getline(maps, line);) {
        unsigned long begin = 0, end = 0;
        char mode[5] = {};
        if (std::sscanf(line.c_str(), "%lx-%lx %4s", &begin, &end, mode) != 3 ||
            std::string_view(mode).substr(0, 2) != "rw") {
            continue;
        }
        for (unsigned long at = begin; at < end; at += page.size() - masked.size()) {
            const auto got =
                ::pread(memory, page.data(), std::min<unsigned long>(page.size(), end - at), static_cast<off_t>(at));
            const auto size = static_cast<std::size_t>(std::max<ssize_t>(got, 0));
            for (std::size_t i = 0; i + masked.size() <= size; ++i) {
                std::size_t j = 0;
                while (j < masked.size() && (page[i + j] ^ 0x5aU) == static_cast<unsigned char>(masked[j])) {
                    ++j;
                }
                hits += j == masked.size() ? 1 : 0;
            }
        }
        std::fill(page.begin(), page.end(), 0); // or we would find it here
    }
    ::close(memory);
    return hits;
}

} // namespace

class SecretsTest : public QObject {
    Q_OBJECT
    net::LiveScheduler scheduler_;

    /// A Vault that answers by path; anything else is 404.
    struct FakeVault {
        std::map<std::string, std::pair<int, std::string>> answers;
        std::vector<std::string> asked;
        testing::FakeServer server{[this](const testing::Seen& request) {
            asked.push_back(request.target.toStdString());
            const bool known = request.header("X-Vault-Token").toStdString() == token;
            const auto found = answers.find(request.target.toStdString());
            const auto [status, body] = !known ? std::pair(403, std::string(R"({"errors":["bad token"]})"))
                                        : found != answers.end() ? found->second
                                                                 : std::pair(404, std::string(R"({"errors":[]})"));
            request.socket->write(testing::answer(status, QByteArray::fromStdString(body)));
        }};
    };

    /// "the secret", or "code: what (remedy)".
    std::string read(FakeVault& vault, const std::string& reference, const std::string& with = token) {
        net::QtHttpClient http(scheduler_);
        Desk desk;
        desk.variables = {{"VAULT_ADDR", vault.server.url("")}, {"VAULT_TOKEN", with}};
        auto settings = vault_settings(desk.sources());
        if (!settings) {
            return to_text(settings.error());
        }
        Secrets secrets(desk.sources());
        Vault asker(http, std::move(*settings), secrets.redactions());
        secrets.add_place(SecretReference::Kind::vault,
                          [&](const SecretReference& one, SecretFound found) { asker.read(one, std::move(found)); });
        const auto done = secrets.read_all(uses({reference}));
        return done
                   ? secrets.resolve(reference)->reveal()
                   : std::string(name(done.error().code)) + ": " + done.error().what + " (" + done.error().remedy + ")";
    }

private slots:
    void vault_data() {
        QTest::addColumn<QString>("reference");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char* name, const char* reference, const char* expected) {
            QTest::newRow(name) << reference << expected;
        };
        row("version 2", "vault:secret/kafka#password", "kafka-pass");
        row("version 2, deep", "vault:secret/a b/c#password", "deep-pass");
        row("version 1", "vault:old/kafka#password", "old-pass");
        row("a mount of two segments", "vault:team/kv/kafka#password", "team-pass");
        row("the mount may not be asked, version 2", "vault:closed/kafka#password", "closed-pass");
        row("the mount may not be asked, version 1", "vault:closed1/kafka#password", "closed1-pass");
        row("a number", "vault:secret/kafka#port", "9093");
        row("no text", "vault:secret/kafka#more", "bad-input: the key 'more' in Vault is no text (store it as text)");
        row("no such key", "vault:secret/kafka#pass",
            "not-found: the secret in Vault has no key 'pass' (it has more, password, port)");
        row("forbidden", "vault:secret/forbidden#x",
            "refused: Vault does not let this token read the secret: permission denied (is it still valid ('vault "
            "token "
            "lookup')? Its policy must allow read on secret/data/forbidden)");
        row("no such secret", "vault:secret/none#x",
            "not-found: Vault has no such secret (compare with 'vault kv get secret/none'; is VAULT_NAMESPACE the "
            "right "
            "one?)");
        row("deleted", "vault:secret/deleted#x",
            "not-found: the newest version of the secret in Vault is deleted (vault kv undelete or vault kv put, at "
            "secret/deleted)");
        row("sealed", "vault:sealed/x#x",
            "unreachable: Vault is sealed: Vault is sealed (have it unsealed, or name a node that is, in VAULT_ADDR)");
        row("a standby", "vault:standby/x#x",
            "unreachable: Vault answered 307: this node is not the active one (name the active node in VAULT_ADDR)");
        row("another engine", "vault:pki/x#x", "refused: 'pki/' in Vault is no KV engine but pki (only KV is read)");
        row("nonsense", "vault:nonsense/x#x", "unreachable: Vault answered 500 ()");
        row("too short to hide", "vault:secret/short#x",
            "bad-input: the secret is shorter than 4 bytes, so it can't be kept out of output (use a longer one)");
    }
    void vault() {
        QFETCH(QString, reference);
        QFETCH(QString, expected);
        FakeVault vault;
        const auto mount = [](const char* path, const char* type, const char* version) {
            return std::pair(
                200, Json{{"data", {{"path", path}, {"type", type}, {"options", {{"version", version}}}}}}.dump());
        };
        const auto kv2 = [](Json fields) {
            return std::pair(200, Json{{"data", {{"data", fields}, {"metadata", {{"version", 3}}}}}}.dump());
        };
        const auto denied =
            std::pair(403, std::string(R"({"errors":["1 error occurred:\n\t* permission denied\n\n"]})"));
        const std::string mounts = "/v1/sys/internal/ui/mounts/";
        vault.answers = {
            {mounts + "secret/kafka", mount("secret/", "kv", "2")},
            {mounts + "secret/a%20b/c", mount("secret/", "kv", "2")},
            {mounts + "secret/forbidden", mount("secret/", "kv", "2")},
            {mounts + "secret/none", mount("secret/", "kv", "2")},
            {mounts + "secret/deleted", mount("secret/", "kv", "2")},
            {mounts + "secret/short", mount("secret/", "kv", "2")},
            {mounts + "old/kafka", mount("old/", "kv", "1")},
            {mounts + "team/kv/kafka", mount("team/kv/", "kv", "2")},
            {mounts + "closed/kafka", denied},
            {mounts + "closed1/kafka", denied},
            {mounts + "pki/x", mount("pki/", "pki", "")},
            {mounts + "sealed/x", {503, R"({"errors":["Vault is sealed"]})"}},
            {mounts + "standby/x", {307, ""}},
            {mounts + "nonsense/x", {500, "<html>"}},
            {"/v1/secret/data/kafka", kv2({{"password", "kafka-pass"}, {"port", 9093}, {"more", {1, 2}}})},
            {"/v1/secret/data/a%20b/c", kv2({{"password", "deep-pass"}})},
            {"/v1/secret/data/forbidden", {403, R"({"errors":["permission denied"]})"}},
            {"/v1/secret/data/short", kv2({{"x", "abc"}})},
            {"/v1/secret/data/deleted",
             {404, R"({"data":{"data":null,"metadata":{"deletion_time":"2026-01-01T00:00:00Z"}}})"}},
            {"/v1/old/kafka", {200, R"({"data":{"password":"old-pass"}})"}},
            {"/v1/team/kv/data/kafka", kv2({{"password", "team-pass"}})},
            {"/v1/closed/data/kafka", kv2({{"password", "closed-pass"}})},
            {"/v1/closed1/kafka", {200, R"({"data":{"password":"closed1-pass"}})"}},
        };
        QCOMPARE(QString::fromStdString(read(vault, reference.toStdString())), expected);
    }

    void a_token_that_is_not_good_is_told_without_it() {
        FakeVault vault;
        const auto told = read(vault, "vault:secret/x#y", "hvs.another-token");
        QVERIFY2(told.starts_with("refused: Vault does not let this token read the secret: bad token"), told.c_str());
        QVERIFY(told.find("another") == std::string::npos);
    }

    void what_lies_together_is_read_together() {
        FakeVault vault;
        vault.answers = {{"/v1/kv/x", {200, R"({"data":{"user":"the-user","password":"the-pass"}})"}}};
        net::QtHttpClient http(scheduler_);
        Desk desk;
        desk.variables = {{"VAULT_ADDR", vault.server.url("") + "/"}, {"VAULT_TOKEN", token}};
        Secrets secrets(desk.sources());
        Vault asker(http, *vault_settings(desk.sources()), secrets.redactions());
        secrets.add_place(SecretReference::Kind::vault,
                          [&](const SecretReference& one, SecretFound found) { asker.read(one, std::move(found)); });
        const auto done = secrets.read_all(uses({"vault:kv/x#user", "vault:kv/x#password"}));
        QVERIFY2(done, done ? "" : to_text(done.error()).c_str());
        QCOMPARE(vault.asked.size(), std::size_t(3)); // the mount, version 2, version 1
        QCOMPARE(redact("the-user the-pass", secrets.redactions()), "‹redacted› ‹redacted›"s);
    }

    void settings_of_vault_data() {
        QTest::addColumn<QString>("address");
        QTest::addColumn<QString>("given");
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("expected"); // the token, or part of what is wrong
        const QString https = "https://vault:8200";
        QTest::newRow("variables") << https << "hvs.one"
                                   << ""
                                   << "hvs.one";
        QTest::newRow("the file of 'vault login'") << https << ""
                                                   << "hvs.two\n"
                                                   << "hvs.two";
        QTest::newRow("variable before file") << https << "hvs.one"
                                              << "hvs.two\n"
                                              << "hvs.one";
        QTest::newRow("nothing") << ""
                                 << "hvs.one"
                                 << ""
                                 << "VAULT_ADDR";
        QTest::newRow("no token") << https << ""
                                  << ""
                                  << "vault login";
        QTest::newRow("not private") << "http://vault:8200"
                                     << "hvs.one"
                                     << ""
                                     << "not https";
        QTest::newRow("this machine") << "http://127.0.0.1:8200/"
                                      << "hvs.one"
                                      << ""
                                      << "hvs.one";
        QTest::newRow("this machine, by name") << "http://localhost:8200"
                                               << "hvs.one"
                                               << ""
                                               << "hvs.one";
        QTest::newRow("nearly this machine") << "http://127.0.0.1.evil.example"
                                             << "hvs.one"
                                             << ""
                                             << "not https";
        QTest::newRow("nearly localhost") << "http://localhost.evil.example"
                                          << "hvs.one"
                                          << ""
                                          << "not https";
        QTest::newRow("credentials before it") << "http://127.0.0.1@evil.example"
                                               << "hvs.one"
                                               << ""
                                               << "not https";
        QTest::newRow("two lines") << https << "hvs.one\nX: y"
                                   << ""
                                   << "no header can carry";
    }
    void settings_of_vault() {
        QFETCH(QString, address);
        QFETCH(QString, given);
        QFETCH(QString, file);
        QFETCH(QString, expected);
        Desk desk;
        desk.variables = {
            {"VAULT_ADDR", address.toStdString()}, {"VAULT_TOKEN", given.toStdString()}, {"HOME", "/desk"}};
        if (!file.isEmpty()) {
            desk.files["/desk/.vault-token"] = file.toStdString();
        }
        const auto settings = vault_settings(desk.sources());
        const QString told = QString::fromStdString(settings ? settings->token.reveal() : to_text(settings.error()));
        QVERIFY2(settings ? told == expected : told.contains(expected), told.toUtf8());
    }

    void all_that_can_t_be_had_is_told_at_once() {
        Desk desk;
        desk.variables = {{"GOOD", "good-secret"}};
        Secrets secrets(desk.sources());
        const auto done = secrets.read_all(uses({"env:GOOD", "env:NONE", "file:/none"}));
        QVERIFY(!done);
        const auto told = to_text(done.error());
        QVERIFY2(told.find("env:NONE (step a, TOKEN)") != std::string::npos, told.c_str());
        QVERIFY2(told.find("file:/none") != std::string::npos, told.c_str());
        QVERIFY(told.find("good-secret") == std::string::npos);
    }

    void a_rotated_file_is_read_again_and_both_values_stay_hidden() {
        Desk desk;
        desk.variables = {{"E", "fixed-secret"}};
        desk.files = {{"/token", "first-token\n"}};
        Secrets secrets(desk.sources());
        QVERIFY(secrets.read_all(uses({"file:/token", "env:E"})));
        desk.files["/token"] = "second-token\n";
        desk.variables["E"] = "other-secret";
        QCOMPARE(secrets.resolve("file:/token")->reveal(), std::string("second-token"));
        QCOMPARE(secrets.resolve("env:E")->reveal(), std::string("fixed-secret"));
        desk.files.clear(); // the instant in which it is replaced
        QCOMPARE(secrets.resolve("file:/token")->reveal(), std::string("second-token"));
        desk.files["/token"] = "\n";
        QCOMPARE(secrets.resolve("file:/token")->reveal(), std::string("second-token"));
        QCOMPARE(redact("first-token second-token", secrets.redactions()), "‹redacted› ‹redacted›"s);
    }

    void a_rehearsal_reads_nothing() {
        Desk desk;
        Secrets secrets = Secrets::invented();
        secrets.add_place(SecretReference::Kind::vault,
                          [&](const SecretReference&, const SecretFound&) { ++desk.asked; });
        const std::vector<std::string> all{"env:HOME", "file:/etc/hostname", "keychain:a/b", "vault:a/b#c"};
        QVERIFY(secrets.read_all(uses(all)));
        for (const auto& reference : all) {
            QVERIFY(secrets.resolve(reference)->reveal().starts_with("rehearsal-"));
        }
        QCOMPARE(desk.asked, 0);
    }

    void what_was_not_read_before_the_start_is_not_read_later() {
        Desk desk;
        Secrets secrets(desk.sources());
        const auto late = secrets.resolve("vault:a/b#c");
        QVERIFY(!late);
        QVERIFY(late.error().remedy.find("resume") != std::string::npos);
    }

    /// The memory that a core file would show: nothing is left once the store has gone.
    void memory_forgets() {
        QTemporaryDir folder;
        const std::string path = folder.filePath("token").toStdString();
        std::string masked = "memory-canary-"s + std::to_string(QDateTime::currentMSecsSinceEpoch());
        for (char& c : masked) {
            c = static_cast<char>(static_cast<unsigned char>(c) ^ 0x5aU);
        }
        const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
        for (const char c : masked) {
            const char clear = static_cast<char>(static_cast<unsigned char>(c) ^ 0x5aU);
            QCOMPARE(::write(file, &clear, 1), ssize_t(1));
        }
        ::close(file);
        QCOMPARE(in_memory(masked), 0);
        {
            Secrets secrets(machine_secrets(""));
            QVERIFY(secrets.read_all(uses({"file:" + path})));
            const auto once = secrets.resolve("file:" + path);
            QVERIFY(in_memory(masked) > 0); // so it would be found
            QVERIFY(redact("nothing of it", secrets.redactions()) == "nothing of it");
        }
        QCOMPARE(in_memory(masked), 0);
    }

    void a_desk_without_a_keychain_says_so() {
        qputenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus");
        for (int round = 0; round < 2; ++round) { // the second job comes through the same queue
            std::optional<Result<Secret>> answer;
            keychain::read(
                *parse_secret_reference("keychain:sluice/kafka"),
                [&](Result<Secret> found) { answer = std::move(found); }, seconds(20));
            QVERIFY(!answer); // later
            QTRY_VERIFY_WITH_TIMEOUT(answer.has_value(), 30'000);
            QVERIFY(!*answer);
            QCOMPARE(answer->error().code, ErrorCode::unreachable);
            QVERIFY2(!answer->error().remedy.empty(), to_text(answer->error()).c_str());
            qInfo("%s", to_text(answer->error()).c_str());
        }
    }
};

SLUICE_TEST(SecretsTest)
#include "secrets_test.moc"

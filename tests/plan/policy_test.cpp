#include "base/digest.h"
#include "plan/policy.h"
#include "plan/schema.h"
#include "plan/signers.h"
#include "support/suite.h"

#ifndef Q_MOC_RUN
#include "broken_rows.h"
#include <fstream>
#endif

#include <QtTest>

using namespace sluice;
using namespace sluice::plan;

namespace {

const char* const example = R"(policy: 1
title: Example Ltd
allowed-signers: allowed_signers
people:
  ada: {roles: [sre, owner], principals: ada@example.org}
  bob: {roles: [sre], principals: [bob@example.org, bob@old.example.org]}
  lena: {roles: [release-lead]}
rules:
  - {type: major, environment: production, roles: [owner, sre], valid-for: 4h}
  - {environment: [production, prod], roles: [sre], accept: [signed, attested], barred: [lead]}
  - {environment: staging, roles: [release-lead]}
lead: [release-lead]
commands: {abort: [the-lead], override: [sre, the-lead]}
break-glass: {roles: [release-lead], approve-within: 24h}
)";

/// Two real keys' public parts.
const char* const ada_key = "AAAAC3NzaC1lZDI1NTE5AAAAIE5WbYtjEgdy3Im1qVbWDlZUQrrLh+vwPnkYOlqJPVDE";
const char* const bob_key = "AAAAC3NzaC1lZDI1NTE5AAAAIBbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

std::string told(const Result<std::vector<Signer>>& signers) {
    return signers ? "" : to_text(signers.error());
}

} // namespace

class PolicyTest : public QObject {
    Q_OBJECT
private slots:
    void a_policy_says_who_and_what() {
        const auto loaded = load_policy(example);
        for (const auto& diagnostic : loaded.diagnostics) {
            qWarning("%s", to_text(diagnostic, "policy").c_str());
        }
        QVERIFY(loaded.policy.has_value());
        const Policy& policy = *loaded.policy;
        QVERIFY(policy.holds("ada", "owner"));
        QVERIFY(!policy.holds("bob", "owner"));
        QVERIFY(!policy.holds("nobody", "owner"));
        QCOMPARE(policy.by_principal("bob@old.example.org")->name, "bob");
        QVERIFY(!policy.by_principal("lena"));
        const auto* major = policy.rule_for("major", "production");
        QCOMPARE(major->quorum, 2);
        QCOMPARE(major->valid_for.value().seconds(), 4 * 3600.0);
        QVERIFY(major->accepts == std::set{Ground::signed_});
        QVERIFY(major->barred == (std::set{Barred::initiator, Barred::proposer}));
        const auto* other = policy.rule_for("patch", "prod");
        QVERIFY(other->accepts == (std::set{Ground::signed_, Ground::attested}));
        QVERIFY(other->barred == std::set{Barred::lead});
        QVERIFY(policy.rule_for("patch", "staging")->barred.empty());
        QVERIFY(!policy.rule_for("major", "nowhere"));
        QVERIFY(policy.refuses_others);
        QCOMPARE(policy.request_valid_for.seconds(), 3600.0);
        QCOMPARE(policy.break_glass->approve_within.seconds(), 24 * 3600.0);
    }

    void the_example_in_the_documentation_loads() {
        std::ifstream file(SLUICE_SOURCE_DIR "/doc/policy-example.yaml");
        const std::string text{std::istreambuf_iterator<char>(file), {}};
        const auto loaded = load_policy(text);
        QVERIFY2(loaded.policy, loaded.diagnostics.empty() ? "" : to_text(loaded.diagnostics.front(), "doc").c_str());
    }

    void each_error_of_a_policy_has_its_place_and_its_remedy_data() {
        QTest::addColumn<QByteArray>("source");
        QTest::addColumn<QByteArray>("expected");
        for (const auto& row : drill::broken_rows("broken_policies.txt")) {
            QTest::newRow(row.name.c_str())
                << QByteArray::fromStdString(row.source) << QByteArray::fromStdString(row.expected);
        }
    }
    void each_error_of_a_policy_has_its_place_and_its_remedy() {
        QFETCH(QByteArray, source);
        QFETCH(QByteArray, expected);
        const auto loaded = load_policy(source.toStdString());
        QByteArray said;
        for (const Diagnostic& diagnostic : loaded.diagnostics) {
            said += QByteArray::fromStdString(to_text(diagnostic, "policy")).mid(7) + '\n';
        }
        QCOMPARE(said, expected);
        QVERIFY(!loaded.policy);
    }
    void the_table_of_errors_is_there() { QVERIFY(drill::broken_rows("broken_policies.txt").size() >= 25); }

    void the_schema_comes_from_the_same_table() {
        const Json schema = policy_schema();
        QCOMPARE(schema["$ref"].get<std::string>(), "#/$defs/policy");
        QVERIFY(schema["$defs"]["policy-rule"]["properties"].contains("quorum"));
        QVERIFY(!json_schema()["$defs"].contains("policy-rule"));
    }

    void persons_are_found_for_roles_data() {
        QTest::addColumn<QString>("roles");
        QTest::addColumn<int>("quorum");
        QTest::addColumn<QString>("barred");
        QTest::addColumn<QString>("lacks");
        QTest::newRow("each role by another") << "owner sre" << 2 << ""
                                              << "";
        QTest::newRow("who holds both is kept for what only he holds") << "sre owner" << 2 << ""
                                                                       << "";
        QTest::newRow("the only one is barred") << "owner" << 1 << "ada"
                                                << "nobody is left to approve as owner: ada may not";
        QTest::newRow("the only other one is barred") << "owner sre" << 2 << "bob"
                                                      << "nobody is left to approve as sre";
        QTest::newRow("too few persons") << "owner sre" << 3 << ""
                                         << "the quorum is 3, and only 2 persons hold one of the roles and may approve";
        QTest::newRow("a role of nobody") << "dba" << 1 << ""
                                          << "nobody is left to approve as dba";
    }
    void persons_are_found_for_roles() {
        QFETCH(QString, roles);
        QFETCH(int, quorum);
        QFETCH(QString, barred);
        QFETCH(QString, lacks);
        std::vector<std::string> wanted;
        for (const auto& role : roles.split(' ')) {
            wanted.push_back(role.toStdString());
        }
        std::set<std::string> out;
        if (!barred.isEmpty()) {
            out.insert(barred.toStdString());
        }
        const auto told = QString::fromStdString(lacking(*load_policy(example).policy, wanted, quorum, out));
        QVERIFY2(lacks.isEmpty() ? told.isEmpty() : told.startsWith(lacks), qPrintable(told));
    }

    void a_key_is_one_persons_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("error");
        const QString ada = QStringLiteral("ssh-ed25519 ") + ada_key, bob = QStringLiteral("ssh-ed25519 ") + bob_key;
        const QString both = "ada@example.org " + ada + "\nbob@example.org,bob@old.example.org " + bob + "\n";
        QTest::newRow("each his own") << both << "";
        QTest::newRow("comments, options, blanks")
            << "# keys\n\n  ada@example.org namespaces=\"approval@sluice,git\" " + ada +
                   " ada's laptop\nbob@example.org,bob@old.example.org " + bob
            << "";
        QTest::newRow("one key for two") << both + "bob@example.org " + ada + "\n"
                                         << "is that of ada and of bob";
        QTest::newRow("a person's key for a stranger") << both + "eve@example.org " + ada + "\n"
                                                       << "is that of ada and of nobody";
        QTest::newRow("a principal without a key")
            << "ada@example.org " + ada << "the principal 'bob@example.org' of bob has no key";
        QTest::newRow("nothing") << "# nobody\n"
                                 << "nobody's key stands here";
        QTest::newRow("a pattern") << "*@example.org " + ada << "keys:1: '*@example.org' is a pattern";
        QTest::newRow("an authority") << "ada@example.org cert-authority " + ada
                                      << "a certificate authority leaves open who signs";
        QTest::newRow("no key") << "ada@example.org ssh-ed25519"
                                << "this is not a line of allowed_signers";
        QTest::newRow("a broken key") << both + "ada@example.org ssh-ed25519 AAAA!"
                                      << "keys:3: the key is not base64";
        QTest::newRow("a word") << "hello"
                                << "this is not a line of allowed_signers";
    }
    void a_key_is_one_persons() {
        QFETCH(QString, text);
        QFETCH(QString, error);
        const auto policy = load_policy(example);
        const auto signers = read_signers(text.toStdString(), "keys");
        std::string said = told(signers);
        if (signers) {
            const auto fits = check_signers(*policy.policy, *signers, "keys");
            said = fits ? "" : to_text(fits.error());
            QVERIFY(signer_of(*signers, signers->front().fingerprint) == &signers->front());
            QVERIFY(!signer_of(*signers, "SHA256:other"));
        }
        QVERIFY2(error.isEmpty() ? said.empty() : said.find(error.toStdString()) != std::string::npos, said.c_str());
    }

    void what_is_no_signature_is_told() {
        QVERIFY(!signed_by(""));
        QVERIFY(!signed_by("-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----\n"));
        std::string long_key = std::string("SSHSIG") + std::string("\0\0\0\1", 4) + std::string("\xff\xff\xff\xff", 4);
        QVERIFY(!signed_by("-----BEGIN SSH SIGNATURE-----\n" + base64(long_key) + "\n-----END SSH SIGNATURE-----\n"));
        const std::string good = std::string("SSHSIG") + std::string("\0\0\0\1\0\0\0\3key", 11);
        QCOMPARE(
            signed_by("-----BEGIN SSH SIGNATURE-----\n" + base64(good) + "\n-----END SSH SIGNATURE-----\n").value(),
            fingerprint("key"));
    }
};

SLUICE_TEST(PolicyTest)
#include "policy_test.moc"

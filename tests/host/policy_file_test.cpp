#include "host/policy_file.h"
#include "support/suite.h"

#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

using namespace sluice;
using namespace sluice::host;

/// Who starts a session, and who comes to one that exists.
class PolicyFileTest : public QObject {
    Q_OBJECT
    QTemporaryDir folder_;

    std::string policy() const {
        QFile file(folder_.filePath("policy.yaml"));
        if (file.open(QIODevice::WriteOnly)) {
            file.write("policy: 1\npeople: {lena: {roles: [sre]}}\nrules: [{environment: x, roles: [sre]}]\n");
        }
        return file.fileName().toStdString();
    }

private slots:
    void people_are_taken_instead_of_those_before() {
        StartOptions options;
        const PeopleAsked asked{policy(), {"lena", "omar:support"}, ""};
        for (int time = 0; time < 2; ++time) { // checked where it was typed, and read again at the start
            const auto taken = take_people(options, asked);
            QVERIFY2(taken.has_value(), taken ? "" : to_text(taken.error()).c_str());
            QCOMPARE(options.bridge.size(), 2u);
            QCOMPARE(options.by.name, "lena");
            QCOMPARE(options.by.role, "sre");
            QVERIFY(options.policy.has_value());
        }
        QVERIFY(take_people(options, {"", {"lena"}, ""}).has_value());
        QVERIFY(options.bridge.empty() && !options.policy);
    }

    void who_comes_to_a_session_has_only_the_role_that_was_named() {
        QCOMPARE(who_comes({policy(), {"lena", "omar:support"}, ""})->name, "lena");
        QCOMPARE(who_comes({policy(), {"lena"}, ""})->role, ""); // the session's policy and bridge say it
        QCOMPARE(who_comes({"", {"lena:dba,sre"}, ""})->role, "dba");
        QCOMPARE(who_comes({"", {"lena:dba"}, "sre"})->role, "sre");
        QVERIFY(!who_comes({"", {}, ""})->name.empty()); // of the login
        QVERIFY(!who_comes({"", {"lena:"}, ""}));
    }

    void nobody_is_called_as_the_program_itself() {
        QVERIFY(!read_operator(std::string(release::own_name) + ":sre"));
        StartOptions options;
        QVERIFY(!take_people(options, {"", {release::own_name}, ""}));
    }
};

SLUICE_TEST(PolicyFileTest)
#include "policy_file_test.moc"

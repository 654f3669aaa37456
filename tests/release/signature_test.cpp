#include "desk.h"
#include "release/covered.h"
#include "support/suite.h"

#include <QtTest>

using namespace sluice;
using namespace sluice::release;
using namespace sluice::release::drill;

class SignatureTest : public QObject {
    Q_OBJECT
private slots:
    void a_signature_counts_once_and_only_as_it_was_asked_for() {
        Desk desk(policy_text("{roles: [owner, sre]}"));
        const Json request = desk.ask("n1");
        QCOMPARE(desk.refusal, "");
        QVERIFY(check_request(request).has_value());
        QCOMPARE(desk.sign(request, "ada", "owner"), "");
        QCOMPARE(describe(desk.log.back().body), "Approved go as owner (1 of 2), signed SHA256:ada: by key");
        QCOMPARE(desk.sign(request, "ada", "owner"), "ada has answered this request already");
        QCOMPARE(desk.sign(desk.ask("n2"), "ada", "owner"), "ada has approved already");
        QCOMPARE(desk.sign(desk.ask("n3"), "bob", "sre", "go", "yes", "SHA256:ada"),
                 "the key SHA256:ada has approved already, for ada");
        QCOMPARE(desk.sign(desk.ask("n4"), "lena", "sre"), "lena opened this session and may not approve");
        QCOMPARE(desk.sign(desk.ask("n5"), "eve", "sre"), "the principal 'eve@x' is nobody of the policy");
        QCOMPARE(desk.sign(desk.ask("n6"), "ada", "sre"), "ada does not hold the role 'sre'");
        QCOMPARE(desk.sign(request, "bob", "sre"), ""); // one request, sent to all who approve
        QCOMPARE(desk.status("go"), "passed");
    }
    void a_signed_no_goes_to_triage() {
        Desk desk(policy_text("{roles: [owner, sre]}"));
        QCOMPARE(desk.sign(desk.ask("n1"), "bob", "sre", "go", "no"), "");
        QCOMPARE(desk.status("go"), "failed");
        QCOMPARE(describe(desk.log[desk.log.size() - 2].body), "Refused go, signed SHA256:bob: by key");
    }
    void what_was_not_verified_does_not_count() {
        Desk desk(policy_text("{roles: [owner, sre]}"));
        Approve command{"go", false, ""};
        command.answer = Desk::answer(desk.ask("n1"), "bob", "sre");
        command.answer->verified = false;
        QCOMPARE(desk.submit(command, {"lena", "lead"}), "the signature was not verified");
        // Nobody says so over the socket.
        Json json = to_json(Command(command));
        json["signed"]["verified"] = true;
        QVERIFY(!command_from_json(json));
        json["signed"].erase("verified");
        QVERIFY(!std::get<Approve>(command_from_json(json).value()).answer->verified);
    }
    void the_owner_signs_a_statement() {
        Desk desk(policy_text(two_roles),
                  plan_with("release: {type: major, environment: production}\nphases: [{id: m, "
                            "steps: [{id: say, attest: 'It is ${ramp}', owner: owner}, {id: tick, "
                            "confirm: T, owner: sre, evidence: required}, {id: go, approve: "
                            "{roles: [owner]}}, {id: x, run: [x]}]}]\n"));
        QCOMPARE(desk.refusal, "");
        Attest attest{"say", "", false, ""};
        const Json request = desk.ask("n1", "say");
        QCOMPARE(request["text"].get<std::string>(), "It is true");
        attest.answer = Desk::answer(request, "bob", "sre");
        QCOMPARE(desk.submit(attest, {"lena", "lead"}), "this is for the owner to state, not the sre");
        attest.answer = Desk::answer(request, "ada", "owner");
        QCOMPARE(desk.submit(attest, {"lena", "lead"}), "");
        QCOMPARE(desk.status("say"), "passed");
        Confirm confirm{"tick", "", false, ""};
        confirm.answer = Desk::answer(desk.ask("n2", "tick"), "bob", "sre");
        QCOMPARE(desk.submit(confirm, {"lena", "lead"}), "");
        QCOMPARE(desk.release.at("tick").why, "confirmed by bob");
        // Signed without evidence, as before there was any: what was said stands for it.
        QCOMPARE(desk.all<Confirmed>().front().evidence, "by key");
    }
    void evidence_beside_a_signature_is_the_signers() {
        Desk desk(policy_text(two_roles),
                  plan_with("release: {type: major, environment: production}\nphases: [{id: m, "
                            "steps: [{id: tick, confirm: T, owner: sre, evidence: required}, {id: go, approve: "
                            "{roles: [owner]}}, {id: x, run: [x]}]}]\n"));
        Confirm confirm{"tick", "", false, ""};
        const auto signed_with = [&](const char* nonce, const std::string& reason, const std::string& evidence) {
            confirm.answer = Desk::answer(desk.ask(nonce, "tick"), "bob", "sre");
            auto statement = read_statement(confirm.answer->statement).value();
            statement.reason = reason;
            statement.evidence = evidence;
            confirm.answer->statement = statement_bytes(statement).value();
        };
        signed_with("n1", "", "");
        QCOMPARE(desk.submit(confirm, {"lena", "lead"}), needs_evidence);
        confirm.evidence = "http://x";
        QCOMPARE(desk.submit(confirm, {"lena", "lead"}), "this evidence is not what bob signed");
        signed_with("n2", "seen", "http://board/7");
        QCOMPARE(desk.submit(confirm, {"lena", "lead"}), "this evidence is not what bob signed");
        confirm.evidence.clear();
        QCOMPARE(desk.submit(confirm, {"lena", "lead"}), "");
        QCOMPARE(desk.all<Confirmed>().front().evidence, "http://board/7");
        QVERIFY(describe(desk.all<Confirmed>().front()).ends_with("signed SHA256:bob: http://board/7"));
    }
    void a_statement_without_evidence_has_the_bytes_of_before() {
        Desk desk(policy_text("{roles: [owner, sre]}"));
        Statement statement{desk.ask("n1"), "yes", "sre", "seen"};
        const std::string bytes = statement_bytes(statement).value();
        QVERIFY(bytes.find("evidence") == std::string::npos);
        QVERIFY(read_statement(bytes)->evidence.empty());
        Json empty = parse_json(bytes, "").value();
        empty["evidence"] = "";
        QVERIFY(!read_statement(canonical(empty).value()));
        statement.evidence = "http://board/7";
        QCOMPARE(read_statement(statement_bytes(statement).value())->evidence, "http://board/7");
    }

    void a_request_that_was_altered_is_refused_data() {
        QTest::addColumn<QString>("member");
        QTest::addColumn<QString>("value");
        QTest::addColumn<QString>("error");
        const auto row = [](const char* member, const char* value, const char* error) {
            QTest::newRow(member) << member << value << error;
        };
        row("session", "\"s2\"", "the answer is for the session s2");
        row("step", "\"second\"", "the answer is for the step 'second'");
        row("nonce", "\"n9\"", "this session never asked for it");
        row("root", "\"bb\"", "the root of the log is not as it was when the signature was asked for");
        row("size", "1", "the size of the log is not as it was when the signature was asked for");
        row("plan", "\"other\"", "the plan is not as it was when the signature was asked for");
        row("plan_digest", "\"d2\"", "the plan's digest is not as it was when the signature was asked for");
        row("expires", "\"8999999999000000000\"", "when it expires is not as it was when the signature was asked for");
        row("roles", "[\"owner\"]", "the list of roles is not as it was when the signature was asked for");
        row("title", "\"Lunch\"", "the title is not as it was when the signature was asked for");
        row("asked_by", "\"eve\"", "who asked is not as it was when the signature was asked for");
        row("mode", "\"rehearse\"", "whether it is a rehearsal is not as it was when the signature was asked for");
        row("purpose", "\"confirm\"", "what is asked for is not as it was when the signature was asked for");
        row("runs", "[]", "this is no request for a signature: what it shows is not what its digest is of");
        row("covers", "\"00\"", "this is no request for a signature: what it shows is not what its digest is of");
        row("request", "2",
            "this is no request for a signature: it does not say that it is one, or is of another version");
        row("more", "1", "this is no request for a signature: it holds more than this program can show");
    }
    void a_request_that_was_altered_is_refused() {
        QFETCH(QString, member);
        QFETCH(QString, value);
        QFETCH(QString, error);
        Desk desk(policy_text("{roles: [owner, sre]}"));
        Json request = desk.ask("n1");
        request[member.toStdString()] = parse_json(value.toStdString(), "value").value();
        const Release before = desk.release;
        QCOMPARE(QString::fromStdString(desk.sign(request, "bob", "sre")), error);
        QVERIFY(to_json(before) == to_json(desk.release));
    }
    void what_runs_and_its_digest_altered_together_are_refused() {
        Desk desk(policy_text("{roles: [owner, sre]}"));
        Json request = desk.ask("n1");
        request["runs"][0]["does"] = "run: nothing";
        request["covers"] = digest_of_runs(request["runs"]);
        QVERIFY(check_request(request).has_value());
        QCOMPARE(desk.sign(request, "bob", "sre"),
                 "the digest of what will run is not as it was when the signature was asked for");
    }
    void a_request_that_is_too_old_or_of_what_has_changed_is_refused() {
        Desk desk(policy_text("{roles: [owner, sre]}", "request-valid-for: 10m\n"));
        const Json old = desk.ask("n1");
        desk.pass(minutes(10));
        QCOMPARE(desk.sign(old, "bob", "sre"), "the request expired at 2026-01-05T08:10:00Z");
        const Json changed = desk.ask("n2");
        desk.done("read");
        QCOMPARE(desk.sign(changed, "bob", "sre"), "what will run has changed since the signature was asked for");
        QCOMPARE(desk.sign(desk.ask("n3"), "bob", "sre"), "");
    }
    void a_request_and_an_answer_travel_as_text() {
        const std::string bytes = R"({"a":1})";
        const std::string text = armoured("REQUEST", bytes);
        QCOMPARE(unarmoured("REQUEST", "Hi, please:\n> " + text + "thanks").value(), bytes);
        QCOMPARE(unarmoured("REQUEST", " " + bytes + "\n").value(), bytes);
        QVERIFY(!unarmoured("ANSWER", text));
        QVERIFY(!unarmoured("REQUEST", text.substr(0, text.size() - 9)));
        const SignedAnswer answer{"statement", "signature"};
        QCOMPARE(read_answer_document(armoured("ANSWER", answer_document(answer)))->signature, "signature");
        QVERIFY(!read_answer_document("{\"answer\":1}"));
        QVERIFY(!read_answer_document(text));
    }
};

SLUICE_TEST(SignatureTest)
#include "signature_test.moc"

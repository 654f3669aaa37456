#include "session/note.h"

#include "session/posix_file.h"
#include "session/session_fixture.h"
#include "support/suite.h"

#include <QtTest>
#include <fcntl.h>
#include <fstream>
#include <sstream>
#include <sys/stat.h>

using namespace sluice;
using namespace sluice::session;
using namespace sluice::session::testing;

class NoteTest : public QObject {
    Q_OBJECT

private slots:
    void a_note_of_another_implementation_verifies() {
        // From the documentation of golang.org/x/mod/sumdb/note.
        const auto key = VerifierKey::parse("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
        QVERIFY(key);
        const std::string text = "If you think cryptography is the answer to your problem,\n"
                                 "then you don't know what your problem is.\n";
        const auto note =
            parse_note(text + "\n\u2014 PeterNeumann "
                              "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE"
                              "6RyyBwJnAM=\n");
        QVERIFY(note);
        QCOMPARE(note->text, text);
        QCOMPARE(check_signature(*note, *key), Signed::by_key);
        QCOMPARE(check_signature(*note, key_named("PeterNeumann").verifier()), Signed::by_others);
    }

    void a_key_is_the_one_of_rfc_8032() {
        std::string bytes;
        QVERIFY(from_base64("nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=", bytes));
        Seed seed;
        std::copy(bytes.begin(), bytes.end(), seed.begin());
        const auto key = SigningKey::from_seed("test-1", seed);
        QVERIFY(key);
        QCOMPARE(hex(key->sign("")),
                 std::string("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33"
                             "bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"));
        QCOMPARE(VerifierKey::parse(" " + key->verifier().text() + "\n"), Result<VerifierKey>(key->verifier()));
    }

    void what_is_signed_can_be_read_and_every_change_is_seen() {
        const SigningKey key = key_named("sluice/operator/anna");
        const Checkpoint checkpoint{origin_of("s-1"), 12, sha256("x")};
        const std::string text = sign_note(checkpoint_text(checkpoint), key);
        const auto note = parse_note(text);
        QVERIFY(note);
        QCOMPARE(parse_checkpoint(note->text), Result<Checkpoint>(checkpoint));
        QCOMPARE(check_signature(*note, key.verifier()), Signed::by_key);
        for (std::size_t i = 0; i < text.size() * 8; ++i) {
            std::string changed = text;
            changed[i / 8] = static_cast<char>(changed[i / 8] ^ 1 << i % 8);
            const auto read = parse_note(changed);
            QVERIFY(!read || check_signature(*read, key.verifier()) != Signed::by_key);
        }
    }

    void what_is_not_a_note_or_checkpoint_is_refused() {
        for (const char* text : {"", "\n", "\n\n", "a\n\n", "a\n\n\u2014 b\n", "a\n\n- b AAAAAAAA\n",
                                 "a\n\n\u2014 b AAAA\n", "a\n\n\u2014 b AAAAAAAA", "a\t\n\n\u2014 b AAAAAAAA\n"}) {
            QVERIFY2(!parse_note(text), text);
        }
        const std::string root = base64(std::string(32, 'x'));
        for (const std::string& text : {std::string(), std::string("o\n"), "o\n01\n" + root + "\n",
                                        "o\n-1\n" + root + "\n", std::string("o\n1\nAAAA\n"), "\n1\n" + root + "\n",
                                        "o\n1\n" + root + "\nmore\n", "o\n99999999999999999999\n" + root + "\n"}) {
            QVERIFY2(!parse_checkpoint(text), text.c_str());
        }
    }

    void the_operators_key_is_made_once_and_for_the_operator_only() {
        const Folder folder;
        const auto first = SigningKey::load_or_create(folder / "sluice", "sluice/operator/anna");
        QVERIFY(first);
        const auto path = folder / "sluice/operator.key";
        struct stat status {};
        QCOMPARE(::stat(path.c_str(), &status), 0);
        QCOMPARE(status.st_mode & 0777, mode_t{0600});
        const auto again = SigningKey::load_or_create(folder / "sluice", "another name");
        QVERIFY(again);
        QCOMPARE(again->verifier(), first->verifier());
        const Folder elsewhere;
        QVERIFY(SigningKey::load_or_create(elsewhere / "a/b", "x")->verifier() != first->verifier());

        QCOMPARE(::chmod(path.c_str(), 0644), 0);
        QCOMPARE(SigningKey::load_or_create(folder / "sluice", "x").error().code, ErrorCode::refused);
        QCOMPARE(::chmod(path.c_str(), 0600), 0);
        std::ofstream(path) << "PRIVATE+KEY+x+00000000+AAAA\n";
        QVERIFY(!SigningKey::load_or_create(folder / "sluice", "x"));
    }

    void the_example_of_the_format_page_is_true() {
        const SigningKey key = key_named("sluice/operator/example");
        const Folder folder;
        SessionLog log = must(SessionLog::create(folder / "example.sluice", meta_of()));
        const NewEvent events[] = {
            {start, R"({"seq":1,"time":"1767225600000000000","type":"session-started"})"},
            {start + seconds(1), R"({"seq":2,"time":"1767225601000000000","type":"session-closed"})"}};
        const auto records = must(log.append(events, &key));
        std::stringstream page;
        page << std::ifstream(SLUICE_SOURCE_DIR "/doc/session-format.md").rdbuf();
        for (const std::string& text : {records[0].body, hex(records[0].root), records[1].body, hex(records[1].root),
                                        key.verifier().text(), log.last_checkpoint()}) {
            QVERIFY2(page.str().find(text) != std::string::npos, text.c_str());
        }
    }
};

SLUICE_TEST(NoteTest)
#include "note_test.moc"

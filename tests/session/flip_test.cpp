#include "session/verify.h"

#include "session/session_fixture.h"
#include "support/suite.h"

#include <QtTest>
#include <fmt/format.h>

using namespace sluice;
using namespace sluice::session;
using namespace sluice::session::testing;

class FlipTest : public QObject {
    Q_OBJECT

    static constexpr int count = 40;
    Folder folder_;
    SigningKey key_ = key_named("sluice/operator/anna");
    std::filesystem::path good_;
    std::vector<EventRecord> events_;
    std::vector<CheckpointRecord> checkpoints_;

    template <typename Bytes>
    static std::string blob(const Bytes& bytes) {
        return "x'" + hex(bytes) + "'";
    }

private slots:
    void initTestCase() {
        good_ = folder_ / "good.sluice";
        write_session(good_, count, &key_);
        const SessionReader reader = must(SessionReader::open(good_));
        events_ = must(reader.events(1, 100));
        checkpoints_ = must(reader.checkpoints());
        QCOMPARE(events_.size(), std::size_t{count});
    }

    void every_bit_of_every_event_counts_and_the_first_bad_one_is_named() {
        int flips = 0;
        for (std::size_t i = 0; i < events_.size(); ++i) {
            const auto found = [&] {
                ++flips;
                const Verdict verdict = verify("example", events_, {}, {}); // without help from any checkpoint
                return !verdict.good() && verdict.first_bad == static_cast<std::int64_t>(i + 1);
            };
            for (int bit = 0; bit < 64; ++bit) {
                const std::int64_t seq = events_[i].seq;
                events_[i].seq = static_cast<std::int64_t>(static_cast<std::uint64_t>(seq) ^ std::uint64_t{1} << bit);
                QVERIFY(found());
                events_[i].seq = seq;
                const std::int64_t time = events_[i].time.count;
                events_[i].time.count =
                    static_cast<std::int64_t>(static_cast<std::uint64_t>(time) ^ std::uint64_t{1} << bit);
                QVERIFY(found());
                events_[i].time.count = time;
            }
            for (std::size_t bit = 0; bit < events_[i].body.size() * 8; ++bit) {
                char& byte = events_[i].body[bit / 8];
                byte = static_cast<char>(byte ^ 1 << bit % 8);
                QVERIFY(found());
                byte = static_cast<char>(byte ^ 1 << bit % 8);
            }
            for (std::size_t bit = 0; bit < 256; ++bit) {
                auto& byte = events_[i].root[bit / 8];
                byte = static_cast<std::uint8_t>(byte ^ 1 << bit % 8);
                QVERIFY(found());
                byte = static_cast<std::uint8_t>(byte ^ 1 << bit % 8);
            }
        }
        QVERIFY(flips > count * (64 + 64 + 256 + 8 * 60));
        QVERIFY(verify("example", events_, checkpoints_, {}).good()); // all were turned back
    }

    void flips_in_the_file_are_named_too() {
        const auto path = folder_ / "flip.sluice";
        std::filesystem::copy_file(good_, path);
        for (const EventRecord& event : events_) {
            const auto check = [&](const std::string& sql, const std::string& back) {
                tamper(path, sql);
                const auto verdict = verify_file(path, {});
                tamper(path, back);
                return verdict && !verdict->good() && verdict->first_bad == event.seq;
            };
            for (const int bit : {0, 1, 2, 3, 4, 5, 6, 7, 40, 62, 63}) {
                const auto mask = std::uint64_t{1} << bit;
                const auto seq = static_cast<std::int64_t>(static_cast<std::uint64_t>(event.seq) ^ mask);
                if (seq < 1 || seq > count) { // a seq that is there already can't be written
                    QVERIFY(check(fmt::format("UPDATE event SET seq={} WHERE seq={}", seq, event.seq),
                                  fmt::format("UPDATE event SET seq={} WHERE seq={}", event.seq, seq)));
                }
                const auto time = static_cast<std::int64_t>(static_cast<std::uint64_t>(event.time.count) ^ mask);
                QVERIFY(check(fmt::format("UPDATE event SET time={} WHERE seq={}", time, event.seq),
                              fmt::format("UPDATE event SET time={} WHERE seq={}", event.time.count, event.seq)));
                std::string body = event.body;
                const auto at = static_cast<std::size_t>(bit + 64 * (event.seq % 8)) % (body.size() * 8);
                body[at / 8] = static_cast<char>(body[at / 8] ^ 1 << at % 8);
                QVERIFY(check(fmt::format("UPDATE event SET body={} WHERE seq={}", blob(body), event.seq),
                              fmt::format("UPDATE event SET body={} WHERE seq={}", blob(event.body), event.seq)));
                Digest root = event.root;
                root[static_cast<std::size_t>(bit) / 2] ^= static_cast<std::uint8_t>(1 << bit % 8);
                QVERIFY(check(fmt::format("UPDATE event SET root={} WHERE seq={}", blob(root), event.seq),
                              fmt::format("UPDATE event SET root={} WHERE seq={}", blob(event.root), event.seq)));
            }
        }
        QVERIFY(verify_file(path, {{key_.verifier()}, checkpoints_[2].note})->good());
    }
};

SLUICE_TEST(FlipTest)
#include "flip_test.moc"

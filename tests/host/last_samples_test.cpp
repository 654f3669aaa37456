#include "host/nova.h"
#include "session/file_feed.h"
#include "support/suite.h"

#include <QtTest>

using namespace sluice;
using namespace sluice::host;

namespace {

struct Counted : session::FeedListener {
    void events(std::span<const session::EventRecord>) override {}
    void output(std::span<const session::OutputChunk>) override {}
    void samples(const session::Tick& tick) override { of_ticks += tick.samples.size(); }
    void checkpoint(const std::string&) override {}
    void ended() override { over = true; }
    void trouble(const Error&) override {}

    std::size_t of_ticks = 0;
    bool over = false;
};

/// All that the file has now.
Counted read_whole(const std::filesystem::path& file) {
    Counted counted;
    auto feed = session::FileFeed::open(file);
    if (feed) {
        feed->start(counted);
        while (feed->poll()) {
        }
    }
    return counted;
}

} // namespace

/// A follower (the wall, `sluicectl watch`) leaves at the session's last event: samples that were written after it
/// would be in the file, and on no screen but the owner's.
class LastSamplesTest : public QObject {
    Q_OBJECT
private slots:
    void who_sees_the_last_event_sees_every_sample() {
        Nova nova(Wish{});
        Counted then;
        nova.host().engine().journal().listen([&](std::span<const release::Event> events) {
            for (const auto& event : events) {
                if (std::holds_alternative<release::SessionClosed>(event.body)) {
                    then = read_whole(nova.host().file());
                }
            }
        });
        QVERIFY2(nova.run() && nova.release().closed(), qPrintable(nova.ending()));
        QVERIFY(then.over);
        const Counted whole = read_whole(nova.host().file());
        QVERIFY(whole.over && whole.of_ticks > 100);
        QCOMPARE(then.of_ticks, whole.of_ticks);
    }
};

SLUICE_TEST(LastSamplesTest)
#include "last_samples_test.moc"

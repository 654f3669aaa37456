#include "analysis/lag_state.h"

#include "support/suite.h"

#include <QtTest>
#include <vector>

using namespace sluice;
using namespace sluice::analysis;

namespace {

/// "100:1000/50" is the commit of offset 1000 at 100 s, 50 behind.
std::vector<Commit> commits_of(const QString& text) {
    std::vector<Commit> commits;
    for (const QString& one : text.split(' ', Qt::SkipEmptyParts)) {
        commits.push_back({seconds(one.section(':', 0, 0).toLongLong()),
                           one.section(':', 1).section('/', 0, 0).toLongLong(), one.section('/', 1).toLongLong()});
    }
    return commits;
}

} // namespace

class LagStateTest : public QObject {
    Q_OBJECT
private slots:
    void a_state_follows_from_commits_and_ends_data() {
        QTest::addColumn<QString>("commits");
        QTest::addColumn<QList<qint64>>("ends");
        QTest::addColumn<qint64>("lag");
        QTest::addColumn<qint64>("allowed");
        QTest::addColumn<qint64>("now");
        QTest::addColumn<QString>("state");
        const QString moving = "100:1000/50 200:2000/50 300:3000/50 400:4000/50 500:5000/50";
        const QString growing = "100:1000/10 200:2000/20 300:3000/30 400:4000/40 500:5000/50";
        const QString falling = "100:1000/50 200:2000/40 300:3000/30 400:4000/40 500:5000/50";
        const QString standing = "100:1000/50 200:1000/60 300:1000/70 400:1000/80 500:1000/90";
        const QList<qint64> far{6000, 7000};
        QTest::newRow("no commits") << "" << far << 5000ll << 0ll << 600ll << "ok";
        QTest::newRow("no lag") << standing << far << 0ll << 0ll << 5000ll << "ok";
        QTest::newRow("lag that is allowed") << standing << far << 90ll << 90ll << 5000ll << "ok";
        QTest::newRow("one more") << standing << far << 91ll << 89ll << 501ll << "ok"; // was within it before
        QTest::newRow("lag stays") << moving << far << 50ll << 0ll << 600ll << "warning";
        QTest::newRow("lag grows") << growing << far << 50ll << 0ll << 600ll << "warning";
        QTest::newRow("lag fell once") << falling << far << 50ll << 0ll << 600ll << "ok";
        QTest::newRow("lag was 0 once") << "100:1000/0 200:2000/50 300:3000/100 400:4000/150" << far << 200ll << 0ll
                                        << 500ll << "ok";
        QTest::newRow("stands still") << standing << far << 100ll << 0ll << 600ll << "stall";
        QTest::newRow("stood still and was at the end")
            << "100:1000/0 200:1000/100 300:1000/200" << far << 300ll << 0ll << 400ll << "ok";
        QTest::newRow("as long as the window") << moving << far << 50ll << 0ll << 900ll << "warning";
        QTest::newRow("longer than the window") << moving << far << 50ll << 0ll << 901ll << "stop";
        QTest::newRow("stop goes before stall") << standing << far << 100ll << 0ll << 1000ll << "stop";
        QTest::newRow("had read all a moment ago")
            << "100:1000/50 200:5000/0" << QList<qint64>{5000, 5000, 5001} << 1ll << 0ll << 1000ll << "ok";
        QTest::newRow("one commit, long ago") << "100:1000/50" << far << 50ll << 0ll << 200ll << "stop";
        QTest::newRow("went back") << "100:1000/50 200:2000/50 300:500/1600 400:1500/700" << far << 700ll << 0ll
                                   << 500ll << "rewind";
        QTest::newRow("went back and came again")
            << "100:1000/50 200:2000/50 300:500/1600 400:2500/200" << far << 200ll << 0ll << 500ll << "ok";
        QTest::newRow("went back though it was at the end")
            << "100:2000/0 200:500/1500" << far << 1500ll << 0ll << 250ll << "rewind";
    }
    void a_state_follows_from_commits_and_ends() {
        QFETCH(QString, commits);
        QFETCH(QList<qint64>, ends);
        QFETCH(qint64, lag);
        QFETCH(qint64, allowed);
        QFETCH(qint64, now);
        QFETCH(QString, state);
        const std::vector<std::int64_t> recent(ends.begin(), ends.end());
        QCOMPARE(QString(name(lag_state(commits_of(commits), recent, lag, allowed, seconds(now)))), state);
    }
};

SLUICE_TEST(LagStateTest)
#include "lag_state_test.moc"

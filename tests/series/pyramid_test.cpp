#include "series/pyramid.h"

#include "support/suite.h"

#include <QTest>
#include <cmath>
#include <limits>
#include <rapidcheck.h>

using namespace sluice;
using namespace sluice::series;

namespace {

struct Line {
    std::vector<Point> points;
    std::vector<bool> starts; ///< a gap before the point, or the first
    std::vector<std::pair<Nanos, std::size_t>> gaps;
    Pyramid pyramid;
};

/// A line of random pace and with random gaps; values of a few steps, so that minima and maxima are met twice.
Line random_line() {
    Line line;
    const auto count = *rc::gen::resize(rc::kNominalSize, rc::gen::inRange(0, 1500));
    const auto longest = *rc::gen::element<std::int64_t>(2, 10, 1000, 4'000'000'000);
    const auto gap_in = *rc::gen::element(2, 10, 100, 100000);
    auto seed = *rc::gen::inRange<std::uint32_t>(1, 1u << 30);
    const auto next = [&seed](std::int64_t limit) {
        seed = seed * 1664525u + 1013904223u;
        return static_cast<std::int64_t>(static_cast<double>(seed) / 4294967296.0 * static_cast<double>(limit));
    };
    Nanos at{next(1000)};
    bool start = true;
    for (int i = 0; i < count; ++i) {
        at += Nanos{1 + next(longest)};
        if (next(gap_in) == 0 && i > 0) {
            line.pyramid.append_gap(at);
            if (!start) {
                line.gaps.emplace_back(at, line.points.size());
            }
            start = true;
            at += Nanos{1 + next(longest)};
        }
        const Point point{at, static_cast<double>(next(50)) - 20};
        line.pyramid.append(point.at, point.value);
        line.points.push_back(point);
        line.starts.push_back(start);
        start = false;
    }
    return line;
}

/// The definition, one sample after the other.
std::vector<ColumnRun> by_hand(const Line& line, Nanos from, Nanos to, int columns) {
    std::vector<ColumnRun> runs;
    for (int c = 0; c < columns; ++c) {
        const auto start = [&](int column) {
            return from.count + (to - from).count / columns * column + (to - from).count % columns * column / columns;
        };
        bool open = false;
        for (std::size_t i = 0; i < line.points.size(); ++i) {
            const Point& p = line.points[i];
            if (p.at.count < start(c) || p.at.count >= start(c + 1)) {
                continue;
            }
            if (!open || line.starts[i]) {
                runs.push_back({c, p, p, p.value, p.value, !line.starts[i]});
                open = true;
                continue;
            }
            ColumnRun& run = runs.back();
            run.last = p;
            run.min = std::min(run.min, p.value);
            run.max = std::max(run.max, p.value);
        }
    }
    return runs;
}

bool same(const Point& a, const Point& b) {
    return a.at == b.at && a.value == b.value;
}

} // namespace

class PyramidTest : public QObject {
    Q_OBJECT

private slots:
    void columns_are_those_of_every_sample_looked_at() {
        const bool held = rc::check("columns", [] {
            const Line line = random_line();
            const std::int64_t end = line.points.empty() ? 1000 : line.points.back().at.count;
            const auto a = *rc::gen::resize(rc::kNominalSize, rc::gen::inRange<std::int64_t>(-10, end + 10));
            const auto b = *rc::gen::resize(rc::kNominalSize, rc::gen::inRange<std::int64_t>(-10, end + 10));
            const Nanos from{std::min(a, b)}, to{std::max(a, b) + 1};
            const int columns = *rc::gen::element(1, 2, 7, 100, 641);
            const Columns answer = line.pyramid.columns(from, to, columns);
            const auto expected = by_hand(line, from, to, columns);
            RC_ASSERT(answer.runs.size() == expected.size());
            for (std::size_t i = 0; i < expected.size(); ++i) {
                const ColumnRun &got = answer.runs[i], &want = expected[i];
                RC_ASSERT(got.column == want.column);
                RC_ASSERT(same(got.first, want.first) && same(got.last, want.last));
                RC_ASSERT(got.min == want.min && got.max == want.max);
                RC_ASSERT(got.joined == want.joined);
            }
            const auto older = static_cast<std::size_t>(
                std::ranges::count_if(line.points, [&](const Point& p) { return p.at < from; }));
            const auto until =
                static_cast<std::size_t>(std::ranges::count_if(line.points, [&](const Point& p) { return p.at < to; }));
            RC_ASSERT(answer.before.has_value() == (older > 0 && older < line.points.size() && !line.starts[older]));
            RC_ASSERT(answer.after.has_value() == (until > 0 && until < line.points.size() && !line.starts[until]));
        });
        QVERIFY(held);
    }

    void every_spike_of_one_sample_is_in_its_column_at_every_zoom() {
        const bool held = rc::check("spikes", [] {
            Pyramid line;
            const int count = 5000;
            const auto where = *rc::gen::resize(rc::kNominalSize, rc::gen::inRange(0, count));
            for (int i = 0; i < count; ++i) {
                line.append(seconds(i), i == where ? 99.0 : 1.0);
            }
            for (int length = count; length >= 1; length /= 2) {
                const int from = std::clamp(where - length / 3, 0, count - length);
                for (const int columns : {1, 3, 380, 760, 1200}) {
                    int seen = 0;
                    for (const ColumnRun& run : line.columns(seconds(from), seconds(from + length), columns).runs) {
                        if (run.max == 99) {
                            ++seen;
                            RC_ASSERT(run.column ==
                                      static_cast<int>(static_cast<std::int64_t>(where - from) * columns / length));
                        }
                    }
                    RC_ASSERT(seen == 1);
                }
            }
        });
        QVERIFY(held);
    }

    void the_last_value_ends_where_a_gap_begins() {
        const bool held = rc::check("last_at", [] {
            const Line line = random_line();
            const std::int64_t end = line.points.empty() ? 1000 : line.points.back().at.count;
            const Nanos t{*rc::gen::resize(rc::kNominalSize, rc::gen::inRange<std::int64_t>(-10, end + 10))};
            std::optional<Point> expected;
            std::size_t place = 0;
            for (std::size_t i = 0; i < line.points.size() && line.points[i].at <= t; ++i) {
                expected = line.points[i];
                place = i + 1;
            }
            for (const auto& [at, next] : line.gaps) {
                if (next == place && at <= t) {
                    expected.reset();
                }
            }
            const auto got = line.pyramid.last_at(t);
            RC_ASSERT(got.has_value() == expected.has_value());
            RC_ASSERT(!got || same(*got, *expected));
        });
        QVERIFY(held);
    }

    void extent_is_that_of_every_sample_looked_at() {
        const bool held = rc::check("extent", [] {
            const Line line = random_line();
            const std::int64_t end = line.points.empty() ? 1000 : line.points.back().at.count;
            const Nanos from{*rc::gen::resize(rc::kNominalSize, rc::gen::inRange<std::int64_t>(-10, end + 10))};
            const Nanos to{*rc::gen::resize(rc::kNominalSize, rc::gen::inRange<std::int64_t>(-10, end + 10))};
            std::optional<Extent> expected;
            for (const Point& p : line.points) {
                if (p.at >= from && p.at < to) {
                    expected = {expected ? std::min(expected->min, p.value) : p.value,
                                expected ? std::max(expected->max, p.value) : p.value};
                }
            }
            const auto got = line.pyramid.extent(from, to);
            RC_ASSERT(got.has_value() == expected.has_value());
            RC_ASSERT(!got || (got->min == expected->min && got->max == expected->max));
        });
        QVERIFY(held);
    }

    void time_does_not_go_back() {
        Pyramid line;
        QVERIFY(line.append(seconds(10), 1));
        const auto before = line.revision();
        QVERIFY(!line.append(seconds(10), 2));
        QVERIFY(!line.append(seconds(9), 2));
        QVERIFY(!line.append_gap(seconds(9)));
        QCOMPARE(line.size(), std::size_t(1));
        QCOMPARE(line.revision(), before);
        QVERIFY(line.append_gap(seconds(12)));
        QVERIFY(!line.append(seconds(11), 2));
        QVERIFY(line.append(seconds(12), 2));
        QVERIFY(line.starts_run(1));
    }

    void a_value_that_is_no_number_is_a_gap() {
        for (const double value : {std::nan(""), std::numeric_limits<double>::infinity(), stale_marker()}) {
            Pyramid line;
            line.append(seconds(1), 5);
            QVERIFY(line.append(seconds(2), value));
            line.append(seconds(3), 6);
            QCOMPARE(line.size(), std::size_t(2));
            QVERIFY(!line.last_at(seconds(2)));
            QCOMPARE(line.columns(seconds(0), seconds(10), 1).runs.size(), std::size_t(2));
        }
    }
};

SLUICE_TEST(PyramidTest)
#include "pyramid_test.moc"

#include "series/scraped_target.h"
#include "support/suite.h"

#include <QtTest>
#include <algorithm>
#include <bit>
#include <fmt/format.h>
#include <map>
#include <random>
#include <set>

using namespace sluice;
using namespace sluice::series;

namespace {

constexpr Nanos start = seconds(1'767'225'600);
const Labels of_target{{"job", "shop"}};

/// What a store should hold, told as plainly as can be.
struct Model {
    std::map<Labels, std::map<std::int64_t, std::uint64_t>> points;
    std::set<Labels> live;

    void put(const Labels& labels, Nanos at, double value) {
        auto& all = points[labels];
        if (all.empty() || all.rbegin()->first < at.count) {
            all[at.count] = std::bit_cast<std::uint64_t>(value);
        }
    }
    void take(const Exposition& answer, Nanos at) {
        std::set<Labels> seen;
        for (const auto& sample : answer.samples) {
            Labels labels = sample.labels;
            if (const std::string own(label(labels, "job")); labels.contains("job")) {
                labels["exported_job"] = own;
            }
            labels["job"] = "shop";
            put(labels, sample.at.value_or(at), sample.value);
            if (!sample.at) {
                seen.insert(labels);
            }
        }
        end_all_but(seen, at);
        put({{"__name__", "up"}, {"job", "shop"}}, at, 1);
    }
    void fail(Nanos at) {
        end_all_but({}, at);
        put({{"__name__", "up"}, {"job", "shop"}}, at, 0);
    }
    void end_all_but(const std::set<Labels>& seen, Nanos at) {
        for (const auto& labels : live) {
            if (!seen.contains(labels) && points.contains(labels)) {
                put(labels, at, stale_marker());
            }
        }
        live = seen;
    }
    void forget_before(Nanos t) {
        for (auto& [labels, all] : points) {
            all.erase(all.begin(), all.lower_bound(t.count));
        }
        std::erase_if(points, [](const auto& entry) { return entry.second.empty(); });
    }
    std::string text() const {
        std::string out;
        for (const auto& [labels, all] : points) {
            out += to_text(labels) + ":";
            for (const auto& [at, bits] : all) {
                out += fmt::format(" {}={:x}", (at - start.count) / 1'000'000, bits);
            }
            out += "\n";
        }
        return out;
    }
};

std::string text(const SeriesStore& store) {
    std::string out;
    for (const Series* series : store.select({})) {
        out += to_text(series->labels()) + ":";
        for (const Point& point : series->points()) {
            out += fmt::format(" {}={:x}", (point.at - start).count / 1'000'000,
                               std::bit_cast<std::uint64_t>(point.value));
        }
        out += "\n";
    }
    return out;
}

/// An answer of series that come, go, change their place and their spelling.
std::string answer(std::mt19937& random, int round) {
    const auto below = [&](unsigned n) { return static_cast<unsigned>(random() % n); };
    std::vector<std::string> lines;
    for (unsigned i = 0; i < 14; ++i) {
        if (below(5) == 0) {
            continue;
        }
        const auto value = std::to_string(below(1000));
        const auto at = i % 5 == 4 ? " " + std::to_string((start + seconds(round - 2)).count / 1'000'000) : "";
        switch (below(12)) {
        case 0:
            lines.push_back(fmt::format("s{{n=\"{}\",job=\"own\"}} {}{}\n", i, value, at));
            break;
        case 1: // the same series in other bytes
            lines.push_back(fmt::format("s{{ job=\"own\" , n=\"{}\",no=\"\",}} {}{}\n", i, value, at));
            break;
        case 2:
            lines.push_back(fmt::format("once{{n=\"{}-{}\"}} {}\n", round, i, value));
            break;
        default:
            lines.push_back(fmt::format("s{{n=\"{}\"}} {}{}\n", i, value, at));
        }
    }
    if (below(4) == 0) {
        std::shuffle(lines.begin(), lines.end(), random);
    }
    std::string out = "# TYPE s gauge\n";
    for (const auto& line : lines) {
        out += line;
    }
    return out;
}

Result<void> take(ScrapedTarget& target, std::string_view text, Nanos at) {
    return target.take(text, "s", {}, ExpositionFormat::text, at);
}

} // namespace

class ScrapedTargetTest : public QObject {
    Q_OBJECT
private slots:
    void a_store_holds_what_the_answers_said() {
        for (unsigned seed = 0; seed < 60; ++seed) {
            std::mt19937 random(seed);
            SeriesStore store;
            ScrapedTarget target(store, of_target);
            Model model;
            for (int round = 0; round < 60; ++round) {
                const Nanos at = start + seconds(round);
                if (random() % 10 == 0) {
                    target.failed(at);
                    model.fail(at);
                } else {
                    auto said = answer(random, round);
                    if (random() % 10 == 0) {
                        QVERIFY(!take(target, said + "cut off", at)); // known series and new ones, none of them taken
                        QCOMPARE(text(store), model.text());
                    }
                    QVERIFY(take(target, said, at));
                    model.take(*parse_exposition(said, "s"), at);
                }
                if (round % 15 == 14) {
                    const Nanos kept_from = at - seconds(static_cast<int>(random() % 12));
                    store.forget_before(kept_from);
                    model.forget_before(kept_from);
                }
                const auto is = text(store), should = model.text();
                QVERIFY2(is == should, fmt::format("seed {}, round {}:\n{}\nnot\n{}", seed, round, is, should).c_str());
                QCOMPARE(store.size(), model.points.size());
            }
        }
    }

    void rules_choose_among_series_and_times() {
        SeriesStore store;
        int asked = 0;
        std::vector<std::size_t> fresh;
        ScrapedTarget target(store, of_target,
                             {.keeps = [&](const Labels& labels) -> Result<bool> {
                                  ++asked;
                                  if (label(labels, "bad") == "1") {
                                      return fail(ErrorCode::corrupt, "a bad one");
                                  }
                                  return label(labels, metric_name) != "left_out";
                              },
                              .admits = [&](std::size_t n) -> Result<void> {
                                  fresh.push_back(n);
                                  if (n > 2) {
                                      return fail(ErrorCode::corrupt, "too many");
                                  }
                                  return {};
                              },
                              .most_behind = minutes(5),
                              .most_ahead = minutes(10)});
        const auto ms = [](Nanos at) { return std::to_string(at.count / 1'000'000); };
        QVERIFY(take(target,
                     "a 1\nleft_out 2\nold 3 " + ms(start - minutes(6)) + "\nahead 3 " + ms(start + minutes(11)) +
                         "\nb 4 " + ms(start - minutes(5)) + "\n",
                     start));
        QCOMPARE(store.size(), std::size_t{3}); // a, b, up
        QVERIFY(take(target, "a 1\nleft_out 2\n", start + seconds(1)));
        QCOMPARE(asked, 3); // of a, left_out and b, once each
        QCOMPARE(fresh, (std::vector<std::size_t>{2, 0}));

        const auto before = text(store);
        const auto refused = take(target, "a 2\nc 1\nd{bad=\"1\"} 1\nd{bad=\"1\",x=\"2\"} 1\n", start + seconds(2));
        QVERIFY(!refused);
        QCOMPARE(refused.error().what, std::string("a bad one"));
        QCOMPARE(fresh.size(), std::size_t{2}); // not asked any more
        const auto many = take(target, "a 2\nc 1\ne 1\nf 1\n", start + seconds(2));
        QVERIFY(!many);
        QCOMPARE(many.error().what, std::string("too many"));
        const auto wrong = take(target, "a 2\nd{bad=\"1\"} 1\nx\n", start + seconds(2));
        QVERIFY(!wrong);
        QCOMPARE(wrong.error().where, std::string("s:3:2")); // a text that can't be read is told first
        QCOMPARE(text(store), before);
        QVERIFY(take(target, "a 2\nc 1\n", start + seconds(2)));
        QCOMPARE(store.find({{"__name__", "c"}, {"job", "shop"}})->points().size(), std::size_t{1});

        target.change_rules(
            {.keeps = [](const Labels& labels) { return Result<bool>(label(labels, metric_name) != "a"); }});
        QVERIFY(take(target, "a 3\nleft_out 3\n", start + seconds(3)));
        QVERIFY(is_stale(store.find({{"__name__", "a"}, {"job", "shop"}})->points().back().value));
        QCOMPARE(store.find({{"__name__", "left_out"}, {"job", "shop"}})->points().back().value, 3.0);
    }

    void names_that_change_with_each_answer_are_not_kept() {
        SeriesStore store;
        int asked = 0;
        ScrapedTarget target(store, {}, {.keeps = [&](const Labels&) -> Result<bool> {
                                 ++asked;
                                 return false;
                             }});
        for (int round = 0; round < 20; ++round) {
            std::string said = "steady 1\n";
            for (int i = 0; i < 500; ++i) {
                said += fmt::format("changing{{n=\"{}-{}\"}} 1\n", round, i);
            }
            QVERIFY(take(target, said, start + seconds(round)));
            QVERIFY(target.spellings() <= 2 * 501 + 1000);
        }
        QCOMPARE(asked, 20 * 500 + 1);
    }

    void a_forgotten_place_is_never_another_series() {
        SeriesStore store;
        const SeriesId ended = store.add({{"__name__", "a"}});
        QVERIFY(!store.holds(SeriesId()));
        QVERIFY(store.append(ended, start, 1));
        store.forget_before(start + seconds(1));
        QVERIFY(!store.holds(ended));
        const SeriesId next = store.add({{"__name__", "b"}});
        QCOMPARE(next.place, ended.place);
        QVERIFY(store.holds(next));
        QVERIFY(!store.holds(ended) && !store.append(ended, start + seconds(2), 1));
        QVERIFY(!store.mark_stale(ended, start + seconds(2)));
        QVERIFY(store.append(next, start + seconds(2), 3));
        QCOMPARE(store.find({{"__name__", "b"}})->points().size(), std::size_t{1});
        QVERIFY(store.id({{"__name__", "b"}, {"empty", "x"}}) == SeriesId());
        QVERIFY(store.add({{"__name__", "b"}, {"empty", ""}}) == next);
    }
};

SLUICE_TEST(ScrapedTargetTest)
#include "scraped_target_test.moc"

#include "story/lag_page.h"

#include "analysis/latest.h"
#include "report/recorded_lag.h"
#include "story/figure.h"
#include "story/format.h"

#include <QCoreApplication>
#include <QStringList>

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

namespace sluice::story {
namespace {

using analysis::LagState;
using kafka::GroupReport;
using kafka::LagRow;

struct LagText {
    Q_DECLARE_TR_FUNCTIONS(LagPage)
};

Mark lag_mark(LagState state) {
    return state == LagState::ok ? Mark::holds : state == LagState::warning ? Mark::close : Mark::breached;
}

QString lag_state_words(LagState state) {
    switch (state) {
    case LagState::ok:
        return LagText::tr("ok");
    case LagState::warning:
        return LagText::tr("warning: reads on, and its lag does not fall");
    case LagState::rewind:
        return LagText::tr("rewind: its commit went back");
    case LagState::stall:
        return LagText::tr("stall: its commit does not move");
    case LagState::stop:
        break;
    }
    return LagText::tr("stop: it commits no more");
}

/// The worse the later.
int lag_rank(Mark mark) {
    static constexpr Mark order[] = {Mark::to_come, Mark::holds,    Mark::no_data,
                                     Mark::close,   Mark::breached, Mark::source_error};
    return static_cast<int>(std::find(std::begin(order), std::end(order), mark) - std::begin(order));
}

QString lag_rate(const std::optional<double>& rate) {
    return rate ? fixed(*rate, std::abs(*rate) < 10 && *rate != 0 ? 1 : 0) : QString();
}

template <typename T>
QString lag_count(const std::optional<T>& number) {
    return number ? count(*number) : QString();
}

/// Whether there are messages that nobody reads: a topic without any needs no commit.
bool unread(const LagRow& row) {
    return !row.at.committed && row.end.value_or(1) > 0;
}

QString drain_words(const std::optional<std::int64_t>& lag, const std::optional<double>& drain,
                    const std::optional<double>& produced, const std::optional<double>& consumed) {
    if (!lag) {
        return {};
    }
    if (*lag == 0) {
        return LagText::tr("nothing left");
    }
    if (!drain) {
        return LagText::tr("not known yet");
    }
    if (!std::isinf(*drain)) {
        constexpr double longest = 30.0 * 86400;
        return *drain > longest ? LagText::tr("over 30 d")
                                : spell(seconds(std::max<std::int64_t>(1, std::llround(std::ceil(*drain)))));
    }
    const double gain = produced && consumed ? *consumed - *produced : 0;
    return gain < 0                                   ? LagText::tr("grows")
           : produced && consumed && *consumed == 0.0 ? LagText::tr("quiet")
                                                      : LagText::tr("stays");
}

LagLine partition_line(const LagRow& row) {
    LagLine line;
    line.name = QString::number(row.at.partition);
    line.lag = lag_count(row.lag);
    line.behind = row.figures.age ? spell(*row.figures.age, true) : QString();
    line.produced = lag_rate(row.figures.produced);
    line.consumed = lag_rate(row.figures.consumed);
    line.drain = drain_words(row.lag, row.figures.drain, row.figures.produced, row.figures.consumed);
    line.committed = lag_count(row.at.committed);
    line.end = lag_count(row.end);
    line.stable = row.open_from ? lag_count(row.open_from) : line.end;
    QStringList words;
    if (!row.at.trouble.empty()) {
        line.mark = Mark::source_error;
        words << QString::fromStdString(row.at.trouble);
        line.drain = LagText::tr("not asked");
    } else if (!row.at.committed) {
        line.mark = unread(row) ? Mark::no_data : Mark::to_come;
        words << (unread(row) ? LagText::tr("no commit") : LagText::tr("no commit, and no message yet"));
        line.drain = LagText::tr("no commit");
    } else if (!row.lag) {
        line.mark = Mark::source_error;
        words << LagText::tr("its commit lies past the end: was the topic made anew?");
        line.drain = LagText::tr("not known");
    } else {
        line.mark = row.figures.state ? lag_mark(*row.figures.state) : Mark::to_come;
        words << (row.figures.state ? lag_state_words(*row.figures.state) : LagText::tr("no state yet"));
    }
    if (row.open_from) {
        words << LagText::tr("%1 behind an open transaction").arg(count(*row.end - *row.open_from));
    }
    line.state = words.join(QStringLiteral(" · "));
    return line;
}

/// The worst partition against the mean of those that have a lag. A topic's partitions are told by their number, a
/// group's by topic too.
QString skew_words(const std::vector<LagRow>& rows, bool with_topic) {
    const LagRow* worst = nullptr;
    double sum = 0;
    int known = 0;
    for (const auto& row : rows) {
        if (row.lag) {
            worst = worst == nullptr || *row.lag > *worst->lag ? &row : worst;
            sum += static_cast<double>(*row.lag);
            ++known;
        }
    }
    if (known < 2 || sum == 0) {
        return {};
    }
    const double times = static_cast<double>(*worst->lag) * known / sum;
    if (times < 1.1) {
        return LagText::tr("even");
    }
    const QString where =
        with_topic ? QStringLiteral("%1/%2").arg(QString::fromStdString(worst->at.topic)) : QStringLiteral("%1");
    return LagText::tr("%1 × in %2").arg(fixed(times, 1), where.arg(worst->at.partition));
}

/// What a topic or a group is, out of its partitions; `line` has its parts.
void sum_line(LagLine& line, const GroupReport& sums, bool with_topic) {
    const QString least = sums.is_partial ? QStringLiteral("≥ ") : QString();
    line.lag = sums.lag ? least + count(*sums.lag) : QString();
    line.skew = skew_words(sums.rows, with_topic);
    line.behind = sums.age ? spell(*sums.age, true) : QString();
    line.produced = lag_rate(sums.produced);
    line.consumed = lag_rate(sums.consumed);
    line.drain = drain_words(sums.lag, sums.drain, sums.produced, sums.consumed);
    // Of the partitions that are never drained the one with most lag has the reason, whatever the others do.
    const LagRow* stuck = nullptr;
    for (const LagRow& row : sums.rows) {
        if (row.lag && row.figures.drain && std::isinf(*row.figures.drain) &&
            (stuck == nullptr || *row.lag > *stuck->lag)) {
            stuck = &row;
        }
    }
    if (stuck != nullptr) {
        line.drain = drain_words(stuck->lag, stuck->figures.drain, stuck->figures.produced, stuck->figures.consumed);
    }

    for (const auto& part : line.parts) {
        line.mark = lag_rank(part.mark) > lag_rank(line.mark) ? part.mark : line.mark;
    }
    if (!sums.lag) {
        line.drain = line.mark == Mark::source_error ? LagText::tr("not asked") : LagText::tr("no commit");
    }
    int in_trouble = 0;
    for (const auto& row : sums.rows) {
        in_trouble += partition_line(row).mark == Mark::source_error ? 1 : 0;
    }
    QStringList told;
    if (in_trouble > 0) {
        told << LagText::tr("%1 of %2 could not be told").arg(in_trouble).arg(sums.rows.size());
    }
    const auto silent = std::count_if(sums.rows.begin(), sums.rows.end(),
                                      [](const LagRow& row) { return row.at.trouble.empty() && unread(row); });
    if (silent > 0) {
        told << LagText::tr("%1 of %2 without a commit").arg(silent).arg(sums.rows.size());
    }
    if (sums.state) {
        told << lag_state_words(*sums.state);
    } else if (told.isEmpty()) {
        told << (sums.rows.empty() || !sums.lag ? LagText::tr("no commit") : LagText::tr("no state yet"));
    }
    line.state = told.join(QStringLiteral(" · "));
}

LagLine group_line(const GroupReport& group) {
    LagLine line;
    line.name = QString::fromStdString(group.name);
    for (auto row = group.rows.begin(); row != group.rows.end();) {
        const auto next =
            std::find_if(row, group.rows.end(), [&](const LagRow& one) { return one.at.topic != row->at.topic; });
        GroupReport topic;
        topic.rows.assign(row, next);
        kafka::sum_up(topic);
        LagLine& part = line.parts.emplace_back();
        part.name = QString::fromStdString(row->at.topic);
        for (const auto& one : topic.rows) {
            part.parts.push_back(partition_line(one));
        }
        sum_line(part, topic, false);
        row = next;
    }
    if (line.parts.empty()) {
        line.mark = Mark::no_data;
    }
    sum_line(line, group, true);
    const QString about_members = kafka::is_rebalancing(group.members)   ? LagText::tr("the group is rebalancing")
                                  : kafka::has_no_members(group.members) ? LagText::tr("it has no members")
                                                                         : QString();
    if (!about_members.isEmpty()) {
        line.state = about_members + QStringLiteral(" · ") + line.state;
    }
    return line;
}

QString lag_age(const Moment& moment, Nanos then) {
    return moment.mode == Mode::replay ? old(moment.now, then) : ago(moment.now, then);
}

/// What was told of one metric goes into the page. Two metrics may ask the same: then who was asked last says it. Two
/// that ask a group for other topics have a line each.
struct Gathered {
    struct Where {
        QString from, group;
        std::vector<std::string> topics; ///< as they were asked for
        bool operator<(const Where& other) const {
            return std::tie(from, group, topics) < std::tie(other.from, other.group, other.topics);
        }
    };
    struct Told {
        Nanos at;
        LagLine line;
        QString metric;
        bool rebalancing = false;
    };
    std::map<Where, Told> groups;
    std::optional<Nanos> oldest;
    bool any = false;
};

void gather(const Moment& moment, const plan::Metric& metric, const report::RecordedLag& lag, Gathered& all,
            LagPage& page) {
    const QString title = QString::fromStdString(metric.title.empty() ? metric.name : metric.title);
    const auto wrong = [&](const QString& what) {
        const QString line = QStringLiteral("%1: %2").arg(title, what);
        if (std::find(page.wrong.begin(), page.wrong.end(), line) == page.wrong.end()) {
            page.wrong.push_back(line);
        }
    };
    all.any = true;
    if (!lag.failure.empty()) {
        wrong(lag.failing_since
                  ? LagText::tr("%1 (since %2)")
                        .arg(QString::fromStdString(lag.failure), utc_moment(*lag.failing_since, moment.now))
                  : QString::fromStdString(lag.failure));
    }
    if (!lag.answered) {
        return;
    }
    all.oldest = std::min(all.oldest.value_or(lag.report.at), lag.report.at);
    if (lag.failure.empty() && moment.now - lag.report.at > analysis::max_age(metric) + kafka::LagRecord::distance) {
        wrong(LagText::tr("too old: %1").arg(lag_age(moment, lag.report.at)));
    }
    for (const auto& topic : lag.report.missing_topics) {
        wrong(LagText::tr("topic %1 is not known to the cluster").arg(QString::fromStdString(topic)));
    }
    for (const auto& failure : lag.report.failures) {
        wrong(QString::fromStdString(failure));
    }
    if (lag.unreadable > 0) {
        wrong(LagText::tr("the record of %1 partitions can't be read").arg(lag.unreadable));
    }
    const auto put = [&](LagLine line, bool rebalancing) {
        auto& known = all.groups[{QString::fromStdString(metric.from), line.name, metric.lag->topics}];
        if (known.line.name.isEmpty() || known.at < lag.report.at) {
            known = {lag.report.at, std::move(line), title, rebalancing};
        }
    };
    for (const auto& group : lag.report.groups) {
        put(group_line(group), kafka::is_rebalancing(group.members));
    }
    for (const auto& failed : lag.failed_groups) {
        LagLine line;
        line.name = QString::fromStdString(failed);
        line.mark = Mark::source_error;
        line.state = LagText::tr("could not be asked");
        line.drain = LagText::tr("not asked");
        put(std::move(line), false);
    }
    if (lag.left_out > 0) {
        page.wrong.push_back(LagText::tr("%1: %2 more partitions are not recorded; these are the ones that are in "
                                         "trouble or have most lag, and the sums are of them")
                                 .arg(title, count(lag.left_out)));
    }
}

} // namespace

LagPage present_lag_page(const Moment& moment) {
    LagPage page;
    Gathered all;
    std::vector<std::string> clusters;
    if (moment.release.plan) {
        for (const auto& metric : moment.release.plan->metrics) {
            if (!metric.lag) {
                continue;
            }
            if (std::find(clusters.begin(), clusters.end(), metric.from) == clusters.end()) {
                clusters.push_back(metric.from);
            }
            if (const auto lag = report::recorded_lag(moment.readings, metric.name, moment.now)) {
                gather(moment, metric, *lag, all, page);
            }
        }
    }
    if (clusters.empty()) {
        page.heading = LagText::tr("The plan measures no lag");
        page.note = LagText::tr("A metric that asks a Kafka connection for 'lag' is shown here by partition.");
        return page;
    }
    if (!all.any) {
        page.heading = LagText::tr("Nothing is recorded by partition");
        page.note = LagText::tr("Either no answer has come yet, or an older program wrote the session.");
        return page;
    }
    int in_trouble = 0, falls_behind = 0, rebalancing = 0;
    std::map<std::pair<QString, QString>, int> lines_of;
    for (const auto& [where, told] : all.groups) {
        ++lines_of[{where.from, where.group}];
    }
    for (auto& [where, told] : all.groups) {
        auto& line = told.line;
        const bool only_moves = told.rebalancing && lag_rank(line.mark) <= lag_rank(Mark::holds);
        rebalancing += only_moves ? 1 : 0;
        falls_behind += line.mark == Mark::close ? 1 : 0;
        in_trouble += line.mark != Mark::close && lag_rank(line.mark) > lag_rank(Mark::holds) ? 1 : 0;
        line.mark = only_moves ? Mark::close : line.mark;
        if (lines_of[{where.from, where.group}] > 1) {
            line.name = QStringLiteral("%1 · %2").arg(line.name, told.metric);
        }
        if (clusters.size() > 1) {
            line.name = QStringLiteral("%1 · %2").arg(line.name, where.from);
        }
        page.groups.push_back(std::move(line));
    }
    page.trouble = in_trouble > 0 || falls_behind > 0 || rebalancing > 0 || !page.wrong.empty();
    page.heading =
        in_trouble > 0 ? LagText::tr("In trouble: %1 of %2 groups").arg(in_trouble).arg(page.groups.size())
        : falls_behind > 0
            ? LagText::tr("The lag of %1 of %2 groups does not fall").arg(falls_behind).arg(page.groups.size())
        : rebalancing > 0 ? LagText::tr("Rebalancing: %1 of %2 groups").arg(rebalancing).arg(page.groups.size())
        : page.trouble    ? LagText::tr("Not all is known of the lag")
                          : LagText::tr("No group is in trouble");
    QStringList notes{LagText::tr("As of %1").arg(utc_time(moment.now))};
    if (all.oldest) {
        const QString age = lag_age(moment, *all.oldest);
        notes << (moment.mode == Mode::replay ? LagText::tr("what was asked is %1").arg(age)
                                              : LagText::tr("asked %1").arg(age));
    }
    notes << LagText::tr("up to the log's end, as Kafka's own tool counts");
    if (!moment.owned) {
        notes << LagText::tr("nobody runs the session: this is what was known last");
    }
    page.note = notes.join(QStringLiteral(" · "));
    return page;
}

} // namespace sluice::story

/// What the screen says of a moment is what the file says of it: the file is read here by itself, past the story.
#include "analysis/latest.h"
#include "plan/fill.h"
#include "screens/visible_text.h"
#include "session/session_reader.h"
#include "story/file_source.h"
#include "support/suite.h"
#include "theme/apply.h"
#include "ui/screens/cockpit.h"

#include <QRegularExpression>
#include <QTemporaryDir>
#include <cmath>
#include <fmt/format.h>

using namespace sluice;
using release::StepStatus;
using testing::patience_ms;
using testing::Shown;

namespace {

/// The session as its file has it, up to a moment.
struct Recorded {
    std::vector<std::pair<Nanos, release::Event>> events;
    std::vector<session::Sample> samples;

    void read(const std::filesystem::path& file) {
        const auto reader = session::SessionReader::open(file);
        QVERIFY(reader);
        const auto records = reader->events(1, 1'000'000);
        const auto ticks = reader->ticks_after(0, 1'000'000);
        QVERIFY(records && ticks);
        for (const auto& record : *records) {
            const auto event = release::event_from_json(Json::parse(record.body));
            QVERIFY(event);
            events.emplace_back(record.time, *event);
        }
        for (const auto& tick : *ticks) {
            samples.insert(samples.end(), tick.samples.begin(), tick.samples.end());
        }
        QVERIFY(events.size() > 100 && samples.size() > 100);
    }
    release::Release until(Nanos time, std::size_t* count = nullptr) const {
        release::Release release;
        std::size_t folded = 0;
        for (const auto& [at, event] : events) {
            if (at <= time) {
                release::apply(release, event);
                ++folded;
            }
        }
        if (count) {
            *count = folded;
        }
        return release;
    }
    const session::Sample* latest(const std::string& metric, const std::string& arm, Nanos time) const {
        const session::Sample* found = nullptr;
        for (const auto& sample : samples) {
            if (sample.series.metric == metric && sample.series.arm == arm && sample.received_at <= time) {
                found = &sample;
            }
        }
        return found;
    }
};

/// A file read as of a moment; each line of what it says, without its indent.
QStringList said_at(Shown& shown, Nanos time) {
    shown.screen().time().seek(time);
    shown.screen().refresh();
    testing::settle();
    QStringList lines = screens::visible_text(shown.window());
    for (auto& line : lines) {
        line = line.trimmed();
    }
    return lines;
}

QString clock(Nanos length) {
    const auto seconds = length.count / 1'000'000'000;
    return QString::fromStdString(fmt::format("{}:{:02}", seconds / 60, seconds % 60));
}

/// "1,612 ms" → 1612
double number(QString text) {
    static const QRegularExpression digits("^[−-]?[0-9.,]+");
    return digits.match(text).captured().remove(',').replace("−", "-").toDouble();
}

double shown_per_unit(const std::string& unit) {
    return unit == "ratio" ? 100 : unit == "s" ? 1000 : 1;
}

/// The figure is the value rounded to its own last digit, two digits of it at least. Of a gate also: a hundredth of its
/// limit can be told from the next, and it stands on the side of the limit on which the value stands.
bool tells(const QString& figure, double value, std::optional<double> limit = {}) {
    static const QRegularExpression decimals("^[−-]?[0-9,]+\\.([0-9]+)");
    const double last = std::pow(10, -static_cast<double>(decimals.match(figure).capturedLength(1)));
    const double shown = number(figure);
    const bool rounded = std::abs(shown - value) <= last / 2 * 1.0001 + 1e-9;
    const bool fine = std::abs(shown - value) <= std::abs(value) * 0.051 + 1e-9;
    if (!limit || *limit == 0) {
        return rounded && fine;
    }
    return rounded && fine && (last == 1 || last <= std::max(std::abs(*limit), std::abs(value)) / 100 * 1.0001) &&
           (shown < *limit) == (value < *limit) && (shown > *limit) == (value > *limit);
}

/// Only what is under way by itself: groups wait for what is in them.
std::vector<const plan::Step*> under_way(const release::Release& release) {
    std::vector<const plan::Step*> found;
    for (const auto& step : release.plan->steps) {
        const auto status = release.at(step.id).status;
        if (!std::holds_alternative<plan::Group>(step.body) &&
            (status == StepStatus::running || status == StepStatus::person || status == StepStatus::retrying ||
             status == StepStatus::triage || status == StepStatus::in_doubt)) {
            found.push_back(&step);
        }
    }
    return found;
}

} // namespace

class FiguresTest : public QObject {
    Q_OBJECT
    QTemporaryDir folder_;
    std::filesystem::path file_;
    Recorded recorded_;
    std::vector<Nanos> times_;
    std::unique_ptr<Shown> shown_;

    /// The seven cells of each row of the gates, by the gate's title.
    static std::map<QString, QStringList> gates_of(const QStringList& lines) {
        std::map<QString, QStringList> rows;
        qsizetype at = lines.indexOf("column: data age") + 1; // behind it the state, which has no name
        for (++at; at > 1 && at + 6 < lines.size() && lines[at].startsWith("cell:"); at += 7) {
            QStringList cells;
            for (int i = 0; i < 7; ++i) {
                cells << lines[at + i].mid(6);
            }
            rows[cells[0]] = cells;
        }
        return rows;
    }

private slots:
    void initTestCase() {
        theme::apply(*qApp, theme::Scheme::dark);
        const auto options = testing::nova_by_one(folder_.path().toStdString(), true);
        file_ = options.session;
        {
            Shown live(story::OwnedSource::rehearsal(options));
            QVERIFY(QTest::qWaitFor([&] { return live.screen().story().ended(); }, patience_ms));
        }
        recorded_.read(file_);
        shown_ = std::make_unique<Shown>(std::make_unique<story::FileSource>(file_), QSize(1600, 1200));
        QVERIFY(QTest::qWaitFor([&] { return shown_->screen().story().ended(); }, patience_ms));
        // Six spread over what follows T0, four within holds; none on a whole second.
        const auto end = recorded_.until({INT64_MAX});
        for (int i = 0; i < 6; ++i) {
            times_.push_back(end.t0 + Nanos{(end.time - end.t0).count / 6 * i} + seconds(3.4));
        }
        for (const char* hold : {"bake-10", "bake-25", "bake-50", "monitor"}) {
            times_.push_back(end.at(hold).started + seconds(times_.size() % 2 == 0 ? 47.3 : 81.8));
        }
    }
    void cleanupTestCase() { shown_.reset(); }

    void the_clock_the_split_and_the_log_are_those_of_the_file() {
        for (const Nanos time : times_) {
            std::size_t count = 0;
            const auto release = recorded_.until(time, &count);
            const auto lines = said_at(*shown_, time);
            const auto since = (time - release.t0).count / 1'000'000'000;
            const QString wanted = QString::fromStdString(
                fmt::format("text: T+{:02}:{:02}:{:02}", since / 3600, since / 60 % 60, since % 60));
            QVERIFY2(lines.contains(wanted), qPrintable(wanted + '\n' + lines.join('\n')));
            const auto& split = release.split.at("edge");
            const auto weight = [&](const char* arm) { return split.contains(arm) ? split.at(arm) : 0; };
            QVERIFY(lines.contains(
                QString("text: Commanded split: blue %1 %, green %2 %").arg(weight("blue")).arg(weight("green"))));
            const QString log = QString("text: %1 entries, tree intact").arg(count);
            QVERIFY2(lines.filter(log).size() == 1, qPrintable(log));
        }
    }

    void the_card_is_of_a_step_that_is_under_way_and_says_how_long_it_held() {
        int cards = 0, holds = 0;
        for (const Nanos time : times_) {
            const auto release = recorded_.until(time);
            const auto steps = under_way(release);
            if (steps.empty()) {
                continue;
            }
            ++cards;
            const auto lines = said_at(*shown_, time);
            const bool said = std::any_of(steps.begin(), steps.end(), [&](const plan::Step* step) {
                const auto title = plan::fill(step->title, release::scope(release));
                return title && lines.contains(QString("text: %1 (Step)").arg(QString::fromStdString(*title)));
            });
            QVERIFY2(said, qPrintable(QString::fromStdString(steps.front()->title) + '\n' + lines.join('\n')));
            const auto* hold = std::get_if<plan::Hold>(&steps.front()->body);
            if (hold) {
                ++holds;
                const Nanos held = std::min(hold->for_, release.at(steps.front()->id).hold.held_at(time));
                const QString wanted = QString("text: %1 of %2 held together").arg(clock(held), clock(hold->for_));
                QVERIFY2(lines.filter(wanted).size() == 1, qPrintable(wanted + '\n' + lines.join('\n')));
            }
        }
        QVERIFY(cards >= 6);
        QVERIFY(holds >= 4);
    }

    void each_gate_reads_what_was_recorded() {
        int read = 0;
        for (const Nanos time : times_) {
            const auto release = recorded_.until(time);
            const auto steps = under_way(release);
            const auto* hold = steps.empty() ? nullptr : std::get_if<plan::Hold>(&steps.front()->body);
            if (!hold) {
                continue;
            }
            const auto lines = said_at(*shown_, time);
            const auto rows = gates_of(lines);
            std::size_t wanted_rows = 0;
            for (const auto& gate : hold->gates) {
                const auto* metric = release.plan->metric(gate.metric);
                std::set<std::string> arms{gate.arm};
                if (gate.arm.empty() && !metric->by_arm.empty()) {
                    arms = release::arms_with_traffic(release);
                }
                for (const auto& arm : arms) {
                    ++wanted_rows;
                    const QString title = QString::fromStdString(arm.empty() ? gate.title : gate.title + ", " + arm);
                    QVERIFY2(rows.contains(title), qPrintable(title));
                    const QString now = rows.at(title)[1];
                    const auto* sample = recorded_.latest(gate.metric, arm, time);
                    const bool fresh = sample && sample->status == session::SampleStatus::ok &&
                                       time - sample->measured_at <= analysis::max_age(*metric);
                    QCOMPARE(now != "–", fresh);
                    if (fresh) {
                        ++read;
                        const double value = sample->value * shown_per_unit(metric->unit);
                        QVERIFY2(tells(now, value, gate.must.limit * shown_per_unit(metric->unit)),
                                 qPrintable(QString("%1: %2, recorded %3").arg(title, now).arg(value)));
                    }
                }
            }
            QCOMPARE(rows.size(), wanted_rows);
        }
        QVERIFY(read >= 30);
    }

    void each_chart_says_what_was_recorded_by_then() {
        int read = 0;
        static const QRegularExpression chart("^chart: (.*) = (\\S+)[^(]*\\((.*)\\)$");
        for (const Nanos time : times_) {
            const auto release = recorded_.until(time);
            int charts = 0;
            for (const QString& line : said_at(*shown_, time).filter(chart)) {
                ++charts;
                const auto parts = chart.match(line);
                const auto metric =
                    std::find_if(release.plan->metrics.begin(), release.plan->metrics.end(), [&](const auto& one) {
                        return parts.captured(1) == QString::fromStdString(one.title);
                    });
                QVERIFY2(metric != release.plan->metrics.end(), qPrintable(line));
                const double unit = shown_per_unit(metric->unit);
                const session::Sample* figure = nullptr; // of the last arm that answers
                for (const std::string arm : {"", "blue", "green"}) {
                    const auto* sample = recorded_.latest(metric->name, arm, time);
                    const bool ok = sample && sample->status == session::SampleStatus::ok;
                    figure = ok ? sample : figure;
                    if (!arm.empty() && sample) {
                        const QRegularExpression told(QString("; %1 ([^;]+);").arg(QString::fromStdString(arm)));
                        const QString value = told.match(parts.captured(3)).captured(1);
                        QCOMPARE(value != "no data", ok);
                        QVERIFY2(!ok || tells(value, sample->value * unit), qPrintable(line));
                    }
                }
                QCOMPARE(parts.captured(2) != "–", figure != nullptr);
                if (figure) {
                    ++read;
                    QVERIFY2(tells(parts.captured(2), figure->value * unit),
                             qPrintable(QString("%1, recorded %2").arg(line).arg(figure->value * unit)));
                }
            }
            QCOMPARE(charts, 4);
        }
        QVERIFY(read >= 36);
    }
};

SLUICE_TEST(FiguresTest)
#include "figures_test.moc"

#include "story/source_page.h"

#include "report/source_report.h"
#include "story/figure.h"
#include "story/format.h"

#include <QCoreApplication>
#include <QStringList>

#include <algorithm>

namespace sluice::story {
namespace {

using report::Health;
using session::SampleStatus;

struct PageText {
    Q_DECLARE_TR_FUNCTIONS(SourcePage)
};

QString page_words(Health health) {
    switch (health) {
    case Health::well:
        return PageText::tr("well");
    case Health::not_asked:
        return PageText::tr("not asked yet");
    case Health::degraded:
        return PageText::tr("degraded");
    case Health::too_old:
        return PageText::tr("too old");
    case Health::no_data:
        return PageText::tr("no data");
    case Health::source_error:
        break;
    }
    return PageText::tr("source error");
}

Mark page_mark(Health health) {
    switch (health) {
    case Health::well:
        return Mark::holds;
    case Health::not_asked:
        return Mark::to_come;
    case Health::degraded:
    case Health::too_old:
        return Mark::close;
    case Health::no_data:
        return Mark::no_data;
    case Health::source_error:
        break;
    }
    return Mark::source_error;
}

Tone page_tone(Health health) {
    return health == Health::source_error ? Tone::breach : report::is_trouble(health) ? Tone::warn : Tone::plain;
}

QString page_age(const Moment& moment, Nanos then) {
    return moment.mode == Mode::replay ? old(moment.now, then) : ago(moment.now, then);
}

QString from_plan(const std::string& text) {
    return QString::fromStdString(text);
}

/// A value reads as where it stands beside its limit.
std::optional<double> page_limit(const report::MetricAccount& account) {
    const auto found = std::find_if(account.dependents.begin(), account.dependents.end(),
                                    [](const auto& one) { return one.bound.has_value(); });
    return found == account.dependents.end() ? std::nullopt : found->bound;
}

QString page_value(const report::Answer& answer, const report::MetricAccount& account) {
    if (answer.status != SampleStatus::ok) {
        return page_words(answer.status == SampleStatus::no_data ? Health::no_data : Health::source_error);
    }
    if (const std::string state = plan::state_name(account.states, answer.value); !state.empty()) {
        return from_plan(state);
    }
    const QString value = figure(answer.value, account.unit, page_limit(account));
    return account.unit == "messages" ? PageText::tr("%1 messages").arg(value) : value;
}

/// "green, group=orders"; of a metric with one value that one.
QString page_of_what(const report::Answer& answer) {
    QStringList parts;
    for (const auto& part : {answer.arm, answer.labels}) {
        if (!part.empty()) {
            parts << from_plan(part);
        }
    }
    return parts.isEmpty() ? PageText::tr("Value") : parts.join(QStringLiteral(", "));
}

Fact page_answer(const Moment& moment, const report::Answer& answer, const report::MetricAccount& account) {
    Fact fact{page_of_what(answer), page_value(answer, account), page_tone(answer.health)};
    if (answer.status == SampleStatus::ok) {
        fact.text +=
            QStringLiteral(" · ") + (answer.health == Health::too_old
                                         ? PageText::tr("too old, %1").arg(page_age(moment, answer.measured_at))
                                         : page_age(moment, answer.measured_at));
    } else if (answer.idle) {
        fact.text += QStringLiteral(" · ") + PageText::tr("it has no traffic");
    }
    if (!answer.detail.empty()) {
        fact.text += QStringLiteral(" · ") + from_plan(answer.detail);
    }
    return fact;
}

QString page_question_word(const std::string& what) {
    if (what == "query") {
        return PageText::tr("Query");
    }
    if (what == "age") {
        return PageText::tr("Age by");
    }
    QString word = from_plan(what); // "groups", "formula of green": the plan's own words
    return word.isEmpty() ? word : word.at(0).toUpper() + word.mid(1);
}

QString page_kind_word(report::Dependent::Kind kind) {
    using Kind = report::Dependent::Kind;
    switch (kind) {
    case Kind::gate:
        return PageText::tr("Gate");
    case Kind::trigger:
        return PageText::tr("Trigger");
    case Kind::alert:
        return PageText::tr("Alert");
    case Kind::severity:
        return PageText::tr("Severity");
    case Kind::step:
        return PageText::tr("Step");
    case Kind::option:
        return PageText::tr("Way back");
    case Kind::metric:
        break;
    }
    return PageText::tr("Derived metric");
}

Fact page_dependent(const report::Dependent& one) {
    QStringList parts{from_plan(one.id)};
    for (const auto& part : {one.title, one.arm, one.limit}) {
        if (!part.empty() && part != one.id) {
            parts << from_plan(part);
        }
    }
    if (!one.state.empty()) {
        QString state = from_plan(one.state);
        if (one.kind == report::Dependent::Kind::gate) { // as the cards say it
            state.replace(QStringLiteral("source-error"), page_words(Health::source_error))
                .replace(QStringLiteral("no-data"), page_words(Health::no_data))
                .replace(QStringLiteral("pass"), PageText::tr("holds"))
                .replace(QStringLiteral("fail"), PageText::tr("is breached"));
        }
        parts << (one.why.empty() ? state : state + QStringLiteral(": ") + from_plan(one.why));
    }
    const auto says = [&](const char* word) { return one.state.find(word) != std::string::npos; };
    const Tone tone =
        one.state.starts_with("shadow, ") ? Tone::plain // nothing comes of it
        : says("fail") || says("fired")   ? Tone::breach
        : says("no-data") || says("source-error") || says("inconclusive") || says("pending") || says("frozen")
            ? Tone::warn
            : Tone::plain;
    return {page_kind_word(one.kind), parts.join(QStringLiteral(" · ")), tone};
}

QString page_state(const Moment& moment, const report::MetricAccount& account) {
    if (report::is_trouble(account.health)) {
        return page_words(account.health) + (account.since ? u' ' + clock(moment.now - *account.since) : QString());
    }
    constexpr std::size_t shown = 3;
    QStringList values;
    for (std::size_t i = 0; i < std::min(shown, account.answers.size()); ++i) {
        const auto& answer = account.answers[i];
        values << (answer.arm.empty() ? QString() : from_plan(answer.arm) + u' ') + page_value(answer, account);
    }
    if (account.answers.size() > shown) {
        return PageText::tr("%1 series").arg(account.answers.size());
    }
    return values.isEmpty() ? page_words(account.health) : values.join(QStringLiteral(" · "));
}

/// Of a pod each there may be hundreds: those in trouble are never among those that are left out, unless all are.
void add_answers(const Moment& moment, const report::MetricAccount& account, std::vector<Fact>& facts) {
    constexpr std::size_t most = 40;
    std::vector<const report::Answer*> answers;
    for (const auto& answer : account.answers) {
        answers.push_back(&answer);
    }
    if (answers.size() > most) {
        std::stable_partition(answers.begin(), answers.end(),
                              [](const auto* answer) { return report::is_trouble(answer->health); });
        answers.resize(most);
    }
    for (const auto* answer : answers) {
        facts.push_back(page_answer(moment, *answer, account));
    }
    if (account.answers.size() > most) {
        facts.push_back(
            {PageText::tr("More"),
             PageText::tr("%1 series; 'sluicectl sources' lists them all").arg(account.answers.size() - most)});
    }
}

SourceMetric page_metric(const Moment& moment, const report::MetricAccount& account) {
    SourceMetric metric;
    metric.name = account.name;
    metric.title = from_plan(account.title);
    metric.mark = page_mark(account.health);
    metric.state = page_state(moment, account);
    metric.age = account.good_at ? page_age(moment, *account.good_at) : QString();
    if (report::is_trouble(account.health)) {
        metric.wrong = page_words(account.health);
        if (account.since) {
            metric.wrong =
                PageText::tr("%1 since %2 (%3)")
                    .arg(metric.wrong, utc_moment(*account.since, moment.now), spell(moment.now - *account.since));
        }
        metric.wrong += account.why.empty() ? QString() : QStringLiteral(": ") + from_plan(account.why);
    }
    for (const auto& question : account.asked) {
        if (metric.asks.isEmpty()) {
            metric.asks = page_question_word(question.what);
            metric.question = from_plan(question.text).trimmed();
        } else {
            metric.more.push_back({page_question_word(question.what), from_plan(question.text), Tone::plain, true});
        }
    }
    metric.more.push_back({PageText::tr("Asked"),
                           account.interval.count != 0
                               ? PageText::tr("every %1").arg(spell(account.interval, account.interval < seconds(1)))
                               : PageText::tr("with each answer of what it is derived from")});
    metric.more.push_back({PageText::tr("No data"), PageText::tr("when older than %1").arg(spell(account.max_age))});
    if (account.received_at) {
        metric.answers.push_back(
            {PageText::tr("Received"), PageText::tr("%1, %2").arg(utc_moment(*account.received_at, moment.now),
                                                                  page_age(moment, *account.received_at))});
    } else {
        metric.answers.push_back({PageText::tr("Received"), page_words(Health::not_asked)});
    }
    add_answers(moment, account, metric.answers);
    if (account.health >= Health::no_data && account.received_at) {
        metric.answers.push_back({PageText::tr("Last value"),
                                  account.good_at ? PageText::tr("%1, %2").arg(utc_moment(*account.good_at, moment.now),
                                                                               page_age(moment, *account.good_at))
                                                  : PageText::tr("none yet")});
    }
    for (const auto& one : account.dependents) {
        metric.hangs.push_back(page_dependent(one));
    }
    return metric;
}

} // namespace

const SourceMetric* SourcePage::metric(const std::string& name) const {
    for (const auto& source : sources) {
        for (const auto& one : source.metrics) {
            if (one.name == name) {
                return &one;
            }
        }
    }
    return nullptr;
}

SourcePage present_source_page(const Moment& moment) {
    const auto told = report::source_report(moment.release, moment.readings, moment.now);
    SourcePage page;
    int all = 0, trouble = 0;
    for (const auto& source : told.sources) {
        SourceGroup group;
        group.name = source.name;
        group.title = source.name.empty()   ? source.kind.empty() ? PageText::tr("Derived from the others")
                                                                  : PageText::tr("Programs of the plan")
                        : source.kind.empty() ? from_plan(source.name)
                                            : from_plan(source.kind + " " + source.name);
        group.address = from_plan(source.address);
        group.mark = page_mark(source.health);
        for (const auto& account : source.metrics) {
            ++all;
            trouble += report::is_trouble(account.health) ? 1 : 0;
            group.metrics.push_back(page_metric(moment, account));
        }
        page.sources.push_back(std::move(group));
    }
    page.trouble = trouble > 0;
    if (all == 0) {
        page.heading = PageText::tr("The plan measures nothing");
        page.note = PageText::tr("It has no metrics, so no gate and no trigger hangs on a source.");
        return page;
    }
    page.heading = trouble == 0 ? PageText::tr("Nothing is wrong with the sources")
                                : PageText::tr("In trouble: %1 of %2 metrics").arg(trouble).arg(all);
    QStringList notes{PageText::tr("As of %1").arg(utc_time(moment.now))};
    if (!moment.owned) {
        notes << PageText::tr("nobody runs the session: this is what was known last");
    }
    if (told.rehearsed) {
        notes << PageText::tr("in a rehearsal the simulated production answers in place of the addresses");
    }
    page.note = notes.join(QStringLiteral(" · "));
    return page;
}

} // namespace sluice::story

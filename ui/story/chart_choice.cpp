#include "story/chart_choice.h"

#include "plan/diagnostic.h"
#include "story/metric_view.h"

#include <QCoreApplication>
#include <algorithm>

namespace sluice::story {
namespace {

QString choice_words(const char* text) {
    return QCoreApplication::translate("ChartChoice", text);
}

/// Of what is recorded, and of what the plan splits by arm but nobody has read yet.
std::vector<std::string> arms_of(const Moment& moment, const std::string& name) {
    const plan::Plan& plan = *moment.release.plan;
    const auto* metric = plan.metric(name);
    std::vector<std::string> arms;
    for (const auto& arm : plan.arms) {
        const auto lines = moment.readings.of(name);
        const bool recorded =
            std::any_of(lines.begin(), lines.end(), [&](const Line* line) { return line->key().arm == arm.name; });
        if (recorded || (lines.empty() && metric != nullptr && !metric->by_arm.empty())) {
            arms.push_back(arm.name);
        }
    }
    return arms;
}

/// All names that can be chosen, the plan's first.
std::vector<std::string> names_of(const Moment& moment) {
    std::vector<std::string> names;
    for (const auto& metric : moment.release.plan->metrics) {
        names.push_back(metric.name);
    }
    std::string last; // all series of a metric stand together, and there may be thousands
    for (const auto& [key, line] : moment.readings.lines()) {
        if (key.metric == last) {
            continue;
        }
        last = key.metric;
        // With a slash it is no metric: a lag's partitions (doc/session-format.md).
        if (key.metric.find('/') == std::string::npos &&
            std::find(names.begin(), names.end(), key.metric) == names.end()) {
            names.push_back(key.metric);
        }
    }
    return names;
}

/// Those that it is a part of, which no count of wrong letters finds; else the one that is spelled nearly so.
std::string near(const std::string& typed, const std::vector<std::string>& known) {
    std::string found;
    for (const auto& name : known) {
        if (!typed.empty() && name.find(typed) != std::string::npos) {
            found += (found.empty() ? "there are: " : ", ") + name;
        }
    }
    return found.empty() ? plan::did_you_mean(typed, known) : found;
}

QString title_of(const Moment& moment, const std::string& name) {
    const auto* metric = moment.release.plan->metric(name);
    return QString::fromStdString(metric == nullptr || metric->title.empty() ? name : metric->title);
}

} // namespace

ChartChoice choice_from(const QString& text) {
    const auto slash = text.indexOf(u'/');
    return slash < 0 ? ChartChoice{text.toStdString(), ""}
                     : ChartChoice{text.left(slash).toStdString(), text.mid(slash + 1).toStdString()};
}

QString text_of(const ChartChoice& choice) {
    return QString::fromStdString(choice.arm.empty() ? choice.metric : choice.metric + '/' + choice.arm);
}

std::vector<OfferedChoice> offered_choices(const Moment& moment) {
    std::vector<OfferedChoice> made;
    if (!moment.release.plan) {
        return made;
    }
    const plan::Plan& plan = *moment.release.plan;
    for (const auto& name : names_of(moment)) {
        const QString title = title_of(moment, name);
        const QString note = moment.readings.of(name).empty() ? choice_words("nothing recorded yet")
                             : plan.metric(name) == nullptr   ? choice_words("recorded, not in the plan")
                             : !decides(plan, name)           ? choice_words("no gate reads it")
                                                              : QString();
        made.push_back({{name, ""}, title, note});
        if (const auto arms = arms_of(moment, name); arms.size() > 1) {
            for (const auto& arm : arms) {
                made.push_back({{name, arm}, title + QStringLiteral(" · ") + QString::fromStdString(arm), note});
            }
        }
    }
    return made;
}

std::optional<plan::Metric> metric_of(const Moment& moment, const ChartChoice& choice) {
    if (!moment.release.plan) {
        return std::nullopt;
    }
    if (!choice.arm.empty()) {
        const auto arms = arms_of(moment, choice.metric);
        if (std::find(arms.begin(), arms.end(), choice.arm) == arms.end()) {
            return std::nullopt;
        }
    }
    if (const auto* metric = moment.release.plan->metric(choice.metric)) {
        return *metric;
    }
    const auto lines = moment.readings.of(choice.metric);
    if (lines.empty()) {
        return std::nullopt;
    }
    plan::Metric made;
    made.name = choice.metric;
    made.unit = lines.front()->key().unit;
    return made;
}

std::vector<ChartChoice> choices_to_show(const Moment& moment, const QStringList& chosen, std::size_t most) {
    std::vector<ChartChoice> shown;
    if (!moment.release.plan) {
        return shown;
    }
    std::vector<ChartChoice> free;
    for (const auto* metric : leading_metrics(*moment.release.plan)) {
        if (!moment.readings.of(metric->name).empty()) {
            free.push_back({metric->name, ""});
        }
    }
    std::size_t count = free.size();
    std::vector<ChartChoice> wanted;
    for (const QString& text : chosen.mid(0, static_cast<qsizetype>(most))) {
        ChartChoice choice = choice_from(text);
        const bool twice = std::find(wanted.begin(), wanted.end(), choice) != wanted.end();
        const bool good = !text.isEmpty() && !twice && metric_of(moment, choice);
        wanted.push_back(good ? choice : ChartChoice{});
        count = good ? std::max(count, wanted.size()) : count;
    }
    // Where the session would choose it shows nothing of which a part is shown already, while there is something else.
    const auto first_left = [&] { return free.empty() ? ChartChoice{} : free.front(); };
    const ChartChoice leading = first_left();
    for (const auto& choice : wanted) {
        std::erase_if(free, [&](const ChartChoice& one) { return one.metric == choice.metric; });
    }
    for (std::size_t i = 0; i < std::min(most, count); ++i) {
        ChartChoice next = i < wanted.size() ? wanted[i] : ChartChoice{};
        if (next.metric.empty()) {
            next = free.empty() ? leading : first_left();
            std::erase(free, next);
        }
        // More places than metrics, since one was chosen by two arms: none is made for nothing.
        if (!next.metric.empty() && (i < wanted.size() || std::find(shown.begin(), shown.end(), next) == shown.end())) {
            shown.push_back(std::move(next));
        }
    }
    return shown;
}

QStringList chosen_at(QStringList chosen, std::size_t place, const QString& text) {
    while (static_cast<std::size_t>(chosen.size()) <= place) {
        chosen << QString();
    }
    chosen[static_cast<qsizetype>(place)] = text;
    while (!chosen.isEmpty() && chosen.back().isEmpty()) {
        chosen.removeLast();
    }
    return chosen;
}

Result<void> check_choices(const Moment& moment, const QStringList& chosen) {
    for (const QString& text : chosen) {
        const ChartChoice choice = choice_from(text);
        const std::string where = "--chart " + text.toStdString();
        if (!moment.release.plan || metric_of(moment, choice)) {
            continue;
        }
        const auto names = names_of(moment);
        if (std::find(names.begin(), names.end(), choice.metric) == names.end()) {
            return fail(ErrorCode::bad_input, "the session has no such metric", where, near(choice.metric, names));
        }
        const auto arms = arms_of(moment, choice.metric);
        return fail(ErrorCode::bad_input, arms.empty() ? "the metric is not told by arm" : "the metric has no such arm",
                    where, arms.empty() ? "name it without an arm: --chart " + choice.metric : near(choice.arm, arms));
    }
    return {};
}

Result<void> check_choices_early(const Moment& moment, const QStringList& chosen) {
    QStringList to_check;
    for (const QString& text : chosen) {
        ChartChoice choice = choice_from(text);
        const bool waits = moment.readings.of(choice.metric).empty();
        if (waits && moment.release.plan && moment.release.plan->arm(choice.arm) != nullptr) {
            choice.arm.clear();
        }
        to_check << text_of(choice);
    }
    return check_choices(moment, to_check);
}

} // namespace sluice::story

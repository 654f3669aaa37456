/// Expectations, one by one, against what is known of the result.
#include "plan/expect.h"
#include "story/card_parts.h"

namespace sluice::story::card {
namespace {

struct Clause {
    QString wanted;
    plan::Expect alone; ///< an expectation of this only
    enum class About { content, exit, status } about = About::content;
};

QString numbers_text(const std::vector<int>& numbers) {
    QStringList all;
    for (const int number : numbers) {
        all << QString::number(number);
    }
    return all.join(QStringLiteral(", "));
}

QString matcher_text(const plan::Matcher& matcher) {
    QStringList values;
    for (const auto& value : matcher.values) {
        values << text(value);
    }
    QString all = values.join(QStringLiteral(", "));
    switch (matcher.kind) {
    case plan::Matcher::Kind::equals:
        return QStringLiteral("= ") + all;
    case plan::Matcher::Kind::in:
        return Words::tr("one of %1").arg(all);
    case plan::Matcher::Kind::matches:
        return Words::tr("matches %1").arg(all);
    case plan::Matcher::Kind::must:
        return text(matcher.must.text);
    case plan::Matcher::Kind::at_least_version:
        return Words::tr("version %1 or later").arg(all);
    case plan::Matcher::Kind::younger_than:
        return Words::tr("younger than %1").arg(spell(matcher.age));
    }
    return all;
}

QString json_text(const plan::JsonExpect& json) {
    static const char* const words[] = {"", QT_TRANSLATE_NOOP("StepCard", "all "),
                                        QT_TRANSLATE_NOOP("StepCard", "any "), QT_TRANSLATE_NOOP("StepCard", "none "),
                                        ""};
    if (json.quantity == plan::JsonExpect::Quantity::count) {
        return Words::tr("%1: how many %2").arg(text(json.pointer), text(json.count.text));
    }
    const char* word = words[static_cast<int>(json.quantity)];
    return text(json.pointer) + QStringLiteral(": ") + (*word ? Words::tr(word) : QString()) +
           matcher_text(json.matcher);
}

std::vector<Clause> clauses_of(const Seen& seen) {
    const plan::Expect& expect = seen.step.expect;
    std::vector<Clause> clauses;
    const auto add = [&](const QString& wanted, auto set) {
        clauses.push_back({wanted, {}, Clause::About::content});
        set(clauses.back().alone);
    };
    const bool program =
        std::holds_alternative<plan::Run>(seen.step.body) || std::holds_alternative<plan::Shell>(seen.step.body);
    if (!expect.exit.empty() || program) {
        add(Words::tr("exit %1").arg(expect.exit.empty() ? QStringLiteral("0") : numbers_text(expect.exit)),
            [&](plan::Expect& alone) { alone.exit = expect.exit; });
        clauses.back().about = Clause::About::exit;
    }
    if (!expect.status.empty() || std::holds_alternative<plan::HttpAction>(seen.step.body)) {
        add(Words::tr("status %1")
                .arg(expect.status.empty() ? QStringLiteral("200 … 299") : numbers_text(expect.status)),
            [&](plan::Expect& alone) { alone.status = expect.status; });
        clauses.back().about = Clause::About::status;
    }
    for (const auto& one : expect.text) {
        add((one.wanted ? Words::tr("output matches %1") : Words::tr("output must not match %1"))
                .arg(text(one.pattern)),
            [&](plan::Expect& alone) { alone.text = {one}; });
    }
    for (const auto& one : expect.json) {
        add(json_text(one), [&](plan::Expect& alone) { alone.json = {one}; });
    }
    if (expect.number) {
        add(Words::tr("number %1").arg(text(expect.number->text)),
            [&](plan::Expect& alone) { alone.number = expect.number; });
    }
    if (expect.ready) {
        add(Words::tr("ready %1").arg(text(expect.ready->text)),
            [&](plan::Expect& alone) { alone.ready = expect.ready; });
    }
    if (expect.at_least) {
        add(Words::tr("version %1 or later").arg(filled(seen.moment, *expect.at_least)),
            [&](plan::Expect& alone) { alone.at_least = expect.at_least; });
    }
    if (expect.refused) {
        add(Words::tr("refused"), [](plan::Expect& alone) { alone.refused = true; });
    }
    return clauses;
}

/// What is known of the result; nothing before it is settled, or where it was not kept.
std::optional<plan::StepResult> result_of(const Seen& seen) {
    if (!seen.operation || seen.operation->phase != release::OperationState::Phase::settled) {
        return std::nullopt;
    }
    const Json& json = seen.operation->settled.result;
    if (!json.is_object()) {
        return std::nullopt;
    }
    plan::StepResult result;
    if (json.contains("exit") && json["exit"].is_number_integer()) {
        result.exit = json["exit"].get<int>();
    }
    if (json.contains("status") && json["status"].is_number_integer()) {
        result.status = json["status"].get<int>();
    }
    result.text = json.contains("body") && json["body"].is_string()
                      ? json["body"].get<std::string>()
                      : std::string(seen.moment.outputs.of(seen.operation->intent.operation, seen.moment.now));
    if (auto parsed = parse_json(result.text, "result")) {
        result.json = std::move(*parsed);
    }
    return result;
}

} // namespace

void show_checks(const Seen& seen, CardView& card) {
    const auto result = result_of(seen);
    const bool probe = std::holds_alternative<plan::Probe>(seen.step.body);
    for (const auto& clause : clauses_of(seen)) {
        CheckRow row;
        row.wanted = clause.wanted;
        if (result) {
            plan::StepResult part = *result;
            if (clause.about != Clause::About::exit) {
                part.exit.reset(); // else the judgement would be about it
            }
            if (clause.about != Clause::About::status) {
                part.status.reset();
            }
            const auto judged = plan::judge(clause.alone, part, release::scope(seen.moment.release), seen.moment.now);
            row.mark = judged.met ? Mark::holds : Mark::breached;
            row.found = seen.step.sensitive ? QString() : text(judged.why);
        } else if (seen.state.status == release::StepStatus::passed) {
            // By a person's word, or by what was read back: what it answered itself nobody knows.
            const bool heard = !seen.operation || seen.operation->settled.how == "returned";
            row.mark = heard ? Mark::holds : Mark::no_data;
            row.found = heard ? QString() : Words::tr("not known: its own answer is lost");
        } else if (probe && seen.state.status == release::StepStatus::running && !seen.state.why.empty()) {
            row.mark = Mark::running;
        }
        card.checks.push_back(std::move(row));
    }
}

} // namespace sluice::story::card

/// What a step sends and what came of it: the final argv, or the change as before → after; what it printed.
#include "base/json.h"
#include "kubernetes/shape.h"
#include "plan/describe.h"
#include "plan/fill.h"
#include "story/card_parts.h"

namespace sluice::story::card {
namespace {

constexpr std::size_t shown_output = 16 * 1024;

QString plain_value(const Json& value) {
    return value.is_null()     ? QStringLiteral("–")
           : value.is_string() ? text(value.get<std::string>())
                               : text(value.dump(-1, ' ', false, Json::error_handler_t::replace));
}

/// Every leaf of a shape by its pointer; elements of lists by their name, where they have one.
void flatten_shape(const Json& value, const std::string& at, std::map<std::string, Json>& into) {
    if (value.is_object() && !value.empty()) {
        for (const auto& [key, child] : value.items()) {
            flatten_shape(child, std::string(at).append("/").append(key), into);
        }
    } else if (value.is_array() && !value.empty()) {
        for (std::size_t i = 0; i < value.size(); ++i) {
            const bool named = value[i].is_object() && value[i].contains("name") && value[i]["name"].is_string();
            flatten_shape(value[i], at + "[" + (named ? value[i]["name"].get<std::string>() : std::to_string(i)) + "]",
                          into);
        }
    } else {
        into[at] = value;
    }
}

Json shape_text(const Json& write, const char* key) {
    const std::string stored = write.value(key, std::string("null"));
    return Json::parse(stored, nullptr, false);
}

/// "deployment/user-service-green" of "/apis/apps/v1/namespaces/x/deployments/user-service-green/scale?…".
QString object_of(const std::string& path) {
    const QStringList parts = text(path).section(u'?', 0, 0).split(u'/', Qt::SkipEmptyParts);
    const auto spaces = parts.indexOf(QStringLiteral("namespaces"));
    return parts.size() > spaces + 3 && spaces >= 0 ? parts[spaces + 2] + u'/' + parts[spaces + 3]
                                                    : parts.mid(std::max<qsizetype>(0, parts.size() - 2)).join(u'/');
}

void show_write(const Json& write, CardView& card) {
    const std::string object = write.value("object", std::string());
    const std::string kind = object.find("/secrets/") != std::string::npos ? "Secret" : "";
    const QString name = object_of(object);
    if (write.value("withheld", false)) {
        card.changes.push_back({name, Words::tr("withheld"), QString(), Words::tr("it carries secrets")});
        return;
    }
    std::map<std::string, Json> before, after;
    const Json expected = shape_text(write, "expected");
    const Json desired = shape_text(write, "desired");
    if (desired.is_null() || desired.is_discarded()) {
        card.changes.push_back({name, QString(), Words::tr("is there"), Words::tr("removed")});
        return;
    }
    flatten_shape(expected, "", before);
    flatten_shape(desired, "", after);
    for (const auto& [at, value] : after) {
        const auto earlier = before.find(at);
        if (earlier != before.end() && earlier->second == value) {
            continue;
        }
        const bool secret = kubernetes::sensitive(kind, at);
        const QString masked = QStringLiteral("••••");
        card.changes.push_back({name, text(at),
                                earlier == before.end() ? QStringLiteral("–")
                                : secret                ? masked
                                                        : plain_value(earlier->second),
                                secret ? masked : plain_value(value)});
    }
}

void show_writes(const Json& detail, CardView& card) {
    QStringList lines;
    for (const auto& write : detail.value("writes", Json::array())) {
        const std::string method = write.value("method", std::string());
        if (!method.empty()) {
            lines << text(method + " " + write.value("path", std::string()));
        }
        show_write(write, card);
    }
    if (!lines.isEmpty()) {
        card.command = lines.join(u'\n');
    } else if (detail.contains("writes") && !detail["writes"].empty()) {
        card.facts.push_back({Words::tr("Sends"), Words::tr("nothing: it is so already"), Tone::plain, false});
    }
}

QString shell_words(const Json& argv) {
    QStringList words;
    for (const auto& word : argv) {
        QString one = word.is_string() ? text(word.get<std::string>()) : QString();
        const bool plain = !one.isEmpty() && std::none_of(one.begin(), one.end(), [](QChar c) {
            return c.isSpace() || QStringLiteral("'\"\\$`;&|<>()*?[]#~{}").contains(c);
        });
        words << (plain ? one : u'\'' + one.replace(u'\'', QStringLiteral("'\\''")) + u'\'');
    }
    return words.join(u' ');
}

/// As the plan has it, filled in as far as it can be: before there is an intent.
QString planned_command(const Seen& seen) {
    const plan::Command* command = nullptr;
    if (const auto* run = std::get_if<plan::Run>(&seen.step.body)) {
        command = &run->command;
    } else if (const auto* shell = std::get_if<plan::Shell>(&seen.step.body)) {
        return text(shell->text); // as it stands
    } else if (const auto* probe = std::get_if<plan::Probe>(&seen.step.body)) {
        command = std::get_if<plan::Command>(&probe->what);
    }
    if (command) {
        Json argv = Json::array();
        for (const auto& word : command->argv) {
            argv.push_back(filled(seen.moment, word).toStdString());
        }
        return shell_words(argv);
    }
    const QString all = filled(seen.moment, plan::summary(seen.step));
    const QString probe = QStringLiteral("probe: ");
    return all.startsWith(probe) ? all.mid(probe.size()) : all;
}

/// Offsets and settings, as they were and as they are to be.
void show_kafka(const std::string& name, const Json& detail, CardView& card) {
    std::map<std::string, Json> before, after;
    for (const auto& [side, into] : {std::pair{"before", &before}, std::pair{"after", &after}}) {
        for (const auto& [key, value] : detail[side].items()) {
            flatten_shape(value, key, *into);
        }
    }
    for (const auto& [at, value] : after) {
        if (before[at] != value) {
            card.changes.push_back({text(name), text(at), plain_value(before[at]), plain_value(value)});
        }
    }
}

void show_intent(const release::Intent& intent, CardView& card) {
    const Json& request = intent.request;
    const Json detail = request.is_object() && request.contains("detail") ? request["detail"] : request;
    if (!detail.is_object()) {
        return;
    }
    if (detail.contains("argv") && detail["argv"].is_array()) {
        card.command = shell_words(detail["argv"]);
    } else if (detail.contains("method")) {
        card.command = text(detail.value("method", std::string()) + " " + detail.value("url", std::string()));
    } else if (detail.contains("writes")) {
        show_writes(detail, card);
    }
    if (intent.kind == "kafka" && detail.contains("before") && detail.contains("after")) {
        show_kafka(detail.value("group", detail.value("topic", std::string())), detail, card);
    }
    if (detail.contains("from") && detail["from"].is_object() && detail.contains("to") && detail["to"].is_object()) {
        for (const auto& [arm, weight] : detail["to"].items()) {
            const Json before = detail["from"].value(arm, Json(0));
            card.changes.insert(card.changes.begin(), {Words::tr("split of %1").arg(text(detail.value("traffic", ""))),
                                                       text(arm), plain_value(before) + QStringLiteral(" %"),
                                                       plain_value(weight) + QStringLiteral(" %")});
        }
    }
}

/// By whom, and what he says that the step gave, where its own answer was lost.
void show_word(const Seen& seen, CardView& card) {
    const auto answer = last_event<release::DoubtAnswered>(seen.moment, [&](const release::DoubtAnswered& one) {
        return one.operation == seen.operation->intent.operation && one.answer == "happened";
    });
    if (answer) {
        card.facts.push_back({Words::tr("By the word of"),
                              Words::tr("%1; its own outcome was not known")
                                  .arg(text(std::get<release::DoubtAnswered>(answer->body).by.name)),
                              Tone::plain, false});
    }
    for (const auto& output : seen.step.outputs) {
        const auto said = last_event<release::OutputTaken>(seen.moment, [&](const release::OutputTaken& one) {
            return one.step == seen.step.id && one.name == output.name;
        });
        const auto* taken = said ? std::get_if<release::OutputTaken>(&said->body) : nullptr;
        if (taken && !taken->by.name.empty()) {
            card.facts.push_back({text(output.name),
                                  Words::tr("%1, as %2 says").arg(text(taken->value), text(taken->by.name)),
                                  Tone::plain, false});
        }
    }
}

/// What the outside showed after it: the split, the status, the exit.
void show_result(const release::OperationState& operation, CardView& card) {
    const Json& result = operation.settled.result;
    const QString how = operation.settled.how == "verified"   ? Words::tr("Read back")
                        : operation.settled.how == "operator" ? Words::tr("Attested")
                                                              : Words::tr("Answered");
    QString said = text(operation.settled.why);
    if (result.is_object() && result.contains("split")) {
        QStringList arms;
        for (const auto& [arm, weight] : result["split"].items()) {
            arms << text(arm) + u' ' + plain_value(weight) + QStringLiteral(" %");
        }
        said = arms.join(QStringLiteral(", "));
    } else if (result.is_object() && result.contains("exit")) {
        said = Words::tr("exit %1").arg(plain_value(result["exit"])) +
               (said.isEmpty() ? QString() : QStringLiteral(" · ") + said);
    } else if (result.is_object() && result.contains("status")) {
        said = plain_value(result["status"]) + (said.isEmpty() ? QString() : QStringLiteral(" · ") + said);
    }
    if (result.is_object() && result.contains("told") && result.contains("failed") && result["failed"].is_object()) {
        QStringList told, not_told;
        for (const auto& channel : result["told"]) {
            told << plain_value(channel);
        }
        for (const auto& [channel, why] : result["failed"].items()) {
            not_told << text(channel);
        }
        said = not_told.isEmpty()
                   ? Words::tr("told: %1").arg(told.join(QStringLiteral(", ")))
                   : Words::tr("not told: %1").arg(said.isEmpty() ? not_told.join(QStringLiteral(", ")) : said);
    }
    if (!said.isEmpty()) {
        card.facts.push_back({how, said, operation.settled.succeeded ? Tone::plain : Tone::breach, false});
    }
}

} // namespace

QString last_line(const QString& output) {
    const QStringList lines = output.split(u'\n', Qt::SkipEmptyParts);
    for (auto line = lines.rbegin(); line != lines.rend(); ++line) {
        if (!line->trimmed().isEmpty()) {
            return line->trimmed();
        }
    }
    return {};
}

void show_deed(const Seen& seen, CardView& card) {
    card.command = planned_command(seen);
    if (seen.operation) {
        card.operation = seen.operation->intent.operation;
        show_intent(seen.operation->intent, card);
        QStringList targets;
        for (const auto& target : seen.operation->intent.targets) {
            targets << text(target);
        }
        if (!targets.isEmpty()) {
            card.facts.push_back({Words::tr("Writes"), targets.join(QStringLiteral(", ")), Tone::plain, true});
        }
        if (seen.operation->phase == release::OperationState::Phase::settled) {
            show_result(*seen.operation, card);
            show_word(seen, card);
        }
    }
    if (seen.state.attempt == 0) {
        return;
    }
    const std::string name = seen.operation ? seen.operation->intent.operation
                                            : seen.moment.release.opened.session + "/" + seen.step.id + "/" +
                                                  std::to_string(seen.state.attempt);
    const bool probe = std::holds_alternative<plan::Probe>(seen.step.body);
    const std::string_view printed =
        probe ? seen.moment.outputs.of_last_look(name, seen.moment.now) : seen.moment.outputs.of(name, seen.moment.now);
    if (seen.step.sensitive && !printed.empty()) {
        card.output = Words::tr("(not shown: the plan says that this step is sensitive)");
    } else if (printed.size() > shown_output) {
        const auto from = printed.find('\n', printed.size() - shown_output);
        card.output = text(printed.substr(from == std::string_view::npos ? printed.size() - shown_output : from + 1));
    } else {
        card.output = text(printed);
    }
}

} // namespace sluice::story::card

#include "report/sheet.h"

#include "base/quantity.h"
#include "plan/fill.h"
#include "release/draft.h"
#include "release/schedule.h"
#include "report/by_hand.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace sluice::report {
namespace {

/// What both forms say, in order.
struct Line {
    enum class Kind { title, section, fact, step, command, remark } kind;
    std::string text;
    std::string value; ///< of a fact
};

class Sheet {
public:
    Sheet(const release::Release& release, const SheetPlace& place) : release_(release), started_in_(place.started_in) {
        const plan::Plan& plan = *release.plan;
        add(Line::Kind::title, "Break-glass sheet: " + filled(plan.title));
        fact("As of", fmt::format("{}, event {}", release::instant(release.time), release.seq));
        fact("Session", release.opened.session + (release.opened.mode == "rehearse" ? " (a rehearsal)" : ""));
        const std::string& folder = release.opened.plan_folder;
        fact("Plan", fmt::format("{}{}, {}", folder.empty() ? folder : folder + "/", release.opened.plan_file,
                                 digest().substr(0, 12)));
        if (!place.root.empty()) {
            fact("Tree", place.root);
        }
        fact("Led by", release.lead);
        stands();
        ways(plan);
        if (!place.copy_file.empty()) {
            add(Line::Kind::section, "To go on with this program from another machine");
            add(Line::Kind::remark, "From the second copy, once nobody owns the session any more:");
            add(Line::Kind::command, "sluicectl resume " + shell_word(place.copy_file));
        }
        add(Line::Kind::section, "To take the session over from a program that does not answer any more");
        add(Line::Kind::command, "sluicectl roll-back --take-over " + shell_word(place.session_file));
    }

    const std::vector<Line>& lines() const { return lines_; }

private:
    /// What is no command stays on its line: it is copied with those around it.
    void add(Line::Kind kind, const std::string& text) {
        lines_.push_back({kind, kind == Line::Kind::command ? text : one_line(text), {}});
    }
    void fact(std::string name, const std::string& value) {
        lines_.push_back({Line::Kind::fact, std::move(name), one_line(value)});
    }
    std::string filled(const std::string& text) const {
        return plan::fill(text, release::scope(release_)).value_or(text);
    }
    const std::string& digest() const {
        return release_.amendments.empty() ? release_.opened.plan_digest : release_.amendments.back().digest;
    }

    void stands() {
        add(Line::Kind::section, "How it stands");
        fact("Release", !release_.outcome.empty()  ? release_.outcome
                        : release_.rollback.active ? "is being rolled back: " + release_.rollback.option
                        : release_.aborted         ? "is being aborted"
                        : release_.paused          ? "is paused"
                                                   : "goes forward");
        severity();
        if (const auto* since = release::no_return_since(release_)) {
            fact("POINT OF NO RETURN", "passed by: " + release_.at(since->id).title);
        }
        for (const auto& [traffic, weights] : release_.split) {
            std::vector<std::string> parts;
            for (const auto& [arm, weight] : weights) {
                parts.push_back(fmt::format("{} {} %", arm, weight));
            }
            fact("Traffic " + traffic, fmt::format("{} (as commanded)", fmt::join(parts, ", ")));
        }
        for (const auto& [id, operation] : release_.operations) {
            if (operation.phase == release::OperationState::Phase::settled) {
                continue;
            }
            const bool doubt = operation.phase == release::OperationState::Phase::in_doubt;
            fact(doubt ? "OUTCOME UNKNOWN" : "On its way", operation.intent.summary);
        }
        for (const auto& step : release_.plan->steps) {
            const auto& state = release_.at(step.id);
            if (state.status == release::StepStatus::running || state.status == release::StepStatus::person ||
                state.status == release::StepStatus::triage) {
                fact(fmt::format("Step {}", release::name(state.status)), state.title);
            }
        }
    }

    void severity() {
        if (release_.severity.empty()) {
            return;
        }
        const auto* level = release::declared_severity(release_);
        const std::string title = level ? filled(level->title) : std::string();
        fact("SEVERITY", fmt::format("{}{}, since {}", release_.severity,
                                     title.empty() || title == release_.severity ? "" : " (" + title + ")",
                                     release::instant(release_.severity_since)));
        if (level && !level->response.empty()) {
            fact("What to do", filled(level->response));
        }
        const auto* option = level ? release_.plan->option(level->option) : nullptr;
        if (option) {
            fact("It proposes", filled(option->title));
        }
    }

    void ways(const plan::Plan& plan) {
        if (plan.rollback.options.empty()) {
            add(Line::Kind::section, "The plan has no way back");
        } else if (const auto way = release::way_back(release_)) {
            add(Line::Kind::section, "How long there is a way back");
            const bool over = way->ends <= release_.time;
            fact(over ? "ENDED" : "Until",
                 fmt::format("{}, {} after {}", release::instant(way->ends), duration_text(*plan.rollback.within),
                             release::counts_from(release_)));
            if (over) {
                add(Line::Kind::remark, "The plan promises it for that long only: look what was taken away since.");
            } else if (way->latest < way->ends) {
                fact("Begin by", release::instant(way->latest) + " at the latest");
            }
        }
        const auto* first = release::default_option(release_);
        for (const auto* ranked : release::ranked_options(release_)) {
            const auto& option = *ranked;
            add(Line::Kind::section,
                fmt::format("Way back: {}{}", filled(option.title), ranked == first ? " (what the button does)" : ""));
            if (option.planned) {
                fact("Takes about", duration_text(*option.planned));
            }
            if (const std::string why = release::not_available(release_, option); !why.empty()) {
                add(Line::Kind::remark, "Not offered now: " + why);
            }
            int number = 0;
            for (const auto& step : plan.rollback_steps) {
                if (step.id.starts_with(option.id + "/")) {
                    write(step, ++number);
                }
            }
        }
    }

    void write(const plan::Step& step, int number) {
        const auto& state = release_.at(step.id);
        const std::string done = release::over(state.status)                    ? " – {} already"
                                 : state.status == release::StepStatus::to_come ? ""
                                                                                : " – {} NOW";
        add(Line::Kind::step,
            fmt::format("{}. {}{}", number, filled(step.title),
                        done.empty() ? done : fmt::format(fmt::runtime(done), release::name(state.status))));
        if (const std::string why = release::nothing_to_do(release_, step); !why.empty()) {
            add(Line::Kind::remark, "Not to be done: " + why + ".");
            return;
        }
        for (const ByHand& hand :
             {by_hand(release_, step, started_in_), look_afterwards(release_, step, started_in_)}) {
            for (const auto& remark : hand.remarks) {
                add(Line::Kind::remark, remark);
            }
            for (const auto& command : hand.commands) {
                add(Line::Kind::command, command);
            }
        }
    }

    const release::Release& release_;
    const std::string& started_in_;
    std::vector<Line> lines_;
};

std::string escaped(const std::string& text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
        case '&':
            out += "&amp;";
            break;
        case '<':
            out += "&lt;";
            break;
        case '>':
            out += "&gt;";
            break;
        case '"':
            out += "&quot;";
            break;
        default:
            out += c;
        }
    }
    return out;
}

constexpr const char* head =
    "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Break-glass sheet</title>\n<style>\n"
    "body{font:15px/1.45 Inter,system-ui,sans-serif;max-width:70em;margin:2em auto;padding:0 1em;color:#18202b}\n"
    "h1{font-size:1.5em}h2{font-size:1.15em;margin-top:1.6em;border-bottom:1px solid #d8dee7}\n"
    "h3{font-size:1em;margin:1em 0 .3em}dl{display:grid;grid-template-columns:12em 1fr;gap:.15em 1em;margin:.4em 0}\n"
    "dt{color:#566375}dd{margin:0}p{margin:.3em 0;color:#566375}\n"
    "pre{background:#f0f3f7;padding:.5em .8em;margin:.3em 0;white-space:pre-wrap;word-break:break-all;\n"
    "font:13px/1.4 'JetBrains Mono',monospace}\n@media print{body{margin:0}pre{border:1px solid #d8dee7}}\n"
    "</style></head><body>\n";

} // namespace

std::string sheet_text(const release::Release& release, const SheetPlace& place) {
    std::string text;
    const Sheet sheet(release, place);
    for (const Line& line : sheet.lines()) {
        switch (line.kind) {
        case Line::Kind::title:
            text += fmt::format("{}\n{}\n", line.text, std::string(std::min<std::size_t>(line.text.size(), 100), '='));
            break;
        case Line::Kind::section:
            text +=
                fmt::format("\n{}\n{}\n", line.text, std::string(std::min<std::size_t>(line.text.size(), 100), '-'));
            break;
        case Line::Kind::fact:
            text += fmt::format("{:<16} {}\n", line.text, line.value);
            break;
        case Line::Kind::step:
            text += fmt::format("\n{}\n", line.text);
            break;
        case Line::Kind::command:
            text += "    " + line.text + "\n";
            break;
        case Line::Kind::remark:
            text += "  # " + line.text + "\n";
            break;
        }
    }
    return text;
}

std::string sheet_html(const release::Release& release, const SheetPlace& place) {
    std::string html = head;
    bool in_facts = false;
    const Sheet sheet(release, place);
    for (const Line& line : sheet.lines()) {
        if (in_facts != (line.kind == Line::Kind::fact)) {
            in_facts = !in_facts;
            html += in_facts ? "<dl>\n" : "</dl>\n";
        }
        const std::string text = escaped(line.text);
        switch (line.kind) {
        case Line::Kind::title:
            html += fmt::format("<h1>{}</h1>\n", text);
            break;
        case Line::Kind::section:
            html += fmt::format("<h2>{}</h2>\n", text);
            break;
        case Line::Kind::fact:
            html += fmt::format("<dt>{}</dt><dd>{}</dd>\n", text, escaped(line.value));
            break;
        case Line::Kind::step:
            html += fmt::format("<h3>{}</h3>\n", text);
            break;
        case Line::Kind::command:
            html += fmt::format("<pre>{}</pre>\n", text);
            break;
        case Line::Kind::remark:
            html += fmt::format("<p>{}</p>\n", text);
            break;
        }
    }
    return html + (in_facts ? "</dl>\n" : "") + "</body></html>\n";
}

} // namespace sluice::report

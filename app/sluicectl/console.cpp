#include "sluicectl/console.h"

#include "base/printable.h"
#include "release/decide.h"
#include "release/demand.h"
#include "release/ways_back.h"
#include "sluicectl/people.h"
#include "sluicectl/verbs.h"

#include <QCoreApplication>

#include <algorithm>
#include <csignal>
#include <fcntl.h>
#include <fmt/ranges.h>
#include <map>
#include <sstream>
#include <unistd.h>

namespace sluicectl {

using namespace sluice::release;

namespace {

int signal_pipe[2] = {-1, -1};

void on_signal(int number) {
    const char byte = static_cast<char>(number);
    [[maybe_unused]] const auto written = ::write(signal_pipe[1], &byte, 1);
}

bool needs_decision(StepStatus status) {
    return status == StepStatus::triage || status == StepStatus::in_doubt;
}

/// The steps, and shifts by hand, that wait for an answer.
std::vector<StepId> awaiting(const Release& release) {
    std::vector<StepId> ids;
    for (const auto& [id, state] : release.steps) {
        if (state.status == StepStatus::person || needs_decision(state.status)) {
            ids.push_back(id);
        }
    }
    for (const auto& shift : release.shifts) {
        if (needs_decision(shift.state.status)) {
            ids.push_back(shift.planned.id);
        }
    }
    return ids;
}

/// Text of several lines, each further one indented: none of them can look like a line of ours.
std::string lines(const std::string& text) {
    std::string shown;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) {
        shown += (shown.empty() ? "" : "\n    ") + sluice::printable(line);
    }
    return shown;
}

/// "pod=VALUE node=VALUE ": what stands before the reason where a person says what the step gave.
std::string gives(const sluice::plan::Step& step) {
    std::string text;
    for (const auto& output : step.outputs) {
        text += output.name + "=VALUE ";
    }
    return text;
}

/// Takes what the step gave off the front of what a person wrote behind the word; a value with blanks stands in quotes.
std::map<std::string, std::string> take_given(const sluice::plan::Step& step, std::string& rest) {
    std::map<std::string, std::string> given;
    const auto names_output = [&](const std::string& name) {
        return std::any_of(step.outputs.begin(), step.outputs.end(),
                           [&](const auto& output) { return output.name == name; });
    };
    for (;;) {
        const auto sign = rest.find('=');
        if (sign == std::string::npos || !names_output(rest.substr(0, sign))) {
            return given;
        }
        const std::string name = rest.substr(0, sign);
        rest.erase(0, sign + 1);
        const char quote = rest.empty() ? '\0' : rest.front();
        const auto close = quote == '\'' || quote == '"' ? rest.find(quote, 1) : std::string::npos;
        const auto end = close == std::string::npos ? rest.find(' ') : close;
        given[name] = close == std::string::npos ? rest.substr(0, end) : rest.substr(1, close - 1);
        rest.erase(0, end == std::string::npos ? end : end + 1);
        rest.erase(0, rest.find_first_not_of(' '));
    }
}

/// What is asked, and how it is answered.
std::string question(const Release& release, const sluice::plan::Step& step, const StepState& state) {
    const std::string head = sluice::printable(state.title) + ": ";
    switch (state.status) {
    case StepStatus::triage:
        return head + "failed: " + sluice::printable(state.why) + "\n  " +
               (lost_only_outputs(release, step.id) ? "happened " + gives(step) + "REASON | " : "") + "retry | skip " +
               gives(step) + "REASON | roll-back | abort REASON";
    case StepStatus::in_doubt: {
        const auto& operation = release.operations.at(state.operation);
        return head + "outcome unknown: " + sluice::printable(operation.intent.summary) + "\n  " +
               sluice::printable(state.why) +
               (operation.read_back.empty() ? "" : "\n  read back: " + sluice::printable(operation.read_back)) +
               "\n  happened " + gives(step) + "REASON | run-again REASON | skip " + gives(step) +
               "REASON | abort REASON";
    }
    default:
        break;
    }
    if (const auto* confirm = std::get_if<sluice::plan::Confirm>(&step.body)) {
        const auto text = sluice::plan::fill(confirm->text, scope(release));
        return head + lines(text ? *text : confirm->text) +
               (step.evidence.empty() ? "\n  yes | no REASON" : "\n  yes EVIDENCE | no REASON");
    }
    if (const auto* external = std::get_if<sluice::plan::External>(&step.body)) {
        const auto command = sluice::plan::fill(external->command, scope(release));
        const auto text = sluice::plan::fill(external->text, scope(release));
        return fmt::format("{}to be typed elsewhere:\n    {}\n  {}\n  yes{} | no REASON", head,
                           lines(command ? *command : external->command),
                           text && !text->empty() ? lines(*text) : std::string("Then say that it was done."),
                           step.evidence.empty() ? "" : " EVIDENCE");
    }
    if (const auto* attest = std::get_if<sluice::plan::Attest>(&step.body)) {
        const auto text = sluice::plan::fill(attest->text, scope(release));
        return head + lines(text ? *text : attest->text) + (step.owner.empty() ? "" : " (by the " + step.owner + ")") +
               "\n  attest NAME [EVIDENCE] | no REASON";
    }
    if (std::holds_alternative<sluice::plan::Approve>(step.body)) {
        const Demand wanted = demand(release, step);
        return fmt::format("{}approval by {} of {} ({} so far){}\n  approve NAME ROLE | no REASON{}", head,
                           wanted.quorum, fmt::join(wanted.roles, ", "), counting(release, step, release.time).size(),
                           wanted.barred.empty() ? "" : fmt::format(", not {}", fmt::join(wanted.barred, ", ")),
                           release.policy && release.policy->break_glass ? " | break-glass REASON" : "");
    }
    if (const auto* decide = std::get_if<sluice::plan::Decide>(&step.body)) {
        std::string text = head + lines(decide->text);
        for (const auto& choice : decide->choices) {
            text += fmt::format("\n  {}: {}", choice.id, choice.title);
        }
        return text;
    }
    return head + "held for as long as asked\n  advance | override REASON";
}

/// Whether the step is a decision that waits, and this is one of its choices.
bool offers(const Release& release, const StepId& step, const std::string& word) {
    const auto* planned = release.step(step);
    const auto* decide = planned ? std::get_if<sluice::plan::Decide>(&planned->body) : nullptr;
    return decide && release.at(step).status == StepStatus::person &&
           std::any_of(decide->choices.begin(), decide->choices.end(),
                       [&](const auto& choice) { return choice.id == word; });
}

} // namespace

Console::Console(sluice::host::SessionHost& host, Actor by, bool listen) : host_(host), by_(std::move(by)) {
    if (::pipe2(signal_pipe, O_CLOEXEC | O_NONBLOCK) == 0) {
        signals_ = std::make_unique<QSocketNotifier>(signal_pipe[0], QSocketNotifier::Read);
        QObject::connect(signals_.get(), &QSocketNotifier::activated, signals_.get(), [this] { interrupted(); });
        std::signal(SIGINT, on_signal);
        std::signal(SIGTERM, on_signal);
    }
    if (!listen) {
        return;
    }
    input_ = std::make_unique<QSocketNotifier>(STDIN_FILENO, QSocketNotifier::Read);
    QObject::connect(input_.get(), &QSocketNotifier::activated, input_.get(), [this] { read(); });
    host_.engine().journal().listen([this](std::span<const Event>) { ask(); });
    ask();
}

Console::~Console() {
    std::signal(SIGINT, SIG_DFL);
    std::signal(SIGTERM, SIG_DFL);
}

bool Console::stuck() const {
    if (!ended_) {
        return false;
    }
    return sluice::release::needs_decision(host_.engine().release());
}

void Console::ask() {
    const auto& release = host_.engine().release();
    for (const auto& id : awaiting(release)) {
        const StepState& state = release.at(id);
        if (asked_.insert(fmt::format("{}/{}/{}", id, state.attempt, static_cast<int>(state.status))).second) {
            fmt::print("\n? [{}] {}\n", id, question(release, *release.step(id), state));
            std::fflush(stdout);
        }
    }
    for (const auto& proposal : open_proposals(release)) {
        const std::string key = key_of(proposal.trigger->id, proposal.arm);
        const auto* option = option_of(release, *proposal.trigger);
        if (asked_.insert(fmt::format("~proposal/{}/{}", key, release.triggers.at(key).since.count)).second) {
            fmt::print("\n? trigger {} proposes to roll back by {}: {}{}\n  roll-back {} | decline {} REASON\n", key,
                       option ? option->id : "?", sluice::printable(proposal.why), unanswered(proposal, "\n  "),
                       option ? option->id : "", key);
            std::fflush(stdout);
        }
    }
    if (ended_) {
        host_.scheduler().after({}, [this] { refuse_all(); });
    }
}

void Console::read() {
    char bytes[4096];
    const auto got = ::read(STDIN_FILENO, bytes, sizeof bytes);
    if (got <= 0) {
        ended_ = true;
        input_->setEnabled(false);
        refuse_all();
        if (end_of_input_) {
            end_of_input_();
        }
        return;
    }
    buffer_.append(bytes, static_cast<std::size_t>(got));
    for (auto end = buffer_.find('\n'); end != std::string::npos; end = buffer_.find('\n')) {
        const std::string line = buffer_.substr(0, end);
        buffer_.erase(0, end + 1);
        take(line);
    }
}

/// "[STEP] WORD REST": without a step, the one that waits, if it is only one.
void Console::take(const std::string& line) {
    std::istringstream stream(line);
    std::vector<std::string> words;
    for (std::string word; stream >> word;) {
        words.push_back(word);
    }
    if (words.empty()) {
        return;
    }
    const auto waiting = awaiting(host_.engine().release());
    std::string step;
    // A choice may be called as a step is, and a step's name alone says nothing.
    const bool choice =
        words.size() == 1 && waiting.size() == 1 && offers(host_.engine().release(), waiting.front(), words.front());
    if (!choice && host_.engine().release().step(words.front())) {
        step = words.front();
        words.erase(words.begin());
    } else if (waiting.size() == 1) {
        step = waiting.front();
    }
    std::string rest;
    for (std::size_t i = 1; i < words.size(); ++i) {
        rest += (i > 1 ? " " : "") + words[i];
    }
    answer(step, words, rest);
}

void Console::answer(const std::string& step, const std::vector<std::string>& words, const std::string& rest) {
    if (words.empty()) {
        return;
    }
    const std::string& word = words.front();
    const auto& release = host_.engine().release();
    const StepState& state = release.at(step);
    if (offers(release, step, word)) { // a choice may be called as a command is: here it is the answer
        submit(Decide{step, word, rest}, by_);
        return;
    }
    if (word == "pause") {
        submit(Pause{rest}, by_);
    } else if (word == "continue") {
        submit(Continue{}, by_);
    } else if (word == "note") {
        submit(Note{rest, step}, by_);
    } else if (word == "roll-back") {
        submit(RollBack{rest, "", "asked at the terminal"}, by_);
    } else if (word == "decline" && words.size() >= 2) {
        const auto blank = rest.find(' ');
        submit(Decline{words[1], blank == std::string::npos ? "" : rest.substr(blank + 1)}, by_);
    } else if (word == "ack" && words.size() >= 2) {
        const auto blank = rest.find(' ');
        submit(Acknowledge{words[1], blank == std::string::npos ? "" : rest.substr(blank + 1)}, by_);
    } else if (word == "close") {
        submit(CloseWayBack{rest}, by_);
    } else if (word == "stop" && !step.empty()) {
        submit(Stop{step, rest}, by_);
    } else if (word == "abort" && state.status != StepStatus::in_doubt) {
        submit(Abort{rest}, by_);
    } else if (step.empty()) {
        fmt::print("nothing waits, or more than one step: begin with the step's id. Always possible: pause, continue, "
                   "note TEXT, roll-back [OPTION], abort REASON; of a step at work: STEP stop REASON\n");
    } else if (state.status == StepStatus::in_doubt || (word == "happened" && lost_only_outputs(release, step))) {
        std::string reason = rest;
        auto given = take_given(*release.step(step), reason);
        submit(ResolveDoubt{state.operation, word, reason, std::move(given)}, by_);
    } else if (word == "retry") {
        submit(Retry{step, rest}, by_);
    } else if (word == "skip") {
        std::string reason = rest;
        auto given = take_given(*release.step(step), reason);
        submit(Skip{step, reason, std::move(given)}, by_);
    } else if (word == "override") {
        submit(Override{step, "", rest}, by_);
    } else if (word == "advance") {
        submit(Advance{step}, by_);
    } else if (word == "approve" && words.size() >= 3) {
        submit(Approve{step, false, ""}, {words[1], words[2]});
    } else if (word == "attest" && words.size() >= 2) {
        const auto blank = rest.find(' ');
        submit(Attest{step, blank == std::string::npos ? "" : rest.substr(blank + 1), false, ""},
               {words[1], role_for(release, words[1], step)});
    } else if (word == "break-glass") {
        submit(BreakGlass{step, rest}, by_);
    } else if (word == "yes" || word == "y") {
        submit(Confirm{step, rest, false, ""}, by_);
    } else if (word == "no" || word == "n") {
        if (std::holds_alternative<sluice::plan::Approve>(release.step(step)->body)) {
            submit(Approve{step, true, rest}, refuser(step));
        } else if (std::holds_alternative<sluice::plan::Attest>(release.step(step)->body)) {
            submit(Attest{step, "", true, rest}, {by_.name, role_for(release, by_.name, step)});
        } else {
            submit(Confirm{step, "", true, rest}, by_);
        }
    } else if (std::holds_alternative<sluice::plan::Decide>(release.step(step)->body)) {
        submit(Decide{step, word, rest}, by_);
    } else {
        fmt::print("'{}' is not an answer here\n? [{}] {}\n", word, step,
                   question(release, *release.plan->step(step), state));
    }
    std::fflush(stdout);
}

void Console::submit(const Command& command, const Actor& by) {
    const auto receipt = host_.engine().submit(command, by);
    if (!receipt) {
        sluice::Error error = receipt.error();
        if (error.what == needs_reason) {
            error.remedy = "write it behind the word; it stays in the log";
        } else if (error.what == needs_evidence) {
            error.remedy = "write it behind the word: yes EVIDENCE";
        } else if (error.what.starts_with(needs_outputs)) {
            error.remedy = "write NAME=VALUE of each before the reason; where nobody can tell, skip it";
        }
        fmt::print("refused: {}\n", sluice::to_text(error));
    }
}

/// Whoever leads may say no in his own role; where nobody names people, in one that is asked for.
Actor Console::refuser(const std::string& step) const {
    const auto& release = host_.engine().release();
    const bool named = release.policy || !release.bridge.empty();
    return {by_.name, named ? by_.role : std::get<sluice::plan::Approve>(release.step(step)->body).roles.front()};
}

void Console::refuse_all() {
    const auto steps = host_.engine().release().steps;
    for (const auto& [id, state] : steps) {
        if (state.status != StepStatus::person) {
            continue;
        }
        const auto& body = host_.engine().release().plan->step(id)->body;
        if (std::holds_alternative<sluice::plan::Confirm>(body) ||
            std::holds_alternative<sluice::plan::External>(body)) {
            submit(Confirm{id, "", true, "the end of input means no"}, by_);
        } else if (std::holds_alternative<sluice::plan::Approve>(body)) {
            submit(Approve{id, true, "the end of input means no"}, refuser(id));
        } else if (std::holds_alternative<sluice::plan::Attest>(body)) {
            const std::string role = role_for(host_.engine().release(), by_.name, id);
            submit(Attest{id, "", true, "the end of input means no"}, {by_.name, role});
        } else {
            submit(Pause{"a decision is awaited and nobody is at the terminal"}, by_);
        }
    }
}

void Console::interrupted() {
    bool terminated = false;
    for (char byte = 0; ::read(signal_pipe[0], &byte, 1) > 0;) {
        terminated = terminated || byte == SIGTERM;
    }
    if (terminated) {
        // The machine goes down, or somebody ends the program: nothing is decided by that, the session can be resumed.
        fmt::print("\nended by a signal; {}\n",
                   host_.can_be_resumed() ? "'sluicectl resume' goes on" : "its simulated production ended with it");
        QCoreApplication::exit(person_needed);
        return;
    }
    const auto& release = host_.engine().release();
    if (kept_open_until(release, release.time).count != 0) {
        fmt::print(
            "\nall is done, and the way back stays open: 'close REASON' ends the session, 'roll-back' goes back; to "
            "leave it open, end this program by SIGTERM\n");
    } else if (++interrupts_ == 1 && !release.paused) {
        fmt::print("\npaused; Ctrl-C again aborts, 'continue' goes on\n");
        submit(Pause{"Ctrl-C"}, by_);
    } else {
        submit(Abort{"Ctrl-C"}, by_);
    }
    std::fflush(stdout);
}

} // namespace sluicectl

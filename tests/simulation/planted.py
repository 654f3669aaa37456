"""Copies of the program's sources with bugs planted in them, each behind PLANTED(n), for planted.cpp.

usage: planted.py SOURCE_FOLDER OUTPUT_FOLDER      writes the copies
       planted.py --expected OUTPUT_FILE           writes what each must be found by, as a C++ table
       planted.py --files                          prints which sources are changed
"""
import pathlib
import sys

# number: what a watcher must say, then (file, what stands there, what stands there with the bug) once or more.
BUGS = {
    1: ("starts before", ("core/release/progress.cpp",
                          "if (satisfies(release.at(need).status)) {",
                          "if (PLANTED(1) ? release.at(need).attempt > 0 : satisfies(release.at(need).status)) {")),
    2: ("persons of", ("core/release/decide_approval.cpp",
                       "if (earlier.by.name == voice.by.name) {",
                       "if (!PLANTED(2) && earlier.by.name == voice.by.name) {")),
    3: ("at the same time", ("core/release/decide_effects.cpp",
                             "!other.empty()) {\n        return fail(ErrorCode::conflict",
                             "!other.empty() && !PLANTED(3)) {\n        return fail(ErrorCode::conflict")),
    4: ("intent is not in the file", ("core/engine/actions.cpp",
                                      "    running_[operation].prepared = std::move(*prepared);\n",
                                      "    running_[operation].prepared = std::move(*prepared);\n"
                                      "    if (PLANTED(4)) {\n        send(operation);\n    }\n"),
        ("core/engine/actions.cpp", "    send(intent.operation);\n",
         "    if (!PLANTED(4)) {\n        send(intent.operation);\n    }\n")),
    5: ("gates had held", ("core/release/decide_gates.cpp",
                           "} else if (!sum.unanswered.none()) {",
                           "} else if (!sum.unanswered.none() && !PLANTED(5)) {")),
    6: ("metric was well", ("core/release/decide_triggers.cpp",
                            ">= trigger->for_) {", ">= (PLANTED(6) ? Nanos{} : trigger->for_)) {")),
    7: ("told as never begun, and ran", ("core/engine/actions.cpp",
                                         "    case effects::TakenUp::lost:\n        uncertain(id, ended);\n",
                                         "    case effects::TakenUp::lost:\n        if (PLANTED(7)) {\n"
                                         '            finish(id, false, "verified", "it is gone", nullptr, true);\n'
                                         "            break;\n        }\n        uncertain(id, ended);\n")),
    8: ("gates had held", ("core/release/apply.cpp",
                           'stop_clock(step, "the program was away");',
                           'if (!PLANTED(8)) {\n                stop_clock(step, "the program was away");\n            }')),
    9: ("no way back", ("core/release/decide_rollback.cpp",
                        "    if (release.rollback.active) {\n        if (auto may = may_exchange(",
                        "    if (release.rollback.active || (PLANTED(9) && release.paused)) {\n"
                        "        if (auto may = may_exchange(")),
    10: ("in the cluster, and", ("core/release/apply.cpp",
                                 "        if (e.succeeded) {\n            if (!overtaken(r, *operation)) {",
                                 "        if (e.succeeded || PLANTED(10)) {\n"
                                 "            if (!overtaken(r, *operation)) {")),
    11: ("while the release is paused", ("core/release/progress.cpp",
                                         "phase.steps, !draft.state().paused);",
                                         "phase.steps, PLANTED(11) || !draft.state().paused);")),
    12: ("without the evidence", ("core/release/decide_approval.cpp",
                                  'if (step.evidence == "required" && evidence.empty()) {',
                                  'if (!PLANTED(12) && step.evidence == "required" && evidence.empty()) {')),
    13: ("in flight", ("core/release/progress.cpp",
                       "if (in_flight(draft.state()).empty() && !shift_at_work(draft.state())) {",
                       "if ((PLANTED(13) || in_flight(draft.state()).empty()) && !shift_at_work(draft.state())) {")),
    14: ("is barred", ("core/release/decide_approval.cpp",
                       "if (wanted.barred.contains(voice.by.name)) {",
                       "if (!PLANTED(14) && wanted.barred.contains(voice.by.name)) {")),
    15: ("answered twice", ("core/release/signing.cpp",
                            "if (asked.used_by.contains(person)) {",
                            "if (!PLANTED(15) && asked.used_by.contains(person)) {")),
    16: ("does not hold", ("core/release/decide_approval.cpp",
                           "if (!holds(draft.state(), by.name, by.role)) {",
                           "if (!PLANTED(16) && !holds(draft.state(), by.name, by.role)) {")),
    17: ("is owed", ("core/release/progress.cpp",
                     "open_shift(draft.state()) || !owed_approvals(draft.state()).empty()) {",
                     "open_shift(draft.state()) || (!PLANTED(17) && !owed_approvals(draft.state()).empty())) {")),
    18: ("passed without the", ("core/release/decide_approval.cpp",
                                 "if (half || (", "if (!PLANTED(18) && (half || ("),
         ("core/release/decide_approval.cpp",
          "passed) && to_come)) {", "passed) && to_come))) {")),
    19: ("too old", ("core/release/decide_lapse.cpp", "if (!stale || *stale > draft.now() || ",
                     "if (PLANTED(19) || !stale || *stale > draft.now() || ")),
    20: ("overdue twice", ("core/release/apply.cpp", "        step->overdue = overdue;\n",
                           "        step->overdue = PLANTED(20) ? Nanos{} : overdue;\n")),
    21: ("is left out", ("core/release/progress.cpp", "if (!step.left_out.empty()) {",
                         "if (!PLANTED(21) && !step.left_out.empty()) {")),
    22: ("cleans up whatever happens", ("core/release/progress.cpp", "if (clean_up(draft)) {",
                                        "if (PLANTED(22) || clean_up(draft)) {")),
    23: ("fires, and is not armed", ("core/release/decide_triggers.cpp", "const bool watches = state_of(",
                                     "const bool watches = PLANTED(23) || state_of(")),
    24: ("approved to this plan", ("core/release/decide_amend.cpp",
                                   '    ask_approvals_again(draft, "the plan was amended by " + draft.by().name);\n',
                                   '    if (!PLANTED(24)) {\n        ask_approvals_again(draft, "");\n    }\n')),
    25: ("approved to this plan", ("core/release/decide_approval.cpp",
                                   "return one.expires.count != 0 && one.expires <= draft.now(); };",
                                   "return !PLANTED(25) && one.expires.count != 0 && one.expires <= draft.now(); };")),
    26: ("by one key", ("core/release/decide_approval.cpp",
                        "if (!voice.key.empty() && key_of_proof(earlier.proof) == voice.key) {",
                        "if (!PLANTED(26) && !voice.key.empty() && key_of_proof(earlier.proof) == voice.key) {")),
    27: ("before it is released", ("core/release/progress.cpp",
                                   "if (phase.follow_up && draft.state().released.count == 0) {",
                                   "if (!PLANTED(27) && phase.follow_up && draft.state().released.count == 0) {")),
    28: ("after it was closed", ("core/release/decide.cpp", " approves_afterwards(release, command) ||\n",
                                 " approves_afterwards(release, command) || PLANTED(28) ||\n")),
    29: ("was not read back", ("core/release/decide_approval.cpp",
                               "if (std::holds_alternative<plan::External>(found->step->body) && found->step->verify) {",
                               "if (!PLANTED(29) && std::holds_alternative<plan::External>(found->step->body) &&\n"
                               "        found->step->verify) {")),
    30: ("is a message, and stops", ("core/release/decide_steps.cpp",
                                     "} else if (std::holds_alternative<plan::Notify>(step.body) && !step.required) {",
                                     "} else if (!PLANTED(30) && std::holds_alternative<plan::Notify>(step.body) &&\n"
                                     "               !step.required) {")),
    31: ("has not waited for so long", ("core/release/moments.cpp", "std::optional(state.asked + step.escalate->after)",
                                        "std::optional(state.asked + (PLANTED(31) ? Nanos{} : step.escalate->after))")),
    32: ("begins while the calendar is closed", ("core/release/progress.cpp", "if (!answer.open) {",
                                                 "if (!answer.open && !PLANTED(32)) {")),
    33: ("starts while the approval", ("core/release/covered.cpp",
                                       "    if (!plan::changes_outside(step.body)) {\n        return {};",
                                       "    if (PLANTED(33) || !plan::changes_outside(step.body)) {\n        return {};")),
    34: ("before its time", ("core/release/progress.cpp", "if (!from || *from > draft.now()) {",
                             "if (!PLANTED(34) && (!from || *from > draft.now())) {")),
    35: ("cleans up while", ("core/release/decide_lapse.cpp", "if (!others_at_work(draft.state())) {",
                             "if (PLANTED(35) || !others_at_work(draft.state())) {")),
    36: ("only proposes", ("core/release/decide_triggers.cpp",
                           "const bool act = trigger.mode == plan::TriggerMode::act;",
                           "const bool act = PLANTED(36) || trigger.mode == plan::TriggerMode::act;")),
    # The two that were found when these rules were new: time came after what may begin.
    37: ("starts on '", ("core/release/progress.cpp",
                         "        watch_windows(draft);\n        watch_lapses(draft);\n",
                         "        if (!PLANTED(38)) {\n            watch_windows(draft);\n        }\n"
                         "        if (!PLANTED(37)) {\n            watch_lapses(draft);\n        }\n"),
         ("core/release/progress.cpp", "            watch_severity(draft);\n            watch_triggers(draft);\n",
          "            if (PLANTED(38)) {\n                watch_windows(draft);\n            }\n"
          "            watch_severity(draft);\n"
          "            if (PLANTED(37)) {\n                watch_lapses(draft);\n            }\n"
          "            watch_triggers(draft);\n")),
    38: ("while the calendar is closed",),
    39: ("in time, and nothing happens", ("core/release/decide_proposals.cpp", "if (proposal.ends.count != 0 &&",
                                          "if (!PLANTED(39) && proposal.ends.count != 0 &&")),
    40: ("there is to be a way back", ("core/release/progress.cpp", "now()); until.count != 0) {",
                                       "now()); !PLANTED(40) && until.count != 0) {")),
    41: ("is not armed, and there is", ("core/release/state.cpp", "plan::is_persons(step.body) ? state.answered",
                                        "plan::is_persons(step.body) && !PLANTED(41) ? state.answered")),
}

HEAD = "namespace sluice::planted {\nextern int bug;\n}\n#define PLANTED(n) (sluice::planted::bug == (n))\n"


def copies(source):
    texts = {}
    for number, (_, *changes) in BUGS.items():
        for name, before, after in changes:
            text = texts.get(name) or (source / name).read_text()
            if text.count(before) != 1:
                sys.exit(f"planted.py: bug {number} is to be planted in {name}, where this stands "
                         f"{text.count(before)} times instead of once:\n{before}")
            texts[name] = text.replace(before, after)
    return texts


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


if sys.argv[1] == "--files":
    print(";".join(sorted({name for _, *changes in BUGS.values() for name, _, _ in changes})), end="")
elif sys.argv[1] == "--expected":
    rows = "".join(f'    {{{number}, "{said}"}},\n' for number, (said, *_) in BUGS.items())
    write(pathlib.Path(sys.argv[2]), rows)
else:
    for file, changed in copies(pathlib.Path(sys.argv[1])).items():
        original = pathlib.Path(sys.argv[1]) / file
        write(pathlib.Path(sys.argv[2]) / pathlib.Path(file).name,
              HEAD + f'#line 1 "{original.name}"\n' + changed)

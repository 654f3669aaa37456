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
                        '    if (release.rollback.active) {\n        return refuse("it is being rolled back already"',
                        "    if (release.rollback.active || (PLANTED(9) && release.paused)) {\n"
                        '        return refuse("it is being rolled back already"')),
    10: ("in the cluster, and", ("core/release/apply.cpp",
                                 "        if (e.succeeded) {\n            take_split(operation->intent.desired);",
                                 "        if (e.succeeded || PLANTED(10)) {\n"
                                 "            take_split(operation->intent.desired);")),
    11: ("while the release is paused", ("core/release/progress.cpp",
                                         "phase.steps, !draft.state().paused);",
                                         "phase.steps, PLANTED(11) || !draft.state().paused);")),
    12: ("without the evidence", ("core/release/decide_approval.cpp",
                                  'if (found->step->evidence == "required" && evidence.empty()) {',
                                  'if (!PLANTED(12) && found->step->evidence == "required" && evidence.empty()) {')),
    13: ("in flight", ("core/release/progress.cpp",
                       "if (in_flight(draft.state()).empty() && !shift_at_work(draft.state())) {",
                       "if ((PLANTED(13) || in_flight(draft.state()).empty()) && !shift_at_work(draft.state())) {")),
    14: ("is barred", ("core/release/decide_approval.cpp",
                       "if (wanted.barred.contains(voice.by.name)) {",
                       "if (!PLANTED(14) && wanted.barred.contains(voice.by.name)) {")),
    15: ("answered twice", ("core/release/signing.cpp",
                            "if (!asked.used_by.empty()) {", "if (!PLANTED(15) && !asked.used_by.empty()) {")),
    16: ("does not hold", ("core/release/decide_approval.cpp",
                           "if (!holds(draft.state(), by.name, by.role)) {",
                           "if (!PLANTED(16) && !holds(draft.state(), by.name, by.role)) {")),
    17: ("is owed", ("core/release/progress.cpp",
                     "!open_shift(draft.state()) && owed_approvals(draft.state()).empty()) {",
                     "!open_shift(draft.state()) && (PLANTED(17) || owed_approvals(draft.state()).empty())) {")),
    18: ("passed without the", ("core/release/decide_approval.cpp",
                                 "if (half || (", "if (!PLANTED(18) && (half || ("),
         ("core/release/decide_approval.cpp",
          "passed && to_come)) {", "passed && to_come))) {")),
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

# Of `./dev screenshots`: the states that came with the whole of the plan language, from the two plans that use all of it.

complete=plans/examples/complete

record_language() { # folder
    local s=$1 owner
    complete_one service "$s/service.sluice"
    complete_one service "$s/service-back.sluice" --fault 'split:green>=25 errors 8% on green'
    changed "$s/unheard" service 's#path: /hooks/all#path: /gone#'
    recorded 0 rehearse "$s/unheard/service.yaml" --assume-yes --quiet --session "$s/not-told.sluice"
    complete_one service "$s/follow-up.sluice" --until-released
    complete_one procedure "$s/procedure.sluice" --start 2026-01-01T00:00:00Z
    complete_one procedure "$s/procedure-back.sluice" --fault 'step:settled lag 40000'
    # While a person is awaited a rehearsal's time is everybody's.
    changed "$s/impatient" service 's/escalate: {after: 10m/escalate: {after: 2s/'
    attended "$s/impatient/service.yaml" "$s/escalated.sluice" escalated
    abort_it "$s/escalated.sluice"
    attended $complete/service.yaml "$s/severity.sluice" triage-opened --assume-yes \
        --fault 'split:green>=25 errors 3% on green'
    recorded 0 do "$s/severity.sluice" severity middle --reason 'one order of thirty fails'
    abort_it "$s/severity.sluice"
    # What comes without an answer, and what is kept open after all is done.
    changed "$s/proposing" service 's/for: 30s, do: to-blue, from: green-ready,/for: 30s, mode: propose, grace: 5m, do: to-blue, from: green-ready,/'
    recorded "0 1 4" rehearse "$s/proposing/service.yaml" --assume-yes --quiet --speed 0 \
        --session "$s/proposed.sluice" --fault 'split:green>=25 errors 8% on green'
    changed "$s/keeping" service 's/, point-of-no-return: true//; s/within: 10m after to-100/within: 1h after tickets/'
    recorded 0 rehearse "$s/keeping/service.yaml" --assume-yes --quiet --speed 0 --session "$s/kept-open.sluice"
    attended $complete/procedure.yaml "$s/overdue.sluice" step-overdue --start 2026-01-03T06:00:00Z # T0 already
    changed "$s/amended" procedure 's/wait: {for: 10m}/title: Twenty minutes to settle, wait: {for: 20m}/'
    recorded 0 do "$s/overdue.sluice" amend "$s/amended/procedure.yaml" --reason 'the standby took long last time'
    abort_it "$s/overdue.sluice"
}

complete_one() { # plan, session, argument of rehearse…
    local plan=$1 session=$2
    shift 2
    recorded "0 1 4" rehearse $complete/"$plan".yaml --assume-yes --quiet --speed 0 --session "$session" "$@"
}

# Somebody has to come, and nobody does, until there is such an event. Sets owner.
attended() { # plan, session, event, argument of rehearse…
    local plan=$1 session=$2 event=$3
    shift 3
    "$ctl" rehearse "$plan" --quiet --no-input --session "$session" "$@" </dev/null >>"$s/recording.log" 2>&1 &
    owner=$!
    logged "$session" "$event" -
}

abort_it() { # session
    recorded 0 do "$1" abort --reason 'it was only for the picture'
    wait "$owner" || true
}

# A copy of the two plans and their files, with one thing told otherwise.
changed() { # folder, plan, what sed is told
    cp -r "$complete" "$1"
    sed -i "$3" "$1/$2.yaml"
}

at() { # session, event, step, seconds later
    python3 -B tools/dev/screens/moment.py "$ctl" "$s/$1.sluice" "$2" "$3" "${4:-0}"
}

wishes_of_language() { # folder of the sessions
    local s=$1 ctl=build/$preset/bin/sluicectl
    cat <<END
preview-variant --view plan $complete/service.yaml --variant urgent
notify --step begun --at $(at service step-finished begun) $s/service.sluice
notify-not-delivered --step begun --at $(at not-told step-finished begun) $s/not-told.sluice
looks --step looks --at $(at service step-finished looks) $s/service.sluice
logs --step pods-log --at $(at service step-finished pods-log) $s/service.sluice
flag --step new-basket --at $(at service step-finished new-basket) $s/service.sluice
escalated --at $(at escalated escalated -) $s/escalated.sluice
severity --at $(at severity severity-declared -) $s/severity.sluice
follow-up $s/follow-up.sluice
proposed --at $(at proposed proposal-answered - -100) $s/proposed.sluice
kept-open --at $(at kept-open session-closed - -600) $s/kept-open.sluice
overdue --at $(at overdue step-started announced 0.1) $s/overdue.sluice
amended --at $(at overdue plan-amended -) $s/overdue.sluice
external --at $(at procedure step-started unseal 1) $s/procedure.sluice
wait-for-window --at $(at procedure step-started opening 3600) $s/procedure.sluice
asked-again --at $(at procedure step-expired restored 2) $s/procedure.sluice
shell --at $(at procedure step-started copy 300) $s/procedure.sluice
sql --step same --at $(at procedure step-finished same) $s/procedure.sluice
kafka-offsets --step audit-ahead --at $(at procedure step-finished audit-ahead) $s/procedure.sluice
kafka-settings --step keep-longer --at $(at procedure step-finished keep-longer) $s/procedure.sluice
clean-up --at $(at procedure-back step-started unlock 0.5) $s/procedure-back.sluice
taken-back $s/procedure-back.sluice
END
}

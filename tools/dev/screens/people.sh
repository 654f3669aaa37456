# Of `./dev screenshots`: what people approve, sign, attest and owe, with keys made for it; who leads and who is here.

record_people() { # folder
    local s=$1 keys=$1/keys name
    mkdir -p "$keys"
    for name in lena ada bob; do
        ssh-keygen -q -t ed25519 -N '' -C "$name" -f "$keys/$name"
        echo "$name@example.org $(cat "$keys/$name.pub")" >>"$keys/people-keys"
    done
    cp tools/dev/screens/people.yaml "$keys"
    cp tools/dev/screens/people-policy.yaml "$keys/policy.yaml"
    sed 's/valid-for: 4h/valid-for: 4s/' "$keys/policy.yaml" >"$keys/short.yaml"
    sed 's/approve-within: 1h/approve-within: 2s/' "$keys/policy.yaml" >"$keys/soon.yaml"
    signed_and_attested "$s/people.sluice"
    expired "$s/expired.sluice"
    glass_overdue "$s/owed.sluice"
}

# Who has what in hand: sets owner. Somebody is awaited when it returns.
people_at_work() { # session, policy
    "$ctl" run "$keys/people.yaml" --policy "$keys/$2" --operator lena --session "$1" --no-input \
        </dev/null >>"$s/recording.log" 2>&1 &
    owner=$!
    logged "$1" step-started go
}

asked_for() { # session, verb, step
    recorded 0 do "$1" "$2" "$3" --request --operator lena -o "$keys/request"
}

signed() { # session, verb, step, person, role, reason
    asked_for "$1" "$2" "$3"
    recorded 0 approve "$keys/request" --key "$keys/$4" --role "$5" --reason "$6" --yes -o "$keys/answer"
    recorded 0 do "$1" "$2" "$3" --signed "$keys/answer" --operator lena
}

signed_and_attested() { # session
    local owner
    people_at_work "$1" policy.yaml
    recorded 0 do "$1" join bob sre --operator lena
    asked_for "$1" approve go
    signed "$1" approve go ada product-owner 'customers wait for it'
    recorded 0 do "$1" approve go --for bob --role sre --operator lena --reason 'by phone, 14:05; he is on a train'
    logged "$1" step-started works
    asked_for "$1" attest works
    signed "$1" attest works bob sre 'the log of both pods'
    logged "$1" step-started all
    recorded 0 do "$1" break-glass all --operator lena --reason 'accounts are locked out; nobody of the owners answers'
    logged "$1" step-started told
    signed "$1" approve all ada product-owner 'seen, and right'
    signed "$1" approve all bob sre ''
    recorded 0 do "$1" hand-over bob --operator lena --reason 'my shift ends'
    recorded 0 do "$1" confirm told --operator bob
    wait "$owner" || true
}

expired() { # session
    local owner
    people_at_work "$1" short.yaml
    signed "$1" approve go ada product-owner 'customers wait for it'
    logged "$1" approval-expired go
    recorded 0 do "$1" abort --operator lena --reason 'it was only for the picture'
    wait "$owner" || true
}

glass_overdue() { # session
    local owner
    people_at_work "$1" soon.yaml
    recorded 0 do "$1" break-glass go --operator lena --reason 'accounts are locked out; nobody of the owners answers'
    logged "$1" step-started works
    logged "$1" approval-overdue go
    recorded 0 do "$1" abort --operator lena --reason 'it was only for the picture'
    wait "$owner" || true
}

wishes_of_people() { # folder of the sessions
    local s=$1 ctl=build/$preset/bin/sluicectl
    cat <<END
approval-asked --at $(at people step-started go) $s/people.sluice
signature-asked --at $(at people signature-asked go) $s/people.sluice
signature-given --at $(at people approved go) $s/people.sluice
attested --step go --at $(at people step-finished go) $s/people.sluice
statement-asked --at $(at people signature-asked works) $s/people.sluice
statement-signed --step works --at $(at people step-finished works) $s/people.sluice
glass-broken --step all --at $(at people step-started told) $s/people.sluice
approved-afterwards --step all --at $(at people approved-afterwards all) $s/people.sluice
glass-overdue --step go --at $(at owed approval-overdue go 0.1) $s/owed.sluice
approval-expired --at $(at expired approval-expired go 0.2) $s/expired.sluice
people --view people --at $(at people approved go) $s/people.sluice
people-handed-over --view people --at $(at people lead-handed-over -) $s/people.sluice
war-room-people --view war-room --at $(at people lead-handed-over -) $s/people.sluice
END
}

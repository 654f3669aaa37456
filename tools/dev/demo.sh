# A whole go-live against the range: in the cockpit, or, where there is no display, in the terminal, with what can be
# asked of its recording.

demo() { # argument of rehearse…
    install_missing "${to_build[@]}"
    build "$preset" sluice sluicectl sluice-exec
    cd "$called_from" # paths in the arguments are the caller's
    if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
        demo_in_cockpit "$@"
    else
        demo_in_terminal "$@"
    fi
}

demo_in_cockpit() { # argument of sluice --rehearse…
    local plan=$root/plans/nova/blue-green.yaml
    say "Rehearsing $plan in the cockpit"
    echo "Ctrl+Return does what is next; ? shows the keys; the speed is above the audit log."
    "$root/build/$preset/bin/sluice" --rehearse "$plan" --set version=v1.2.4 --set previous=v1.2.3 "$@"
}

demo_in_terminal() { # argument of rehearse…

    local sluicectl=$root/build/$preset/bin/sluicectl plan=$root/plans/nova/blue-green.yaml
    if [ "$PWD" = "$root" ]; then
        sluicectl=build/$preset/bin/sluicectl plan=plans/nova/blue-green.yaml
    fi
    local session arguments=(--set version=v1.2.4 --set previous=v1.2.3 --assume-yes)
    given --speed "$@" || arguments+=(--speed 600)
    if given --session "$@"; then
        session=$(value_of --session "$@")
    else
        session=$(fresh_session)
        arguments+=(--session "$session")
    fi

    say "Rehearsing $plan"
    local outcome=0
    "$sluicectl" rehearse "$plan" "${arguments[@]}" "$@" || outcome=$?
    [ -e "$session" ] || die "the rehearsal left no session (exit $outcome)" "$outcome"
    say "Verifying what was recorded"
    "$sluicectl" verify "$session"
    say "Drawing the cockpit as it was at the end"
    local picture=${session%.sluice}.png
    "$root/build/$preset/bin/sluice" --snapshot "$picture" "$session"
    echo "$picture"
    tell_next "$sluicectl" "$session" "$outcome"
    return "$outcome"
}

given() { # option, argument…: is it among them, as "--name value" or "--name=value"?
    local option=$1 argument
    shift
    for argument in "$@"; do
        [[ $argument = "$option" || $argument = "$option="* ]] && return
    done
    return 1
}

value_of() { # option, argument…
    local option=$1
    shift
    while [ $# -gt 0 ]; do
        case $1 in
        "$option") printf '%s' "${2-}" && return ;;
        "$option="*) printf '%s' "${1#*=}" && return ;;
        esac
        shift
    done
}

fresh_session() {
    local home=${HOME:-$(getent passwd "$(id -u)" | cut -d: -f6)}
    local folder=${XDG_DATA_HOME:-$home/.local/share}/sluice/sessions
    mkdir -p "$folder"
    local name number=2
    name=nova-blue-green-$(date +%Y-%m-%d-%H%M%S)
    local file=$folder/$name.sluice
    while [ -e "$file" ]; do
        file=$folder/$name-$((number++)).sluice
    done
    printf '%s' "$file"
}

tell_next() { # sluicectl, session, outcome
    local what
    case $3 in
    0) what='The release went through.' ;;
    1) what='The release failed or was rolled back (exit 1).' ;;
    4) what='A person must decide (exit 4).' ;;
    *) what="The rehearsal ended with exit $3." ;;
    esac
    local ctl session
    ctl=$(printf '%q' "$1") session=$(printf '%q' "$2")
    say "$what It is recorded in $2"
    cat <<TEXT
Next:
  what happened, in order:       $ctl log $session
  how it stands (or at a time):  $ctl state $session [--at T+01:30:00]
  what was measured:             $ctl query $session
  one series, as CSV:            $ctl query $session error_ratio
  the same, with a fault:        ./dev demo --fault 'split:green>=50 errors 8% on green'
TEXT
}

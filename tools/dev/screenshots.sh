# Pictures of every screen and state, both themes, three sizes: to be laid beside the design, and for the README.
# All sessions are recorded anew, below the folder; nothing of the person's own settings or sessions is touched.

source "$root/tools/dev/screens/language.sh"
source "$root/tools/dev/screens/people.sh"

screenshots() { # [folder]
    local folder=${1:-build/screenshots}
    install_missing "${to_build[@]}"
    build "$preset" sluice sluicectl sluice-exec
    mkdir -p "$folder/sessions"
    folder=$(cd "$folder" && pwd)
    export XDG_CONFIG_HOME=$folder/of-user/config XDG_DATA_HOME=$folder/of-user/data XDG_STATE_HOME=$folder/of-user/state
    export XDG_CACHE_HOME=$folder/of-user/cache CCACHE_DIR=${CCACHE_DIR:-}
    rm -rf "$folder/of-user"
    local start=$SECONDS
    say "Recording"
    record_all "$folder/sessions"
    say "Drawing"
    local theme size
    { wishes "$folder/sessions" && wishes_of_language "$folder/sessions" && wishes_of_people "$folder/sessions"; } >"$folder/wishes"
    for theme in dark light; do
        for size in 1280x800 1600x1000 2560x1440; do
            sed "s|^|$theme $size $folder |" "$folder/wishes"
        done
    done | xargs -P "$jobs" -L 1 "$root/tools/dev/screens/draw.sh" "build/$preset/bin/sluice"
    echo "$(ls "$folder"/*.png | wc -l) pictures in $folder, $((SECONDS - start)) s"
}

# A line a picture: its name, the arguments of `sluice --snapshot`.
wishes() { # folder of the sessions
    local s=$1
    cat <<END
start --view start
manual --view manual cockpit
preview --view plan plans/nova/blue-green.yaml --set version=v1.2.4 --set previous=v1.2.3
preview-errors --view plan tools/dev/screens/broken.yaml
confirm --at T+00:00:02 $s/states.sluice
approve --at T+00:00:07 $s/states.sluice
decide --at T+00:00:12 $s/states.sluice
wait --at T+00:01:00 $s/states.sluice
group --at T+00:02:40 $s/states.sluice
probe --at T+00:03:12 $s/states.sluice
patch --at T+00:03:36 $s/states.sluice
run --at T+00:04:30 $s/states.sluice
triage $s/triage.sluice
in-doubt $s/in-doubt.sluice
paused $s/paused.sluice
aborted $s/aborted.sluice
window --at 2026-01-05T23:30:00Z $s/no-data.sluice
holding --at T+00:42:13 $s/done.sluice
no-data --at 2026-01-06T02:15:10Z $s/no-data.sluice
breached --at T+00:15:30 $s/rolled-back.sluice
rolling-back --at T+00:20:53 $s/rolled-back.sluice
rolled-back $s/rolled-back.sluice
done $s/done.sluice
sources --view sources --at T+00:42:13 $s/done.sluice
sources-no-data --view sources --at 2026-01-06T02:15:10Z $s/no-data.sluice
replay --view replay --at T+00:42:13 $s/done.sluice
replay-rolled-back --view replay --at T+00:20:53 $s/rolled-back.sluice
war-room --view war-room --at T+00:42:13 $s/done.sluice
war-room-no-data --view war-room --at 2026-01-06T02:15:10Z $s/no-data.sluice
war-room-breached --view war-room --at T+00:15:30 $s/rolled-back.sluice
war-room-rolling-back --view war-room --at T+00:20:53 $s/rolled-back.sluice
war-room-rolled-back --view war-room $s/rolled-back.sluice
war-room-paused --view war-room $s/paused.sluice
war-room-in-doubt --view war-room $s/in-doubt.sluice
war-room-done --view war-room $s/done.sluice
END
}

record_all() { # folder
    local s=$1 ctl=build/$preset/bin/sluicectl
    rm -rf "$s"/*
    nova "$s/done.sluice"
    nova "$s/rolled-back.sluice" --fault 'split:green>=25 errors 8% on green'
    nova "$s/no-data.sluice" --start 2026-01-05T23:00:00Z --fault 'split:green>=25 no data for 3m'
    recorded "0 4" rehearse tools/dev/screens/states.yaml --assume-yes --quiet --speed 0 \
        --fault 'step:settings api slow 5s for 30s' --session "$s/states.sluice"
    recorded 4 rehearse tools/dev/screens/states.yaml --assume-yes --quiet --speed 0 \
        --fault 'step:settings conflict' --session "$s/triage.sluice"
    killed_at_work "$s/in-doubt.sluice"
    paused_and_aborted "$s"
    record_language "$s"
    record_people "$s"
}

nova() { # session, argument of rehearse…
    local session=$1
    shift
    recorded "0 1" rehearse plans/nova/blue-green.yaml --set version=v1.2.4 --set previous=v1.2.3 \
        --assume-yes --quiet --speed 0 --session "$session" "$@"
}

recorded() { # exit codes that are right, argument of sluicectl…
    local right=$1 status=0
    shift
    "$ctl" "$@" </dev/null >>"$s/recording.log" 2>&1 || status=$?
    [[ " $right " == *" $status "* ]] || die "sluicectl $* ended with $status, see $s/recording.log"
}

# Until there is such an event of the step ('-' for any) in what `owner` records.
logged() { # session, event, step
    local tries
    for tries in $(seq 300); do
        if python3 -B tools/dev/screens/moment.py "$ctl" "$@" >/dev/null 2>&1; then
            return 0
        fi
        sleep 0.1
    done
    kill "$owner" 2>/dev/null
    die "$1: no $2 of $3"
}

# Starts the plan whose program lasts; sets owner, and the ids of the wrapper and of what runs under it.
begin_to_work() { # session
    "$ctl" run tools/dev/screens/in-doubt.yaml --session "$1" --operator a.lead </dev/null >>"$s/recording.log" 2>&1 &
    owner=$!
    local tries
    for tries in $(seq 100); do
        wrapper=$(pgrep -P "$owner" | head -1) || true
        program=$([ -z "$wrapper" ] || pgrep -P "$wrapper" | head -1) || true
        [ -n "$program" ] && sleep 0.5 && return
        sleep 0.1
    done
    die "the program of tools/dev/screens/in-doubt.yaml was not started"
}

killed_at_work() { # session
    local owner wrapper program
    begin_to_work "$1"
    kill -9 "$owner" "$wrapper"
    kill -9 $(pgrep -P "$program") "$program" || true
    wait "$owner" 2>/dev/null || true
    recorded 4 resume "$1" --operator a.lead
}

paused_and_aborted() { # folder
    local owner wrapper program
    begin_to_work "$1/aborted.sluice"
    recorded 0 do "$1/aborted.sluice" pause --reason 'the on-call asks for five minutes'
    recorded 0 export "$1/aborted.sluice" -o "$1/paused.sluice"
    recorded 0 do "$1/aborted.sluice" abort --reason 'the change is put off to Thursday'
    kill $(pgrep -P "$program") || true # its program ends by itself, and the session with it
    wait "$owner" || true
}

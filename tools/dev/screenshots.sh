# Pictures of every screen, both themes, three sizes: to be laid beside the design, and for the README.

screenshots() { # folder
    local folder=${1:-build/screenshots}
    install_missing "${to_build[@]}"
    build "$preset" sluice sluicectl sluice-exec
    mkdir -p "$folder"
    local good=$folder/done.sluice back=$folder/rolled-back.sluice
    record_nova "$good"
    record_nova "$back" --fault 'split:green>=25 errors 8% on green'
    local theme size
    for theme in dark light; do
        for size in 1280x800 1600x1000 2560x1440; do
            picture "$folder/holding-$theme-$size.png" --at T+00:42:13 "$good"
            picture "$folder/rolling-back-$theme-$size.png" --at T+00:20:54 "$back"
            picture "$folder/rolled-back-$theme-$size.png" "$back"
            picture "$folder/done-$theme-$size.png" "$good"
            picture "$folder/war-room-$theme-$size.png" --view war-room --at T+00:42:13 "$good"
            picture "$folder/war-room-back-$theme-$size.png" --view war-room --at T+00:20:54 "$back"
        done
    done
    echo "pictures in $folder"
}

record_nova() { # session, argument of rehearse…
    local session=$1 status=0
    shift
    rm -f "$session"
    "build/$preset/bin/sluicectl" rehearse plans/nova/blue-green.yaml --set version=v1.2.4 --set previous=v1.2.3 \
        --assume-yes --quiet --session "$session" "$@" || status=$?
    [ $status -le 1 ] # a rollback is what is wanted of one of them
}

picture() { # PNG, argument of sluice… (theme and size of the loop that calls)
    local file=$1
    shift
    "build/$preset/bin/sluice" --snapshot "$file" --theme "$theme" --size "$size" "$@"
}

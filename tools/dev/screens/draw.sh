#!/bin/bash
# One picture of `./dev screenshots`: PROGRAM THEME SIZE FOLDER NAME ARGUMENT…
set -euo pipefail
program=$1 theme=$2 size=$3 folder=$4 name=$5
shift 5
# As its lead had it, where nothing else is said: the sessions are over, and would be drawn as replays.
[[ " $* " == *" --view "* ]] || set -- --view cockpit "$@"
export QT_QPA_PLATFORM=offscreen
"$program" --snapshot "$folder/$name-$theme-$size.png" --theme "$theme" --size "$size" "$@" 2>&1 |
    { grep -v 'propagateSizeHints\|XDG_RUNTIME_DIR' || true; }

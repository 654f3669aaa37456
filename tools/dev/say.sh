# What ./dev says, and how it stops.

say() { printf '\033[1m%s\033[0m\n' "$*" | plain_unless_terminal; }

plain_unless_terminal() {
    if [ -t 1 ]; then cat; else sed 's/\x1b\[[0-9;]*m//g'; fi
}

die() { # message [exit code]
    printf 'dev: %s\n' "$1" >&2
    exit "${2:-1}"
}

# git, also where the checkout belongs to another user (a container's mount).
git_here() { git -c safe.directory="$root" -C "$root" "$@"; }

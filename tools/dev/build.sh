# Building and testing.

build_targets() { # target…
    install_missing "${to_build[@]}"
    build "$preset" "$@"
}

build() { # preset [target…]
    local preset=$1 targets=()
    shift
    [ $# -eq 0 ] || targets=(--target "$@")
    keep_cache_writable
    local start=$SECONDS
    configure "$preset"
    cmake --build "build/$preset" --parallel "$jobs" "${targets[@]}"
    echo "built ($preset) in $((SECONDS - start)) s"
}

# Quiet unless it fails. Always, and not only once: a changed preset does not reconfigure by itself.
configure() { # preset
    local log=build/configure-$1.log
    mkdir -p build
    cmake --preset "$1" >"$log" 2>&1 || {
        cat "$log" >&2
        die "cmake --preset $1 failed"
    }
    run_moc_for_new_files "build/$1"
}

# CMake 3.25's rule for moc knows the files that it read the last time, not the list of files: a new one is missed.
run_moc_for_new_files() { # folder
    local list made
    while IFS= read -r -d '' list; do
        made=${list%/CMakeFiles/*}/$(basename "$(dirname "$list")" .dir)/timestamp
        if [ "$list" -nt "$made" ]; then
            rm -f "$made"
        fi
    done < <(find "$1" -name AutogenInfo.json -print0)
}

# ccache fails where it can't write; some machines have no home to write to.
keep_cache_writable() {
    local cache=${CCACHE_DIR:-${XDG_CACHE_HOME:-${HOME:-/nonexistent}/.cache}/ccache}
    if ! mkdir -p "$cache" 2>/dev/null || [ ! -w "$cache" ]; then
        export CCACHE_DIR=$root/build/ccache
    fi
}

# Tests need no display, no network but loopback, and no rights.
run_tests() { # ctest argument…
    install_missing "${to_build[@]}"
    build "$preset"
    unset DISPLAY WAYLAND_DISPLAY http_proxy https_proxy HTTP_PROXY HTTPS_PROXY all_proxy ALL_PROXY
    export QT_QPA_PLATFORM=offscreen UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}
    say "Testing ($preset)"
    ctest --preset "$preset" "$@"
}

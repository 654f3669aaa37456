# Measurements: tests/bench/NAME.cpp is the program bench_NAME, which prints its ratios and fails when one is not held.

bench() { # name…
    local sources=() source names=("$@")
    shopt -s nullglob
    sources=(tests/bench/*.cpp)
    shopt -u nullglob
    if [ ${#sources[@]} -eq 0 ]; then
        echo "There are no benchmarks yet: tests/bench has no programs."
        return
    fi
    if [ ${#names[@]} -eq 0 ]; then
        for source in "${sources[@]}"; do names+=("$(basename "$source" .cpp)"); done
    fi
    install_missing "${to_build[@]}"
    build "$preset" "${names[@]/#/bench_}"
    local name
    for name in "${names[@]}"; do
        say "$name"
        "build/$preset/tests/bench/bench_$name"
    done
}

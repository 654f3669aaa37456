# Hostile input: tests/fuzz/NAME.cpp is the program fuzz_NAME (libFuzzer), which ends at the first input that is wrong.

fuzz() { # name…
    local names=("$@") source name
    if [ ${#names[@]} -eq 0 ]; then
        for source in tests/fuzz/*.cpp; do names+=("$(basename "$source" .cpp)"); done
    fi
    install_missing "${to_build[@]}" "${to_fuzz[@]}"
    build fuzz "${names[@]/#/fuzz_}"
    for name in "${names[@]}"; do
        say "$name"
        # What it finds new is kept from run to run in the build folder; an input that fails is written there as well.
        mkdir -p "build/fuzz/inputs/$name"
        "build/fuzz/tests/fuzz/fuzz_$name" -runs="${SLUICE_RUNS:-1000000}" -max_len=4096 -timeout=10 -print_final_stats=1 \
            -verbosity=0 -artifact_prefix="build/fuzz/failed-$name-" "build/fuzz/inputs/$name" "tests/fuzz/seeds/$name"
    done
}

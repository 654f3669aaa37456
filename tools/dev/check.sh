# What can be said about the code without running it. All parts run, also after one has failed; the cheap ones first.

max_lines=600   # of a file of code; past that nobody reads it
max_tidied=20   # files that clang-tidy looks at; a change is seldom larger, and each takes several seconds

check() { # [--since COMMIT | --all]
    local since=${SLUICE_CHECK_SINCE:-}
    case ${1:-} in
    '') ;;
    --since) since=${2:?--since needs a commit} ;;
    --all) since=all ;;
    *) die "check does not know '$1'" 2 ;;
    esac
    install_missing "${to_build[@]}" "${to_check[@]}"
    git_here rev-parse --is-inside-work-tree >/dev/null || die "check looks at tracked files and needs a git checkout" 3

    failed=()
    part 'format' check_format
    part 'length of files' check_lengths
    part 'white space' check_white_space
    part 'texts that belong to one machine' check_places
    part 'desktop files' check_desktop_files
    part 'build without warnings' check_build "$since"
    if [[ " ${failed[*]} " = *' check_build '* ]]; then
        echo "not checked, since the build failed: plans, clang-tidy"
    else
        part 'plans' check_plans
        part 'clang-tidy' check_tidy "$since"
    fi
    if [ ${#failed[@]} -gt 0 ]; then
        die "failed: ${failed[*]}"
    fi
    say 'All checks passed'
}

# A subshell, so that the first failure ends the part and not the whole.
part() { # title, function, argument…
    local title=$1 start=$SECONDS status=0
    shift
    say "Checking: $title"
    set +e
    (set -e && "$@")
    status=$?
    set -e
    [ $status -eq 0 ] || failed+=("$1")
    echo "  $([ $status -eq 0 ] && echo ok || echo FAILED), $((SECONDS - start)) s"
}

tracked() { git_here ls-files -z -- "$@"; }

check_format() { tracked '*.cpp' '*.h' | xargs -0 -r -P "$jobs" -n 20 clang-format --dry-run -Werror; }

format() {
    install_missing "${to_check[@]}"
    tracked '*.cpp' '*.h' | xargs -0 -r clang-format -i
}

check_lengths() {
    local long
    long=$(tracked '*.cpp' '*.h' '*.py' '*.sh' '*.cmake' '*CMakeLists.txt' dev .ci/run | xargs -0 wc -l |
        awk -v most=$max_lines '$1 > most && $2 != "total"')
    [ -z "$long" ] || { echo "more than $max_lines lines:" && echo "$long" && false; }
}

check_white_space() {
    no_match 'white space at the end of a line' -I -n -E '[[:blank:]]+$' -- . ':!LICENSE'
}

# Where packages come from and where somebody's home lies is each machine's own business.
check_places() {
    local hosts='registry[.]npmjs[.]org|pypi[.]org|pythonhosted[.]org|repo1?[.]maven[.]apache[.]org|proxy[.]golang[.]org'
    hosts+='|crates[.]io|rubygems[.]org|deb[.]debian[.]org|archive[.]ubuntu[.]com|conan[.]io|art[i]factory|nexus[.]'
    no_match 'a package registry' -I -n -i -E "$hosts" -- . ':!LICENSE'
    # The lead, of whom tests tell, lives on no machine.
    no_match 'a home of this or that machine' -I -n -P '/home/(?!lead/)[a-z]|/root[/]|/Users/[a-zA-Z]' -- . ':!LICENSE'
    if [[ $root = /*/* ]]; then
        no_match 'the place of this checkout' -I -n -F "$root" -- .
    fi
}

no_match() { # what it would be, argument of git grep…
    local what=$1 status=0
    shift
    git_here --no-pager grep "$@" || status=$?
    case $status in
    0) echo "^ $what" && return 1 ;;
    1) return 0 ;;
    *) return "$status" ;; # git grep itself failed
    esac
}

check_desktop_files() {
    local desktop metainfo
    mapfile -d '' desktop < <(tracked '*.desktop')
    mapfile -d '' metainfo < <(tracked '*.metainfo.xml')
    if [ ${#desktop[@]} -gt 0 ]; then
        install_missing desktop-file-utils
        desktop-file-validate "${desktop[@]}"
    fi
    if [ ${#metainfo[@]} -gt 0 ]; then
        install_missing appstream
        appstreamcli validate --no-net "${metainfo[@]}"
    fi
    [ $((${#desktop[@]} + ${#metainfo[@]})) -gt 0 ] || echo "  there are none yet"
}

# Each file by itself, as the preset dev has it, and without making anything of it (look.py); what is generated from our
# files (by moc) is made first. As with clang-tidy those that a change touches: all of them take longer than the build,
# which compiles them too.
check_build() { # commit | all | nothing
    local files=()
    configure dev
    local generated
    mapfile -t generated < <(ninja -C build/dev -t targets all |
        sed -n '/CMakeFiles/d; s/^\([a-z][^:]*_autogen\): phony$/\1/p')
    cmake --build build/dev --parallel "$jobs" --target "${generated[@]}" >build/dev/generated.log 2>&1 || {
        cat build/dev/generated.log
        return 1
    }
    if [ "$1" != all ]; then
        mapfile -d '' files < <(touched_since "$(compared_with "$1")")
        echo "  ${#files[@]} .cpp files that the change touches (./dev check --all looks at all)"
        [ ${#files[@]} -gt 0 ] || return 0
    fi
    python3 -B tools/dev/look.py build/dev . "$jobs" "${files[@]}"
}

# What has changed, and what includes a header that has: by its path below core/, ui/, app/ or tests/, or its bare name.
touched_since() { # commit
    local header including=()
    while IFS= read -r -d '' header; do
        including+=(-e "#include \"${header#*/}\"" -e "#include \"${header##*/}\"")
    done < <(git_here diff --name-only -z --diff-filter=d "$1" -- '*.h')
    {
        git_here diff --name-only -z --diff-filter=d "$1" -- '*.cpp'
        git_here ls-files -z --others --exclude-standard -- '*.cpp'
        [ ${#including[@]} -eq 0 ] || git_here grep -lzF "${including[@]}" -- '*.cpp'
    } | sort -zu
}

# A plan says `sluice:` first; other files beside it (worlds, manifests) don't.
check_plans() {
    local plans
    mapfile -d '' plans < <(tracked 'plans/*.yaml' | xargs -0 -r grep -lZE '^sluice:')
    [ ${#plans[@]} -gt 0 ] || { echo "there are no plans" && false; }
    build "$preset" sluicectl >build/sluicectl.log || { cat build/sluicectl.log && false; }
    "build/$preset/bin/sluicectl" validate "${plans[@]}"
}

check_tidy() { # commit | all | nothing
    local files=() chosen base
    if [ "$1" = all ]; then
        mapfile -d '' files < <(tracked '*.cpp')
        base='(all files)' max_tidied=${#files[@]}
    else
        base=$(compared_with "$1")
        mapfile -d '' files < <(changed_since "$base")
    fi
    chosen=("${files[@]:0:$max_tidied}")
    echo "  ${#chosen[@]} .cpp files of ${#files[@]} that differ from $base"
    [ ${#chosen[@]} -gt 0 ] || return 0
    export -f tidy_one
    printf '%s\0' "${chosen[@]}" | xargs -0 -P "$jobs" -n 1 bash -c 'tidy_one "$1"' tidy || {
        [ ${#files[@]} -le ${#chosen[@]} ] || echo "  the other files were not looked at"
        return 1
    }
    if [ ${#files[@]} -gt ${#chosen[@]} ]; then
        echo "  not looked at, since there are more than $max_tidied (./dev check --all does):"
        printf '    %s\n' "${files[@]:$max_tidied}"
    fi
}

# The preset dev has no precompiled headers, which clang can't read; gcc's warnings have other names there.
tidy_one() { # file
    local told status=0
    told=$(clang-tidy -p build/dev --quiet --extra-arg=-Wno-unknown-warning-option "$1" 2>&1) || status=$?
    if [ $status -ne 0 ]; then
        printf '%s:\n%s\n' "$1" "$told"
    fi
    return $status
}

compared_with() { # commit | nothing
    if [ -n "$1" ]; then
        git_here merge-base HEAD "$1"
    elif git_here rev-parse --verify -q origin/main >/dev/null &&
        [ "$(git_here rev-parse origin/main)" != "$(git_here rev-parse HEAD)" ]; then
        git_here merge-base HEAD origin/main
    elif git_here rev-parse --verify -q HEAD~1; then
        : # printed by rev-parse
    else
        git_here hash-object -t tree /dev/null # a first commit, or a shallow clone: everything is new
    fi
}

# With what is not committed yet; deleted files and those without a compile command (none is generated) are left out.
changed_since() { # commit
    {
        git_here diff --name-only -z --diff-filter=d "$1" -- '*.cpp'
        git_here ls-files -z --others --exclude-standard -- '*.cpp'
    } | sort -zu | while IFS= read -r -d '' file; do
        if grep -qF "\"$root/$file\"" build/dev/compile_commands.json; then
            printf '%s\0' "$file"
        else
            echo "  not looked at (no part of the build): $file" >&2
        fi
    done
}

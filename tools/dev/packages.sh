# Debian 12 packages that are needed, each with the reason; installed only when missing.

to_build=(
    cmake ninja-build                            # the build
    g++ mold ccache                              # compiler; a quick linker; not compiling the same twice
    pkg-config                                   # finds librdkafka, yaml-cpp and zstd
    git ca-certificates                          # what changed, who to believe in TLS
    qt6-base-dev                                 # event loop, HTTP, sockets, processes, Qt Test
    qt6-charts-dev libqt6opengl6-dev             # the charts; CMake finds the first only with the second
    qt6-svg-dev librsvg2-bin                     # the icon: drawn by the program, and made into pixels for desktops
    fonts-inter fonts-jetbrains-mono             # the type of the screens
    qt6-httpserver-dev qt6-websockets-dev        # the range's servers; the first needs the second
    qtkeychain-qt6-dev libsecret-1-0             # secrets in the desk's keychain: the first loads the second by itself
    librdkafka-dev                               # Kafka lag, and the range's brokers
    libyaml-cpp-dev                              # plans, manifests, kubeconfig
    libdtl-dev                                   # the diff of an amended plan
    libsqlite3-dev libzstd-dev                   # the session file
    libssl-dev                                   # SHA-256, Ed25519, the range's certificates
    libexpected-dev libfmt-dev nlohmann-json3-dev # Result, text, JSON
    libhowardhinnant-date-dev tzdata             # calendars in time zones
    libcli11-dev                                 # command lines
    librapidcheck-dev                            # tests with drawn values
    python3                                      # tools/verify_session.py, tests/crash, tests/run
    dbus-daemon                                  # tests: the desktop that keeps a screen from going dark
    openssh-client                               # ssh-keygen signs and verifies approvals; an agent for its tests
    curl                                         # tests: what is typed by hand, by the real program
    strace                                       # tests/crash: kills at a system call, and checks their order
)
to_check=(
    clang-format clang-tidy # version 14: the format and what warnings don't see
)

to_fuzz=(
    clang-14 libclang-rt-14-dev # libFuzzer and the sanitizers
)

install_missing() { # package…
    if ! command -v dpkg-query >/dev/null; then
        echo "dev: this is no Debian; it is taken that these are there: $*" >&2
        return
    fi
    local missing=() package
    for package in "$@"; do
        is_installed "$package" || missing+=("$package")
    done
    if [ ${#missing[@]} -gt 0 ]; then
        say "Installing ${missing[*]}"
        as_root "${missing[*]}" apt-get -o DPkg::Lock::Timeout=300 update -qq
        as_root "${missing[*]}" apt-get -o DPkg::Lock::Timeout=300 install -y -qq --no-install-recommends "${missing[@]}"
    fi
}

is_installed() { dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null | grep -qx installed; }

as_root() { # what it is for, command…
    local packages=$1
    shift
    if [ "$(id -u)" -eq 0 ]; then
        DEBIAN_FRONTEND=noninteractive "$@" </dev/null
    elif ! command -v sudo >/dev/null; then
        die "packages are missing, and this is neither root nor is there sudo. As root:
  apt-get update && apt-get install --no-install-recommends $packages" 3
    elif [ -t 0 ]; then
        sudo env DEBIAN_FRONTEND=noninteractive "$@"
    else
        sudo -n env DEBIAN_FRONTEND=noninteractive "$@" </dev/null ||
            die "packages are missing, and sudo wants a password that nobody can type here. As root:
  apt-get update && apt-get install --no-install-recommends $packages" 3
    fi
}

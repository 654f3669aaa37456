#pragma once
#include "spec.h"

#include <sys/types.h>

namespace sluice::exec {

/// A child that waits to be let go, in a process group of its own, with /dev/null as its input and a pipe as its
/// output.
struct Child {
    pid_t pid = -1;
    int output = -1;  ///< our end, non-blocking
    int go = -1;      ///< a byte lets it go; closing it instead ends it
    int trouble = -1; ///< gives a Trouble, or its end once the program runs
};

struct Trouble {
    int stage = 0; ///< 0 directory, 1 program
    int error = 0; ///< errno
};

Result<Child> prepare(const Spec& spec);

/// Lets it go. The error says what could not be found or executed. Never a shell: a file without `#!` is an error too.
Result<void> release(Child& child, const Spec& spec);

} // namespace sluice::exec

#pragma once
#include <ctime>

namespace sluice::bench {

/// Processor time that the calling thread has had, ms: what other programs on the machine don't lengthen.
inline double processor_ms() {
    timespec had{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &had);
    return static_cast<double>(had.tv_sec) * 1e3 + static_cast<double>(had.tv_nsec) / 1e6;
}

} // namespace sluice::bench

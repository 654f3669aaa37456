/// sluice-exec SPEC: runs one process of a plan, owns its output and writes down how it ended, also when the program
/// that started it is gone (DESIGN.md, "Processes"). spec.h says what SPEC is, records.h what is left behind.
///
/// Leads a session of its own and adopts every orphan below it. At the time-out, or when told so by SIGTERM, the whole
/// group and all descendants get SIGTERM and, after the grace, SIGKILL. When the process has ended, what it left
/// running in the background gets the grace to end by itself, then SIGKILL: nothing outlives its step unseen. Ends with
/// 0 once the exit record is durable, with 2 for a bad spec, with 3 if a record can't be written.
#include "child.h"
#include "descendants.h"
#include "kept_output.h"
#include "records.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

namespace sluice::exec {
namespace {

Nanos running_clock() {
    timespec time{};
    clock_gettime(CLOCK_MONOTONIC, &time);
    return seconds(time.tv_sec) + Nanos{time.tv_nsec};
}

int take_signals() {
    sigset_t taken;
    sigemptyset(&taken);
    for (const int signal : {SIGCHLD, SIGTERM, SIGINT, SIGHUP}) {
        sigaddset(&taken, signal);
    }
    ::sigprocmask(SIG_BLOCK, &taken, nullptr);
    ::signal(SIGPIPE, SIG_IGN);
    return ::signalfd(-1, &taken, SFD_CLOEXEC | SFD_NONBLOCK);
}

/// One process from its start to the end of everything below it.
class Watch {
public:
    Watch(const Spec& spec, const Child& child, int signals, KeptOutput& output, Ending& ending)
        : spec_(spec), child_(child), signals_(signals), output_(output), redactor_(spec.secrets), ending_(ending),
          deadline_(running_clock() + spec.timeout) {}

    void until_the_end() {
        while (!over()) {
            wait();
            read_output();
            read_signals();
            reap();
            press_on();
        }
        output_.take(redactor_.finish());
    }

private:
    enum class Pressure { none, asked, forced };

    bool over() const { return ended_ && !has_children_ && output_closed_; }

    void wait() {
        pollfd watched[2] = {{signals_, POLLIN, 0}, {output_closed_ ? -1 : child_.output, POLLIN, 0}};
        const Nanos left = deadline_ - running_clock();
        const auto milliseconds = std::clamp<std::int64_t>(left.count / 1'000'000 + 1, 0, 60'000);
        // A killed descendant is adopted and reaped in several steps, not all of which raise a signal.
        ::poll(watched, 2, static_cast<int>(pressure_ == Pressure::forced ? 20 : milliseconds));
    }

    void read_output() {
        char buffer[1 << 16];
        for (int round = 0; round < 64 && !output_closed_; ++round) { // then look at the clock again
            const ssize_t n = ::read(child_.output, buffer, sizeof buffer);
            if (n > 0) {
                output_.take(redactor_.feed({buffer, static_cast<std::size_t>(n)}));
            } else if (n == 0) {
                output_closed_ = true;
            } else {
                break;
            }
        }
    }

    void read_signals() {
        signalfd_siginfo signal{};
        while (::read(signals_, &signal, sizeof signal) == sizeof signal) {
            if (signal.ssi_signo == SIGTERM && !ended_ && pressure_ == Pressure::none) {
                ending_.cancelled = true;
                ask();
            } // SIGHUP and SIGINT are for the terminal that we left
        }
    }

    void reap() {
        int status = 0;
        pid_t pid = 0;
        while ((pid = ::waitpid(-1, &status, WNOHANG)) > 0) {
            if (pid != child_.pid) {
                continue;
            }
            ended_ = true;
            ending_.ended = wall_clock();
            if (WIFSIGNALED(status)) {
                ending_.signal = WTERMSIG(status);
            } else {
                ending_.exit_code = WEXITSTATUS(status);
            }
            if (pressure_ == Pressure::none) {
                deadline_ = running_clock() + spec_.grace;
            }
        }
        has_children_ = pid == 0;
    }

    void ask() {
        pressure_ = Pressure::asked;
        deadline_ = running_clock() + spec_.grace;
        signal_all(child_.pid, SIGTERM);
    }

    void press_on() {
        if (over() || (pressure_ != Pressure::forced && running_clock() < deadline_)) {
            return;
        }
        if (pressure_ == Pressure::none && !ended_) {
            ending_.timed_out = true;
            ask();
            return;
        }
        const auto rest = descendants();
        if (pressure_ == Pressure::none) {
            ending_.left_behind = static_cast<int>(rest.size());
        }
        pressure_ = Pressure::forced;
        signal_all(child_.pid, SIGKILL);
        if (ended_ && rest.empty()) {
            read_output(); // the pipe can now be held only by a process that is not ours
            output_closed_ = true;
        }
    }

    const Spec& spec_;
    const Child& child_;
    int signals_;
    KeptOutput& output_;
    Redactor redactor_;
    Ending& ending_;
    Nanos deadline_;
    Pressure pressure_ = Pressure::none;
    bool ended_ = false;
    bool has_children_ = true;
    bool output_closed_ = false;
};

int complain(const Error& error, int code) {
    std::fprintf(stderr, "sluice-exec: %s\n", to_text(error).c_str());
    return code;
}

int run(const Spec& spec) {
    ::close_range(3, ~0U, 0); // the spec too, which may be a file without a name
    const int signals = take_signals();
    if (::getsid(0) != ::getpid()) {
        ::setsid();
    }
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);
    KeptOutput output(spec.directory + "/output", spec.budget);
    if (!output.is_open()) {
        return complain({ErrorCode::io, std::strerror(errno), spec.directory + "/output", {}}, 3);
    }
    auto child = prepare(spec);
    if (!child) {
        return complain(child.error(), 3);
    }
    // Before it runs: a directory without this record means that nothing was started.
    if (const auto written = write_started(spec, child->pid, output.head_limit()); !written) {
        return complain(written.error(), 3);
    }
    Ending ending;
    ending.started = wall_clock();
    if (const auto released = release(*child, spec); !released) {
        ending.error = to_text(released.error());
        ending.ended = wall_clock();
    } else {
        Watch(spec, *child, signals, output, ending).until_the_end();
    }
    output.finish();
    ending.length = output.length();
    ending.head = output.head();
    ending.tail = output.tail();
    ending.digest = output.digest();
    const auto written = write_ending(spec, ending);
    return written ? 0 : complain(written.error(), 3);
}

} // namespace
} // namespace sluice::exec

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fprintf(stderr, "usage: sluice-exec SPEC\n");
        return 2;
    }
    const auto spec = sluice::exec::read_spec(argv[1]);
    if (!spec) {
        return sluice::exec::complain(spec.error(), 2);
    }
    return sluice::exec::run(*spec);
}

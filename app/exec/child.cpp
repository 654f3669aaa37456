#include "child.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <sys/prctl.h>
#include <unistd.h>

namespace sluice::exec {
namespace {

std::vector<std::string> candidates(const Spec& spec) {
    const std::string& program = spec.argv[0];
    if (program.find('/') != std::string::npos) {
        return {program};
    }
    const auto path = spec.env.find("PATH");
    std::vector<std::string> found;
    std::string_view rest = path == spec.env.end() ? std::string_view("/usr/bin:/bin") : std::string_view(path->second);
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find(':'), rest.size());
        if (end > 0) { // an empty entry would mean the current directory
            found.push_back(std::string(rest.substr(0, end)) + "/" + program);
        }
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return found;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> made;
    for (std::string& text : texts) {
        made.push_back(text.data());
    }
    made.push_back(nullptr);
    return made;
}

/// In the child; only system calls from here on.
[[noreturn]] void run(const Spec& spec, const std::vector<std::string>& programs, char* const* argv, char* const* env,
                      int output, int go, int trouble) {
    ::setpgid(0, 0);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL); // without its wrapper nobody would know how it ended
    char byte = 0;
    if (::read(go, &byte, 1) != 1) {
        ::_exit(127);
    }
    Trouble why;
    if (!spec.cwd.empty() && ::chdir(spec.cwd.c_str()) != 0) {
        why = {0, errno};
    } else {
        const int null = ::open("/dev/null", O_RDONLY);
        ::dup2(null, 0);
        ::dup2(output, 1);
        ::dup2(output, 2);
        if (null > 2) {
            ::close(null);
        }
        for (const int ignored : {SIGPIPE, SIGHUP, SIGINT, SIGTERM, SIGCHLD}) {
            ::signal(ignored, SIG_DFL);
        }
        sigset_t none;
        sigemptyset(&none);
        ::sigprocmask(SIG_SETMASK, &none, nullptr);
        why = {1, ENOENT};
        for (const std::string& program : programs) {
            ::execve(program.c_str(), argv, env);
            if (errno != ENOENT && errno != ENOTDIR) {
                why.error = errno;
            }
        }
    }
    const auto told = ::write(trouble, &why, sizeof why);
    ::_exit(told == sizeof why ? 126 : 127);
}

} // namespace

Result<Child> prepare(const Spec& spec) {
    int output[2];
    int go[2];
    int trouble[2];
    if (::pipe2(output, O_CLOEXEC) != 0 || ::pipe2(go, O_CLOEXEC) != 0 || ::pipe2(trouble, O_CLOEXEC) != 0) {
        return fail(ErrorCode::io, std::string("could not make a pipe: ") + std::strerror(errno));
    }
    std::vector<std::string> arguments = spec.argv;
    std::vector<std::string> environment;
    for (const auto& [name, value] : spec.env) {
        environment.push_back(name + "=" + value);
    }
    const auto programs = candidates(spec);
    const auto argv = pointers(arguments);
    const auto env = pointers(environment);
    const pid_t pid = ::fork();
    if (pid < 0) {
        return fail(ErrorCode::io, std::string("could not fork: ") + std::strerror(errno));
    }
    if (pid == 0) {
        ::close(go[1]);
        run(spec, programs, argv.data(), env.data(), output[1], go[0], trouble[1]);
    }
    ::setpgid(pid, pid); // both do it, so that it holds whoever comes first
    ::close(output[1]);
    ::close(go[0]);
    ::close(trouble[1]);
    ::fcntl(output[0], F_SETFL, O_NONBLOCK);
    return Child{pid, output[0], go[1], trouble[0]};
}

Result<void> release(Child& child, const Spec& spec) {
    const auto sent = ::write(child.go, "g", 1);
    ::close(child.go);
    Trouble why;
    ssize_t size = 0;
    do {
        size = ::read(child.trouble, &why, sizeof why);
    } while (size < 0 && errno == EINTR);
    ::close(child.trouble);
    if (sent != 1) {
        return fail(ErrorCode::io, "the process ended before it could be started");
    }
    if (size != sizeof why) {
        return {};
    }
    if (why.stage == 0) {
        return fail(ErrorCode::not_found,
                    std::string("the working directory can't be entered: ") + std::strerror(why.error), spec.cwd);
    }
    return fail(ErrorCode::not_found,
                why.error == ENOENT    ? std::string("the program was not found")
                : why.error == ENOEXEC ? std::string("the program is neither a binary nor a script that begins with #!")
                                       : std::string("the program can't be executed: ") + std::strerror(why.error),
                spec.argv[0]);
}

} // namespace sluice::exec

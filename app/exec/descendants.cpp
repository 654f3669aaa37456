#include "descendants.h"

#include <csignal>
#include <cstdlib>
#include <dirent.h>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <unistd.h>

namespace sluice::exec {
namespace {

/// 0 if it has ended meanwhile, or is a zombie.
pid_t parent_of(const std::string& pid) {
    std::ifstream stream("/proc/" + pid + "/stat");
    const std::string stat((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
    const std::size_t at = stat.rfind(')');
    if (at == std::string::npos || stat.size() < at + 4 || stat[at + 2] == 'Z') {
        return 0;
    }
    return static_cast<pid_t>(std::strtol(stat.c_str() + at + 4, nullptr, 10));
}

} // namespace

std::vector<pid_t> descendants() {
    std::multimap<pid_t, pid_t> children;
    DIR* folder = ::opendir("/proc");
    if (folder == nullptr) {
        return {};
    }
    while (const dirent* entry = ::readdir(folder)) {
        if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9') {
            const std::string pid = entry->d_name;
            children.emplace(parent_of(pid), static_cast<pid_t>(std::strtol(pid.c_str(), nullptr, 10)));
        }
    }
    ::closedir(folder);
    std::vector<pid_t> found{::getpid()};
    for (std::size_t i = 0; i < found.size(); ++i) {
        const auto [begin, end] = children.equal_range(found[i]);
        for (auto child = begin; child != end; ++child) {
            found.push_back(child->second);
        }
    }
    found.erase(found.begin());
    return found;
}

void signal_all(pid_t leader, int signal) {
    ::kill(-leader, signal);
    for (const pid_t pid : descendants()) {
        if (::getpgid(pid) != leader) {
            ::kill(pid, signal);
        }
    }
}

} // namespace sluice::exec

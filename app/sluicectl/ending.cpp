#include "sluicectl/ending.h"

#include <QCoreApplication>
#include <csignal>
#include <fcntl.h>
#include <unistd.h>

namespace sluicectl {
namespace {

int end_pipe[2] = {-1, -1};

void tell_end(int) {
    const char byte = 1;
    [[maybe_unused]] const auto written = ::write(end_pipe[1], &byte, 1);
}

} // namespace

sluice::Result<std::unique_ptr<EndsBySignal>> EndsBySignal::begin() {
    if (::pipe2(end_pipe, O_CLOEXEC | O_NONBLOCK) != 0) {
        return sluice::fail(sluice::ErrorCode::io, "could not make a pipe", "", "are too many files open?");
    }
    return std::unique_ptr<EndsBySignal>(new EndsBySignal);
}

EndsBySignal::EndsBySignal() : told_(end_pipe[0], QSocketNotifier::Read) {
    QObject::connect(&told_, &QSocketNotifier::activated, &told_, [] { QCoreApplication::quit(); });
    std::signal(SIGINT, tell_end);
    std::signal(SIGTERM, tell_end);
}

EndsBySignal::~EndsBySignal() {
    std::signal(SIGINT, SIG_DFL);
    std::signal(SIGTERM, SIG_DFL);
    told_.setEnabled(false);
    for (int& end : end_pipe) {
        ::close(end);
        end = -1;
    }
}

} // namespace sluicectl

#pragma once
#include "host/session_host.h"

#include <QSocketNotifier>
#include <fmt/format.h>
#include <memory>
#include <set>
#include <string>

namespace sluicectl {

/// The person at the terminal: asks what the release waits for, and takes commands at any time.
///
/// The end of input means no: what is asked is refused, and nothing is assumed. The first Ctrl-C pauses, the second
/// aborts.
class Console {
public:
    Console(sluice::host::SessionHost& host, sluice::release::Actor by, bool listen);
    ~Console();

    /// True when a person must decide (triage, in doubt) and none is there to do so.
    bool stuck() const;

    /// Told once: nobody is at the terminal from now on.
    void on_end_of_input(std::function<void()> receiver) { end_of_input_ = std::move(receiver); }

private:
    void ask();
    void read();
    void take(const std::string& line);
    void answer(const std::string& step, const std::vector<std::string>& words, const std::string& rest);
    void submit(const sluice::release::Command& command, const sluice::release::Actor& by);
    void refuse_all();
    sluice::release::Actor refuser(const std::string& step) const;
    void interrupted();

    sluice::host::SessionHost& host_;
    sluice::release::Actor by_;
    bool ended_ = false;
    std::function<void()> end_of_input_;
    int interrupts_ = 0;
    std::string buffer_;
    std::set<std::string> asked_; ///< "step/attempt/status"
    std::unique_ptr<QSocketNotifier> input_, signals_;
};

} // namespace sluicectl

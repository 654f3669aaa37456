#include "host/rehearsal.h"
#include "host/user.h"
#include "net/live_scheduler.h"
#include "range/control.h"
#include "sluicectl/ending.h"
#include "sluicectl/verbs.h"

#include <QCoreApplication>
#include <charconv>

namespace sluicectl {
namespace {

struct RangeOptions {
    std::string plan, listen = "127.0.0.1:0";
    std::vector<std::string> set, faults;
    std::uint64_t seed = 1;
    bool tls = false;
};

sluice::Result<std::uint16_t> port_of(const std::string& address) {
    const auto colon = address.rfind(':');
    std::uint16_t port = 0;
    const std::string text = colon == std::string::npos ? "" : address.substr(colon + 1);
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    const std::string host = address.substr(0, colon);
    if (error != std::errc() || end != text.data() + text.size()) {
        return sluice::fail(sluice::ErrorCode::bad_input, "the port is missing, or is none", "--listen " + address,
                            "for example 127.0.0.1:7700");
    }
    if (host != "127.0.0.1" && host != "localhost") {
        return sluice::fail(sluice::ErrorCode::bad_input, "the range listens on this machine only",
                            "--listen " + address, "for example 127.0.0.1:7700");
    }
    return port;
}

int serve(const RangeOptions& options) {
    int argc = 1;
    char name[] = "sluicectl";
    char* argv[] = {name, nullptr};
    QCoreApplication loop(argc, argv);
    const auto values = sluice::host::settings(options.set);
    if (!values) {
        return complain(values.error());
    }
    const auto port = port_of(options.listen);
    if (!port) {
        return complain(port.error());
    }
    const auto checked = sluice::host::check_plan(options.plan, *values);
    if (!checked) {
        return complain(checked.error());
    }
    const std::string folder = std::filesystem::absolute(options.plan).parent_path().string();
    auto wanted = sluice::host::range_options(checked->plan, checked->values, folder, options.seed, options.faults);
    if (!wanted) {
        return complain(wanted.error());
    }
    wanted->tls = options.tls;
    sluice::net::LiveScheduler scheduler;
    auto range = sluice::range::Range::start(scheduler, std::move(*wanted));
    if (!range) {
        return complain(range.error());
    }
    sluice::range::Control control(scheduler, **range);
    if (const auto listening = control.listen(*port); !listening) {
        return complain(listening.error());
    }
    fmt::print("range: {}\n", control.url());
    std::fflush(stdout);

    const auto ending = EndsBySignal::begin();
    if (!ending) {
        return complain(ending.error());
    }
    QCoreApplication::exec();
    return done;
}

} // namespace

void add_range_verb(CLI::App& app, Action& action) {
    auto* verb = app.add_subcommand("range", "The simulated production in a process of its own, in real time");
    const auto o = std::make_shared<RangeOptions>();
    verb->add_option("PLAN", o->plan, "File of the plan whose production it simulates")->required();
    verb->add_option("--listen", o->listen, "Address of its control; GET /addresses tells the others")
        ->capture_default_str();
    verb->add_option("--set", o->set, "NAME=VALUE, of a variable of the plan")->allow_extra_args(false);
    verb->add_option("--seed", o->seed, "Of the load and its noise")->check(whole_number())->capture_default_str();
    verb->add_option("--fault", o->faults, "'WHEN WHAT [for D] [on ARM]'")->allow_extra_args(false);
    verb->add_flag("--tls", o->tls, "The Kubernetes API speaks HTTPS");
    verb->callback([&action, o] { action = [o] { return serve(*o); }; });
}

} // namespace sluicectl

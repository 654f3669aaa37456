#pragma once
#include "base/scheduler.h"
#include "net/http.h"

#include <QObject>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

class QProcess;

namespace sluice::kubernetes {

/// What `kubectl port-forward` is told. No shell is in between.
struct ForwardSpec {
    std::string program = "kubectl"; ///< a path, or a name that PATH finds
    std::string kubeconfig;          ///< path; empty = kubectl's own default
    std::string context;             ///< empty = the kubeconfig's current one
    std::string name_space;
    std::string target;      ///< "service/prometheus", "pod/x-0", "deployment/x"
    int port = 0;            ///< of the target, 1…65535
    Nanos rest = seconds(1); ///< before it is begun again the first time

    /// Its arguments; the port of this desk is any that is free.
    std::vector<std::string> arguments() const;
};

/// Reaches what only a cluster can reach by a port of this desk, which a `kubectl port-forward` of ours keeps open.
///
/// It is started by the first request, and again whenever it ends: after `rest`, then twice that, up to 30 s; after
/// `rest` again once it has stood for 10 s. Requests wait for it as long as their own timeout while it comes up; while
/// it rests they fail at once as `unreachable`, certainly not sent, with what kubectl said last. Where a request alone
/// on its way breaks, a new one is made: an old kubectl stays when the pod behind it is gone. Where one has no answer
/// in time, and none came to any other since it was sent, the next request begins a new one without a rest: nothing
/// tells of a tunnel that is only open at this end. That error's remedy says so. What is on its way by the old one may
/// still be answered; it is ended behind the last of these.
///
/// It ends with this object, and with the thread of this program that began it, however that ends. It is given our
/// environment but for the proxies that this names. In the engine's thread, with its event loop. `http` may be gone
/// before it; what was on its way calls nobody then.
class PortForward : public net::HttpClient {
public:
    PortForward(net::HttpClient& http, Scheduler& scheduler, ForwardSpec spec);
    PortForward(const PortForward&) = delete;
    ~PortForward() override;

    /// `request.url` names the server as the cluster knows it: that stays its Host, and the name that its certificate
    /// must have.
    net::ExchangeId send(net::HttpRequest request, Done done) override;
    void cancel(net::ExchangeId exchange) override;

    /// Nobody new will ask: from now on it stands only while something is on its way.
    void let_go();

private:
    struct Waiting {
        net::HttpRequest request;
        Done done;
        Nanos began;
        TimerId deadline = TimerId::none;
    };

    struct Passed {
        net::ExchangeId exchange = net::ExchangeId::none;
        int port = 0;
    };

    void start();
    void heard();
    void ended(const std::string& why);
    void fell_silent();
    bool put_aside_if_hung(int port, std::optional<std::uint64_t> answers_then);
    bool is_used(int port) const;
    void drop_unused();
    void drop(std::unique_ptr<QProcess> process);
    void pass_on(std::uint64_t id, net::HttpRequest request, Done done, bool waited);
    void refuse(std::uint64_t id, const std::string& where, std::string why, Done done);

    net::HttpClient& http_;
    Scheduler& scheduler_;
    ForwardSpec spec_;
    std::unique_ptr<QProcess> process_;
    int port_ = 0;       ///< of this desk; 0 = it does not stand
    std::string output_; ///< until the port is known
    std::string errors_; ///< the end of what it said
    std::string why_;    ///< it rests; empty = it does not
    Nanos rest_;         ///< the next one
    Nanos stands_since_;
    TimerId timer_ = TimerId::none; ///< the rest's, or that of coming up
    std::uint64_t last_ = 0;
    std::map<std::uint64_t, Waiting> waiting_;
    std::map<std::uint64_t, Passed> passed_;
    std::uint64_t answers_ = 0;                      ///< that came by those which stood
    std::map<int, std::unique_ptr<QProcess>> aside_; ///< hung, and in use by what was sent before; by port
    bool kept_ = true;                               ///< stands also while nobody asks
    std::map<std::string, std::shared_ptr<const net::Tls>> named_; ///< TLS with the server's name, by name
    std::shared_ptr<int> alive_ = std::make_shared<int>(0);
    QObject context_;
};

/// The port in "Forwarding from 127.0.0.1:40123 -> 9090"; 0 = there is none yet.
int forwarded_port(std::string_view output);

} // namespace sluice::kubernetes

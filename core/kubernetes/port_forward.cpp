#include "kubernetes/port_forward.h"

#include "base/printable.h"

#include <QProcess>
#include <QProcessEnvironment>
#include <QUrl>
#include <algorithm>
#include <charconv>
#include <csignal>
#include <fmt/format.h>
#include <sys/prctl.h>

namespace sluice::kubernetes {
namespace {

constexpr Nanos longest_rest = seconds(30);
constexpr Nanos coming_up = seconds(20);
constexpr Nanos steady = seconds(10);
constexpr std::size_t most_kept = 4096;

/// kubectl would go by a proxy that the environment names; nothing here does.
QProcessEnvironment without_proxies() {
    auto environment = QProcessEnvironment::systemEnvironment();
    for (const char* name : {"http_proxy", "https_proxy", "all_proxy", "no_proxy"}) {
        environment.remove(name);
        environment.remove(QString(name).toUpper());
    }
    return environment;
}

/// The last line that says something, as a sentence can hold it.
std::string last_line(std::string_view text) {
    while (text.ends_with('\n') || text.ends_with('\r')) {
        text.remove_suffix(1);
    }
    const std::string line = printable(text.substr(text.rfind('\n') + 1)); // npos + 1 is 0
    return line.size() <= 300 ? line : printable(std::string_view(line).substr(0, 300)) + " …";
}

} // namespace

std::vector<std::string> ForwardSpec::arguments() const {
    std::vector<std::string> all;
    if (!kubeconfig.empty()) {
        all.insert(all.end(), {"--kubeconfig", kubeconfig});
    }
    if (!context.empty()) {
        all.insert(all.end(), {"--context", context});
    }
    all.insert(all.end(),
               {"--namespace", name_space, "port-forward", "--address", "127.0.0.1", target, fmt::format(":{}", port)});
    return all;
}

int forwarded_port(std::string_view output) {
    constexpr std::string_view before = "Forwarding from 127.0.0.1:";
    const auto found = output.find(before);
    if (found == std::string_view::npos) {
        return 0;
    }
    const std::string_view rest = output.substr(found + before.size());
    int port = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), port);
    // The character behind it is awaited: what came may end within the number.
    return error == std::errc() && end != rest.data() + rest.size() && port > 0 && port <= 65535 ? port : 0;
}

PortForward::PortForward(net::HttpClient& http, Scheduler& scheduler, ForwardSpec spec)
    : http_(http), scheduler_(scheduler), spec_(std::move(spec)), rest_(spec_.rest) {}

PortForward::~PortForward() {
    scheduler_.cancel(timer_);
    for (const auto& [id, waiting] : waiting_) {
        scheduler_.cancel(waiting.deadline);
    }
    if (process_) {
        aside_[port_] = std::move(process_);
    }
    for (const auto& [port, process] : aside_) {
        process->disconnect(&context_);
        process->kill();
    }
    for (const auto& [port, process] : aside_) {
        process->waitForFinished(1000);
    }
}

void PortForward::start() {
    output_.clear();
    errors_.clear();
    process_ = std::make_unique<QProcess>();
    process_->setProcessEnvironment(without_proxies());
    process_->setStandardInputFile(QProcess::nullDevice());
    process_->setChildProcessModifier([] { ::prctl(PR_SET_PDEATHSIG, SIGKILL); });
    QObject::connect(process_.get(), &QProcess::readyReadStandardOutput, &context_, [this] { heard(); });
    QObject::connect(process_.get(), &QProcess::readyReadStandardError, &context_, [this] {
        errors_ += process_->readAllStandardError().toStdString();
        errors_.erase(0, errors_.size() > most_kept ? errors_.size() - most_kept : 0);
    });
    QObject::connect(process_.get(), &QProcess::errorOccurred, &context_, [this](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart) {
            ended(fmt::format("{} can't be started: {}", spec_.program, process_->errorString().toStdString()));
        }
    });
    QObject::connect(process_.get(), &QProcess::finished, &context_, [this] {
        errors_ += process_->readAllStandardError().toStdString();
        const std::string line = last_line(errors_);
        ended(line.empty() ? fmt::format("{} ended without a word", spec_.program) : line);
    });
    timer_ = scheduler_.after(coming_up, [this] { fell_silent(); });
    QStringList arguments;
    for (const auto& argument : spec_.arguments()) {
        arguments << QString::fromStdString(argument);
    }
    process_->start(QString::fromStdString(spec_.program), arguments);
}

void PortForward::heard() {
    const QByteArray bytes = process_->readAllStandardOutput(); // "Handling connection for …" for ever after
    if (port_ != 0) {
        return;
    }
    output_.append(bytes.constData(), static_cast<std::size_t>(bytes.size()));
    output_.resize(std::min(output_.size(), most_kept));
    port_ = forwarded_port(output_);
    if (port_ == 0) {
        return;
    }
    scheduler_.cancel(timer_);
    stands_since_ = scheduler_.now();
    for (auto& [id, waiting] : std::exchange(waiting_, {})) {
        scheduler_.cancel(waiting.deadline);
        waiting.request.timeout = waiting.request.timeout - (scheduler_.now() - waiting.began);
        pass_on(id, std::move(waiting.request), std::move(waiting.done), true);
    }
}

void PortForward::fell_silent() {
    const std::string line = last_line(errors_);
    ended(fmt::format("{} forwards nothing after {:.0f} s{}", spec_.program, coming_up.seconds(),
                      line.empty() ? "" : ": " + line));
}

/// The process may be what is calling: it goes with the next turn of the loop.
void PortForward::drop(std::unique_ptr<QProcess> process) {
    process->disconnect(&context_);
    process->setParent(&context_);
    QObject::connect(process.get(), &QProcess::finished, process.get(), &QObject::deleteLater);
    if (process->state() == QProcess::NotRunning) {
        process->deleteLater();
    }
    process->kill();
    (void)process.release(); // its parent's
}

void PortForward::ended(const std::string& why) {
    scheduler_.cancel(timer_);
    drop(std::move(process_));
    const bool stood = port_ != 0 && scheduler_.now() - stands_since_ >= steady;
    port_ = 0;
    rest_ = stood ? spec_.rest : rest_;
    why_ = why;
    // The next that asks begins it anew: what nobody asks any more, as after an amendment, is not kept up.
    timer_ = scheduler_.after(rest_, [this] { why_.clear(); });
    rest_ = std::min(rest_ * 2, longest_rest);
    for (auto& [id, waiting] : std::exchange(waiting_, {})) {
        scheduler_.cancel(waiting.deadline);
        refuse(id, waiting.request.method + " " + waiting.request.url, why_, std::move(waiting.done));
    }
}

void PortForward::refuse(std::uint64_t id, const std::string& where, std::string why, Done done) {
    passed_[id] = {}; // until it is told, it can be cancelled
    auto error = net::never_sent(ErrorCode::unreachable, "the port-forward does not stand: " + std::move(why), where);
    scheduler_.after({}, [this, alive = std::weak_ptr(alive_), id, error = std::move(error), done = std::move(done)] {
        if (!alive.expired() && passed_.erase(id) > 0) {
            done(tl::unexpected(error));
        }
    });
}

net::ExchangeId PortForward::send(net::HttpRequest request, Done done) {
    const std::uint64_t id = ++last_;
    if (port_ != 0) {
        pass_on(id, std::move(request), std::move(done), false);
        return net::ExchangeId{id};
    }
    const std::string where = request.method + " " + request.url;
    if (!why_.empty()) {
        refuse(id, where, why_, std::move(done));
        return net::ExchangeId{id};
    }
    auto& waiting = waiting_[id];
    waiting.began = scheduler_.now();
    waiting.done = std::move(done);
    waiting.deadline = scheduler_.after(request.timeout, [this, id, where] {
        auto late = waiting_.extract(id);
        drop_unused();
        late.mapped().done(
            tl::unexpected(net::never_sent(ErrorCode::timed_out, "the port-forward did not come up", where)));
    });
    waiting.request = std::move(request);
    if (!process_) {
        start();
    }
    return net::ExchangeId{id};
}

void PortForward::pass_on(std::uint64_t id, net::HttpRequest request, Done done, bool waited) {
    QUrl url(QString::fromStdString(request.url), QUrl::StrictMode);
    const std::string host = url.host(QUrl::FullyEncoded).toStdString();
    const bool named = std::any_of(request.headers.begin(), request.headers.end(), [](const auto& header) {
        return QString::fromStdString(header.first).compare("Host", Qt::CaseInsensitive) == 0;
    });
    if (!named) {
        request.headers.emplace_back("Host", url.port() > 0 ? fmt::format("{}:{}", host, url.port()) : host);
    }
    if (url.scheme() == "https" && (!request.tls || request.tls->server_name.empty())) {
        auto& tls = named_[host];
        if (!tls) {
            auto made = request.tls ? std::make_shared<net::Tls>(*request.tls) : std::make_shared<net::Tls>();
            made->server_name = host;
            tls = std::move(made);
        }
        request.tls = tls;
    }
    url.setHost("127.0.0.1");
    url.setPort(port_);
    request.url = url.toString(QUrl::FullyEncoded).toStdString();
    passed_[id] = {net::ExchangeId::none, port_};
    const auto exchange = http_.send(
        std::move(request), [this, alive = std::weak_ptr(alive_), id, done = std::move(done), port = port_,
                             answers_then = waited ? std::optional<std::uint64_t>() : answers_](auto answer) {
            if (alive.expired()) {
                return;
            }
            passed_.erase(id);
            const bool came = answer || answer.error().code == ErrorCode::corrupt;
            answers_ += came && port == port_ ? 1 : 0;
            const bool broke = !answer && answer.error().code == ErrorCode::unreachable;
            if (broke && port == port_ && !is_used(port)) {
                ended("a request by it broke: " + net::only_asked(answer.error()).what);
            } else if (!answer && answer.error().code == ErrorCode::timed_out &&
                       put_aside_if_hung(port, answers_then)) {
                answer.error().remedy = "nothing came by its port-forward, which is begun anew";
            }
            drop_unused();
            done(std::move(answer));
        });
    if (const auto passed = passed_.find(id); passed != passed_.end()) {
        passed->second.exchange = exchange;
    }
}

/// Behind a request by this port that had no answer in time. True if the port-forward is one that hangs. Who spent a
/// part of its time until that stood has no `answers_then`: what comes up slowly would never be let stand.
bool PortForward::put_aside_if_hung(int port, std::optional<std::uint64_t> answers_then) {
    if (port == port_ && answers_then == answers_) {
        process_->disconnect(&context_);
        aside_[std::exchange(port_, 0)] = std::move(process_);
        rest_ = spec_.rest;
    }
    return aside_.contains(port);
}

bool PortForward::is_used(int port) const {
    return std::any_of(passed_.begin(), passed_.end(), [port](const auto& one) { return one.second.port == port; });
}

void PortForward::drop_unused() {
    for (auto one = aside_.begin(); one != aside_.end();) {
        if (is_used(one->first)) {
            ++one;
        } else {
            drop(std::move(one->second));
            one = aside_.erase(one);
        }
    }
    if (!kept_ && process_ && waiting_.empty() && !is_used(port_)) {
        scheduler_.cancel(timer_);
        port_ = 0;
        drop(std::move(process_));
    }
}

void PortForward::let_go() {
    kept_ = false;
    drop_unused();
}

void PortForward::cancel(net::ExchangeId exchange) {
    const auto id = static_cast<std::uint64_t>(exchange);
    if (auto waiting = waiting_.extract(id)) {
        scheduler_.cancel(waiting.mapped().deadline);
    }
    if (auto passed = passed_.extract(id); passed && passed.mapped().exchange != net::ExchangeId::none) {
        http_.cancel(passed.mapped().exchange);
    }
    drop_unused();
}

} // namespace sluice::kubernetes

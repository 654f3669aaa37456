#pragma once
#include "base/secret.h"
#include "net/http.h"

namespace sluice::engine {

/// An HTTP connection of a plan: requests name a path, this puts address, headers, authorities and
/// the proxy on.
class BasedHttp : public net::HttpClient {
public:
    BasedHttp(net::HttpClient& way, std::string base, net::Headers headers, std::shared_ptr<const net::Tls> tls,
              std::shared_ptr<const net::Proxy> proxy = nullptr)
        : way_(way), base_(std::move(base)), headers_(std::move(headers)), tls_(std::move(tls)),
          proxy_(std::move(proxy)) {
        while (base_.ends_with('/')) {
            base_.pop_back();
        }
    }

    ~BasedHttp() override {
        for (auto& [name, value] : headers_) {
            wipe(value);
        }
    }

    net::ExchangeId send(net::HttpRequest request, Done done) override {
        request.url = base_ + request.url;
        request.headers.insert(request.headers.begin(), headers_.begin(), headers_.end());
        if (!request.tls) {
            request.tls = tls_;
        }
        request.proxy = proxy_;
        return way_.send(std::move(request), std::move(done));
    }
    const std::shared_ptr<const net::Tls>& tls() const { return tls_; }
    void cancel(net::ExchangeId exchange) override { way_.cancel(exchange); }

private:
    net::HttpClient& way_;
    std::string base_;
    net::Headers headers_;
    std::shared_ptr<const net::Tls> tls_;
    std::shared_ptr<const net::Proxy> proxy_;
};

} // namespace sluice::engine

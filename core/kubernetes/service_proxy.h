#pragma once
#include "kubernetes/client.h"

namespace sluice::kubernetes {

/// Reaches Services of the cluster from a desk, through the API server's service proxy: cluster IPs can't be reached
/// from outside.
///
/// Takes requests to `http://service.namespace[:port]/path` (a trailing `.svc` or `.svc.cluster.local` is fine; without
/// a namespace the cluster's default) and sends them to `/api/v1/namespaces/N/services/S:PORT/proxy/path` with the
/// cluster's credentials. An Authorization header of the request is refused: the API server would take it for its own.
class ServiceProxy : public net::HttpClient {
public:
    ServiceProxy(net::HttpClient& http, Client& cluster) : http_(http), cluster_(cluster) {}

    net::ExchangeId send(net::HttpRequest request, Done done) override;
    void cancel(net::ExchangeId exchange) override { http_.cancel(exchange); }

private:
    net::HttpClient& http_;
    Client& cluster_;
};

/// The path of the proxy for such an address; pure.
Result<std::string> proxy_path(std::string_view url, std::string_view namespace_default);

} // namespace sluice::kubernetes

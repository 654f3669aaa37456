#include "sources/one_get_source.h"

namespace sluice::sources {

OneGetSource::OneGetSource(net::HttpClient& http, Scheduler& scheduler, HttpEndpoint endpoint, std::string path,
                           Judge judge)
    : http_(http), scheduler_(scheduler), endpoint_(std::move(endpoint)), path_(std::move(path)),
      judge_(std::move(judge)) {}

OneGetSource::~OneGetSource() {
    for (const auto& exchange : exchanges_) {
        http_.cancel(*exchange);
    }
}

void OneGetSource::poll(Nanos deadline, std::string key, Done done) {
    auto exchange = std::make_shared<net::ExchangeId>(net::ExchangeId::none);
    exchanges_.insert(exchange);
    const Nanos asked = scheduler_.now();
    auto request = get(endpoint_, path_, key + "#1", asked, deadline);
    *exchange = http_.send(
        std::move(request), [this, exchange, asked, done = std::move(done)](Result<net::HttpResponse> response) {
            exchanges_.erase(exchange);
            const Nanos rest = rest_after(response);
            auto batch = judge_(of_this_time(std::move(response), scheduler_), asked, scheduler_.now());
            rest_ = batch.status == series::Status::source_error ? rest : Nanos{};
            // `done` may destroy this source: nothing of it is touched afterwards.
            done(std::move(batch));
        });
}

} // namespace sluice::sources

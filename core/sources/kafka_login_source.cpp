#include "sources/kafka_login_source.h"

#include "sources/one_value.h"

#include <algorithm>

namespace sluice::sources {
namespace {

constexpr Nanos least_time = milliseconds(100); // real, where virtual time has none left

} // namespace

series::SampleBatch judge_login(const LoginMetric& metric, const Result<kafka::LoginAnswer>& login, Nanos asked,
                                Nanos now) {
    using What = plan::LoginNumber::What;
    if (!login || (!login->let_in && metric.number.what == What::latency)) {
        return no_value(metric.name, metric.unit, login ? login->why : login.error().what, now);
    }
    if (metric.number.what == What::latency) {
        return one_value(metric.name, metric.unit, static_cast<double>((now - asked).count) / 1e9, now);
    }
    auto batch = one_value(metric.name, metric.unit, login->let_in ? 1 : 0, now);
    batch.readings.front().detail = login->why;
    return batch;
}

void KafkaLoginSource::poll(Nanos deadline, std::string key, Done done) {
    const Nanos asked = scheduler_.now();
    const auto judged = [this, asked](const Result<kafka::LoginAnswer>& login) {
        return judge_login(metric_, login, asked, scheduler_.now());
    };
    const auto close = polls_.open(deadline, std::move(done),
                                   [judged] { return judged(fail(ErrorCode::timed_out, "no answer in time")); });
    connection_->call<Result<kafka::LoginAnswer>>(
        key + "#1", std::max(deadline - asked, least_time), [](const kafka::Call& call) { return log_in(call); },
        [judged, close](const Result<kafka::LoginAnswer>& login) { close([&] { return judged(login); }); });
}

} // namespace sluice::sources

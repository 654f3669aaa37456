#include "effects/traffic/nginx_canary_driver.h"

#include <fmt/format.h>

namespace sluice::effects {
namespace {

/// Runs a pure function over answers of the server, whose form is not ours to trust.
template <typename T, typename F>
Result<T> guarded(const kubernetes::ObjectRef& object, F run) {
    try {
        return run();
    } catch (const Json::exception& error) {
        return fail(ErrorCode::corrupt, std::string("the Ingress is not as the API describes it: ") + error.what(),
                    object.path());
    }
}

} // namespace

NginxCanaryDriver::NginxCanaryDriver(kubernetes::Client& client, CanarySettings settings)
    : client_(client), settings_(std::move(settings)) {}

Result<void> NginxCanaryDriver::check(const Split& target) const {
    int sum = 0;
    for (const auto& [arm, weight] : target) {
        if (arm != settings_.primary_arm && arm != settings_.canary_arm) {
            return fail(ErrorCode::bad_input, fmt::format("'{}' is not an arm of this split", arm),
                        settings_.primary.text(),
                        fmt::format("its arms are {} and {}", settings_.primary_arm, settings_.canary_arm));
        }
        if (weight < 0 || weight > 100) {
            return fail(ErrorCode::bad_input, fmt::format("{} can't have {} %", arm, weight), settings_.primary.text(),
                        "0 … 100 can be reached");
        }
        sum += weight;
    }
    return sum == 100 ? Result<void>()
                      : fail(ErrorCode::bad_input, fmt::format("the weights add up to {}", sum),
                             settings_.primary.text(), "they must add up to 100");
}

void NginxCanaryDriver::read_both(const kubernetes::Ask& ask, std::function<void(Result<CanaryState>)> done) {
    client_.get(
        settings_.primary, ask.numbered("#primary"),
        [&client = client_, canary = settings_.canary, ask, done = std::move(done)](Result<kubernetes::Reply> primary) {
            if (!primary) {
                done(failed(primary));
                return;
            }
            client.get(canary, ask.numbered("#canary"),
                       [done, primary = std::move(primary->object)](Result<kubernetes::Reply> reply) {
                           if (!reply && reply.error().code != ErrorCode::not_found) {
                               done(failed(reply));
                               return;
                           }
                           done(CanaryState{primary, reply ? reply->object : Json()});
                       });
        });
}

void NginxCanaryDriver::read(const kubernetes::Ask& ask, std::function<void(Result<Split>)> done) {
    read_both(ask, [settings = settings_, done = std::move(done)](Result<CanaryState> state) {
        done(state ? guarded<Split>(settings.primary, [&] { return commanded(settings, *state); }) : failed(state));
    });
}

void NginxCanaryDriver::prepare(const Split& target, bool final, const kubernetes::Ask& ask,
                                std::function<void(Result<std::vector<kubernetes::PreparedWrite>>)> done) {
    if (const auto fits = check(target); !fits) {
        client_.scheduler().after({}, [done = std::move(done), error = fits.error()] { done(tl::unexpected(error)); });
        return;
    }
    const auto own = target.find(settings_.canary_arm);
    const int weight = own == target.end() ? 0 : own->second;
    read_both(ask, [settings = settings_, weight, final, done = std::move(done)](Result<CanaryState> state) {
        using Writes = std::vector<kubernetes::PreparedWrite>;
        done(state ? guarded<Writes>(settings.primary, [&] { return canary_writes(settings, *state, weight, final); })
                   : failed(state));
    });
}

} // namespace sluice::effects

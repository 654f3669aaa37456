#include "effects/traffic/ingress_backend_driver.h"

#include <fmt/format.h>

namespace sluice::effects {
namespace {

/// The arm that has all; empty when no arm has.
std::string whole(const Split& split) {
    for (const auto& [arm, weight] : split) {
        if (weight == 100) {
            return arm;
        }
    }
    return {};
}

} // namespace

IngressBackendDriver::IngressBackendDriver(kubernetes::Client& client, kubernetes::ObjectRef ingress,
                                           ArmServices services, std::string path)
    : client_(client), ingress_(std::move(ingress)), services_(std::move(services)), path_(std::move(path)) {}

Result<void> IngressBackendDriver::check(const Split& target) const {
    for (const auto& [arm, weight] : target) {
        if (weight != 0 && weight != 100) {
            return fail(ErrorCode::bad_input, fmt::format("an Ingress backend can't give {} {} %", arm, weight),
                        ingress_.text(), "0 and 100 can be reached; use the driver nginx-canary for others");
        }
        if (!services_.contains(arm)) {
            return fail(ErrorCode::bad_input, fmt::format("'{}' is not an arm of this split", arm), ingress_.text());
        }
    }
    return whole(target).empty()
               ? fail(ErrorCode::bad_input, "no arm has all the traffic", ingress_.text(), "one of them must have 100")
               : Result<void>();
}

void IngressBackendDriver::read(const kubernetes::Ask& ask, std::function<void(Result<Split>)> done) {
    client_.get(ingress_, ask,
                [ingress = ingress_, services = services_, path = path_,
                 done = std::move(done)](Result<kubernetes::Reply> reply) {
                    const auto arm =
                        reply ? arm_of(ingress, backends_of(reply->object, services, path)) : failed(reply);
                    if (!arm) {
                        done(failed(arm));
                        return;
                    }
                    Split split;
                    for (const auto& [each, service] : services) {
                        split[each] = each == *arm ? 100 : 0;
                    }
                    done(split);
                });
}

void IngressBackendDriver::prepare(const Split& target, bool, const kubernetes::Ask& ask,
                                   std::function<void(Result<std::vector<kubernetes::PreparedWrite>>)> done) {
    if (const auto fits = check(target); !fits) {
        client_.scheduler().after({}, [done = std::move(done), error = fits.error()] { done(tl::unexpected(error)); });
        return;
    }
    const auto build = [ingress = ingress_, services = services_, path = path_,
                        arm = whole(target)](const Json& found) {
        return switch_write(ingress, found, backends_of(found, services, path), services, arm);
    };
    kubernetes::prepare(client_, {{ingress_.path(), build}}, ask,
                        [done = std::move(done)](Result<std::vector<kubernetes::PreparedWrite>> writes) {
                            if (writes && writes->front().nothing_to_do()) {
                                writes->clear();
                            }
                            done(std::move(writes));
                        });
}

} // namespace sluice::effects

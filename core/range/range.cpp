#include "range/range.h"

#include "range/production.h"

#include <algorithm>
#include <cctype>
#include <fmt/format.h>

namespace sluice::range {

std::string Addresses::service(std::string_view space, std::string_view name, std::string_view port) const {
    return fmt::format("{}/api/v1/namespaces/{}/services/{}:{}/proxy", kubernetes, space, name, port);
}

Result<std::string> Addresses::direct(std::string_view service) const {
    if (std::count(service.begin(), service.end(), '/') != 1) {
        return fail(ErrorCode::bad_input, "'" + std::string(service) + "' names no service", {},
                    "write namespace/service");
    }
    return fmt::format("{}/{}", services, service);
}

Json to_json(const Addresses& addresses) {
    return {
        {"kubernetes", addresses.kubernetes}, {"token", addresses.token},   {"ca", addresses.ca_pem},
        {"prometheus", addresses.prometheus}, {"edge", addresses.edge},     {"kafka", addresses.kafka},
        {"services", addresses.services},     {"topics", addresses.topics}, {"alertmanager", addresses.alertmanager}};
}

Result<Addresses> addresses_from(const Json& json) {
    Addresses addresses;
    const std::pair<const char*, std::string*> fields[] = {{"kubernetes", &addresses.kubernetes},
                                                           {"token", &addresses.token},
                                                           {"ca", &addresses.ca_pem},
                                                           {"prometheus", &addresses.prometheus},
                                                           {"edge", &addresses.edge},
                                                           {"kafka", &addresses.kafka},
                                                           {"services", &addresses.services},
                                                           {"topics", &addresses.topics},
                                                           {"alertmanager", &addresses.alertmanager}};
    for (const auto& [name, field] : fields) {
        if (!json.is_object() || !json.contains(name) || !json[name].is_string()) {
            return fail(ErrorCode::corrupt, fmt::format("the range's addresses lack '{}'", name));
        }
        *field = json[name].get<std::string>();
    }
    return addresses;
}

Range::Range(std::unique_ptr<Production> production) : production_(std::move(production)) {}
Range::~Range() = default;

Result<std::unique_ptr<Range>> Range::start(Scheduler& scheduler, RangeOptions options) {
    auto production = std::make_unique<Production>(scheduler, std::move(options));
    if (auto started = production->start(); !started) {
        return failed(started);
    }
    return std::unique_ptr<Range>(new Range(std::move(production)));
}

const Addresses& Range::addresses() const {
    return production_->addresses_;
}

void Range::step_started(std::string_view step) {
    for (const std::size_t index : production_->faults_.waiting_for_step(step)) {
        production_->start_fault(index);
    }
}

Result<void> Range::apply_manifest(std::string_view manifests, std::string_view where) {
    return production_->world_.apply_manifest(manifests, where);
}

Result<void> Range::remove(std::string_view object) {
    const auto last = object.rfind('/');
    const auto first = object.find('/');
    if (last == std::string_view::npos) {
        return fail(ErrorCode::bad_input, "an object is named namespace/kind/name or kind/name", std::string(object));
    }
    std::string kind_name(first == last ? object.substr(0, first) : object.substr(first + 1, last - first - 1));
    std::transform(kind_name.begin(), kind_name.end(), kind_name.begin(),
                   [](unsigned char c) { return std::tolower(c); });
    for (const Kind& kind : kinds()) {
        std::string own(kind.kind);
        std::transform(own.begin(), own.end(), own.begin(), [](unsigned char c) { return std::tolower(c); });
        if ((own == kind_name || kind.resource == kind_name) && !kind.computed) {
            const Key key{&kind,
                          kind.namespaced && first != last ? std::string(object.substr(0, first)) : std::string(),
                          std::string(object.substr(last + 1))};
            production_->world_.remove(key);
            return {};
        }
    }
    return fail(ErrorCode::bad_input, fmt::format("the range has no kind '{}'", kind_name), std::string(object));
}

const Writes& Range::writes() const {
    return production_->writes_;
}
std::map<std::string, std::int64_t> Range::requests() const {
    return {{"kubernetes", production_->cluster_server_.requests()},
            {"prometheus", production_->prometheus_server_.requests()},
            {"edge", production_->edge_server_.requests()},
            {"service", production_->services_server_.requests()}};
}
const World& Range::world() const {
    return production_->world_;
}
const LoadModel& Range::load() const {
    return production_->load_;
}
double Range::commanded_percent(std::string_view arm) const {
    return production_->commanded_percent(arm);
}

} // namespace sluice::range

#include "range/load/load_model.h"

#include "base/json.h"
#include "range/noise.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <numbers>

namespace sluice::range {
namespace {

constexpr Nanos propagation = seconds(2);
constexpr std::int64_t million = 1'000'000;

} // namespace

double log_normal_share(double bound, double median, double spread) {
    return 0.5 * std::erfc(-std::log(bound / median) / (spread * std::numbers::sqrt2));
}

std::int64_t LoadModel::Counter::add(std::int64_t n, std::int64_t per_million) {
    rest += n * per_million;
    const std::int64_t whole = rest / million;
    rest %= million;
    total += whole;
    return whole;
}

LoadModel::LoadModel(Profile profile, std::uint64_t seed, Nanos begin, Strains strains)
    : profile_(std::move(profile)), seed_(seed),
      strains_(std::move(strains)), counted_to_{begin.count / seconds(1).count * seconds(1).count} {}

void LoadModel::set_shares(Nanos at, Shares shares) {
    if (!coming_.empty() && coming_.back().first == at + propagation) {
        coming_.pop_back(); // what an instant passes through on its way is nobody's traffic
    }
    const Shares& last = coming_.empty() ? live_ : coming_.back().second;
    if (shares != last) {
        coming_.emplace_back(at + propagation, std::move(shares));
    }
}

double LoadModel::requests_per_second(Nanos at) const {
    const double t = at.seconds();
    const double day = std::sin(2 * std::numbers::pi * (t / 86400 - 0.375)); // lowest at 03:00 UTC, highest at 15:00
    return profile_.requests_per_second *
           (1 + 0.12 * day + 0.08 * drift(seed_, "load", t / 120) + 0.03 * drift(seed_, "burst", t / 5));
}

double LoadModel::streams_total(Nanos at) const {
    return profile_.streams_total * (1 + 0.05 * drift(seed_, "streams", at.seconds() / 300));
}

std::int64_t LoadModel::lag(Nanos at) const {
    const double moved = 1 + 0.5 * drift(seed_, "lag", at.seconds() / 45);
    return static_cast<std::int64_t>(static_cast<double>(profile_.lag_messages) * moved);
}

void LoadModel::advance(Nanos now) {
    while (counted_to_ + seconds(1) <= now) {
        counted_to_ += seconds(1);
        second(counted_to_);
    }
}

void LoadModel::second(Nanos at) {
    while (!coming_.empty() && coming_.front().first <= at) {
        live_ = std::move(coming_.front().second);
        coming_.pop_front();
        const bool first = arms_.empty();
        // An arm without pods has nobody who remembers its counters.
        std::erase_if(arms_, [&](const auto& arm) { return !live_.contains(arm.first); });
        for (const auto& [key, share] : live_) {
            if (const auto [arm, fresh] = arms_.try_emplace(key); fresh && first) {
                arm->second.share = share; // it was there before we began to count
            }
        }
    }
    load_rest_ += std::llround(requests_per_second(at) * million);
    const std::int64_t requests = load_rest_ / million;
    load_rest_ %= million;
    std::int64_t reached = 0;
    for (auto& [key, arm] : arms_) {
        const double share = live_[key];
        arm.share += (share - arm.share) / 20;
        const Strain strain = strains_ ? strains_(key, at) : Strain();
        const std::int64_t got = arm.requests.add(requests, std::llround(share * million));
        const std::int64_t failed = arm.errors.add(got, strain.errors_per_million < 0 ? profile_.errors_per_million
                                                                                      : strain.errors_per_million);
        const double slow = static_cast<double>(strain.latency_thousandths) / 1000 *
                            (1 + 0.06 * drift(seed_, "latency", at.seconds() / 60));
        observe(arm.durations, got, profile_.median_seconds * slow, profile_.spread);
        const std::int64_t asked = arm.query_count.add(got, std::llround(profile_.queries_per_request * million));
        observe(arm.queries, asked,
                profile_.query_median_seconds * (1 + 0.08 * drift(seed_, "database", at.seconds() / 90)),
                profile_.query_spread);
        auto& edge = edge_[key.service];
        edge["2xx"] += got - failed;
        edge["5xx"] += failed;
        reached += std::llround(share * million);
    }
    edge_[""]["5xx"] += lost_.add(requests, std::max<std::int64_t>(0, million - reached));
}

void LoadModel::observe(Histogram& histogram, std::int64_t n, double median, double spread) const {
    if (histogram.buckets.empty()) {
        histogram.buckets.resize(profile_.buckets.size());
    }
    for (std::size_t i = 0; i < profile_.buckets.size(); ++i) {
        histogram.buckets[i].add(n, std::llround(log_normal_share(profile_.buckets[i], median, spread) * million));
    }
    histogram.count += n;
    histogram.sum += static_cast<double>(n) * median * std::exp(spread * spread / 2); // the mean of a log-normal
}

LoadModel::Totals LoadModel::totals(const ArmKey& arm) const {
    const auto found = arms_.find(arm);
    return found == arms_.end() ? Totals() : Totals{found->second.requests.total, found->second.errors.total};
}

series::Labels LoadModel::labels(const std::string& name, const ArmKey& arm) const {
    const auto slash = arm.service.find('/');
    return {{std::string(series::metric_name), name},
            {"namespace", arm.service.substr(0, slash)},
            {"service", arm.service.substr(slash + 1)},
            {profile_.version_label, arm.version}};
}

void LoadModel::expose(series::Exposition& to, const std::string& name, const Histogram& histogram,
                       const series::Labels& base) const {
    to.families[name] = {series::MetricType::histogram, name};
    series::Labels own = base;
    own[std::string(series::metric_name)] = name + "_bucket";
    for (std::size_t i = 0; i <= profile_.buckets.size(); ++i) {
        const bool last = i == profile_.buckets.size();
        own["le"] = last ? "+Inf" : number_text(profile_.buckets[i]);
        const std::int64_t count = last                           ? histogram.count
                                   : i < histogram.buckets.size() ? histogram.buckets[i].total
                                                                  : 0;
        to.samples.push_back({own, static_cast<double>(count), std::nullopt});
    }
    own.erase("le");
    own[std::string(series::metric_name)] = name + "_sum";
    to.samples.push_back({own, histogram.sum, std::nullopt});
    own[std::string(series::metric_name)] = name + "_count";
    to.samples.push_back({own, static_cast<double>(histogram.count), std::nullopt});
}

series::Exposition LoadModel::exposition(const ArmKey& key) const {
    series::Exposition shown;
    const auto found = arms_.find(key);
    if (found == arms_.end()) {
        return shown;
    }
    const Arm& arm = found->second;
    const auto add = [&](const std::string& name, series::MetricType type, double value) {
        shown.families[name] = {type, name};
        shown.samples.push_back({labels(name, key), value, std::nullopt});
    };
    add(profile_.requests, series::MetricType::counter, static_cast<double>(arm.requests.total));
    if (arm.errors.total > 0) {
        add(profile_.errors, series::MetricType::counter, static_cast<double>(arm.errors.total));
    }
    const double drifted = 1 + 0.03 * drift(seed_, "connections", counted_to_.seconds() / 240);
    add(profile_.connections, series::MetricType::gauge, std::round(profile_.connections_total * drifted * arm.share));
    add(profile_.streams, series::MetricType::gauge, std::round(streams_total(counted_to_) * arm.share));
    expose(shown, profile_.duration, arm.durations, labels(profile_.duration, key));
    expose(shown, profile_.queries, arm.queries, labels(profile_.queries, key));
    return shown;
}

std::string LoadModel::exposition_text(std::span<const ArmKey> arms) const {
    std::vector<std::pair<std::string, std::string>> families; // a family stands once, with the samples of all versions
    for (const ArmKey& arm : arms) {
        const series::Exposition shown = exposition(arm);
        for (const series::ExposedSample& sample : shown.samples) {
            const std::string name(series::label(sample.labels, series::metric_name));
            auto own = shown.families.find(name);
            if (own == shown.families.end()) {
                own = std::ranges::find_if(shown.families, [&](const auto& family) {
                    return family.second.type == series::MetricType::histogram && name.starts_with(family.first + "_");
                });
            }
            const std::string family = own == shown.families.end() ? name : own->first;
            auto block = std::ranges::find(families, family, &std::pair<std::string, std::string>::first);
            if (block == families.end()) {
                const auto type = own == shown.families.end() ? series::MetricType::untyped : own->second.type;
                block = families.insert(block, {family, fmt::format("# TYPE {} {}\n", family, series::name(type))});
            }
            block->second += fmt::format("{} {}\n", series::to_text(sample.labels), number_text(sample.value));
        }
    }
    std::string text;
    for (const auto& [family, lines] : families) {
        text += lines;
    }
    return text;
}

series::Exposition LoadModel::edge_exposition() const {
    series::Exposition shown;
    const std::string name = "nginx_ingress_controller_requests";
    shown.families[name] = {series::MetricType::counter, name};
    for (const auto& [service, statuses] : edge_) {
        for (const auto& [status, count] : statuses) {
            const auto slash = service.find('/');
            series::Labels own = {
                {std::string(series::metric_name), name}, {"ingress", profile_.ingress}, {"status", status}};
            if (slash != std::string::npos) {
                own["exported_service"] = service.substr(slash + 1);
                own["exported_namespace"] = service.substr(0, slash);
            }
            shown.samples.push_back({std::move(own), static_cast<double>(count), std::nullopt});
        }
    }
    return shown;
}

} // namespace sluice::range

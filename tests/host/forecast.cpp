#include "host/forecast.h"

#include <algorithm>
#include <limits>

namespace sluice::host {
namespace {

constexpr int window = 300;
constexpr int pending = 300;
constexpr int scrape = 5;
constexpr int poll = 5;
// Within one window the day's wave stands still (0.88 at night); two drifts move the rest by 0.08 and 0.03.
constexpr double least = 0.88 - 0.11;
constexpr double most = 0.88 + 0.11;
constexpr double rounding = 2e-4; ///< whole requests and whole errors, of thousands

/// Sums of share × load over seconds, with errors and without, at the least and at the most.
class Sums {
public:
    Sums(const Course& course, int until) {
        double share = 0;
        auto next = course.shares.begin();
        for (int second = 0; second <= until; ++second) {
            for (; next != course.shares.end() && next->first <= second; ++next) {
                share = next->second;
            }
            const bool faulty = second >= course.fault && second - course.fault < course.lasts;
            faulty_.push_back((faulty_.empty() ? 0 : faulty_.back()) + (faulty ? share : 0));
            sound_.push_back((sound_.empty() ? 0 : sound_.back()) + (faulty ? 0 : share));
        }
        errors_ = course.errors;
        otherwise_ = course.otherwise;
    }
    /// Of the seconds after `from` up to `to`.
    double ratio(int from, int to, double load_when_faulty, double load_when_sound) const {
        const auto part = [&](const std::vector<double>& sum) {
            return sum[static_cast<std::size_t>(to)] - (from < 0 ? 0 : sum[static_cast<std::size_t>(from)]);
        };
        const double faulty = part(faulty_) * load_when_faulty;
        const double sound = part(sound_) * load_when_sound;
        return faulty + sound > 0 ? (faulty * errors_ + sound * otherwise_) / (faulty + sound) : 0;
    }

private:
    std::vector<double> faulty_, sound_;
    double errors_ = 0, otherwise_ = 0;
};

struct Bounds {
    double low = std::numeric_limits<double>::infinity();
    double high = 0;
};

Bounds at(const Sums& sums, int t) {
    Bounds bounds;
    for (int last = t - scrape; last <= t; ++last) {
        for (int first = t - window; first <= t - window + scrape; ++first) {
            if (first >= 0 && (last - first) % scrape == 0) {
                bounds.high = std::max(bounds.high, sums.ratio(first, last, most, least) + rounding);
                bounds.low = std::min(bounds.low, sums.ratio(first, last, least, most) - rounding);
            }
        }
    }
    return bounds;
}

/// First second at which `above` has held without a break for `length`; none before `until`.
template <typename Above>
std::optional<int> held(const Above& above, int length, int until) {
    std::optional<int> since;
    for (int t = window + scrape; t <= until; ++t) {
        if (!above(t)) {
            since.reset();
        } else if (t - since.value_or(t) >= length) {
            return t;
        } else if (!since) {
            since = t;
        }
    }
    return std::nullopt;
}

} // namespace

std::optional<Firing> firing(const Course& course, double limit, int until) {
    const Sums sums(course, until);
    // Looked at every 5 s: the first look may come late, and a short break may fall between two looks.
    const auto earliest = held([&](int t) { return at(sums, t).high > limit; }, pending - 2 * poll, until);
    if (!earliest) {
        return std::nullopt;
    }
    const auto latest = held([&](int t) { return at(sums, t).low > limit; }, pending + 2 * poll, until);
    return Firing{*earliest, latest.value_or(until), latest.has_value()};
}

} // namespace sluice::host

#pragma once
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <random>

namespace sluice::simulation {

/// All that is random in one simulated release: one seed gives one run.
class Chance {
public:
    explicit Chance(std::uint64_t seed) : engine_(seed) {}

    /// 0 … limit − 1. Not std::uniform_int_distribution, whose figures differ from library to library.
    int below(int limit) { return static_cast<int>(engine_() % static_cast<std::uint64_t>(limit)); }
    bool one_in(int n) { return below(n) == 0; }
    template <typename T>
    T pick(std::initializer_list<T> values) {
        return *std::next(values.begin(), below(static_cast<int>(values.size())));
    }
    template <typename Container>
    const typename Container::value_type& of(const Container& values) {
        return *std::next(values.begin(), below(static_cast<int>(values.size())));
    }

private:
    std::mt19937_64 engine_;
};

} // namespace sluice::simulation

#include "series/exposition_quick.h"

#include "series/exposition_characters.h"
#include "series/go_number.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <iterator>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace sluice::series {
namespace {

using exposition::is_blank, exposition::is_digit;

/// The first character from `at` on that can't stand in a name of a metric.
const char* name_end(const char* at, [[maybe_unused]] const char* last_wide) {
#if defined(__SSE2__)
    const auto within = [](__m128i all, char from, char to) {
        return _mm_and_si128(_mm_cmpgt_epi8(all, _mm_set1_epi8(static_cast<char>(from - 1))),
                             _mm_cmplt_epi8(all, _mm_set1_epi8(static_cast<char>(to + 1))));
    };
    for (; at <= last_wide; at += 16) {
        const __m128i all = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
        const __m128i lower = _mm_or_si128(all, _mm_set1_epi8(0x20));
        const __m128i named = _mm_or_si128(_mm_or_si128(within(lower, 'a', 'z'), within(all, '0', ':')),
                                           _mm_cmpeq_epi8(all, _mm_set1_epi8('_')));
        const auto others = static_cast<unsigned>(_mm_movemask_epi8(named)) ^ 0xFFFFu;
        if (others != 0) {
            return at + std::countr_zero(others);
        }
    }
#endif
    while (exposition::continues_name(*at)) {
        ++at;
    }
    return at;
}

/// The first '"', '\\' or line end from `at` on.
const char* value_end(const char* at, [[maybe_unused]] const char* last_wide) {
#if defined(__SSE2__)
    for (; at <= last_wide; at += 16) {
        const __m128i all = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
        const __m128i ends = _mm_or_si128(
            _mm_or_si128(_mm_cmpeq_epi8(all, _mm_set1_epi8('"')), _mm_cmpeq_epi8(all, _mm_set1_epi8('\\'))),
            _mm_cmpeq_epi8(all, _mm_set1_epi8('\n')));
        if (const auto found = static_cast<unsigned>(_mm_movemask_epi8(ends)); found != 0) {
            return at + std::countr_zero(found);
        }
    }
#endif
    while (*at != '"' && *at != '\\' && *at != '\n') {
        ++at;
    }
    return at;
}

/// A number of so few digits that one rounding makes it exact (W. D. Clinger, "How to read floating point numbers
/// accurately", 1990): the place behind it, or nothing when go_number must decide.
const char* short_number(const char* at, double& value) {
    static constexpr double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                        1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    constexpr std::ptrdiff_t most_digits = 18; // so that the whole number below holds them
    const bool negative = *at == '-';
    at += negative;
    std::uint64_t whole = 0;
    const auto digits = [&] {
        const char* const first = at;
        for (; is_digit(*at); ++at) {
            whole = whole * 10 + static_cast<std::uint64_t>(*at - '0');
        }
        return at - first;
    };
    std::ptrdiff_t count = digits();
    if (count == 0) {
        return nullptr;
    }
    std::ptrdiff_t exponent = 0;
    if (*at == '.') {
        ++at;
        exponent = -digits();
        if (exponent == 0) {
            return nullptr;
        }
        count -= exponent;
    }
    if (count > most_digits || whole > (std::uint64_t{1} << 53)) {
        return nullptr;
    }
    if (*at == 'e' || *at == 'E') {
        ++at;
        const bool down = *at == '-';
        at += down || *at == '+';
        if (!is_digit(at[0]) || !is_digit(at[1]) || is_digit(at[2])) { // as Go and C++ write it
            return nullptr;
        }
        const std::ptrdiff_t told = (at[0] - '0') * 10 + (at[1] - '0');
        exponent += down ? -told : told;
        at += 2;
    }
    if (exponent < 1 - std::ssize(powers) || exponent > std::ssize(powers) - 1) {
        return nullptr;
    }
    const double size =
        exponent < 0 ? static_cast<double>(whole) / powers[-exponent] : static_cast<double>(whole) * powers[exponent];
    value = negative ? -size : size;
    return at;
}

/// Up to the line end behind it.
const char* milliseconds_since(const char* at, std::optional<Nanos>& since) {
    constexpr std::ptrdiff_t most_digits = 12; // so that nanoseconds hold them
    constexpr std::ptrdiff_t of_our_days = 13;
    const char* const first = at;
    std::int64_t whole = 0;
    for (; is_digit(*at) && at - first < of_our_days; ++at) {
        whole = whole * 10 + (*at - '0');
    }
    if (at == first || (at - first > most_digits && *first > '8')) {
        return nullptr;
    }
    since = milliseconds(whole);
    while (is_blank(*at)) {
        ++at;
    }
    return *at == '\n' ? at : nullptr;
}

} // namespace

QuickLines::QuickLines(std::string_view text, std::size_t most_labels, bool with_milliseconds)
    : begin_(text.data()), end_(begin_ + (text.rfind('\n') == std::string_view::npos ? 0 : text.rfind('\n') + 1)),
      last_wide_(begin_ + text.size() - std::min<std::size_t>(text.size(), 16)),
      most_labels_(std::min(most_labels, room)), with_milliseconds_(with_milliseconds) {
    if (text.size() < 16) {
        end_ = begin_; // not worth a way of its own
    }
}

std::size_t QuickLines::read(std::size_t offset, SampleLine& line) {
    const char* at = begin_ + offset;
    if (at >= end_ || !exposition::starts_name(*at)) {
        return 0;
    }
    const char* const first = at;
    at = name_end(at, last_wide_);
    line.name = {first, at};
    line.labels = {};
    if (*at == '{') {
        at = labels(at + 1, line);
        if (at == nullptr) {
            return 0;
        }
    } else if (!is_blank(*at)) {
        return 0;
    }
    line.written = {first, at};
    while (is_blank(*at)) {
        ++at;
    }
    const char* behind = short_number(at, line.value);
    if (behind == nullptr || (*behind != '\n' && !is_blank(*behind))) {
        behind = at;
        while (*behind != '\n' && !is_blank(*behind)) {
            ++behind;
        }
        const auto number = go_number({at, behind});
        if (!number) {
            return 0;
        }
        line.value = *number;
    }
    while (is_blank(*behind)) {
        ++behind;
    }
    line.at.reset();
    if (*behind != '\n') {
        behind = with_milliseconds_ ? milliseconds_since(behind, line.at) : nullptr;
        if (behind == nullptr) {
            return 0;
        }
    }
    return static_cast<std::size_t>(behind + 1 - begin_);
}

/// From behind the '{' to behind the '}'.
const char* QuickLines::labels(const char* at, SampleLine& line) {
    std::size_t count = 0;
    while (*at != '}') {
        const char* const first = at;
        at = name_end(at, last_wide_);
        const std::string_view name{first, at};
        if (*at != '=' || at[1] != '"' || !exposition::starts_label(*first) || count == most_labels_ ||
            name.find(':') != std::string_view::npos || name == metric_name) {
            return nullptr;
        }
        const char* const value = at + 2;
        at = value_end(value, last_wide_);
        if (*at != '"') {
            return nullptr;
        }
        for (std::size_t i = 0; i < count; ++i) {
            if (labels_[i].name == name) {
                return nullptr; // twice
            }
        }
        labels_[count++] = {name, {value, at}};
        ++at;
        if (*at == ',') {
            ++at;
            while (is_blank(*at)) {
                ++at;
            }
        } else if (*at != '}') {
            return nullptr;
        }
    }
    line.labels = {labels_.data(), count};
    return at + 1;
}

} // namespace sluice::series

#include "session/tick_codec.h"

#include <algorithm>
#include <bit>
#include <limits>

namespace sluice::session {
namespace {

/// 2 only where a sample is of the past: all others are read by programs that know no such ones.
constexpr unsigned char plain_layout = 1, layout_with_past = 2;
constexpr unsigned char has_detail = 0x80, is_past = 0x40;

void put_varint(std::string& bytes, std::uint64_t value) {
    while (value >= 0x80) {
        bytes += static_cast<char>(value | 0x80);
        value >>= 7;
    }
    bytes += static_cast<char>(value);
}

/// Differences wrap, so that any two instants survive.
std::uint64_t difference(Nanos a, Nanos b) {
    const auto delta =
        static_cast<std::int64_t>(static_cast<std::uint64_t>(a.count) - static_cast<std::uint64_t>(b.count));
    return static_cast<std::uint64_t>(delta) << 1 ^ static_cast<std::uint64_t>(delta >> 63);
}

Nanos minus(Nanos time, std::uint64_t zigzag) {
    const std::uint64_t delta = zigzag >> 1 ^ (~(zigzag & 1) + 1);
    return {static_cast<std::int64_t>(static_cast<std::uint64_t>(time.count) - delta)};
}

class Input {
public:
    explicit Input(std::string_view bytes) : bytes_(bytes) {}

    unsigned char byte() {
        if (bytes_.empty()) {
            bad_ = true;
            return 0;
        }
        const auto value = static_cast<unsigned char>(bytes_.front());
        bytes_.remove_prefix(1);
        return value;
    }

    std::uint64_t varint() {
        std::uint64_t value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            const unsigned char part = byte();
            value |= static_cast<std::uint64_t>(part & 0x7f) << shift;
            if ((part & 0x80) == 0) {
                return value;
            }
        }
        bad_ = true;
        return 0;
    }

    std::string_view take(std::uint64_t size) {
        if (size > bytes_.size()) {
            bad_ = true;
            return {};
        }
        const auto part = bytes_.substr(0, size);
        bytes_.remove_prefix(size);
        return part;
    }

    bool bad() const { return bad_; }
    bool at_end() const { return bytes_.empty(); }

private:
    std::string_view bytes_;
    bool bad_ = false;
};

} // namespace

std::string encode_tick(Nanos time, std::span<const Sample> samples, std::span<const SeriesId> ids) {
    std::string bytes;
    bytes.reserve(2 + samples.size() * 24);
    const bool with_past = std::any_of(samples.begin(), samples.end(), [](const Sample& one) { return one.past; });
    bytes += static_cast<char>(with_past ? layout_with_past : plain_layout);
    put_varint(bytes, samples.size());
    auto id = ids.begin();
    for (const Sample& sample : samples) {
        put_varint(bytes, static_cast<std::uint64_t>(*id++));
        bytes += static_cast<char>(static_cast<unsigned char>(sample.status) |
                                   (sample.detail.empty() ? 0 : has_detail) | (sample.past ? is_past : 0));
        put_varint(bytes, difference(time, sample.measured_at));
        put_varint(bytes, difference(time, sample.received_at));
        if (sample.status == SampleStatus::ok) {
            const auto bits = std::bit_cast<std::uint64_t>(sample.value);
            for (int shift = 0; shift < 64; shift += 8) {
                bytes += static_cast<char>(bits >> shift & 0xff);
            }
        }
        if (!sample.detail.empty()) {
            put_varint(bytes, sample.detail.size());
            bytes += sample.detail;
        }
    }
    return bytes;
}

bool decode_tick(Nanos time, std::string_view blob, const std::function<void(SeriesId, Sample)>& take) {
    Input input(blob);
    const unsigned char layout = input.byte();
    if (layout != plain_layout && layout != layout_with_past) {
        return false;
    }
    const unsigned char flags = layout == layout_with_past ? has_detail | is_past : has_detail;
    for (std::uint64_t left = input.varint(); left > 0 && !input.bad(); --left) {
        const auto id = static_cast<SeriesId>(input.varint());
        const unsigned char status = input.byte();
        if ((status & ~flags) > 2) {
            return false;
        }
        Sample sample;
        sample.status = static_cast<SampleStatus>(status & ~flags);
        sample.past = (status & flags & is_past) != 0;
        sample.measured_at = minus(time, input.varint());
        sample.received_at = minus(time, input.varint());
        if (sample.status == SampleStatus::ok) {
            std::uint64_t bits = 0;
            for (int shift = 0; shift < 64; shift += 8) {
                bits |= static_cast<std::uint64_t>(input.byte()) << shift;
            }
            sample.value = std::bit_cast<double>(bits);
        } else {
            sample.value = std::numeric_limits<double>::quiet_NaN();
        }
        if ((status & has_detail) != 0) {
            sample.detail = input.take(input.varint());
        }
        if (input.bad()) {
            return false;
        }
        take(id, std::move(sample));
    }
    return !input.bad() && input.at_end();
}

} // namespace sluice::session

#include "engine/recorder.h"

#include "base/json.h"

#include <algorithm>

namespace sluice::engine {
namespace {

/// As canonical JSON has it. Most labels need no escapes; a tree for each of ten thousand series a second does cost.
std::string labels_text(const series::Labels& labels) {
    const auto is_plain = [](const std::string& text) {
        return std::all_of(text.begin(), text.end(),
                           [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; });
    };
    std::string text = "{";
    for (const auto& [name, value] : labels) {
        if (!is_plain(name) || !is_plain(value)) {
            return canonical(Json(labels)).value_or("{}");
        }
        text.append(text.size() > 1 ? ",\"" : "\"").append(name).append("\":\"").append(value).append("\"");
    }
    return text += "}";
}

session::Sample recorded(const std::string& metric, const std::string& unit, const series::Reading& reading,
                         std::string labels) {
    session::Sample sample;
    sample.series.metric = metric;
    sample.series.arm = reading.arm;
    sample.series.labels = std::move(labels);
    sample.series.unit = unit;
    sample.status = static_cast<session::SampleStatus>(reading.status);
    sample.value = reading.value;
    sample.measured_at = reading.measured_at;
    sample.received_at = reading.received_at;
    sample.detail = reading.detail;
    return sample;
}

} // namespace

Recorder::Recorder(Scheduler& scheduler, session::SessionLog& log, std::function<Nanos()> real_now)
    : scheduler_(scheduler), log_(log), real_now_(std::move(real_now)), last_(real_now_()) {}

void Recorder::sample(const series::SampleBatch& batch) {
    session::Tick tick{0, scheduler_.now(), {}};
    auto& written = written_[batch.metric];
    written.resize(batch.readings.size());
    tick.samples.reserve(batch.readings.size() + batch.beside.size());
    auto known = written.begin();
    for (const auto& reading : batch.readings) {
        if (known->labels != reading.labels) {
            *known = {reading.labels, labels_text(reading.labels)};
        }
        tick.samples.push_back(recorded(batch.metric, batch.unit, reading, known++->text));
    }
    for (const auto& one : batch.beside) {
        tick.samples.push_back(recorded(one.metric, one.unit, one, labels_text(one.labels)));
    }
    take(std::move(tick));
}

void Recorder::past(const std::vector<series::SampleBatch>& batches) {
    session::Tick tick{0, scheduler_.now(), {}};
    for (const auto& batch : batches) {
        for (const auto& reading : batch.readings) {
            tick.samples.push_back(recorded(batch.metric, batch.unit, reading, labels_text(reading.labels)));
            tick.samples.back().past = true;
        }
    }
    take(std::move(tick));
}

void Recorder::take(session::Tick tick) {
    if (gathered_.ticks.empty() || gathered_.ticks.back().time != tick.time) {
        gathered_.ticks.push_back({0, tick.time, {}});
    }
    if (measured_) {
        measured_(tick);
    }
    auto& gathered = gathered_.ticks.back().samples;
    gathered.insert(gathered.end(), std::make_move_iterator(tick.samples.begin()),
                    std::make_move_iterator(tick.samples.end()));
    write_when_due();
}

Recorder::Place& Recorder::place(const std::string& key) {
    const auto [at, fresh] = places_.try_emplace(key);
    if (fresh) {
        at->second.written = log_.output_size(key).value_or(0);
        at->second.next = at->second.written;
    }
    return at->second;
}

void Recorder::again(const std::string& key) {
    place(key).next = 0;
}

void Recorder::output(const std::string& key, std::string_view bytes) {
    Place& at = place(key);
    const std::int64_t begin = at.next;
    at.next += static_cast<std::int64_t>(bytes.size());
    const std::int64_t from = std::max(begin, at.written);
    const std::int64_t to = std::min(at.next, kept_output);
    if (to <= from) {
        return;
    }
    const auto kept = bytes.substr(static_cast<std::size_t>(from - begin), static_cast<std::size_t>(to - from));
    gathered_.output.push_back({0, scheduler_.now(), key, from, std::string(kept)});
    if (heard_) {
        heard_(gathered_.output.back());
    }
    at.written = to;
    bytes_ += kept.size();
    write_when_due();
}

void Recorder::write_when_due() {
    constexpr std::size_t much = 1 << 20;
    if (real_now_() - last_ >= seconds(1) || bytes_ >= much) {
        (void)write(); // a log that can't be written refuses the next command, and says why
    }
}

Result<void> Recorder::write() {
    last_ = real_now_();
    if (gathered_.output.empty() && gathered_.ticks.empty()) {
        return {};
    }
    auto gathered = std::exchange(gathered_, {});
    bytes_ = 0;
    return log_.record(gathered);
}

} // namespace sluice::engine

#include "range/faults.h"

#include "range/time_text.h"
#include "series/promql.h"
#include "series/promql/expression.h"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace sluice::range {
namespace {

constexpr const char* possible_starts = "a fault starts with T+10m, step:ID or split:ARM>=25";
constexpr const char* possible_faults =
    "possible: errors 6%, latency 3x, lag 20000, broker 2 down, pods crash, image "
    "missing, no data, api slow 5s, api down, conflict, alert NAME{severity=\"page\"}";

struct Word {
    std::string_view text;
    std::size_t column; ///< in characters, from 1
};

std::size_t characters(std::string_view text) {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

/// A decimal number without sign or exponent, scaled by a power of ten: ("4.9", 10000) is 49000.
std::optional<std::int64_t> scaled(std::string_view text, std::int64_t scale) {
    const auto point = text.find('.');
    const std::string_view whole = text.substr(0, point);
    std::string_view part = point == std::string_view::npos ? std::string_view() : text.substr(point + 1);
    if (whole.empty() || (point != std::string_view::npos && part.empty()) || whole.size() > 9) {
        return std::nullopt;
    }
    std::int64_t value = 0;
    for (const char c : whole) {
        if (c < '0' || c > '9') {
            return std::nullopt;
        }
        value = value * 10 + (c - '0');
    }
    value *= scale;
    for (const char c : part) {
        if (c < '0' || c > '9' || scale < 10) {
            return std::nullopt;
        }
        scale /= 10;
        value += (c - '0') * scale;
    }
    return value;
}

class Reader {
public:
    Reader(std::string_view text, std::span<const std::string> arms) : text_(text), arms_(arms) {
        std::size_t at = 0;
        while (at < text.size()) {
            if (text[at] == ' ') {
                ++at;
                continue;
            }
            const auto end = std::min(text.find(' ', at), text.size());
            words_.push_back({text.substr(at, end - at), characters(text.substr(0, at)) + 1});
            at = end;
        }
    }

    Result<Fault> read() {
        Fault fault;
        fault.text = std::string(text_);
        if (!read_start(fault) || !read_kind(fault) || !read_tail(fault)) {
            return tl::unexpected(error_);
        }
        return fault;
    }

private:
    std::string_view peek() const { return next_ < words_.size() ? words_[next_].text : std::string_view(); }
    bool take(std::string_view word) {
        if (peek() != word) {
            return false;
        }
        ++next_;
        return true;
    }

    bool wrong(std::string what, std::string remedy) {
        const std::size_t column = next_ < words_.size() ? words_[next_].column : characters(text_) + 1;
        error_ = {ErrorCode::bad_input, std::move(what), fmt::format("--fault '{}', column {}", text_, column),
                  std::move(remedy)};
        return false;
    }
    bool unexpected(const char* wanted, std::string remedy) {
        return peek().empty() ? wrong(fmt::format("{} is missing", wanted), std::move(remedy))
                              : wrong(fmt::format("'{}' is not {}", peek(), wanted), std::move(remedy));
    }

    bool known_arm(std::string_view arm) {
        if (std::find(arms_.begin(), arms_.end(), arm) != arms_.end()) {
            return true;
        }
        return wrong(fmt::format("there is no arm '{}'", arm), arms_.empty()
                                                                   ? std::string("the plan has no arms")
                                                                   : fmt::format("arms: {}", fmt::join(arms_, ", ")));
    }

    bool read_start(Fault& fault) {
        std::string_view word = peek();
        if (word.starts_with("T+")) {
            fault.start.kind = FaultStart::Kind::time;
            if (!parse_length(word.substr(2), fault.start.after)) {
                return unexpected("a time after the start", "write T+90s, T+10m or T+1h30m");
            }
        } else if (word.starts_with("step:") && word.size() > 5) {
            fault.start.kind = FaultStart::Kind::step;
            fault.start.step = std::string(word.substr(5));
        } else if (word.starts_with("split:")) {
            word.remove_prefix(6);
            const auto sign = word.find(">=");
            const auto percent = sign == std::string_view::npos ? std::nullopt : scaled(word.substr(sign + 2), 1);
            if (!percent || *percent > 100 || sign == 0) {
                return unexpected("a share that an arm reaches", "write split:ARM>=25, 0 to 100");
            }
            if (!known_arm(word.substr(0, sign))) {
                return false;
            }
            fault.start.kind = FaultStart::Kind::split;
            fault.start.arm = std::string(word.substr(0, sign));
            fault.start.percent = *percent;
        } else {
            return unexpected("a start", possible_starts);
        }
        ++next_;
        return true;
    }

    bool amount(Fault& fault, std::string_view ending, std::int64_t scale, const char* wanted, const char* remedy) {
        std::string_view word = peek();
        std::optional<std::int64_t> value;
        if (word.size() > ending.size() && word.ends_with(ending)) {
            word.remove_suffix(ending.size());
            value = scaled(word, scale);
        }
        if (!value) {
            return unexpected(wanted, remedy);
        }
        fault.amount = *value;
        return true;
    }

    bool read_kind(Fault& fault) {
        const char* errors_remedy = "write errors 6% or errors 0.05%, up to 100%";
        if (take("errors")) {
            fault.kind = FaultKind::errors;
            if (!amount(fault, "%", 10'000, "a share", errors_remedy)) {
                return false;
            }
            if (fault.amount > 1'000'000) {
                return unexpected("a share", errors_remedy);
            }
            ++next_;
        } else if (take("latency")) {
            fault.kind = FaultKind::latency;
            if (!amount(fault, "x", 1000, "a factor", "write latency 3x or latency 1.5x")) {
                return false;
            }
            if (fault.amount == 0) {
                return unexpected("a factor", "a factor above 0");
            }
            ++next_;
        } else if (take("lag")) {
            fault.kind = FaultKind::lag;
            if (!amount(fault, "", 1, "a number of messages", "write lag 20000, up to 10000000")) {
                return false;
            }
            if (fault.amount > 10'000'000) {
                return unexpected("a number of messages", "up to 10000000");
            }
            ++next_;
        } else if (take("broker")) {
            fault.kind = FaultKind::broker_down;
            if (!amount(fault, "", 1, "a broker's number", "write broker 2 down, brokers 1 to 3")) {
                return false;
            }
            if (fault.amount < 1 || fault.amount > 3) {
                return unexpected("a broker's number", "brokers 1 to 3");
            }
            ++next_;
            return take("down") || unexpected("'down'", "write broker 2 down");
        } else if (take("pods")) {
            fault.kind = FaultKind::pods_crash;
            return take("crash") || unexpected("'crash'", "write pods crash");
        } else if (take("image")) {
            fault.kind = FaultKind::image_missing;
            return take("missing") || unexpected("'missing'", "write image missing");
        } else if (take("no")) {
            fault.kind = FaultKind::no_data;
            return take("data") || unexpected("'data'", "write no data");
        } else if (take("api")) {
            if (take("down")) {
                fault.kind = FaultKind::api_down;
                return true;
            }
            fault.kind = FaultKind::api_slow;
            if (!take("slow")) {
                return unexpected("'slow' or 'down'", "write api slow 5s or api down");
            }
            if (!parse_length(peek(), fault.delay) || fault.delay == Nanos{}) {
                return unexpected("a delay", "write api slow 5s");
            }
            ++next_;
        } else if (take("conflict")) {
            fault.kind = FaultKind::conflict;
        } else if (take("alert")) {
            fault.kind = FaultKind::alert;
            return read_alert(fault);
        } else {
            return unexpected("a fault", possible_faults);
        }
        return true;
    }

    /// NAME, or NAME{label="value",…} without blanks; read as a selector of PromQL is.
    bool read_alert(Fault& fault) {
        constexpr const char* remedy = "write alert HighLatency or alert HighLatency{severity=\"page\",team=\"core\"}";
        const auto read = series::promql::parse(peek());
        const auto* selector = read ? std::get_if<series::promql::Selector>(&read->root().node) : nullptr;
        if (selector == nullptr || selector->range != Nanos{} || selector->offset != Nanos{}) {
            return unexpected("the name of an alert", remedy);
        }
        fault.labels = {{"severity", "critical"}};
        for (const auto& matcher : selector->matchers) {
            if (matcher.kind() != series::Matcher::Kind::equal) {
                return unexpected("an alert with the values of its labels", remedy);
            }
            fault.labels[matcher.label() == series::metric_name ? "alertname" : matcher.label()] = matcher.value();
        }
        if (!fault.labels.contains("alertname")) {
            return unexpected("the name of an alert", remedy);
        }
        ++next_;
        return true;
    }

    bool read_tail(Fault& fault) {
        if (take("for")) {
            Nanos lasts;
            if (!parse_length(peek(), lasts) || lasts == Nanos{}) {
                return unexpected("a length of time", "write for 90s or for 5m");
            }
            fault.lasts = lasts;
            ++next_;
        }
        if (peek() == "on") {
            const bool takes_arm = fault.kind == FaultKind::errors || fault.kind == FaultKind::latency ||
                                   fault.kind == FaultKind::pods_crash || fault.kind == FaultKind::image_missing;
            if (!takes_arm) {
                return wrong("this fault is not of one arm",
                             "leave 'on ARM' out; errors, latency, pods crash and image "
                             "missing can have it");
            }
            ++next_;
            if (peek().empty()) {
                return unexpected("an arm", fmt::format("arms: {}", fmt::join(arms_, ", ")));
            }
            if (!known_arm(peek())) {
                return false;
            }
            fault.arm = std::string(peek());
            ++next_;
        }
        if (next_ < words_.size()) {
            return wrong(fmt::format("'{}' is too much here", peek()), "a fault is WHEN WHAT [for D] [on ARM]");
        }
        return true;
    }

    std::string_view text_;
    std::span<const std::string> arms_;
    std::vector<Word> words_;
    std::size_t next_ = 0;
    Error error_;
};

} // namespace

Result<Fault> parse_fault(std::string_view text, std::span<const std::string> arms) {
    return Reader(text, arms).read();
}

std::vector<std::pair<Nanos, std::size_t>> FaultBoard::timed() const {
    std::vector<std::pair<Nanos, std::size_t>> due;
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        if (entries_[i].fault.start.kind == FaultStart::Kind::time) {
            due.emplace_back(begin_ + entries_[i].fault.start.after, i);
        }
    }
    return due;
}

std::vector<std::size_t> FaultBoard::waiting_for_step(std::string_view step) const {
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        const auto& [fault, from] = entries_[i];
        if (!from && fault.start.kind == FaultStart::Kind::step && fault.start.step == step) {
            found.push_back(i);
        }
    }
    return found;
}

std::vector<std::size_t> FaultBoard::waiting_for_split(std::string_view arm, double percent) const {
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        const auto& [fault, from] = entries_[i];
        if (!from && fault.start.kind == FaultStart::Kind::split && fault.start.arm == arm &&
            percent + 1e-9 >= static_cast<double>(fault.start.percent)) {
            found.push_back(i);
        }
    }
    return found;
}

bool FaultBoard::start(std::size_t index, Nanos at) {
    if (entries_[index].from) {
        return false;
    }
    entries_[index].from = at;
    return true;
}

std::optional<Nanos> FaultBoard::ends(std::size_t index) const {
    const auto& [fault, from] = entries_[index];
    return from && fault.lasts ? std::optional(*from + *fault.lasts) : std::nullopt;
}

const Fault* FaultBoard::active(FaultKind kind, Nanos at, std::string_view arm) const {
    const Fault* found = nullptr;
    Nanos latest{INT64_MIN};
    for (const auto& [fault, from] : entries_) {
        const bool holds = from && *from <= at && (!fault.lasts || at < *from + *fault.lasts);
        if (holds && fault.kind == kind && (!fault.arm || *fault.arm == arm) && *from >= latest) {
            found = &fault;
            latest = *from;
        }
    }
    return found;
}

} // namespace sluice::range

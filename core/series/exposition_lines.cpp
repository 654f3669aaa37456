#include "series/exposition_lines.h"

#include "series/exposition_characters.h"
#include "series/exposition_quick.h"
#include "series/go_number.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <deque>
#include <fmt/format.h>
#include <functional>
#include <unordered_map>
#include <utility>
#include <vector>

namespace sluice::series {
namespace {

using exposition::continues_name, exposition::is_blank, exposition::starts_name;

/// Thrown inside this file only; caught at its border.
struct Fault {
    std::size_t at;
    std::string what;
};

/// The labels of one line as they come.
struct LineLabels {
    std::optional<std::string_view> metric;
    std::vector<SampleLine::Label> others;

    std::size_t size() const { return others.size() + (metric ? 1 : 0); }
    bool contains(std::string_view name) const {
        return name == metric_name ? metric.has_value()
                                   : std::ranges::find(others, name, &SampleLine::Label::name) != others.end();
    }
};

/// Reads one line at a time. A column is found from the byte offset only when an error needs it.
class ExpositionReader {
public:
    ExpositionReader(std::string_view text, const ExpositionBudget& budget, ExpositionFormat format,
                     ExpositionSink& sink, ExpositionWay way)
        : text_(text), budget_(budget), sink_(sink), open_metrics_(format == ExpositionFormat::open_metrics),
          quick_way_(way == ExpositionWay::quick), quick_(text, budget.labels_each, !open_metrics_) {}

    void read() {
        while (at_ < text_.size()) {
            if (ended_) {
                refuse("nothing may follow # EOF");
            }
            if (const std::size_t next = quick_way_ && samples_ < budget_.samples ? quick_.read(at_, line_) : 0) {
                give();
                at_ = next;
                continue;
            }
            auto end = text_.find('\n', at_);
            if (open_metrics_ && text_.substr(at_) == "# EOF") {
                end = text_.size(); // the only line that needs no end
            }
            if (end == std::string_view::npos) {
                throw Fault{text_.size(), "the last line has no line end: the text was cut off"};
            }
            line_end_ = end;
            read_line();
            at_ = end + 1;
        }
        if (open_metrics_ && !ended_) {
            throw Fault{text_.size(), "the last line is not # EOF: the text was cut off"};
        }
    }

private:
    char peek() const { return at_ < line_end_ ? text_[at_] : '\n'; }
    void skip_blanks() {
        while (is_blank(peek())) {
            ++at_;
        }
    }
    std::string_view word() {
        const auto begin = at_;
        while (at_ < line_end_ && !is_blank(text_[at_])) {
            ++at_;
        }
        return text_.substr(begin, at_ - begin);
    }
    [[noreturn]] void refuse(std::string what) const { throw Fault{at_, std::move(what)}; }

    void read_line() {
        skip_blanks();
        if (peek() == '\n') {
            if (open_metrics_) {
                refuse("OpenMetrics has no empty lines");
            }
            return;
        }
        if (peek() == '#') {
            read_comment();
        } else {
            read_sample();
        }
        unescaped_.clear();
    }

    void read_comment() {
        ++comments_;
        ++at_;
        skip_blanks();
        const auto keyword_at = at_;
        const auto keyword = word();
        if (open_metrics_ && keyword == "EOF") {
            skip_blanks();
            if (peek() != '\n') {
                refuse("nothing may follow # EOF");
            }
            ended_ = true;
            return;
        }
        if (keyword != "HELP" && keyword != "TYPE") {
            if (open_metrics_ && keyword != "UNIT") {
                throw Fault{keyword_at, "only HELP, TYPE, UNIT and EOF may stand here in OpenMetrics"};
            }
            return; // a comment like any other
        }
        skip_blanks();
        if (peek() == '\n') {
            return; // expfmt takes `# TYPE` without a name for a comment
        }
        const std::string_view named = peek() == '"' ? kept(quoted_text()) : plain_name("a metric name");
        if (peek() != '\n' && !is_blank(peek())) {
            refuse("a metric name ends here, and then a blank is expected");
        }
        skip_blanks();
        Family& family = families_[named];
        if (keyword == "HELP") {
            if (std::exchange(family.helped, true)) {
                throw Fault{keyword_at, "a second HELP line for " + std::string(named)};
            }
            sink_.help(named, help_text());
            return;
        }
        if (std::exchange(family.typed, true)) {
            throw Fault{keyword_at, "a second TYPE line for " + std::string(named)};
        }
        if (family.sampled) {
            throw Fault{keyword_at, "the TYPE of " + std::string(named) + " comes after its samples"};
        }
        sink_.type(named, read_type());
    }

    MetricType read_type() {
        const auto begin = at_;
        const auto text = text_.substr(begin, line_end_ - begin);
        for (const auto type : {MetricType::untyped, MetricType::counter, MetricType::gauge, MetricType::histogram,
                                MetricType::summary}) {
            if (text == name(type)) {
                return type;
            }
        }
        if (open_metrics_) {
            for (const auto& [written, type] :
                 {std::pair("unknown", MetricType::untyped), std::pair("gaugehistogram", MetricType::histogram),
                  std::pair("info", MetricType::gauge), std::pair("stateset", MetricType::gauge)}) {
                if (text == written) {
                    return type;
                }
            }
        }
        throw Fault{begin, "unknown metric type '" + std::string(text) + "'"};
    }

    std::string_view help_text() {
        const auto rest = text_.substr(at_, line_end_ - at_);
        if (rest.find('\\') == std::string_view::npos) {
            return rest;
        }
        std::string& out = unescaped_.emplace_back();
        for (; at_ < line_end_; ++at_) {
            if (text_[at_] != '\\') {
                out += text_[at_];
                continue;
            }
            ++at_;
            switch (peek()) {
            case '\\':
                out += '\\';
                break;
            case 'n':
                if (at_ < line_end_) {
                    out += '\n';
                    break;
                }
                [[fallthrough]];
            default:
                if (open_metrics_ && peek() == '"') {
                    out += '"';
                    break;
                }
                refuse(open_metrics_ ? "a HELP text knows only the escapes \\\\, \\\" and \\n"
                                     : "a HELP text knows only the escapes \\\\ and \\n");
            }
        }
        return out;
    }

    std::string_view plain_name(const char* what) {
        if (!starts_name(peek())) {
            refuse(std::string(what) + " is expected here");
        }
        const auto begin = at_;
        while (continues_name(peek())) {
            ++at_;
        }
        return text_.substr(begin, at_ - begin);
    }

    /// Without its escapes; good until the line has been given on.
    std::string_view quoted_text() {
        const auto begin = ++at_;
        while (at_ < line_end_ && text_[at_] != '"' && text_[at_] != '\\') {
            ++at_;
        }
        if (peek() == '"') {
            return text_.substr(begin, at_++ - begin);
        }
        std::string& out = unescaped_.emplace_back(text_.substr(begin, at_ - begin));
        for (; at_ < line_end_; ++at_) {
            const char c = text_[at_];
            if (c == '"') {
                ++at_;
                return out;
            }
            if (c != '\\') {
                out += c;
                continue;
            }
            ++at_;
            switch (at_ < line_end_ ? text_[at_] : '\0') {
            case '\\':
            case '"':
                out += text_[at_];
                break;
            case 'n':
                out += '\n';
                break;
            default:
                refuse("a quoted text knows only the escapes \\\\, \\\" and \\n");
            }
        }
        refuse("the quoted text does not end on this line");
    }

    void read_sample() {
        if (samples_ >= budget_.samples) {
            refuse(fmt::format("more than {} samples", budget_.samples));
        }
        LineLabels labels;
        const auto begin = at_;
        auto series_end = begin;
        if (peek() != '{') {
            labels.metric = plain_name("a metric name");
            series_end = at_;
            skip_blanks();
        }
        if (peek() == '{') {
            read_labels(labels);
            series_end = at_;
        }
        if (!labels.metric || labels.metric->empty()) {
            throw Fault{begin, "the line names no metric"};
        }
        skip_blanks();
        const auto value_at = at_;
        const auto value = go_number(word());
        if (!value) {
            throw Fault{value_at, "a number is expected here"};
        }
        line_ = {text_.substr(begin, series_end - begin), *labels.metric, labels.others, *value, std::nullopt};
        skip_blanks();
        if (open_metrics_) {
            if (peek() != '\n' && peek() != '#') {
                line_.at = read_seconds();
            }
            if (peek() == '#') {
                skip_exemplar();
            }
        } else if (peek() != '\n') {
            line_.at = read_timestamp();
        }
        give();
    }

    void give() {
        note_family(line_.name);
        sink_.sample(line_);
        ++samples_;
    }

    /// Behind a value: `# {trace_id="x"} 0.67 1520879607.789`.
    void skip_exemplar() {
        ++at_;
        skip_blanks();
        if (peek() != '{') {
            refuse("the labels of an exemplar are expected here");
        }
        LineLabels labels;
        read_labels(labels);
        skip_blanks();
        const auto value_at = at_;
        if (!go_number(word())) {
            throw Fault{value_at, "a number is expected here"};
        }
        skip_blanks();
        if (peek() != '\n') {
            (void)read_seconds();
        }
        if (peek() != '\n') {
            refuse("nothing may follow the exemplar");
        }
    }

    /// What a TYPE line may no longer follow. Until the next comment once is enough for each name.
    void note_family(std::string_view named) {
        if (named == last_named_ && last_noted_ == comments_) {
            return;
        }
        const auto known = families_.find(named);
        Family& family = known == families_.end() ? families_[in_text(named) ? named : kept(named)] : known->second;
        last_named_ = in_text(named) ? named : std::string_view();
        last_noted_ = in_text(named) ? comments_ : SIZE_MAX;
        if (family.noted == comments_) {
            return;
        }
        family.sampled = true;
        family.noted = comments_;
        // Samples of a histogram or summary carry suffixes; their TYPE line names the bare metric.
        for (const std::string_view suffix : {"_bucket", "_sum", "_count", "_total", "_created", "_info"}) {
            const bool of_both = suffix == "_bucket" || suffix == "_sum" || suffix == "_count";
            if (!of_both && !open_metrics_) {
                break;
            }
            if (named.size() > suffix.size() && named.ends_with(suffix)) {
                if (const auto bare = families_.find(named.substr(0, named.size() - suffix.size()));
                    bare != families_.end()) {
                    bare->second.sampled = true;
                }
            }
        }
    }

    void read_labels(LineLabels& labels) {
        ++at_;
        for (;;) {
            skip_blanks();
            if (peek() == '}') {
                ++at_;
                return;
            }
            const auto begin = at_;
            const bool was_quoted = peek() == '"';
            const auto name = was_quoted ? quoted_text() : label_name();
            skip_blanks();
            if (was_quoted && peek() != '=') {
                if (labels.metric) {
                    throw Fault{begin, "the line names its metric twice"};
                }
                labels.metric = name;
            } else {
                read_label_value(labels, name, begin);
            }
            skip_blanks();
            if (peek() == ',') {
                ++at_;
            } else if (peek() != '}') {
                refuse("',' or '}' is expected here");
            }
        }
    }

    std::string_view label_name() {
        const auto name = plain_name("a label name");
        if (name.find(':') != std::string_view::npos) {
            refuse("a label name has no ':'");
        }
        if (name == metric_name) {
            refuse("the label name __name__ is reserved");
        }
        return name;
    }

    void read_label_value(LineLabels& labels, std::string_view name, std::size_t begin) {
        if (peek() != '=') {
            refuse("'=' is expected after the label " + std::string(name));
        }
        ++at_;
        skip_blanks();
        if (peek() != '"') {
            refuse("the label's value is expected here, in double quotes");
        }
        if (labels.size() > budget_.labels_each) {
            throw Fault{begin, fmt::format("more than {} labels", budget_.labels_each)};
        }
        const auto value = quoted_text();
        if (labels.contains(name)) {
            throw Fault{begin, "the label " + std::string(name) + " stands twice"};
        }
        if (name == metric_name) {
            labels.metric = value;
        } else {
            labels.others.push_back({name, value});
        }
    }

    Nanos read_timestamp() {
        const auto begin = at_;
        auto text = word();
        if (text.starts_with('+')) {
            text.remove_prefix(1);
        }
        std::int64_t milliseconds_since = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), milliseconds_since);
        constexpr std::int64_t most = INT64_MAX / 1'000'000;
        if (error != std::errc() || end != text.data() + text.size() || milliseconds_since > most ||
            milliseconds_since < -most) {
            throw Fault{begin, "a timestamp in milliseconds is expected here"};
        }
        skip_blanks();
        if (peek() != '\n') {
            refuse("nothing may follow the timestamp");
        }
        return milliseconds(milliseconds_since);
    }

    /// Of OpenMetrics; cut to milliseconds, as Prometheus does. What follows is the caller's.
    Nanos read_seconds() {
        constexpr double most = 9e9; // so that nanoseconds hold it
        const auto begin = at_;
        const auto seconds_since = go_number(word());
        if (!seconds_since || !(std::abs(*seconds_since) < most)) {
            throw Fault{begin, "a timestamp in seconds is expected here"};
        }
        skip_blanks();
        if (peek() != '\n' && peek() != '#') {
            refuse("only an exemplar may follow the timestamp");
        }
        return milliseconds(static_cast<std::int64_t>(*seconds_since * 1000));
    }

    bool in_text(std::string_view part) const {
        return std::less_equal()(text_.data(), part.data()) &&
               std::less_equal()(part.data() + part.size(), text_.data() + text_.size());
    }
    /// Good as long as this reader.
    std::string_view kept(std::string_view name) {
        return in_text(name) ? name : std::string_view(names_.emplace_back(name));
    }

    struct Family {
        bool helped = false, typed = false, sampled = false;
        std::size_t noted = SIZE_MAX; ///< how many comments there were then
    };

    std::string_view text_;
    const ExpositionBudget& budget_;
    ExpositionSink& sink_;
    bool open_metrics_;
    bool quick_way_;
    bool ended_ = false; ///< by # EOF
    std::size_t at_ = 0;
    std::size_t line_end_ = 0;
    QuickLines quick_;
    SampleLine line_;
    std::size_t samples_ = 0;
    std::size_t comments_ = 0;
    std::unordered_map<std::string_view, Family> families_; ///< of all names that have stood in the text
    std::deque<std::string> names_;                         ///< of them those that had escapes
    std::deque<std::string> unescaped_;                     ///< texts of this line that had escapes
    std::string_view last_named_;                           ///< by a sample
    std::size_t last_noted_ = SIZE_MAX;
};

} // namespace

void ExpositionSink::help(std::string_view, std::string_view) {}
void ExpositionSink::type(std::string_view, MetricType) {}

Labels SampleLine::to_labels() const {
    Labels all;
    all.emplace(metric_name, name);
    for (const auto& label : labels) {
        if (!label.value.empty()) {
            all.emplace(label.name, label.value);
        }
    }
    return all;
}

Result<void> read_exposition(std::string_view text, std::string_view source, const ExpositionBudget& budget,
                             ExpositionFormat format, ExpositionSink& sink, ExpositionWay way) {
    if (text.size() > budget.bytes) {
        return fail(ErrorCode::bad_input, fmt::format("{} bytes are over the budget of {}", text.size(), budget.bytes),
                    std::string(source));
    }
    ExpositionReader reader(text, budget, format, sink, way);
    try {
        reader.read();
    } catch (const Fault& fault) {
        return fail(ErrorCode::bad_input, fault.what, std::string(source) + ":" + line_and_column(text, fault.at));
    }
    return {};
}

} // namespace sluice::series

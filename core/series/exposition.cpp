#include "series/exposition.h"

#include "series/go_number.h"

#include <charconv>
#include <cmath>
#include <fmt/format.h>
#include <set>

namespace sluice::series {
namespace {

constexpr bool is_blank(char c) {
    return c == ' ' || c == '\t';
}
constexpr bool starts_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':';
}
constexpr bool continues_name(char c) {
    return starts_name(c) || (c >= '0' && c <= '9');
}

/// Thrown inside this file only; caught at its border.
struct Fault {
    std::size_t at;
    std::string what;
};

/// Reads one line at a time. A column is found from the byte offset only when an error needs it.
class ExpositionReader {
public:
    ExpositionReader(std::string_view text, const ExpositionBudget& budget, ExpositionFormat format)
        : text_(text), budget_(budget), open_metrics_(format == ExpositionFormat::open_metrics) {}

    void read() {
        while (at_ < text_.size()) {
            if (ended_) {
                refuse("nothing may follow # EOF");
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

    Exposition found;

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
    }

    void read_comment() {
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
        const std::string named = peek() == '"' ? quoted_text() : plain_name("a metric name");
        if (peek() != '\n' && !is_blank(peek())) {
            refuse("a metric name ends here, and then a blank is expected");
        }
        skip_blanks();
        if (keyword == "HELP") {
            if (!helped_.insert(named).second) {
                throw Fault{keyword_at, "a second HELP line for " + named};
            }
            found.families[named].help = help_text();
            return;
        }
        if (!typed_.insert(named).second) {
            throw Fault{keyword_at, "a second TYPE line for " + named};
        }
        if (sampled_.contains(named)) {
            throw Fault{keyword_at, "the TYPE of " + named + " comes after its samples"};
        }
        found.families[named].type = read_type();
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

    std::string help_text() {
        std::string out;
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

    std::string plain_name(const char* what) {
        if (!starts_name(peek())) {
            refuse(std::string(what) + " is expected here");
        }
        const auto begin = at_;
        while (continues_name(peek())) {
            ++at_;
        }
        return std::string(text_.substr(begin, at_ - begin));
    }

    std::string quoted_text() {
        std::string out;
        for (++at_; at_ < line_end_; ++at_) {
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
        if (found.samples.size() >= budget_.samples) {
            refuse(fmt::format("more than {} samples", budget_.samples));
        }
        ExposedSample sample;
        const auto begin = at_;
        if (peek() != '{') {
            sample.labels.emplace(metric_name, plain_name("a metric name"));
            skip_blanks();
        }
        if (peek() == '{') {
            read_labels(sample.labels);
        }
        const auto named = sample.labels.find(metric_name);
        if (named == sample.labels.end()) {
            throw Fault{begin, "the line names no metric"};
        }
        note_family(named->second);
        std::erase_if(sample.labels, [](const auto& entry) { return entry.second.empty(); });

        skip_blanks();
        const auto value_at = at_;
        const auto value = go_number(word());
        if (!value) {
            throw Fault{value_at, "a number is expected here"};
        }
        sample.value = *value;
        skip_blanks();
        if (open_metrics_) {
            if (peek() != '\n' && peek() != '#') {
                sample.at = read_seconds();
            }
            if (peek() == '#') {
                skip_exemplar();
            }
        } else if (peek() != '\n') {
            sample.at = read_timestamp();
        }
        found.samples.push_back(std::move(sample));
    }

    /// Behind a value: `# {trace_id="x"} 0.67 1520879607.789`.
    void skip_exemplar() {
        ++at_;
        skip_blanks();
        if (peek() != '{') {
            refuse("the labels of an exemplar are expected here");
        }
        Labels labels;
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

    void note_family(const std::string& named) {
        sampled_.insert(named);
        // Samples of a histogram or summary carry suffixes; their TYPE line names the bare metric.
        for (const std::string_view suffix : {"_bucket", "_sum", "_count", "_total", "_created", "_info"}) {
            const bool of_both = suffix == "_bucket" || suffix == "_sum" || suffix == "_count";
            if (!of_both && !open_metrics_) {
                break;
            }
            if (named.size() > suffix.size() && named.ends_with(suffix)) {
                const std::string bare = named.substr(0, named.size() - suffix.size());
                if (found.families.contains(bare)) {
                    sampled_.insert(bare);
                }
            }
        }
        if (!found.families.contains(named)) {
            found.families[named];
        }
    }

    void read_labels(Labels& labels) {
        ++at_;
        for (;;) {
            skip_blanks();
            if (peek() == '}') {
                ++at_;
                return;
            }
            const auto begin = at_;
            const bool was_quoted = peek() == '"';
            std::string name = was_quoted ? quoted_text() : label_name();
            skip_blanks();
            if (was_quoted && peek() != '=') {
                if (!labels.emplace(metric_name, std::move(name)).second) {
                    throw Fault{begin, "the line names its metric twice"};
                }
            } else {
                read_label_value(labels, std::move(name), begin);
            }
            skip_blanks();
            if (peek() == ',') {
                ++at_;
            } else if (peek() != '}') {
                refuse("',' or '}' is expected here");
            }
        }
    }

    std::string label_name() {
        std::string name = plain_name("a label name");
        if (name.find(':') != std::string::npos) {
            refuse("a label name has no ':'");
        }
        if (name == metric_name) {
            refuse("the label name __name__ is reserved");
        }
        return name;
    }

    void read_label_value(Labels& labels, std::string name, std::size_t begin) {
        if (peek() != '=') {
            refuse("'=' is expected after the label " + name);
        }
        ++at_;
        skip_blanks();
        if (peek() != '"') {
            refuse("the label's value is expected here, in double quotes");
        }
        if (labels.size() > budget_.labels_each) {
            throw Fault{begin, fmt::format("more than {} labels", budget_.labels_each)};
        }
        std::string value = quoted_text();
        if (labels.contains(name)) {
            throw Fault{begin, "the label " + name + " stands twice"};
        }
        labels.emplace(std::move(name), std::move(value));
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

    std::string_view text_;
    const ExpositionBudget& budget_;
    bool open_metrics_;
    bool ended_ = false; ///< by # EOF
    std::size_t at_ = 0;
    std::size_t line_end_ = 0;
    std::set<std::string, std::less<>> helped_, typed_, sampled_;
};

} // namespace

const char* name(MetricType type) {
    switch (type) {
    case MetricType::untyped:
        return "untyped";
    case MetricType::counter:
        return "counter";
    case MetricType::gauge:
        return "gauge";
    case MetricType::histogram:
        return "histogram";
    case MetricType::summary:
        break;
    }
    return "summary";
}

Result<ExpositionFormat> exposition_format(std::string_view content_type) {
    std::string type;
    for (const char c : content_type.substr(0, content_type.find(';'))) {
        if (!is_blank(c)) {
            type += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
        }
    }
    if (type == "application/openmetrics-text") {
        return ExpositionFormat::open_metrics;
    }
    if (type.empty() || type == "text/plain") {
        return ExpositionFormat::text;
    }
    return fail(ErrorCode::bad_input, "the answer is " + type + ", not metrics as text", {},
                "name the path under which the text of the metrics lies");
}

Result<Exposition> parse_exposition(std::string_view text, std::string_view source, const ExpositionBudget& budget,
                                    ExpositionFormat format) {
    if (text.size() > budget.bytes) {
        return fail(ErrorCode::bad_input, fmt::format("{} bytes are over the budget of {}", text.size(), budget.bytes),
                    std::string(source));
    }
    ExpositionReader reader(text, budget, format);
    try {
        reader.read();
    } catch (const Fault& fault) {
        return fail(ErrorCode::bad_input, fault.what, std::string(source) + ":" + line_and_column(text, fault.at));
    }
    return std::move(reader.found);
}

} // namespace sluice::series

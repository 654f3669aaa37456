#include "series/exposition.h"

#include "series/exposition_lines.h"

namespace sluice::series {
namespace {

class Collector : public ExpositionSink {
public:
    void sample(const SampleLine& line) override {
        if (line.name != last_named_ || found.samples.empty()) {
            last_named_ = line.name;
            (void)family(last_named_);
        }
        found.samples.push_back({line.to_labels(), line.value, line.at});
    }
    void help(std::string_view name, std::string_view text) override { family(name).help = text; }
    void type(std::string_view name, MetricType type) override { family(name).type = type; }

    Exposition found;

private:
    MetricFamily& family(std::string_view name) {
        const auto known = found.families.find(name);
        return known == found.families.end() ? found.families[std::string(name)] : known->second;
    }
    std::string last_named_;
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
        if (c != ' ' && c != '\t') {
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
    Collector collector;
    const auto read = read_exposition(text, source, budget, format, collector);
    if (!read) {
        return failed(read);
    }
    return std::move(collector.found);
}

} // namespace sluice::series

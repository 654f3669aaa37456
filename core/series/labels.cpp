#include "series/labels.h"

namespace sluice::series {

std::string_view label(const Labels& labels, std::string_view name) {
    const auto found = labels.find(name);
    return found == labels.end() ? std::string_view{} : std::string_view{found->second};
}

std::string in_quotes(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '\n') {
            out += "\\n";
            continue;
        }
        if (c == '"' || c == '\\') {
            out += '\\';
        }
        out += c;
    }
    return out + '"';
}

std::string to_text(const Labels& labels) {
    std::string inner;
    for (const auto& [name, value] : labels) {
        if (name != metric_name) {
            inner += (inner.empty() ? "" : ", ") + name + "=" + in_quotes(value);
        }
    }
    const std::string name(label(labels, metric_name));
    return inner.empty() && !name.empty() ? name : name + "{" + inner + "}";
}

} // namespace sluice::series

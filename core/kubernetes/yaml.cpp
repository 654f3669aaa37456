#include "kubernetes/yaml.h"

#include <charconv>
#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

namespace sluice::kubernetes {
namespace {

constexpr int max_values = 200'000;
constexpr int max_depth = 64;

/// Thrown inside this file only; the border turns it into an Error.
struct Unfit {
    YAML::Mark mark;
    std::string what;
};

std::optional<std::int64_t> integer_of(std::string_view text) {
    const bool negative = text.starts_with('-');
    if (negative || text.starts_with('+')) {
        text.remove_prefix(1);
    }
    int base = 10;
    if (text.starts_with("0x")) {
        base = 16;
        text.remove_prefix(2);
    } else if (text.starts_with("0o")) {
        base = 8;
        text.remove_prefix(2);
    } else if (text.size() > 1 && text.front() == '0') {
        base = 8; // as kubectl reads `defaultMode: 0644`
        text.remove_prefix(1);
    }
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (error != std::errc() || end != text.data() + text.size() || text.empty() || text.front() == '-') {
        return {};
    }
    return negative ? -value : value;
}

Json plain_scalar(const std::string& text) {
    if (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL") {
        return nullptr;
    }
    for (const char* word : {"true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"}) {
        if (text == word) {
            return true;
        }
    }
    for (const char* word : {"false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"}) {
        if (text == word) {
            return false;
        }
    }
    if (const auto integer = integer_of(text)) {
        return *integer;
    }
    if (text.find_first_not_of("0123456789+-.eE") == std::string::npos &&
        text.find_first_of("0123456789") != std::string::npos) {
        if (const auto number = parse_number(text)) {
            return *number;
        }
    }
    return text;
}

class Conversion {
public:
    explicit Conversion(const FillText* fill = nullptr) : fill_(fill) {}

    Json value(const YAML::Node& node, int depth) {
        if (depth > max_depth) {
            throw Unfit{node.Mark(), "nested deeper than 64"};
        }
        if (++values_ > max_values) {
            throw Unfit{node.Mark(), "more than 200,000 values (aliases unfolded)"};
        }
        const std::string& tag = node.Tag();
        if (!tag.empty() && tag != "?" && tag != "!") {
            throw Unfit{node.Mark(), fmt::format("the tag '{}' is not known here", tag)};
        }
        switch (node.Type()) {
        case YAML::NodeType::Scalar:
            return tag == "!" ? Json(filled(node)) : plain_scalar(filled(node)); // "!" = quoted or block text
        case YAML::NodeType::Sequence: {
            Json list = Json::array();
            for (const auto& child : node) {
                list.push_back(value(child, depth + 1));
            }
            return list;
        }
        case YAML::NodeType::Map:
            return mapping(node, depth);
        default:
            return nullptr;
        }
    }

private:
    std::string filled(const YAML::Node& node) const {
        const std::string& text = node.Scalar();
        if (fill_ == nullptr || text.find("${") == std::string::npos) {
            return text;
        }
        auto value = (*fill_)(text);
        if (!value) {
            throw Unfit{node.Mark(), to_text(value.error())};
        }
        return std::move(*value);
    }

    Json mapping(const YAML::Node& node, int depth) {
        Json own = Json::object();
        Json merged = Json::object();
        for (const auto& entry : node) {
            if (!entry.first.IsScalar()) {
                throw Unfit{entry.first.Mark(), "a key that is not text"};
            }
            const std::string key = filled(entry.first);
            Json child = value(entry.second, depth + 1);
            if (key == "<<" && entry.first.Tag() != "!") {
                for (const Json& base : child.is_array() ? child : Json::array({child})) {
                    if (!base.is_object()) {
                        throw Unfit{entry.second.Mark(), "'<<' wants a mapping"};
                    }
                    merged.insert(base.begin(), base.end()); // the first base that has a key wins
                }
            } else if (!own.emplace(key, std::move(child)).second) {
                throw Unfit{entry.first.Mark(), fmt::format("the key '{}' stands twice", key)};
            }
        }
        own.insert(merged.begin(), merged.end());
        return own;
    }

    const FillText* fill_;
    int values_ = 0;
};

tl::unexpected<Error> not_yaml(std::string_view file, const YAML::Mark& mark, const std::string& what) {
    const std::string where =
        mark.is_null() ? std::string(file) : fmt::format("{}:{}:{}", file, mark.line + 1, mark.column + 1);
    return fail(ErrorCode::bad_input, "not usable as YAML: " + what, where);
}

Result<std::vector<Json>> documents(std::string_view text, std::string_view file, const FillText* fill) {
    try {
        std::vector<Json> documents;
        for (const YAML::Node& node : YAML::LoadAll(std::string(text))) {
            Json document = Conversion(fill).value(node, 0);
            if (!document.is_null()) {
                documents.push_back(std::move(document));
            }
        }
        return documents;
    } catch (const Unfit& unfit) {
        return not_yaml(file, unfit.mark, unfit.what);
    } catch (const YAML::Exception& error) {
        return not_yaml(file, error.mark, error.msg);
    }
}

} // namespace

Result<std::vector<Json>> documents_of_yaml(std::string_view text, std::string_view file) {
    return documents(text, file, nullptr);
}

Result<std::string> fill_manifest(std::string_view text, std::string_view file, const FillText& fill) {
    const auto filled = documents(text, file, &fill);
    if (!filled) {
        return failed(filled);
    }
    std::string all;
    for (const Json& document : *filled) {
        all += "---\n" + document.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
    }
    return all;
}

} // namespace sluice::kubernetes

#include "range/manifest.h"

#include <charconv>
#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

namespace sluice::range {
namespace {

constexpr int depth_budget = 64;

Json scalar(const YAML::Node& node) {
    const std::string& text = node.Scalar();
    if (node.Tag() == "!" || node.Tag() == "tag:yaml.org,2002:str") { // quoted
        return text;
    }
    if (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL") {
        return nullptr;
    }
    if (text == "true" || text == "True" || text == "TRUE") {
        return true;
    }
    if (text == "false" || text == "False" || text == "FALSE") {
        return false;
    }
    const char* first = text.data() + (text[0] == '+' ? 1 : 0);
    const char* last = text.data() + text.size();
    std::int64_t whole = 0;
    if (const auto [end, error] = std::from_chars(first, last, whole); error == std::errc() && end == last) {
        return whole;
    }
    // from_chars also reads "inf" and "nan", which are words in YAML.
    double real = 0;
    if (text.find_first_not_of("+-.0123456789eE") == std::string::npos) {
        if (const auto [end, error] = std::from_chars(first, last, real); error == std::errc() && end == last) {
            return real;
        }
    }
    return text;
}

Json converted(const YAML::Node& node, int depth) {
    if (depth > depth_budget) {
        throw YAML::Exception(node.Mark(), "nested too deeply");
    }
    switch (node.Type()) {
    case YAML::NodeType::Scalar:
        return scalar(node);
    case YAML::NodeType::Sequence: {
        Json list = Json::array();
        for (const auto& item : node) {
            list.push_back(converted(item, depth + 1));
        }
        return list;
    }
    case YAML::NodeType::Map: {
        Json object = Json::object();
        for (const auto& pair : node) {
            const std::string& key = pair.first.Scalar();
            if (object.contains(key)) {
                throw YAML::Exception(pair.first.Mark(), "the key '" + key + "' stands twice");
            }
            object[key] = converted(pair.second, depth + 1);
        }
        return object;
    }
    default:
        return nullptr;
    }
}

Result<std::vector<Json>> documents(std::string_view text, std::string_view where) {
    try {
        std::vector<Json> all;
        for (const YAML::Node& node : YAML::LoadAll(std::string(text))) {
            all.push_back(converted(node, 0));
        }
        return all;
    } catch (const YAML::Exception& problem) {
        return fail(ErrorCode::bad_input, problem.msg,
                    fmt::format("{}:{}:{}", where, problem.mark.line + 1, problem.mark.column + 1));
    }
}

} // namespace

Result<std::vector<Json>> read_manifests(std::string_view text, std::string_view where) {
    auto all = documents(text, where);
    if (!all) {
        return all;
    }
    std::vector<Json> objects;
    for (Json& document : *all) {
        if (document.is_null()) {
            continue;
        }
        if (!document.is_object() || !document.value("kind", Json()).is_string() ||
            !document.value("apiVersion", Json()).is_string()) {
            return fail(ErrorCode::bad_input, "a document without apiVersion and kind", std::string(where));
        }
        if (document["kind"] == "List") {
            for (Json& item : document["items"]) {
                objects.push_back(std::move(item));
            }
        } else {
            objects.push_back(std::move(document));
        }
    }
    return objects;
}

Result<Json> read_yaml(std::string_view text, std::string_view where) {
    auto all = documents(text, where);
    if (!all) {
        return failed(all);
    }
    if (all->size() != 1) {
        return fail(ErrorCode::bad_input, "one document is wanted", std::string(where));
    }
    return std::move(all->front());
}

} // namespace sluice::range

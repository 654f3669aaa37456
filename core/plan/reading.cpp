#include "plan/reading.h"

#include "base/quantity.h"
#include "plan/shape_check.h"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

namespace sluice::plan {

void Reading::error(Position at, std::string what, std::string remedy) {
    diagnostics.push_back({at, std::move(what), std::move(remedy), Severity::error});
}

void Reading::warn(Position at, std::string what, std::string remedy) {
    diagnostics.push_back({at, std::move(what), std::move(remedy), Severity::warning});
}

bool Reading::check_known(const std::string& name, Position at, const char* what,
                          const std::vector<std::string>& known) {
    if (std::find(known.begin(), known.end(), name) != known.end()) {
        return true;
    }
    std::string remedy = did_you_mean(name, known);
    error(at, fmt::format("the {} '{}' is not known", what, name),
          remedy.empty() ? fmt::format("the plan names no {}", what) : std::move(remedy));
    return false;
}

std::string Reading::filled(const Node& node, bool secret_allowed) {
    if (!node.is_scalar()) {
        return {};
    }
    if (node.text.find('$') != std::string::npos) {
        uses.push_back({node.text, node.at, node.offset, step, secret_allowed, !aside, SIZE_MAX});
    }
    return node.text;
}

void Reading::used(const Node& node) {
    if (node.is_scalar() && !node.text.empty()) {
        uses.push_back({"${" + node.text + "}", node.at, node.offset, step, false, !aside, SIZE_MAX});
    }
}

std::string Reading::filled(const Node& map, const char* key, std::string otherwise) {
    const Node* node = map.find(key);
    if (node == nullptr || !node->is_scalar()) {
        return otherwise;
    }
    return filled(*node);
}

std::vector<std::string> Reading::filled_list(const Node* list) {
    std::vector<std::string> all;
    if (list != nullptr) {
        for (const Node& item : list->items) {
            all.push_back(filled(item));
        }
    }
    return all;
}

Json Reading::filled_json(const Node& node) {
    if (node.is_scalar()) {
        filled(node);
    }
    for (const Node& item : node.items) {
        filled_json(item);
    }
    for (const Entry& entry : node.entries) {
        filled_json(entry.value);
    }
    return plain_json(node);
}

std::string Reading::text(const Node& map, const char* key, std::string otherwise) const {
    const Node* node = map.find(key);
    if (node == nullptr || !node->is_scalar()) {
        return otherwise;
    }
    return node->text;
}

std::vector<std::string> Reading::texts(const Node& map, const char* key) const {
    const Node* node = map.find(key);
    std::vector<std::string> all;
    if (node != nullptr && node->is_scalar()) {
        all.push_back(node->text);
    } else if (node != nullptr) {
        for (const Node& item : node->items) {
            if (item.is_scalar()) {
                all.push_back(item.text);
            }
        }
    }
    return all;
}

std::optional<Nanos> Reading::duration(const Node& map, const char* key) const {
    const auto length = parse_duration(text(map, key));
    return length ? std::optional(*length) : std::nullopt;
}

std::optional<Must> Reading::must(const Node& map, const char* key) const {
    auto parsed = parse_must(text(map, key));
    return parsed ? std::optional(std::move(*parsed)) : std::nullopt;
}

bool Reading::boolean(const Node& map, const char* key, bool otherwise) const {
    const Node* node = map.find(key);
    bool value = false;
    return node != nullptr && read_boolean(*node, value) ? value : otherwise;
}

int Reading::integer(const Node& map, const char* key, int otherwise) const {
    const Node* node = map.find(key);
    long value = 0;
    return node != nullptr && read_integer(*node, value) && value >= INT32_MIN && value <= INT32_MAX
               ? static_cast<int>(value)
               : otherwise;
}

std::vector<int> Reading::integers(const Node& map, const char* key) const {
    std::vector<int> all;
    const Node* node = map.find(key);
    long value = 0;
    if (node != nullptr && read_integer(*node, value)) {
        all.push_back(static_cast<int>(value));
    }
    for (std::size_t i = 0; node != nullptr && i < node->items.size(); ++i) {
        if (read_integer(node->items[i], value)) {
            all.push_back(static_cast<int>(value));
        }
    }
    return all;
}

Json plain_json(const Node& node) {
    switch (node.kind) {
    case Node::Kind::null:
        return nullptr;
    case Node::Kind::list: {
        Json list = Json::array();
        for (const Node& item : node.items) {
            list.push_back(plain_json(item));
        }
        return list;
    }
    case Node::Kind::map: {
        Json map = Json::object();
        for (const Entry& entry : node.entries) {
            map[entry.key] = plain_json(entry.value);
        }
        return map;
    }
    case Node::Kind::scalar:
        break;
    }
    bool truth = false;
    long whole = 0;
    double number = 0;
    if (read_boolean(node, truth)) {
        return truth;
    }
    if (read_integer(node, whole)) {
        return whole;
    }
    // Only what looks like a decimal: "nan", "inf" and "1e5" stay text.
    if (!node.quoted && !node.text.empty() && node.text.find_first_not_of("-.0123456789") == std::string::npos) {
        const auto [end, error] = std::from_chars(node.text.data(), node.text.data() + node.text.size(), number);
        if (error == std::errc() && end == node.text.data() + node.text.size()) {
            return number;
        }
    }
    return node.text;
}

} // namespace sluice::plan

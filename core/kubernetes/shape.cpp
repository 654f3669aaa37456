#include "kubernetes/shape.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fmt/format.h>

namespace sluice::kubernetes {
namespace {

bool all_named(const Json& list) {
    return !list.empty() && std::all_of(list.begin(), list.end(), [](const Json& element) {
        return element.is_object() && element.contains("name") && element["name"].is_string();
    });
}

const Json* named(const Json& list, const Json& name) {
    for (const Json& element : list) {
        if (element.is_object() && element.value("name", Json()) == name) {
            return &element;
        }
    }
    return nullptr;
}

bool is_zero(const Json& value) {
    return value == 0 || value == false || value == "" || (value.is_structured() && value.empty());
}

class Comparison {
public:
    explicit Comparison(std::string kind) : kind_(std::move(kind)) {}

    void compare(const Json& shape, const Json* object, const std::string& at) {
        if (shape.is_null()) {
            if (object != nullptr && !object->is_null()) {
                differ(at, "nothing", text(*object, at));
            }
        } else if (object == nullptr) {
            if (!is_zero(shape)) { // the server leaves zero values out: a Scale to 0 has no replicas
                differ(at, text(shape, at), "nothing");
            }
        } else if (shape.is_object() && object->is_object()) {
            for (const auto& [key, child] : shape.items()) {
                const auto found = object->find(key);
                compare(child, found == object->end() ? nullptr : &*found, at + "/" + key);
            }
        } else if (shape.is_array() && object->is_array()) {
            compare_lists(shape, *object, at);
        } else if (shape != *object && !same_quantity(shape, *object, at)) {
            differ(at, text(shape, at), text(*object, at));
        }
    }

    std::vector<Difference> all;

private:
    void compare_lists(const Json& shape, const Json& object, const std::string& at) {
        if (all_named(shape)) {
            for (const Json& element : shape) {
                const Json* match = named(object, element["name"]);
                const std::string place = fmt::format("{}[{}]", at, element["name"].get<std::string>());
                if (element.value("$absent", false)) {
                    if (match != nullptr) {
                        differ(place, "nothing", "present");
                    }
                } else {
                    compare(element, match, place);
                }
            }
            return;
        }
        if (shape.size() != object.size()) {
            differ(at, fmt::format("{} elements", shape.size()), fmt::format("{}", object.size()));
            return;
        }
        for (std::size_t i = 0; i < shape.size(); ++i) {
            compare(shape[i], &object[i], fmt::format("{}[{}]", at, i));
        }
    }

    static bool same_quantity(const Json& a, const Json& b, std::string_view at) {
        if (at.find("/limits/") == std::string_view::npos && at.find("/requests/") == std::string_view::npos) {
            return false;
        }
        return quantity_of(a) == quantity_of(b); // NaN equals nothing
    }

    std::string text(const Json& value, const std::string& at) const {
        if (sensitive(kind_, at) || (value.is_object() && sensitive(kind_, at + "/value"))) {
            return "(masked)";
        }
        std::string out = value.dump(-1, ' ', false, Json::error_handler_t::replace);
        return out.size() > 120 ? out.substr(0, 117) + "…" : out;
    }

    void differ(const std::string& at, std::string wanted, std::string what) {
        all.push_back({at.empty() ? "/" : at, std::move(wanted), std::move(what)});
    }

    std::string kind_;
};

Json shape_below(const Json& object, const std::vector<std::string>& tokens, std::size_t depth) {
    if (depth == tokens.size() || !object.is_structured()) {
        return object;
    }
    const std::string& token = tokens[depth];
    if (object.is_object()) {
        const auto child = object.find(token);
        return Json{{token, child == object.end() ? Json() : shape_below(*child, tokens, depth + 1)}};
    }
    std::size_t index = object.size();
    std::from_chars(token.data(), token.data() + token.size(), index);
    if (index >= object.size()) {
        return object; // an element to come ("-"): the whole list is fixed
    }
    Json inner = shape_below(object[index], tokens, depth + 1);
    if (all_named(object) && inner.is_object()) {
        inner["name"] = object[index]["name"];
        return Json::array({std::move(inner)});
    }
    Json list = Json::array();
    for (std::size_t i = 0; i < object.size(); ++i) {
        list.push_back(i == index ? inner : object[i].is_object() ? Json::object() : object[i]);
    }
    return list;
}

} // namespace

std::vector<Difference> differences(const Json& shape, const Json& object) {
    Comparison comparison(object.is_object() ? object.value("kind", "") : std::string());
    comparison.compare(shape, &object, "");
    return comparison.all;
}

Json shape_at(const Json& object, const Json::json_pointer& pointer) {
    std::vector<std::string> tokens;
    for (auto at = pointer; !at.empty(); at.pop_back()) {
        tokens.insert(tokens.begin(), at.back());
    }
    return shape_below(object, tokens, 0);
}

Json merged_shapes(Json a, const Json& b) {
    if (a.is_null()) {
        return b;
    }
    if (a.is_object() && b.is_object()) {
        for (const auto& [key, value] : b.items()) {
            const auto found = a.find(key);
            if (found == a.end()) {
                a[key] = value;
            } else {
                *found = merged_shapes(std::move(*found), value);
            }
        }
        return a;
    }
    if (a.is_array() && b.is_array()) {
        if (all_named(a) && all_named(b)) {
            for (const Json& element : b) {
                bool known = false;
                for (Json& own : a) {
                    if (own["name"] == element["name"]) {
                        own = merged_shapes(std::move(own), element);
                        known = true;
                    }
                }
                if (!known) {
                    a.push_back(element);
                }
            }
            return a;
        }
        if (a.size() == b.size()) {
            for (std::size_t i = 0; i < a.size(); ++i) {
                a[i] = merged_shapes(std::move(a[i]), b[i]);
            }
            return a;
        }
    }
    return b;
}

std::string to_text(const std::vector<Difference>& list, std::size_t limit) {
    std::string out;
    for (std::size_t i = 0; i < list.size() && i < limit; ++i) {
        out += fmt::format("{}{}: wanted {}, found {}", i == 0 ? "" : "; ", list[i].pointer, list[i].wanted,
                           list[i].found);
    }
    if (list.size() > limit) {
        out += fmt::format("; {} more", list.size() - limit);
    }
    return out;
}

bool sensitive(std::string_view kind, std::string_view pointer) {
    if (kind == "Secret" && (pointer.starts_with("/data") || pointer.starts_with("/stringData"))) {
        return true;
    }
    const auto env = pointer.find("/env");
    return env != std::string_view::npos &&
           (pointer.substr(env).starts_with("/env[") || pointer.substr(env).starts_with("/env/")) &&
           pointer.ends_with("/value");
}

double quantity_of(const Json& value) {
    if (value.is_number()) {
        return value.get<double>();
    }
    if (!value.is_string()) {
        return std::nan("");
    }
    const std::string& text = value.get_ref<const std::string&>();
    static const std::vector<std::pair<std::string_view, double>> units = {{"Ki", 1024.0},
                                                                           {"Mi", std::pow(1024.0, 2)},
                                                                           {"Gi", std::pow(1024.0, 3)},
                                                                           {"Ti", std::pow(1024.0, 4)},
                                                                           {"Pi", std::pow(1024.0, 5)},
                                                                           {"Ei", std::pow(1024.0, 6)},
                                                                           {"n", 1e-9},
                                                                           {"u", 1e-6},
                                                                           {"m", 1e-3},
                                                                           {"k", 1e3},
                                                                           {"M", 1e6},
                                                                           {"G", 1e9},
                                                                           {"T", 1e12},
                                                                           {"P", 1e15},
                                                                           {"E", 1e18}};
    for (const auto& [suffix, factor] : units) {
        if (text.ends_with(suffix)) {
            const auto number = parse_number(std::string_view(text).substr(0, text.size() - suffix.size()));
            return number ? *number * factor : std::nan("");
        }
    }
    const auto number = parse_number(text);
    return number ? *number : std::nan("");
}

} // namespace sluice::kubernetes

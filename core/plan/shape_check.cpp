#include "plan/shape_check.h"

#include "base/pattern.h"
#include "base/quantity.h"
#include "base/secret.h"
#include "plan/condition.h"
#include "plan/secret_reference.h"

#include <charconv>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace sluice::plan {
namespace {

const char* article(std::string_view noun) {
    return !noun.empty() && std::string_view("aeiou").find(noun.front()) != std::string_view::npos ? "an" : "a";
}

bool all_of(std::string_view text, std::string_view extra, bool upper) {
    return std::all_of(text.begin(), text.end(), [&](char c) {
        return (c >= 'a' && c <= 'z') || (upper && c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               extra.find(c) != std::string_view::npos;
    });
}

bool is_id(std::string_view text) {
    return !text.empty() && text.size() <= 63 && text[0] != '-' && all_of(text, "-", false);
}

bool is_name(std::string_view text) {
    return !text.empty() && text.size() <= 63 && text[0] != '-' && !(text[0] >= '0' && text[0] <= '9') &&
           all_of(text, "_-", true);
}

bool is_object_name(std::string_view text) {
    const std::size_t slash = text.find('/');
    return slash != std::string_view::npos && is_id(text.substr(0, slash)) && slash + 1 < text.size() &&
           all_of(text.substr(slash + 1), "-.", false);
}

/// Before a probe by socket had to name a connection it could name a host.
bool was_a_key(const std::string& key, const ObjectShape& shape) {
    return shape.name == "reach" && key == "host";
}

/// What other languages have, and this one had; else the key that was most likely meant.
std::string remedy_for_unknown(const std::string& key, const ObjectShape& shape,
                               const std::vector<std::string>& known) {
    if (key == "<<") {
        return "plans have no merge keys; write the keys out";
    }
    if (was_a_key(key, shape)) {
        return "name a connection of kind host with 'on', so that a rehearsal can replace it";
    }
    return did_you_mean(key, known);
}

class ShapeCheck {
public:
    ShapeCheck(std::vector<Diagnostic>& diagnostics, bool old_keys) : diagnostics_(diagnostics), old_keys_(old_keys) {}

    void check(const Node& node, const Type& type, std::string_view what) {
        using Kind = Type::Kind;
        switch (type.kind) {
        case Kind::json:
            return;
        case Kind::list:
            if (wants(node, Node::Kind::list, what)) {
                for (const Node& item : node.items) {
                    check(item, type.parts[0], fmt::format("an item of '{}'", bare(what)));
                }
            }
            return;
        case Kind::one_or_more:
            if (node.is_list()) {
                for (const Node& item : node.items) {
                    check(item, type.parts[0], fmt::format("an item of '{}'", bare(what)));
                }
            } else {
                check(node, type.parts[0], what);
            }
            return;
        case Kind::map:
            if (wants(node, Node::Kind::map, what)) {
                for (const Entry& entry : node.entries) {
                    Node key;
                    key.kind = Node::Kind::scalar;
                    key.text = entry.key;
                    key.at = entry.at;
                    check(key, type.parts[0], "the name '" + entry.key + "'");
                    check(entry.value, type.parts[1], "'" + entry.key + "'");
                }
            }
            return;
        case Kind::object:
            if (wants(node, Node::Kind::map, what)) {
                check_object(node, object_shape(type.words[0]));
            }
            return;
        case Kind::either:
            check_either(node, type, what);
            return;
        default:
            if (wants(node, Node::Kind::scalar, what)) {
                check_scalar(node, type, what);
            }
        }
    }

private:
    static std::string bare(std::string_view what) {
        std::string text(what);
        std::erase(text, '\'');
        return text;
    }

    void tell(Position at, std::string what, std::string remedy) {
        diagnostics_.push_back({at, std::move(what), std::move(remedy), Severity::error});
    }

    bool wants(const Node& node, Node::Kind kind, std::string_view what) {
        if (node.kind == kind) {
            return true;
        }
        const char* remedy = kind == Node::Kind::list  ? "write a list: [a, b], or one '- ' line for each"
                             : kind == Node::Kind::map ? "write a map: {key: value}, or one 'key: value' line for each"
                                                       : "write one value";
        tell(node.at, fmt::format("{} must be {}, here is {}", what, kind_name(kind), kind_name(node.kind)), remedy);
        return false;
    }

    void check_either(const Node& node, const Type& type, std::string_view what) {
        for (const Type& part : type.parts) {
            const bool is_map = part.kind == Type::Kind::object || part.kind == Type::Kind::map;
            const bool is_list = part.kind == Type::Kind::list;
            const Node::Kind kind = is_map ? Node::Kind::map : is_list ? Node::Kind::list : Node::Kind::scalar;
            if (kind == node.kind) {
                check(node, part, what);
                return;
            }
        }
        check(node, type.parts.back(), what);
    }

    void check_object(const Node& node, const ObjectShape& shape) {
        std::vector<std::string> known;
        for (const Key& key : shape.keys) {
            known.emplace_back(key.name);
        }
        std::string meant; // what unknown keys were most likely meant to be; not missed a second time
        for (const Entry& entry : node.entries) {
            const Key* key = shape.key(entry.key);
            if (key == nullptr) {
                if (old_keys_ && was_a_key(entry.key, shape)) {
                    continue;
                }
                const std::string remedy = remedy_for_unknown(entry.key, shape, known);
                tell(entry.at,
                     fmt::format("the key '{}' is not known in {} {}", entry.key, article(shape.name), shape.name),
                     remedy);
                meant += remedy;
                continue;
            }
            check(entry.value, key->type, "'" + entry.key + "'");
        }
        for (const Key& key : shape.keys) {
            if (key.required && node.find(key.name) == nullptr &&
                meant.find(fmt::format("mean '{}'", key.name)) == meant.npos) {
                tell(node.at, fmt::format("this {} lacks the key '{}'", shape.name, key.name),
                     fmt::format("add '{}:' — {}", key.name, key.doc));
            }
        }
        if (!shape.exactly_one.empty()) {
            check_exactly_one(node, shape, meant);
        }
    }

    void check_exactly_one(const Node& node, const ObjectShape& shape, const std::string& meant) {
        const Entry* first = nullptr;
        for (const Entry& entry : node.entries) {
            if (std::find(shape.exactly_one.begin(), shape.exactly_one.end(), entry.key) == shape.exactly_one.end()) {
                continue;
            }
            if (first != nullptr) {
                tell(entry.at,
                     fmt::format("{} {} can't be '{}' and '{}' at once", article(shape.name), shape.name, first->key,
                                 entry.key),
                     "make two of it, or remove one key");
                return;
            }
            first = &entry;
        }
        const bool misspelled =
            std::any_of(shape.exactly_one.begin(), shape.exactly_one.end(),
                        [&](std::string_view key) { return meant.find(fmt::format("mean '{}'", key)) != meant.npos; });
        if (first == nullptr && !misspelled) {
            tell(node.at, fmt::format("this {} does not say what it is", shape.name),
                 fmt::format("add one of: {}", fmt::join(shape.exactly_one, ", ")));
        }
    }

    void check_scalar(const Node& node, const Type& type, std::string_view what) {
        using Kind = Type::Kind;
        const std::string& text = node.text;
        const auto refuse = [&](std::string why, std::string remedy) {
            tell(node.at, fmt::format("{} {}", what, why), std::move(remedy));
        };
        const auto pass_on = [&](const auto& result) {
            if (!result) {
                tell(node.at, fmt::format("{}: {}", what, result.error().what), result.error().remedy);
            }
        };
        long number = 0;
        bool truth = false;
        switch (type.kind) {
        case Kind::id:
            if (!is_id(text)) {
                refuse("is not an identifier", "lower-case letters, digits and '-', at most 63");
            }
            return;
        case Kind::name:
            if (!is_name(text)) {
                refuse("is not a name", "letters, digits, '_' and '-', not starting with a digit");
            }
            return;
        case Kind::object_name:
            if (!is_object_name(text)) {
                refuse("must name an object with its namespace", "write namespace/name");
            }
            return;
        case Kind::integer:
            if (!read_integer(node, number)) {
                refuse(fmt::format("must be a whole number, here is '{}'", text), "");
            } else if (number < type.least || number > type.most) {
                refuse(fmt::format("can't be {}", number), type.least == type.most
                                                               ? fmt::format("only {} is known", type.least)
                                                               : fmt::format("from {} to {}", type.least, type.most));
            }
            return;
        case Kind::boolean:
            if (!read_boolean(node, truth)) {
                refuse(fmt::format("must be true or false, here is '{}'", text), "write true or false, without quotes");
            }
            return;
        case Kind::choice:
            if (std::find(type.words.begin(), type.words.end(), text) == type.words.end()) {
                refuse(fmt::format("can't be '{}'", text),
                       did_you_mean(text, std::vector<std::string>(type.words.begin(), type.words.end())));
            }
            return;
        case Kind::duration:
            return pass_on(parse_duration(text));
        case Kind::must:
            return pass_on(parse_must(text));
        case Kind::pattern:
            return pass_on(Pattern::compile(text));
        case Kind::pointer:
            if (!text.empty() && text[0] != '/') {
                refuse("is not a JSON pointer", "it starts with '/': /items/0/name");
            }
            return;
        case Kind::secret:
            if (!is_secret_reference(text)) {
                refuse(why_no_reference(text), secret_reference_forms);
            }
            return;
        default:
            return;
        }
    }

    std::vector<Diagnostic>& diagnostics_;
    bool old_keys_;
};

} // namespace

bool read_integer(const Node& node, long& value) {
    if (!node.is_scalar() || node.quoted) {
        return false;
    }
    const auto [stop, error] = std::from_chars(node.text.data(), node.text.data() + node.text.size(), value);
    return error == std::errc() && stop == node.text.data() + node.text.size();
}

bool read_boolean(const Node& node, bool& value) {
    value = node.text == "true";
    return node.is_scalar() && !node.quoted && (node.text == "true" || node.text == "false");
}

void check_shape(const Node& node, const Type& type, std::string_view what, std::vector<Diagnostic>& diagnostics,
                 bool old_keys) {
    ShapeCheck(diagnostics, old_keys).check(node, type, what);
}

bool fits(const Node& node, const Type& type) {
    std::vector<Diagnostic> wrong;
    check_shape(node, type, "", wrong);
    return wrong.empty();
}

} // namespace sluice::plan

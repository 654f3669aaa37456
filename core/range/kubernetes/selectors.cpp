#include "range/kubernetes/selectors.h"

#include <algorithm>
#include <string>
#include <vector>

namespace sluice::range {
namespace {

std::string trimmed(std::string_view text) {
    while (!text.empty() && text.front() == ' ') {
        text.remove_prefix(1);
    }
    while (!text.empty() && text.back() == ' ') {
        text.remove_suffix(1);
    }
    return std::string(text);
}

/// At commas outside parentheses.
std::vector<std::string> terms(std::string_view selector) {
    std::vector<std::string> all;
    int depth = 0;
    std::size_t from = 0;
    for (std::size_t i = 0; i <= selector.size(); ++i) {
        if (i == selector.size() || (selector[i] == ',' && depth == 0)) {
            all.push_back(trimmed(selector.substr(from, i - from)));
            from = i + 1;
        } else {
            depth += selector[i] == '(' ? 1 : selector[i] == ')' ? -1 : 0;
        }
    }
    std::erase(all, "");
    return all;
}

struct Equality {
    std::string key, value;
    bool wanted = true;
};

bool split_equality(const std::string& term, Equality& out) {
    for (const std::string_view sign : {"!=", "==", "="}) {
        const auto at = term.find(sign);
        if (at != std::string::npos) {
            out = {trimmed(std::string_view(term).substr(0, at)),
                   trimmed(std::string_view(term).substr(at + sign.size())), sign != "!="};
            return !out.key.empty();
        }
    }
    return false;
}

bool set_term_holds(const std::string& term, const Json& labels, bool& well_formed) {
    for (const std::string_view word : {" notin ", " in "}) {
        const auto at = term.find(word);
        const auto open = term.find('(');
        if (at == std::string::npos || open == std::string::npos || term.back() != ')') {
            continue;
        }
        const auto values = terms(std::string_view(term).substr(open + 1, term.size() - open - 2));
        const std::string key = trimmed(std::string_view(term).substr(0, at));
        const bool there = labels.contains(key);
        const bool in =
            there && std::find(values.begin(), values.end(), labels[key].get<std::string>()) != values.end();
        return word == " in " ? in : !in;
    }
    if (term.find_first_of(" ()") != std::string::npos) {
        well_formed = false;
        return false;
    }
    return term.front() == '!' ? !labels.contains(term.substr(1)) : labels.contains(term);
}

} // namespace

bool label_selector_holds(std::string_view selector, const Json& object, bool& well_formed) {
    const Json labels = object.value("/metadata/labels"_json_pointer, Json::object());
    for (const std::string& term : terms(selector)) {
        Equality equality;
        bool holds = false;
        if (term.find('(') == std::string::npos && split_equality(term, equality)) {
            const bool same = labels.contains(equality.key) && labels[equality.key] == equality.value;
            holds = same == equality.wanted;
        } else {
            holds = set_term_holds(term, labels, well_formed);
        }
        if (!holds) {
            return false;
        }
    }
    return true;
}

bool field_selector_holds(std::string_view selector, const Json& object, bool& well_formed) {
    for (const std::string& term : terms(selector)) {
        Equality equality;
        if (!split_equality(term, equality)) {
            well_formed = false;
            return false;
        }
        std::string pointer = "/" + equality.key;
        std::replace(pointer.begin(), pointer.end(), '.', '/');
        const Json value = object.value(Json::json_pointer(pointer), Json(""));
        const bool same = (value.is_string() ? value.get<std::string>() : value.dump()) == equality.value;
        if (same != equality.wanted) {
            return false;
        }
    }
    return true;
}

} // namespace sluice::range

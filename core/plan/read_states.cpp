/// The states of a metric that is one.
#include "base/json.h"
#include "plan/reading.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>

namespace sluice::plan {
namespace {

std::vector<State> listed(Reading& reading, const Node& node) {
    std::vector<State> states;
    const Entry* number = nullptr; ///< one that the source says as a number
    const Entry* text = nullptr;
    for (const Entry& entry : node.entries) {
        if (!entry.value.is_scalar()) {
            continue; // told by the shape check
        }
        if (entry.value.text == "not" || entry.value.text == "or") {
            reading.error(entry.value.at, fmt::format("a state can't be called '{}'", entry.value.text),
                          "'is not …' and '… or …' have it in them: choose another name");
        }
        const auto same = std::find_if(states.begin(), states.end(),
                                       [&](const State& state) { return state.name == entry.value.text; });
        const auto said = parse_number(entry.key);
        (said && std::isfinite(*said) ? number : text) = &entry;
        const double place = same == states.end() ? static_cast<double>(states.size()) : same->value;
        states.push_back({entry.key, said && std::isfinite(*said) ? *said : place, entry.value.text});
    }
    if (number != nullptr && text != nullptr) {
        reading.error(text->at, fmt::format("'{}' is no number, and '{}' is one", text->key, number->key),
                      "write what the source says: numbers, or texts");
    }
    return states;
}

/// Whether what is asked can say texts.
bool says_text(const Node& metric) {
    const Node* http = metric.find("http");
    return metric.find("run") != nullptr || metric.find("state-label") != nullptr ||
           (http != nullptr && http->find("json") != nullptr);
}

} // namespace

void read_states(Reading& reading, const Node& node, Metric& metric) {
    metric.state_label = reading.text(node, "state-label");
    const Entry* states = node.entry("states");
    const Node* unit = node.find("unit");
    if (const Entry* label = node.entry("state-label"); label != nullptr) {
        if (metric.query.empty()) {
            reading.error(label->at, "'state-label' means nothing for this kind of metric",
                          "remove it: only the series of a query have labels");
        } else if (states == nullptr) {
            reading.error(label->at, "a label that says the state, and no states", "add states: {…}");
        }
    }
    if (states == nullptr) {
        if (metric.unit == "state") {
            reading.error(unit->at, "a state, and nothing says which there are",
                          "add states: {0: closed, 1: open}: what the source says, and how it is called");
        }
        return;
    }
    metric.states = listed(reading, states->value);
    if (unit != nullptr && unit->is_scalar() && metric.unit != "state") {
        reading.error(unit->at, fmt::format("'{}' has states, and its unit is '{}'", metric.name, metric.unit),
                      "write unit: state");
    }
    const std::array<Reduce, 4> of_numbers{Reduce::sum, Reduce::max, Reduce::min, Reduce::avg};
    if (std::find(of_numbers.begin(), of_numbers.end(), metric.reduce) != of_numbers.end()) {
        reading.error(node.find("reduce")->at, "states are not added up, nor is one more than another",
                      "write reduce: each (all must be so) or any");
    }
    const bool texts = std::none_of(metric.states.begin(), metric.states.end(),
                                    [](const State& state) { return parse_number(state.said).has_value(); });
    if (!metric.states.empty() && texts && !says_text(node)) {
        reading.error(states->at, "what answers this metric says numbers, and these are texts",
                      metric.query.empty() ? "write the numbers: {0: closed, 1: open}"
                                           : "write the numbers: {0: closed, 1: open}, or with state-label the label "
                                             "whose value is the state");
    }
}

} // namespace sluice::plan

#include "series/promql/expression.h"

#include "series/promql.h"

#include <algorithm>

namespace sluice::series::promql {
namespace {

/// Gathers selectors; `essential` says whether the part being looked at must find something for a result to exist.
struct SelectorCollector {
    std::vector<Query::UsedSelector>& found;
    bool essential = true;

    void collect(const Expression& expression, bool part_essential) const {
        std::visit(SelectorCollector{found, part_essential}, expression.node);
    }
    void operator()(const Literal&) const {}
    void operator()(const Selector& selector) const {
        std::string text = selector.text();
        const auto known = std::ranges::find(found, text, &Query::UsedSelector::text);
        if (known == found.end()) {
            found.push_back({std::move(text), essential});
        } else {
            known->essential = known->essential || essential;
        }
    }
    void operator()(const Call& call) const {
        for (const auto& argument : call.arguments) {
            collect(*argument, essential && call.function != Function::absent);
        }
    }
    void operator()(const Aggregate& aggregate) const { collect(*aggregate.of, essential); }
    void operator()(const Binary& binary) const {
        collect(*binary.left, essential && binary.op != Operator::either);
        collect(*binary.right, essential && binary.op != Operator::either && binary.op != Operator::unless);
    }
    void operator()(const Negation& negation) const { collect(*negation.of, essential); }
};

/// Calls `look` with each selector, as it is written.
template <typename Look>
void each_selector(const Expression& expression, const Look& look) {
    std::visit(
        [&](const auto& node) {
            using Node = std::decay_t<decltype(node)>;
            if constexpr (std::is_same_v<Node, Selector>) {
                look(node);
            } else if constexpr (std::is_same_v<Node, Call>) {
                for (const auto& argument : node.arguments) {
                    each_selector(*argument, look);
                }
            } else if constexpr (std::is_same_v<Node, Binary>) {
                each_selector(*node.left, look);
                each_selector(*node.right, look);
            } else if constexpr (!std::is_same_v<Node, Literal>) {
                each_selector(*node.of, look);
            }
        },
        expression.node);
}

} // namespace

const char* name(ValueKind kind) {
    switch (kind) {
    case ValueKind::scalar:
        return "scalar";
    case ValueKind::vector:
        return "instant vector";
    case ValueKind::matrix:
        break;
    }
    return "range vector";
}

std::string Selector::text() const {
    std::string metric;
    std::string inner;
    for (const auto& matcher : matchers) {
        if (matcher.label() == metric_name && matcher.kind() == Matcher::Kind::equal && metric.empty()) {
            metric = matcher.value();
        } else {
            inner += (inner.empty() ? "" : ",") + matcher.text();
        }
    }
    return inner.empty() ? metric : metric + "{" + inner + "}";
}

std::vector<Query::UsedSelector> Query::selectors() const {
    std::vector<UsedSelector> found;
    SelectorCollector{found}.collect(*root_, true);
    return found;
}

Nanos Query::reach() const {
    Nanos most;
    each_selector(*root_, [&](const Selector& selector) {
        const Nanos back = selector.range.count == 0 ? look_back : selector.range;
        most = std::max(most, back + selector.offset);
    });
    return most;
}

std::optional<Nanos> Query::shortest_range() const {
    std::optional<Nanos> least;
    each_selector(*root_, [&](const Selector& selector) {
        if (selector.range.count != 0) {
            least = std::min(least.value_or(selector.range), selector.range);
        }
    });
    return least;
}

} // namespace sluice::series::promql

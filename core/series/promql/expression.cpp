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

} // namespace sluice::series::promql

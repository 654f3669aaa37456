#include "sources/cluster_metric.h"

#include "base/printable.h"

namespace sluice::sources {

using What = plan::ClusterNumber::What;

Result<ClusterMetric> cluster_metric(const plan::Metric& metric, const plan::Scope& scope) {
    ClusterMetric made{metric.name,   metric.unit,     *metric.cluster, std::nullopt,
                       metric.reduce, metric.at_least, nullptr};
    auto& number = made.number;
    auto selector = plan::fill_selector(number.selector, scope);
    if (!selector) {
        return failed(selector);
    }
    number.selector = *std::move(selector);
    for (auto* text : {&number.object, &number.name_space}) {
        auto filled = plan::fill(*text, scope);
        if (!filled) {
            return failed(filled);
        }
        *text = *std::move(filled);
    }
    for (auto& [cause, text] : number.advice) {
        auto filled = plan::fill(text, scope);
        if (!filled) {
            return failed(filled);
        }
        text = *std::move(filled);
    }
    if (!number.object.empty() && number.object != "nodes") {
        auto workload = kubernetes::parse_object(number.object, number.name_space);
        if (!workload) {
            return failed(workload);
        }
        made.workload = *std::move(workload);
    }
    return made;
}

ClusterQuestion list_of(const char* type, const std::string& name_space, const std::string& selector) {
    const auto* known = *kubernetes::find_type(type); // one of the table's own names
    return {kubernetes::list_path(*known, name_space, selector), "list", known->qualified(), name_space, {}};
}

std::vector<ClusterQuestion> all_questions(const ClusterMetric& metric) {
    std::vector<ClusterQuestion> all;
    const What what = metric.number.what;
    const bool usage = what == What::usage;
    if (metric.workload) {
        const auto& one = *metric.workload;
        all.push_back({one.path(), "get", one.type->qualified(), one.name_space, one.text()});
        all.push_back(list_of(usage ? "pods.metrics.k8s.io" : "pods", one.name_space, {}));
        return all;
    }
    if (usage) {
        all.push_back(list_of("nodes.metrics.k8s.io", "", metric.number.selector));
    }
    if (!usage || metric.unit == "ratio") {
        all.push_back(list_of("nodes", "", metric.number.selector));
    }
    if (what == What::capacity) {
        all.push_back(list_of("pods", "", {}));
    }
    return all;
}

std::string shown(const ClusterMetric& metric, const std::string& said, std::size_t most) {
    // Redacted before it is cut: a part of a secret is not found any more.
    std::string text = printable(redacted(said, metric.redactions));
    if (text.size() > most) {
        while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0) == 0x80) {
            --most; // not within a character
        }
        text.resize(most);
        text += "…";
    }
    return text;
}

} // namespace sluice::sources

#pragma once
/// The parts of present_traffic; one file each.
#include "story/traffic_view.h"

#include <QCoreApplication>

namespace sluice::story {

struct TrafficText {
    Q_DECLARE_TR_FUNCTIONS(TrafficText)
};

/// The arms of a split: the one that had all traffic at the start, and the one that is released.
struct Sides {
    std::string initial, released;
};
Sides sides_of(const plan::Traffic& traffic);
int place_of(const plan::Plan& plan, const std::string& arm);

/// The last answer of a metric for an arm ("" = the whole); fresh ones have a value. `mark` says why there is none.
struct Answer {
    std::optional<double> value;
    Mark mark = Mark::no_data;
    QString why;
};
Answer answer_of(const Moment& moment, const plan::Metric& metric, const std::string& arm);

inline QString as_text(const std::string& bytes) {
    return QString::fromStdString(bytes);
}

SplitView split_view(const Moment& moment, const plan::Traffic& traffic);      // traffic_split.cpp
std::vector<Comparison> comparisons(const Moment& moment, const Sides& sides); // traffic_comparison.cpp
void present_triggers(const Moment& moment, TrafficView& view);                // traffic_triggers.cpp
void present_way_back(const Moment& moment, TrafficView& view);

} // namespace sluice::story

#pragma once
#include "story/timetable.h"

#include <QWidget>

namespace sluice::screens {

/// Where the times of a timetable lie on a line of `wide` pixels: each phase gets its share of the length, and at least
/// so much that its number can be read; within a phase the line is straight. Pure.
class TimelineScale {
public:
    TimelineScale(const story::Timetable& table, double left, double wide);
    double x(Nanos at) const;
    double from(std::size_t phase) const { return edges_[phase]; }
    double to(std::size_t phase) const { return edges_[phase + 1]; }

private:
    std::vector<std::pair<Nanos, Nanos>> times_;
    std::vector<double> edges_;
};

/// A plan's timeline: phases with their planned times and windows, the steps in them, the traffic as it is to move, and
/// the point after which there is no way back.
class PlanTimeline : public QWidget {
    Q_OBJECT
public:
    explicit PlanTimeline(QWidget* parent = nullptr);
    void show_table(story::Timetable table);
    void select(const plan::StepId& step); ///< drawn louder; empty = none
    const story::Timetable& table() const { return table_; }
    QSize sizeHint() const override { return {800, 174}; }
    QSize minimumSizeHint() const override { return {320, 174}; }

protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override; ///< tool tips: what happens there

private:
    QString tip_at(double x) const;
    story::Timetable table_;
    plan::StepId selected_;
};

} // namespace sluice::screens

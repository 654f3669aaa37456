#include "plan/step_graph.h"

#include <algorithm>
#include <functional>

namespace sluice::plan {

StepGraph::StepGraph(const Plan& plan, const std::set<StepId>& timed) {
    add(plan.steps, timed);
    add(plan.rollback_steps, timed);
    const std::size_t n = ids_.size();
    ancestors_.assign(n, std::vector<bool>(n, false));
    enum class Visit { fresh, open, done };
    std::vector<Visit> state(n, Visit::fresh);
    // Depth first without recursion: a plan may chain thousands of steps.
    for (std::size_t root = 0; root < n; ++root) {
        std::vector<std::pair<std::size_t, std::size_t>> stack{{root, 0}};
        while (!stack.empty()) {
            auto& [step, next] = stack.back();
            if (state[step] == Visit::done) {
                stack.pop_back();
                continue;
            }
            state[step] = Visit::open;
            if (next < before_[step].size()) {
                const std::size_t other = before_[step][next++];
                if (state[other] == Visit::fresh) {
                    stack.emplace_back(other, 0);
                }
                continue;
            }
            for (const std::size_t other : before_[step]) {
                ancestors_[step][other] = true;
                for (std::size_t i = 0; i < n; ++i) {
                    if (ancestors_[other][i]) {
                        ancestors_[step][i] = true;
                    }
                }
            }
            state[step] = Visit::done;
            stack.pop_back();
        }
    }
}

void StepGraph::add(const std::vector<Step>& steps, const std::set<StepId>& timed) {
    for (const Step& step : steps) {
        if (index_.emplace(step.id, ids_.size()).second) {
            ids_.push_back(step.id);
            before_.emplace_back();
        }
    }
    std::map<StepId, std::vector<StepId>> children;
    for (const Step& step : steps) {
        if (!step.parent.empty()) {
            children[step.parent].push_back(step.id);
        }
    }
    const std::function<void(std::size_t, const StepId&)> after = [&](std::size_t step, const StepId& needed) {
        const auto found = index_.find(needed);
        if (found == index_.end()) {
            return;
        }
        before_[step].push_back(found->second);
        for (const StepId& child : children[needed]) {
            after(step, child);
        }
    };
    for (const Step& step : steps) {
        const std::size_t own = index_.at(step.id);
        for (const StepId& needed : step.needs) {
            after(own, needed);
        }
        if (step.not_before && timed.contains(step.id)) {
            after(own, step.not_before->step); // of T0 there is no such step
        }
        const auto parent = index_.find(step.parent);
        if (parent != index_.end()) {
            before_[own].push_back(parent->second);
        }
    }
}

bool StepGraph::comes_before(const StepId& earlier, const StepId& later) const {
    const auto a = index_.find(earlier);
    const auto b = index_.find(later);
    return a != index_.end() && b != index_.end() && a->second != b->second && ancestors_[b->second][a->second];
}

std::vector<StepId> StepGraph::cycle() const {
    // Take away what has nothing left to wait for; what stays waits for a cycle or stands in one.
    std::vector<bool> gone(ids_.size(), false);
    for (bool changed = true; changed;) {
        changed = false;
        for (std::size_t i = 0; i < ids_.size(); ++i) {
            if (!gone[i] &&
                std::all_of(before_[i].begin(), before_[i].end(), [&](std::size_t other) { return gone[other]; })) {
                gone[i] = changed = true;
            }
        }
    }
    const auto start = std::find(gone.begin(), gone.end(), false);
    if (start == gone.end()) {
        return {};
    }
    std::vector<std::size_t> path{static_cast<std::size_t>(start - gone.begin())};
    for (;;) {
        const auto& candidates = before_[path.back()];
        const std::size_t next =
            *std::find_if(candidates.begin(), candidates.end(), [&](std::size_t other) { return !gone[other]; });
        const auto seen = std::find(path.begin(), path.end(), next);
        if (seen != path.end()) {
            std::vector<StepId> names;
            for (auto step = seen; step != path.end(); ++step) {
                names.push_back(ids_[*step]);
            }
            names.push_back(ids_[next]);
            return names;
        }
        path.push_back(next);
    }
}

std::vector<std::size_t> StepGraph::order(const std::vector<Step>& steps) const {
    std::vector<std::size_t> result;
    std::vector<bool> placed(ids_.size(), false);
    // The first in the file that is free; back to the beginning each time, so that children stay behind their parents.
    while (result.size() < steps.size()) {
        const std::size_t before = result.size();
        for (std::size_t i = 0; i < steps.size(); ++i) {
            const std::size_t own = index_.at(steps[i].id);
            if (!placed[own] && std::all_of(before_[own].begin(), before_[own].end(),
                                            [&](std::size_t other) { return placed[other]; })) {
                placed[own] = true;
                result.push_back(i);
            }
        }
        if (result.size() == before) {
            break;
        }
    }
    return result;
}

} // namespace sluice::plan

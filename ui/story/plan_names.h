#pragma once
#include "release/names.h"
#include "story/step_titles.h"

namespace sluice::story {

/// The plan's titles, in quotation marks, in place of ids: as they are known at the release's moment.
class PlanNames : public release::Names {
public:
    explicit PlanNames(const release::Release& release) : release_(release), titles_(release) {}

    std::string step(const plan::StepId& id) const override;
    std::string phase(const std::string& id) const override;
    std::string operation(const std::string& id) const override; ///< the step's, and which attempt if not the first
    std::string gate(const plan::StepId& step, const std::string& id) const override;
    std::string trigger(const std::string& id) const override;
    std::string option(const std::string& id) const override;
    std::string role(const std::string& id) const override;
    std::string key(const std::string& fingerprint) const override; ///< its beginning: the log's own text has it whole

private:
    const release::Release& release_;
    mutable StepTitles titles_; ///< remembers what it has worked out
};

} // namespace sluice::story

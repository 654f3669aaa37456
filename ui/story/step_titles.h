#pragma once
#include "release/state.h"

#include <QString>

#include <optional>
#include <string>
#include <vector>

namespace sluice::story {

/// Titles as people read them: filled with what is known at this moment; a name that is not known yet stays as it is.
class StepTitles {
public:
    explicit StepTitles(const release::Release& release) : release_(release) {}
    QString of(const plan::Step& step);
    QString of(const plan::StepId& step); ///< the id where the plan has no such step
    QString filled(const std::string& text);

private:
    const release::Release& release_;
    std::optional<plan::Scope> scope_; // made when a title first needs it
};

/// "release-lead" → "release lead", "sre" → "SRE"
QString role_text(const std::string& role);

/// True for what people do: confirm, approve, decide.
bool by_hand(const plan::StepBody& body);

/// Whose hands it needs: the roles that approve, else the owner; empty for what a program does alone.
QString who_of(const plan::Step& step, const std::vector<std::string>& approvers);

} // namespace sluice::story

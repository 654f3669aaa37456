#pragma once
/// The gates of a plan, wherever they stand. Pure; what is given back lives as long as the plan or step.
#include "plan/model.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace sluice::plan {

/// Of a hold those that it holds for, of any other step those that must hold before it starts.
const std::vector<Gate>& gates_of(const Step& step);

/// Of all steps, those of the ways back after the others.
std::vector<const Gate*> gates_of(const Plan& plan);

/// How far back gates look, by metric: over each `&Against::ago` or `&Against::before` that one of them names.
std::map<std::string, std::set<Nanos>> looks_back(const Plan& plan, Nanos Against::*span);

} // namespace sluice::plan

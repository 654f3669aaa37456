#pragma once
/// The files that a plan's steps use: what they were at the start, and whether they still are (PLAN.md, "Values").
#include "base/json.h"
#include "base/result.h"
#include "plan/model.h"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace sluice::engine {

/// All that the steps of a plan name under `files`, and the manifests that they apply; sorted, each once.
std::vector<std::string> files_of(const plan::Plan& plan);
std::vector<std::string> files_of(const plan::Step& step);

/// SHA-256, hexadecimal: of a file its bytes; of a folder the names and digests of all files in it, sorted, so that
/// nothing can be added, taken away or altered unseen. Links are followed; `.git` is left out. At most 10,000 files and
/// 256 MiB.
Result<std::string> digest_of(const std::string& path);

/// [{"path", "digest", "commit"}] for all files of a plan, sorted by path; `not_found` names the first that is not
/// there. `commit` is what `commit_of` says of it; empty = not under version control, or nobody was asked.
Result<Json> pin_files(const plan::Plan& plan, const std::string& folder,
                       const std::function<std::string(const std::string& path)>& commit_of);

/// `conflict`, naming the file, when one that the step uses is not what it was at the start.
Result<void> still_pinned(const std::string& folder, const plan::Step& step,
                          const std::map<std::string, std::string>& pinned);

} // namespace sluice::engine

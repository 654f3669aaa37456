#pragma once
#include <string>
#include <string_view>

namespace sluice::kubernetes {

/// What a person does first about a cause that the cluster names ("ImagePullBackOff", "ProgressDeadlineExceeded"), as
/// runbooks have it; empty for one that nothing is known about. One sentence without its end.
std::string advice_for(std::string_view cause);

} // namespace sluice::kubernetes

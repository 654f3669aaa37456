#pragma once
#include "base/json.h"

#include <string_view>

namespace sluice::range {

/// `a=b,c!=d,e in (x,y),f notin (z),g,!h` on an object's labels. Returns false in `well_formed` for anything else.
bool label_selector_holds(std::string_view selector, const Json& object, bool& well_formed);

/// `metadata.name=x,status.phase!=Running`: any field that holds a scalar.
bool field_selector_holds(std::string_view selector, const Json& object, bool& well_formed);

} // namespace sluice::range

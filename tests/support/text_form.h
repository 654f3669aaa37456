#pragma once
/// Whether something can be turned into text by accident: what holds a secret must not be.
#include "base/json.h"

#include <fmt/format.h>
#include <ostream>

namespace sluice::testing {

template <typename T>
concept Streamable = requires(std::ostream& stream, const T& value) {
    stream << value;
};
template <typename T>
concept Jsonable = requires(const T& value) {
    Json(value);
};
template <typename T>
concept HasTextForm = Streamable<T> || Jsonable<T> || fmt::is_formattable<T>::value;

} // namespace sluice::testing

#pragma once
/// Which types a variant can hold.
#include <type_traits>
#include <variant>

namespace sluice {

template <typename Kind, typename Variant>
inline constexpr bool is_alternative = false;
template <typename Kind, typename... Kinds>
inline constexpr bool is_alternative<Kind, std::variant<Kinds...>> = (std::is_same_v<Kind, Kinds> || ...);

/// One of the types of this variant, as a value or a reference. Far cheaper to ask of a variant of many types than
/// whether it can be constructed from one: that tries them all.
template <typename Kind, typename Variant>
concept AlternativeOf = is_alternative<std::remove_cvref_t<Kind>, Variant>;

} // namespace sluice

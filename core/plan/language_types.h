#pragma once
/// Short spellings for the table in language*.cpp.
#include "plan/language.h"

namespace sluice::plan::types {

using K = Type::Kind;
inline const Type text{K::text};
inline const Type filled{K::filled};
inline const Type id{K::id};
inline const Type name{K::name};
inline const Type boolean{K::boolean};
inline const Type value{K::value};
inline const Type duration{K::duration};
inline const Type must{K::must};
inline const Type pattern{K::pattern};
inline const Type pointer{K::pointer};
inline const Type secret{K::secret};
inline const Type object_name{K::object_name};
inline const Type json{K::json};
inline Type integer(long least, long most) {
    return {K::integer, {}, {}, least, most};
}
inline Type choice(std::vector<std::string_view> words) {
    return {K::choice, std::move(words)};
}
inline Type list(Type of) {
    return {K::list, {}, {std::move(of)}};
}
inline Type one_or_more(Type of) {
    return {K::one_or_more, {}, {std::move(of)}};
}
inline Type map(Type keys, Type values) {
    return {K::map, {}, {std::move(keys), std::move(values)}};
}
inline Type object(std::string_view shape) {
    return {K::object, {shape}};
}
inline Type either(std::vector<Type> parts) {
    return {K::either, {}, std::move(parts)};
}

} // namespace sluice::plan::types

namespace sluice::plan {
std::vector<ObjectShape> step_language(); ///< the part of the table that describes steps (language_steps.cpp)
} // namespace sluice::plan

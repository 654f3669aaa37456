#pragma once
/// The plan language as one table: keys, types, defaults and what each is for.
///
/// The loader's checks, the JSON Schema and the manual's reference page are all made from it, so they can't disagree.
#include <string>
#include <string_view>
#include <vector>

namespace sluice::plan {

/// What may stand at a place.
struct Type {
    enum class Kind {
        text,    ///< as it is
        filled,  ///< text that may hold ${name}
        id,      ///< [a-z0-9][a-z0-9-]*
        name,    ///< a name as `${…}` takes it
        integer, ///< least … most
        boolean,
        value,       ///< any scalar
        duration,    ///< 90s, 5m, 1h30m
        must,        ///< '< 0.1%', 'is closed'
        pattern,     ///< a regular expression
        pointer,     ///< a JSON pointer
        secret,      ///< env:NAME, file:PATH, keychain:SERVICE/ACCOUNT or vault:MOUNT/PATH#KEY
        object_name, ///< namespace/name
        json,        ///< anything
        choice,      ///< one of `words`
        list,        ///< of parts[0]
        one_or_more, ///< parts[0], or a list of it
        map,         ///< names (parts[0]) to values (parts[1])
        object,      ///< the object named words[0]
        either,      ///< the one of `parts` that fits how it is written: text, list or map
    };
    Kind kind = Kind::text;
    std::vector<std::string_view> words = {};
    std::vector<Type> parts = {};
    long least = 0;
    long most = 0;
};

struct Key {
    std::string_view name;
    Type type;
    std::string_view doc;
    bool required = false;
    std::string_view by_default = {};
};

struct ObjectShape {
    std::string_view name;
    std::string_view doc;
    std::vector<Key> keys;
    std::vector<std::string_view> exactly_one = {}; ///< of these keys, exactly one stands there

    const Key* key(std::string_view key_name) const;
};

/// Every object of the language; the first is the plan itself.
const std::vector<ObjectShape>& language();

/// Every object of policies (plan/policy.h); the first is the policy itself.
const std::vector<ObjectShape>& policy_language();

/// By name, in either table; the names in the tables themselves are always found.
const ObjectShape& object_shape(std::string_view name);

} // namespace sluice::plan

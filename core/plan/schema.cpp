#include "plan/schema.h"

#include "plan/language.h"

namespace sluice::plan {
namespace {

Json schema_of(const Type& type);

Json pattern(const char* expression) {
    return {{"type", "string"}, {"pattern", expression}};
}

Json map_schema(const Type& type) {
    Json schema = {{"type", "object"}, {"additionalProperties", schema_of(type.parts[1])}};
    const Json names = schema_of(type.parts[0]);
    if (names.contains("pattern") || names.contains("enum")) {
        schema["propertyNames"] = names;
    }
    return schema;
}

Json schema_of(const Type& type) {
    using Kind = Type::Kind;
    // YAML's plain scalars: `replicas: 0` is as good as `replicas: '0'`.
    static const Json scalar = {{"type", {"string", "number", "boolean"}}};
    switch (type.kind) {
    case Kind::id:
        return pattern("^[a-z0-9][a-z0-9-]{0,62}$");
    case Kind::name:
        return pattern("^[A-Za-z_][A-Za-z0-9_-]{0,62}$");
    case Kind::object_name:
        return pattern("^[a-z0-9][a-z0-9-]*/[a-z0-9.-]+$");
    case Kind::duration:
        return pattern("^([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?$");
    case Kind::must:
        return pattern("^((<=|>=|==|!=|<|>) *-?[0-9]|is +(not +)?[a-z0-9][a-z0-9-]*( +or +[a-z0-9][a-z0-9-]*)*$)");
    case Kind::pointer:
        return pattern("^(/.*)?$");
    case Kind::secret:
        return pattern("^(env|file|keychain|vault):[^ ]+$");
    case Kind::integer:
        return {{"type", "integer"}, {"minimum", type.least}, {"maximum", type.most}};
    case Kind::boolean:
        return {{"type", "boolean"}};
    case Kind::choice:
        return {{"enum", std::vector<std::string>(type.words.begin(), type.words.end())}};
    case Kind::json:
        return Json::object();
    case Kind::list:
        return {{"type", "array"}, {"items", schema_of(type.parts[0])}};
    case Kind::one_or_more:
        return {{"anyOf", {schema_of(type.parts[0]), {{"type", "array"}, {"items", schema_of(type.parts[0])}}}}};
    case Kind::map:
        return map_schema(type);
    case Kind::object:
        return {{"$ref", "#/$defs/" + std::string(type.words[0])}};
    case Kind::either: {
        Json any = Json::array();
        for (const Type& part : type.parts) {
            any.push_back(schema_of(part));
        }
        return {{"anyOf", any}};
    }
    case Kind::text:
    case Kind::filled:
    case Kind::value:
    case Kind::pattern:
        break;
    }
    return scalar;
}

Json object_of(const ObjectShape& shape) {
    Json properties = Json::object();
    Json required = Json::array();
    for (const Key& key : shape.keys) {
        Json property = schema_of(key.type);
        property["description"] =
            std::string(key.doc) + (key.by_default.empty() ? "" : " Default: " + std::string(key.by_default) + ".");
        properties[std::string(key.name)] = std::move(property);
        if (key.required) {
            required.push_back(std::string(key.name));
        }
    }
    Json schema = {{"type", "object"},
                   {"description", std::string(shape.doc)},
                   {"properties", properties},
                   {"additionalProperties", false}};
    if (!required.empty()) {
        schema["required"] = required;
    }
    if (!shape.exactly_one.empty()) {
        Json one = Json::array();
        for (const std::string_view key : shape.exactly_one) {
            one.push_back({{"required", {std::string(key)}}});
        }
        schema["oneOf"] = one;
    }
    return schema;
}

Json schema_of(const std::vector<ObjectShape>& table, const char* title) {
    Json definitions = Json::object();
    for (const ObjectShape& shape : table) {
        definitions[std::string(shape.name)] = object_of(shape);
    }
    return {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
            {"title", title},
            {"$ref", "#/$defs/" + std::string(table.front().name)},
            {"$defs", definitions}};
}

} // namespace

Json json_schema() {
    return schema_of(language(), "Sluice plan");
}

Json policy_schema() {
    return schema_of(policy_language(), "Sluice policy");
}

} // namespace sluice::plan

#include "plan/reference.h"

#include "plan/language.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace sluice::plan {
namespace {

std::string type_text(const Type& type) {
    using Kind = Type::Kind;
    const auto part = [&](std::size_t i) { return type_text(type.parts[i]); };
    switch (type.kind) {
    case Kind::text:
        return "text";
    case Kind::filled:
        return "text with `${…}`";
    case Kind::id:
        return "identifier";
    case Kind::name:
        return "name";
    case Kind::integer:
        return type.least == type.most ? fmt::format("{}", type.least) : fmt::format("{} … {}", type.least, type.most);
    case Kind::boolean:
        return "true or false";
    case Kind::value:
        return "one value";
    case Kind::duration:
        return "duration";
    case Kind::must:
        return "limit";
    case Kind::pattern:
        return "pattern";
    case Kind::pointer:
        return "JSON pointer";
    case Kind::secret:
        return "secret reference";
    case Kind::object_name:
        return "namespace/name";
    case Kind::json:
        return "anything";
    case Kind::choice:
        return fmt::format("`{}`", fmt::join(type.words, "`, `"));
    case Kind::list:
        return "list of " + part(0);
    case Kind::one_or_more:
        return part(0) + ", or a list";
    case Kind::map:
        return part(0) + " → " + part(1);
    case Kind::object:
        return fmt::format("[{0}](#{0})", type.words[0]);
    case Kind::either: {
        std::string text;
        for (const Type& one : type.parts) {
            text += (text.empty() ? "" : " or ") + type_text(one);
        }
        return text;
    }
    }
    return {};
}

/// A bar would end the cell.
std::string cell(std::string text) {
    for (std::size_t at = text.find('|'); at != std::string::npos; at = text.find('|', at + 2)) {
        text.replace(at, 1, "\\|");
    }
    return text;
}

} // namespace

std::string reference_markdown() {
    std::string page =
        "# The plan language\n\n"
        "This page is made from the table that the loader, the checks and the JSON Schema are made from\n"
        "(`sluicectl schema --format markdown`). Durations are written `90s`, `5m`, `1h30m`, `2d`; limits "
        "`< 0.1%`,\n`>= 3`, `< 200ms`; secret references `env:NAME`, `file:PATH`, `keychain:SERVICE/ACCOUNT`, "
        "`vault:MOUNT/PATH#KEY`.\n";
    for (const ObjectShape& shape : language()) {
        page += fmt::format("\n## {}\n\n{}\n", shape.name, shape.doc);
        if (!shape.exactly_one.empty()) {
            page += fmt::format("Exactly one of `{}` says what it is.\n", fmt::join(shape.exactly_one, "`, `"));
        }
        page += "\n| key | what may stand there | meaning | default |\n|---|---|---|---|\n";
        for (const Key& key : shape.keys) {
            page +=
                fmt::format("| `{}`{} | {} | {} | {} |\n", key.name, key.required ? " *" : "",
                            cell(type_text(key.type)), cell(std::string(key.doc)), cell(std::string(key.by_default)));
        }
    }
    return page + "\n\\* must be there.\n";
}

} // namespace sluice::plan

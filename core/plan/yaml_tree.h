#pragma once
/// A plan's YAML as a tree with positions, read through yaml-cpp's event interface.
///
/// yaml-cpp's own node tree accepts duplicate keys, cyclic aliases and alias bombs silently; here they are errors.
#include "base/result.h"
#include "plan/diagnostic.h"

#include <string>
#include <string_view>
#include <vector>

namespace sluice::plan {

struct Entry;

struct Node {
    enum class Kind { null, scalar, list, map };
    Kind kind = Kind::null;
    std::string text;    ///< of a scalar
    bool quoted = false; ///< a quoted scalar is never a number, a boolean or null
    Position at;
    std::size_t offset = 0; ///< of its first byte in the source
    std::vector<Node> items;
    std::vector<Entry> entries; ///< in the order of the file

    bool is_scalar() const { return kind == Kind::scalar; }
    bool is_list() const { return kind == Kind::list; }
    bool is_map() const { return kind == Kind::map; }
    const Entry* entry(std::string_view key) const; ///< null if this is no map or lacks it
    const Node* find(std::string_view key) const;
};

struct Entry {
    std::string key;
    Position at;
    Node value;
};

struct YamlBudget {
    std::size_t bytes = 1'000'000;
    int depth = 64;
    std::size_t nodes = 50'000; ///< with every alias counted as what it stands for
    std::size_t aliases = 1'000;
};

/// One document with a map at its top. The error is the first one in the text.
tl::expected<Node, Diagnostic> read_yaml(std::string_view source, const YamlBudget& budget = {});

/// "text", "a list", "a map", "nothing": for messages.
const char* kind_name(Node::Kind kind);

} // namespace sluice::plan

#include "plan/yaml_tree.h"

#include "plan/utf8.h"

#include <fmt/format.h>
#include <map>
#include <set>
#include <sstream>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

namespace sluice::plan {
namespace {

/// yaml-cpp counts lines from 0 and columns in bytes; people count both from 1 and columns in characters.
class Lines {
public:
    explicit Lines(std::string_view source) : source_(source) {
        starts_.push_back(0);
        for (std::size_t i = 0; i < source.size(); ++i) {
            if (source[i] == '\n') {
                starts_.push_back(i + 1);
            }
        }
    }

    Position position(std::size_t line, std::size_t column_bytes) const {
        line = std::min(line, starts_.size() - 1);
        const std::size_t start = starts_[line];
        const std::size_t end = line + 1 < starts_.size() ? starts_[line + 1] : source_.size();
        const std::string_view before = source_.substr(start, std::min(column_bytes, end - start));
        return {static_cast<int>(line) + 1, static_cast<int>(characters(before)) + 1};
    }

    Position position(const YAML::Mark& mark) const {
        return position(mark.line < 0 ? 0 : static_cast<std::size_t>(mark.line),
                        mark.column < 0 ? 0 : static_cast<std::size_t>(mark.column));
    }

    std::size_t offset(const YAML::Mark& mark) const {
        const std::size_t line = mark.line < 0 ? 0 : std::min(static_cast<std::size_t>(mark.line), starts_.size() - 1);
        return std::min(starts_[line] + static_cast<std::size_t>(std::max(mark.column, 0)), source_.size());
    }

    Position at_offset(std::size_t offset) const {
        const auto after = std::upper_bound(starts_.begin(), starts_.end(), offset);
        const auto line = static_cast<std::size_t>(after - starts_.begin()) - 1;
        return position(line, offset - starts_[line]);
    }

    /// By its number from 1.
    std::string_view text(int line) const {
        const std::size_t start = starts_[std::min(static_cast<std::size_t>(line - 1), starts_.size() - 1)];
        return source_.substr(start, source_.find('\n', start) - start);
    }

private:
    std::string_view source_;
    std::vector<std::size_t> starts_;
};

struct Refused {
    Diagnostic diagnostic;
};

class TreeBuilder : public YAML::EventHandler {
public:
    TreeBuilder(const Lines& lines, const YamlBudget& budget) : lines_(lines), budget_(budget) {}

    void OnDocumentStart(const YAML::Mark& mark) override {
        if (++documents_ > 1) {
            refuse(lines_.position(mark), "the file holds a second document", "one plan a file; remove the '---'");
        }
    }
    void OnDocumentEnd() override {}

    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        Node node;
        // An empty value has no text of its own: yaml-cpp marks what comes next, a reader looks at the key.
        const bool has_text = !frames_.empty() && frames_.back().node.is_map() && frames_.back().has_key;
        node.at = has_text ? frames_.back().key_at : lines_.position(mark);
        node.offset = lines_.offset(mark);
        put(std::move(node), anchor, 1);
    }

    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        const Position at = lines_.position(mark);
        if (++aliases_ > budget_.aliases) {
            refuse(at, fmt::format("more than {} aliases", budget_.aliases), "write the parts out");
        }
        const auto found = anchored_.find(anchor);
        if (found == anchored_.end()) {
            refuse(at, "an alias inside of what it stands for", "write the part out");
        }
        count(found->second.nodes, at);
        if (static_cast<int>(frames_.size()) + found->second.depth > budget_.depth) {
            refuse(at, fmt::format("nested deeper than {}", budget_.depth), "flatten it");
        }
        attach(Node(found->second.node), found->second.nodes, found->second.depth, at);
    }

    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& value) override {
        check_tag(mark, tag);
        Node node;
        node.kind = Node::Kind::scalar;
        node.text = value;
        node.quoted = tag == "!";
        node.at = lines_.position(mark);
        node.offset = lines_.offset(mark);
        put(std::move(node), anchor, 1);
    }

    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override {
        open(Node::Kind::list, mark, tag, anchor);
    }
    void OnSequenceEnd() override { close(); }
    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override {
        open(Node::Kind::map, mark, tag, anchor);
    }
    void OnMapEnd() override { close(); }

    Node root;

private:
    struct Frame {
        Node node;
        YAML::anchor_t anchor = 0;
        std::size_t nodes = 1;
        int depth = 1;
        bool has_key = false;
        std::string key;
        Position key_at;
        std::set<std::string> keys;
    };
    struct Anchored {
        Node node;
        std::size_t nodes;
        int depth;
    };

    [[noreturn]] static void refuse(Position at, std::string what, std::string remedy) {
        throw Refused{{at, std::move(what), std::move(remedy), Severity::error}};
    }

    void check_tag(const YAML::Mark& mark, const std::string& tag) const {
        if (!tag.empty() && tag != "?" && tag != "!") {
            refuse(lines_.position(mark), fmt::format("the tag '{}' is not known", tag),
                   "plans have no tags; remove it");
        }
    }

    void count(std::size_t nodes, Position at) {
        nodes_ += nodes;
        if (nodes_ > budget_.nodes) {
            refuse(at, fmt::format("more than {} values, aliases counted as what they stand for", budget_.nodes),
                   "split the plan, or write less by alias");
        }
    }

    void open(Node::Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
        check_tag(mark, tag);
        Frame frame;
        frame.node.kind = kind;
        frame.node.at = lines_.position(mark);
        frame.node.offset = lines_.offset(mark);
        frame.anchor = anchor;
        count(1, frame.node.at);
        if (static_cast<int>(frames_.size()) >= budget_.depth) {
            refuse(frame.node.at, fmt::format("nested deeper than {}", budget_.depth), "flatten it");
        }
        frames_.push_back(std::move(frame));
    }

    void close() {
        Frame frame = std::move(frames_.back());
        frames_.pop_back();
        if (frame.anchor != 0) {
            count(frame.nodes, frame.node.at); // the copy that aliases are made from
            anchored_[frame.anchor] = {frame.node, frame.nodes, frame.depth};
        }
        const Position at = frame.node.at;
        attach(std::move(frame.node), frame.nodes, frame.depth, at);
    }

    void put(Node node, YAML::anchor_t anchor, std::size_t nodes) {
        count(nodes, node.at);
        if (anchor != 0) {
            anchored_[anchor] = {node, nodes, 0};
        }
        const Position at = node.at;
        attach(std::move(node), nodes, 0, at);
    }

    void attach(Node node, std::size_t nodes, int depth, Position at) {
        if (frames_.empty()) {
            root = std::move(node);
            return;
        }
        Frame& top = frames_.back();
        top.nodes += nodes;
        top.depth = std::max(top.depth, depth + 1);
        if (top.node.is_list()) {
            top.node.items.push_back(std::move(node));
        } else if (!top.has_key) {
            if (!node.is_scalar()) {
                refuse(at, fmt::format("a key must be text, here it is {}", kind_name(node.kind)),
                       "write 'key: value'");
            }
            if (!top.keys.insert(node.text).second) {
                refuse(at, fmt::format("the key '{}' stands here twice", node.text), "remove or merge one of them");
            }
            top.has_key = true;
            top.key = std::move(node.text);
            top.key_at = at;
        } else {
            top.has_key = false;
            top.node.entries.push_back({std::move(top.key), top.key_at, std::move(node)});
        }
    }

    const Lines& lines_;
    const YamlBudget& budget_;
    std::vector<Frame> frames_;
    std::map<YAML::anchor_t, Anchored> anchored_;
    std::size_t nodes_ = 0;
    std::size_t aliases_ = 0;
    int documents_ = 0;
};

/// `line` is the one at which reading stopped.
std::string remedy_for(const std::string& message, std::string_view line) {
    if (line.substr(0, line.find_first_not_of(" \t")).find('\t') != std::string_view::npos) {
        return "indent with spaces, not tabs";
    }
    if (message.find("illegal map value") != std::string::npos) {
        return "put text that holds ': ' in quotes, and check the indentation";
    }
    const auto says = [&](const char* what) { return message.find(what) != std::string::npos; };
    // Within brackets much of what people write in a text means something to YAML.
    if (says("flow")) {
        return "check the closing bracket, and put text that holds ? : , # or a bracket in quotes";
    }
    if (says("unknown token")) {
        return "put text in quotes that begins with a sign such as @ or %, or that holds ? : , # or a bracket within "
               "brackets";
    }
    if (says("end of map") || says("end of sequence")) {
        return "check the indentation and the closing bracket";
    }
    return "check quotes, brackets and indentation near here";
}

} // namespace

const Entry* Node::entry(std::string_view key) const {
    for (const Entry& candidate : entries) {
        if (candidate.key == key) {
            return &candidate;
        }
    }
    return nullptr;
}

const Node* Node::find(std::string_view key) const {
    const Entry* found = entry(key);
    return found == nullptr ? nullptr : &found->value;
}

const char* kind_name(Node::Kind kind) {
    switch (kind) {
    case Node::Kind::scalar:
        return "text";
    case Node::Kind::list:
        return "a list";
    case Node::Kind::map:
        return "a map";
    case Node::Kind::null:
        break;
    }
    return "nothing";
}

tl::expected<Node, Diagnostic> read_yaml(std::string_view source, const YamlBudget& budget) {
    const auto refuse = [](Position at, std::string what, std::string remedy) {
        return tl::unexpected(Diagnostic{at, std::move(what), std::move(remedy), Severity::error});
    };
    if (source.size() > budget.bytes) {
        return refuse({1, 1}, fmt::format("the plan has {} bytes, more than {}", source.size(), budget.bytes),
                      "split it, or move manifests to files of their own");
    }
    if (source.substr(0, 3) == "\xEF\xBB\xBF") {
        source.remove_prefix(3); // a byte order mark is no character of the first line
    }
    const Lines lines(source);
    const std::size_t nul = source.find('\0');
    const auto bad = first_bad_utf8(source);
    if (bad && *bad < nul) {
        return refuse(lines.at_offset(*bad), "these bytes are not UTF-8", "save the file as UTF-8");
    }
    if (nul != std::string_view::npos) {
        return refuse(lines.at_offset(nul), "a NUL byte", "remove it; plans are text");
    }
    TreeBuilder builder(lines, budget);
    try {
        std::istringstream stream{std::string(source)};
        YAML::Parser parser(stream);
        while (parser.HandleNextDocument(builder)) {
        }
    } catch (const Refused& refused) {
        return tl::unexpected(refused.diagnostic);
    } catch (const YAML::Exception& error) {
        const Position at = error.mark.is_null() ? Position{1, 1} : lines.position(error.mark);
        return refuse(at, "this is not YAML: " + error.msg, remedy_for(error.msg, lines.text(at.line)));
    } catch (const std::exception& error) {
        return refuse({1, 1}, std::string("this is not YAML: ") + error.what(), remedy_for("", ""));
    }
    if (!builder.root.is_map()) {
        return refuse(builder.root.at.line == 0 ? Position{1, 1} : builder.root.at,
                      fmt::format("a plan is a map of keys, here is {}", kind_name(builder.root.kind)),
                      "start with 'sluice: 1'");
    }
    return std::move(builder.root);
}

} // namespace sluice::plan

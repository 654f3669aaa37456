#include "series/promql/parser.h"

#include "series/promql/fault.h"
#include "series/promql/lexer.h"
#include "series/promql/signatures.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>

namespace sluice::series::promql {
namespace {

constexpr int max_depth = 64;

std::string lower_case(std::string text) {
    std::ranges::transform(text, text.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return text;
}

/// Prometheus' grammar takes most of its words for metrics where one may stand (`sum`, `by`, `and`), but not these.
bool names_no_metric(std::string_view lower_case_word) {
    constexpr std::array words{"atan2", "bool", "group_left", "group_right", "ignoring", "on"};
    return std::ranges::find(words, lower_case_word) != words.end();
}

/// Recursive descent by binding strength, as in Prometheus' generated_parser.y.
class Parser {
public:
    explicit Parser(std::string_view query) : tokens_(split(query)) {}

    ExpressionPtr read() {
        if (token().kind == TokenKind::end) {
            throw Fault{0, "no expression found"};
        }
        ExpressionPtr root = expression(1);
        if (token().kind != TokenKind::end) {
            unexpected("the end of the query");
        }
        return root;
    }

private:
    const Token& token(std::size_t ahead = 0) const { return tokens_[std::min(next_ + ahead, tokens_.size() - 1)]; }
    bool is_sign(std::string_view sign, std::size_t ahead = 0) const {
        return token(ahead).kind == TokenKind::sign && token(ahead).text == sign;
    }
    bool is_word(std::string_view word, std::size_t ahead = 0) const {
        return token(ahead).kind == TokenKind::identifier && lower_case(token(ahead).text) == word;
    }
    bool take_sign(std::string_view sign) {
        if (!is_sign(sign)) {
            return false;
        }
        ++next_;
        return true;
    }
    bool take_word(std::string_view word) {
        if (!is_word(word)) {
            return false;
        }
        ++next_;
        return true;
    }
    void expect(std::string_view sign) {
        if (!take_sign(sign)) {
            unexpected(fmt::format("'{}'", sign));
        }
    }
    [[noreturn]] void unexpected(std::string_view wanted) const {
        const Token& found = token();
        const std::string what = found.kind == TokenKind::end        ? "end of the query"
                                 : found.kind == TokenKind::number   ? "number"
                                 : found.kind == TokenKind::duration ? "duration"
                                 : found.kind == TokenKind::text     ? "string"
                                                                     : "'" + found.text + "'";
        throw Fault{found.at, fmt::format("unexpected {}, expected {}", what, wanted)};
    }

    template <typename Node>
    ExpressionPtr make(ValueKind kind, Node node, int depth_below) const {
        auto made = std::make_unique<Expression>();
        made->kind = kind;
        made->depth = depth_below + 1;
        made->node = std::move(node);
        if (made->depth > max_depth) {
            throw Fault{token().at, fmt::format("nested deeper than {}", max_depth)};
        }
        return made;
    }

    struct Nesting {
        explicit Nesting(Parser& owner) : parser(owner) {
            if (++parser.nesting_ > max_depth) {
                throw Fault{parser.token().at, fmt::format("nested deeper than {}", max_depth)};
            }
        }
        ~Nesting() { --parser.nesting_; }
        Nesting(const Nesting&) = delete;
        Nesting& operator=(const Nesting&) = delete;
        Parser& parser;
    };

    std::optional<Operator> binary_operator() const {
        if (token().kind == TokenKind::identifier) {
            return operator_named(lower_case(token().text));
        }
        return token().kind == TokenKind::sign ? operator_named(token().text) : std::nullopt;
    }

    ExpressionPtr expression(int least) {
        const Nesting nesting(*this);
        ExpressionPtr left = unary();
        for (;;) {
            const auto op = binary_operator();
            if (!op || strength(*op) < least) {
                return left;
            }
            const auto at = token().at;
            ++next_;
            Binary binary;
            binary.op = *op;
            read_modifiers(binary);
            binary.left = std::move(left);
            binary.right = expression(*op == Operator::power ? strength(*op) : strength(*op) + 1);
            left = checked(std::move(binary), at);
        }
    }

    ExpressionPtr unary() {
        const Nesting nesting(*this);
        if (is_sign("+") || is_sign("-")) {
            const bool minus = is_sign("-");
            const auto at = token().at;
            ++next_;
            // A sign binds like '*', weaker than '^': -2 ^ 2 is -4.
            ExpressionPtr of = expression(strength(Operator::power));
            if (of->kind == ValueKind::matrix) {
                throw Fault{at, "a sign is not allowed before a range vector"};
            }
            if (!minus) {
                return of;
            }
            const auto kind = of->kind;
            const int depth = of->depth;
            return make(kind, Negation{std::move(of)}, depth);
        }
        ExpressionPtr made = primary();
        refuse_suffixes();
        return made;
    }

    ExpressionPtr primary() {
        const Token& first = token();
        if (take_sign("(")) {
            ExpressionPtr inner = expression(1);
            expect(")");
            return inner;
        }
        if (first.kind == TokenKind::number) {
            ++next_;
            return make(ValueKind::scalar, Literal{first.number}, 0);
        }
        if (is_sign("{")) {
            return selector("");
        }
        if (first.kind != TokenKind::identifier) {
            unexpected("an expression");
        }
        const std::string word = lower_case(first.text);
        if (word == "inf" || word == "nan") {
            ++next_;
            return make(ValueKind::scalar, Literal{word == "inf" ? HUGE_VAL : std::nan("")}, 0);
        }
        if (is_sign("(", 1) || is_word("by", 1) || is_word("without", 1)) {
            if (const auto kind = aggregation_named(word)) {
                ++next_;
                return aggregate(*kind);
            }
            if (is_sign("(", 1)) {
                return call();
            }
        }
        if (names_no_metric(word)) {
            unexpected("an expression");
        }
        const std::string metric = first.text;
        ++next_;
        return selector(metric);
    }

    std::vector<std::string> label_list() {
        std::vector<std::string> labels;
        expect("(");
        while (!take_sign(")")) {
            if (token().kind != TokenKind::identifier || token().text.find(':') != std::string::npos) {
                unexpected("a label name");
            }
            labels.push_back(token().text);
            ++next_;
            if (!is_sign(")")) {
                expect(",");
            }
        }
        return labels;
    }

    bool read_grouping(Aggregate& aggregate) {
        if (!is_word("by") && !is_word("without")) {
            return false;
        }
        aggregate.without = is_word("without");
        ++next_;
        aggregate.labels = label_list();
        return true;
    }

    ExpressionPtr aggregate(Aggregation kind) {
        Aggregate made;
        made.kind = kind;
        const bool before = read_grouping(made);
        expect("(");
        const auto at = token().at;
        made.of = expression(1);
        expect(")");
        if (!before) {
            read_grouping(made);
        }
        if (made.of->kind != ValueKind::vector) {
            throw Fault{at,
                        fmt::format("an aggregation is of an instant vector; this is of type {}", name(made.of->kind))};
        }
        const int depth = made.of->depth;
        return make(ValueKind::vector, std::move(made), depth);
    }

    ExpressionPtr call() {
        const Token& named = token();
        const Signature* signature = function_named(named.text);
        if (signature == nullptr) {
            throw Fault{named.at, "unknown function '" + named.text + "'",
                        "understood are rate, increase, sum, avg, min, max, count, "
                        "histogram_quantile, timestamp, time, vector, scalar, abs, absent"};
        }
        next_ += 2;
        Call made;
        made.function = signature->function;
        int depth = 0;
        while (!is_sign(")")) {
            const auto at = token().at;
            made.arguments.push_back(expression(1));
            const auto index = made.arguments.size() - 1;
            if (index < signature->parameters.size() && made.arguments[index]->kind != signature->parameters[index]) {
                throw Fault{at, fmt::format("{} wants type {} here; this is of type {}", named.text,
                                            name(signature->parameters[index]), name(made.arguments[index]->kind))};
            }
            depth = std::max(depth, made.arguments.back()->depth);
            if (!is_sign(")")) {
                expect(",");
                if (is_sign(")")) {
                    unexpected("an argument");
                }
            }
        }
        ++next_;
        if (made.arguments.size() != signature->parameters.size()) {
            throw Fault{named.at, fmt::format("{} takes {} argument(s), not {}", named.text,
                                              signature->parameters.size(), made.arguments.size())};
        }
        return make(signature->result, std::move(made), depth);
    }

    ExpressionPtr selector(const std::string& metric) {
        const auto at = tokens_[next_ == 0 || metric.empty() ? next_ : next_ - 1].at;
        Selector made;
        if (!metric.empty()) {
            made.matchers.push_back(*Matcher::make(std::string(metric_name), Matcher::Kind::equal, metric));
        }
        if (take_sign("{")) {
            while (!take_sign("}")) {
                made.matchers.push_back(matcher(!metric.empty()));
                if (!is_sign("}")) {
                    expect(",");
                }
            }
        }
        if (std::ranges::all_of(made.matchers,
                                [](const Matcher& matcher) { return matcher.holds(std::string_view{}); })) {
            throw Fault{at, "a selector needs a matcher that does not match the empty string"};
        }
        if (take_sign("[")) {
            if (token().kind != TokenKind::duration || token().length <= Nanos{0}) {
                unexpected("a duration above 0");
            }
            made.range = token().length;
            ++next_;
            if (is_sign(":") || (token().kind == TokenKind::identifier && token().text.front() == ':')) {
                throw Fault{token().at, "subqueries are not supported"};
            }
            expect("]");
        }
        if (take_word("offset")) {
            const bool minus = take_sign("-");
            if (token().kind != TokenKind::duration || token().length <= Nanos{0}) {
                unexpected("a duration above 0");
            }
            made.offset = minus ? -token().length : token().length;
            ++next_;
        }
        return make(made.range == Nanos{0} ? ValueKind::vector : ValueKind::matrix, std::move(made), 0);
    }

    Matcher matcher(bool named) {
        const Token label = token();
        if (label.kind != TokenKind::identifier || label.text.find(':') != std::string::npos) {
            unexpected("a label name");
        }
        ++next_;
        using enum Matcher::Kind;
        const auto kind = is_sign("=") ? equal : is_sign("!=") ? not_equal : is_sign("=~") ? matches : not_matches;
        if (kind == not_matches && !is_sign("!~")) {
            unexpected("one of = != =~ !~");
        }
        ++next_;
        if (token().kind != TokenKind::text) {
            unexpected("a string");
        }
        if (named && label.text == metric_name) {
            throw Fault{label.at, "the metric name must not be set twice"};
        }
        auto made = Matcher::make(label.text, kind, token().text);
        if (!made) {
            throw Fault{token().at, made.error().what, made.error().remedy};
        }
        ++next_;
        return *std::move(made);
    }

    /// What may stand after an operand in PromQL, and not here: told by name instead of as a stray sign.
    void refuse_suffixes() const {
        if (is_sign("@")) {
            throw Fault{token().at, "the @ modifier is not supported"};
        }
        if (is_sign("[")) {
            throw Fault{token().at, "a range stands only behind a selector; subqueries are not supported"};
        }
        if (is_word("offset")) {
            throw Fault{token().at, "offset stands only once, directly behind a selector"};
        }
    }

    void read_modifiers(Binary& binary) {
        if (is_word("bool")) {
            if (!is_comparison(binary.op)) {
                throw Fault{token().at, "bool goes only with comparisons"};
            }
            ++next_;
            binary.yields_bool = true;
        }
        if (is_word("on") || is_word("ignoring")) {
            binary.on = is_word("on");
            ++next_;
            binary.labels = label_list();
        }
        if (is_word("group_left") || is_word("group_right")) {
            throw Fault{token().at, "many-to-one matching is not supported"};
        }
    }

    ExpressionPtr checked(Binary binary, std::size_t at) const {
        const auto left = binary.left->kind;
        const auto right = binary.right->kind;
        if (left == ValueKind::matrix || right == ValueKind::matrix) {
            throw Fault{at, "an operator takes scalars and instant vectors, not a range vector"};
        }
        const bool both_vectors = left == ValueKind::vector && right == ValueKind::vector;
        if (is_set(binary.op) && !both_vectors) {
            throw Fault{at, "and, or and unless take instant vectors on both sides"};
        }
        if (!binary.labels.empty() && !both_vectors) { // Prometheus passes over an empty `on ()`
            throw Fault{at, "on and ignoring go only between instant vectors"};
        }
        const bool both_scalars = left == ValueKind::scalar && right == ValueKind::scalar;
        if (is_comparison(binary.op) && both_scalars && !binary.yields_bool) {
            throw Fault{at, "comparisons between scalars must use bool"};
        }
        const int depth = std::max(binary.left->depth, binary.right->depth);
        return make(both_scalars ? ValueKind::scalar : ValueKind::vector, std::move(binary), depth);
    }

    std::vector<Token> tokens_;
    std::size_t next_ = 0;
    int nesting_ = 0;
};

} // namespace

ExpressionPtr read_expression(std::string_view query) {
    return Parser(query).read();
}

} // namespace sluice::series::promql

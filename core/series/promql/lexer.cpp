#include "series/promql/lexer.h"

#include "series/go_number.h"

#include <array>
#include <charconv>
#include <limits>
#include <optional>

namespace sluice::series::promql {
namespace {

constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
constexpr bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
constexpr bool is_word(char c) {
    return is_letter(c) || is_digit(c) || c == ':';
}

struct DurationUnit {
    std::string_view name;
    Nanos length;
};
constexpr std::array duration_units{
    DurationUnit{"ms", milliseconds(1)}, DurationUnit{"s", seconds(1)}, DurationUnit{"m", minutes(1)},
    DurationUnit{"h", hours(1)},         DurationUnit{"d", hours(24)},  DurationUnit{"w", hours(24 * 7)},
    DurationUnit{"y", hours(24 * 365)},
};

/// `010` is 8, as in Go; `089`, `0` and what is too large are not read here.
std::optional<double> octal_number(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 8);
    const bool is_octal =
        text.size() > 1 && text.front() == '0' && end == text.data() + text.size() && error == std::errc();
    return is_octal ? std::optional(static_cast<double>(value)) : std::nullopt;
}

class Splitter {
public:
    explicit Splitter(std::string_view query) : query_(query) {}

    std::vector<Token> split() {
        std::vector<Token> tokens;
        for (;;) {
            skip_blanks_and_comments();
            tokens.push_back(next());
            if (tokens.back().kind == TokenKind::end) {
                return tokens;
            }
        }
    }

private:
    char peek(std::size_t ahead = 0) const { return at_ + ahead < query_.size() ? query_[at_ + ahead] : '\0'; }

    void skip_blanks_and_comments() {
        while (at_ < query_.size()) {
            const char c = query_[at_];
            if (c == '#') {
                while (at_ < query_.size() && query_[at_] != '\n') {
                    ++at_;
                }
            } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
                ++at_;
            } else {
                return;
            }
        }
    }

    Token next() {
        Token token;
        token.at = at_;
        const char c = peek();
        if (at_ >= query_.size()) {
            return token;
        }
        if (is_digit(c) || (c == '.' && is_digit(peek(1)))) {
            read_number_or_duration(token);
        } else if (is_letter(c) || c == ':') {
            token.kind = TokenKind::identifier;
            while (is_word(peek())) {
                token.text += query_[at_++];
            }
        } else if (c == '"' || c == '\'' || c == '`') {
            token.kind = TokenKind::text;
            token.text = read_text();
        } else {
            read_sign(token);
        }
        return token;
    }

    void read_sign(Token& token) {
        token.kind = TokenKind::sign;
        for (const std::string_view sign : {"==", "!=", "=~", "!~", "<=", ">="}) {
            if (query_.substr(at_).starts_with(sign)) {
                token.text = sign;
                at_ += 2;
                return;
            }
        }
        if (std::string_view("(){}[],=<>+-*/%^@:").find(peek()) == std::string_view::npos) {
            throw Fault{at_, "unexpected character"};
        }
        token.text = query_[at_++];
    }

    void read_number_or_duration(Token& token) {
        const auto begin = at_;
        if (read_duration(token)) {
            return;
        }
        at_ = begin;
        token.kind = TokenKind::number;
        if (peek() == '0' && (peek(1) == 'x' || peek(1) == 'X')) {
            read_hexadecimal(token);
        } else {
            while (is_digit(peek()) || peek() == '.') {
                ++at_;
            }
            if (peek() == 'e' || peek() == 'E') {
                at_ += peek(1) == '+' || peek(1) == '-' ? 2 : 1;
                while (is_digit(peek())) {
                    ++at_;
                }
            }
            const auto text = query_.substr(begin, at_ - begin);
            const auto octal = octal_number(text);
            const auto value = octal ? octal : go_number(text);
            if (!value) {
                throw Fault{begin, "this is not a number"};
            }
            token.number = *value;
        }
        if (is_word(peek())) {
            throw Fault{begin, "neither a number nor a duration", "durations look like 90s, 5m or 1h30m"};
        }
    }

    void read_hexadecimal(Token& token) {
        const auto begin = at_;
        at_ += 2;
        std::uint64_t value = 0;
        const auto [end, error] = std::from_chars(query_.data() + at_, query_.data() + query_.size(), value, 16);
        if (error != std::errc() || value > std::numeric_limits<std::int64_t>::max()) {
            throw Fault{begin, "this is not a number"};
        }
        at_ = static_cast<std::size_t>(end - query_.data());
        token.number = static_cast<double>(value);
    }

    /// `1h30m`: whole numbers with units, from the largest unit to the smallest, each at most once.
    bool read_duration(Token& token) {
        const auto begin = at_;
        std::int64_t total = 0;
        Nanos last{std::numeric_limits<std::int64_t>::max()};
        while (is_digit(peek())) {
            std::int64_t count = 0;
            const auto [end, error] = std::from_chars(query_.data() + at_, query_.data() + query_.size(), count);
            if (error != std::errc()) {
                return false;
            }
            at_ = static_cast<std::size_t>(end - query_.data());
            const DurationUnit* unit = nullptr;
            for (const auto& candidate : duration_units) {
                if (unit == nullptr && query_.substr(at_).starts_with(candidate.name)) {
                    unit = &candidate;
                }
            }
            if (unit == nullptr || unit->length >= last) {
                return false;
            }
            at_ += unit->name.size();
            std::int64_t part = 0;
            if (__builtin_mul_overflow(count, unit->length.count, &part) ||
                __builtin_add_overflow(total, part, &total)) {
                throw Fault{begin, "the duration is out of range"};
            }
            last = unit->length;
        }
        if (at_ == begin || is_letter(peek()) || is_digit(peek()) || peek() == '.') {
            return false;
        }
        token.kind = TokenKind::duration;
        token.length = {total};
        return true;
    }

    std::string read_text() {
        const auto begin = at_;
        const char quote = query_[at_++];
        std::string out;
        while (at_ < query_.size() && query_[at_] != quote) {
            const char c = query_[at_++];
            if (c == '\n' && quote != '`') {
                break;
            }
            out += c == '\\' && quote != '`' ? escaped(quote) : c;
        }
        if (at_ >= query_.size() || query_[at_] != quote) {
            throw Fault{begin, "the string does not end"};
        }
        ++at_;
        return out;
    }

    char escaped(char quote) {
        const char c = peek();
        ++at_;
        switch (c) {
        case 'n':
            return '\n';
        case 't':
            return '\t';
        case 'r':
            return '\r';
        case '\\':
            return '\\';
        default:
            if (c == quote) {
                return quote;
            }
            throw Fault{at_ - 2, "unknown escape in a string", "write \\\\ for a backslash, or use `…`"};
        }
    }

    std::string_view query_;
    std::size_t at_ = 0;
};

} // namespace

std::vector<Token> split(std::string_view query) {
    return Splitter(query).split();
}

} // namespace sluice::series::promql

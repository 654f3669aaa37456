#include "kafka/java_properties.h"

#include <fmt/format.h>
#include <optional>

namespace sluice::kafka {
namespace {

constexpr std::size_t budget = 1u << 20;

bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\f';
}

std::string_view without_blanks_before(std::string_view text) {
    while (!text.empty() && is_blank(text.front())) {
        text.remove_prefix(1);
    }
    return text;
}

/// As String.trim of Java does, by which Kafka's clients take every value.
std::string trimmed(const std::string& text) {
    const auto shown = [](char c) { return static_cast<unsigned char>(c) > ' '; };
    std::size_t begin = 0;
    std::size_t end = text.size();
    while (begin < end && !shown(text[begin])) {
        ++begin;
    }
    while (end > begin && !shown(text[end - 1])) {
        --end;
    }
    return text.substr(begin, end - begin);
}

struct Line {
    std::string text; ///< with its escapes
    int number = 0;
};

/// Lines as they are meant: continued ones as one, comments and empty ones left out.
class Lines {
public:
    explicit Lines(std::string_view text) : rest_(text) {}

    std::optional<Line> next() {
        while (!rest_.empty()) {
            std::string_view piece = without_blanks_before(take());
            if (piece.empty() || piece.front() == '#' || piece.front() == '!') {
                continue;
            }
            Line line{{}, number_};
            while (is_continued(piece)) {
                line.text += piece.substr(0, piece.size() - 1);
                piece = without_blanks_before(take());
            }
            line.text += piece;
            return line;
        }
        return std::nullopt;
    }

private:
    std::string_view take() {
        ++number_;
        const auto end = rest_.find_first_of("\r\n");
        const std::string_view taken = rest_.substr(0, end);
        if (end == std::string_view::npos) {
            rest_ = {};
        } else {
            rest_.remove_prefix(end + (rest_.substr(end, 2) == "\r\n" ? 2 : 1));
        }
        return taken;
    }

    static bool is_continued(std::string_view piece) {
        std::size_t marks = 0;
        while (marks < piece.size() && piece[piece.size() - 1 - marks] == '\\') {
            ++marks;
        }
        return marks % 2 == 1;
    }

    std::string_view rest_;
    int number_ = 0;
};

std::optional<std::uint32_t> four_digits(std::string_view text) {
    if (text.size() < 4) {
        return std::nullopt;
    }
    std::uint32_t unit = 0;
    for (const char c : text.substr(0, 4)) {
        const int digit = c >= '0' && c <= '9'   ? c - '0'
                          : c >= 'a' && c <= 'f' ? c - 'a' + 10
                          : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                 : -1;
        if (digit < 0) {
            return std::nullopt;
        }
        unit = unit * 16 + static_cast<std::uint32_t>(digit);
    }
    return unit;
}

void append_utf8(std::string& to, std::uint32_t point) {
    const auto add = [&](std::uint32_t byte) { to += static_cast<char>(byte); };
    if (point < 0x80) {
        add(point);
    } else if (point < 0x800) {
        add(0xC0 | point >> 6);
        add(0x80 | (point & 0x3F));
    } else if (point < 0x10000) {
        add(0xE0 | point >> 12);
        add(0x80 | (point >> 6 & 0x3F));
        add(0x80 | (point & 0x3F));
    } else {
        add(0xF0 | point >> 18);
        add(0x80 | (point >> 12 & 0x3F));
        add(0x80 | (point >> 6 & 0x3F));
        add(0x80 | (point & 0x3F));
    }
}

bool is_first_half(std::uint32_t unit) {
    return unit >= 0xD800 && unit < 0xDC00;
}
bool is_second_half(std::uint32_t unit) {
    return unit >= 0xDC00 && unit < 0xE000;
}

/// What is wrong with an escape; the text itself may be a secret.
using Meant = tl::expected<std::string, const char*>;

tl::unexpected<const char*> wrong(const char* what) {
    return tl::unexpected<const char*>(what);
}

/// The character whose first \u begins `text`; moves `at` behind it.
tl::expected<std::uint32_t, const char*> character(std::string_view text, std::size_t& at) {
    const auto unit = four_digits(text.substr(at + 2));
    if (!unit) {
        return wrong("\\u wants four hexadecimal digits");
    }
    at += 6;
    if (!is_first_half(*unit)) {
        if (is_second_half(*unit)) {
            return wrong("\\u names half a character");
        }
        return *unit;
    }
    const auto second = text.substr(at, 2) == "\\u" ? four_digits(text.substr(at + 2)) : std::nullopt;
    if (!second || !is_second_half(*second)) {
        return wrong("\\u names half a character");
    }
    at += 6;
    return 0x10000 + ((*unit - 0xD800) << 10) + (*second - 0xDC00);
}

Meant meant_by(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        if (text[at] != '\\') {
            out += text[at++];
        } else if (at + 1 == text.size()) {
            break; // continues into the end of the file
        } else if (text[at + 1] == 'u') {
            const auto point = character(text, at);
            if (!point) {
                return wrong(point.error());
            }
            append_utf8(out, *point);
        } else {
            const char c = text[at + 1];
            out += c == 't' ? '\t' : c == 'n' ? '\n' : c == 'r' ? '\r' : c == 'f' ? '\f' : c;
            at += 2;
        }
    }
    if (out.find('\0') != std::string::npos) {
        return wrong("a zero byte can't be part of a value");
    }
    return out;
}

/// Where the key ends: at the first `=`, `:` or blank that no backslash goes before.
std::size_t end_of_key(std::string_view text) {
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '\\') {
            ++at;
        } else if (text[at] == '=' || text[at] == ':' || is_blank(text[at])) {
            return at;
        }
    }
    return text.size();
}

} // namespace

Result<std::vector<Property>> parse_properties(std::string_view text, const std::string& file) {
    if (text.size() > budget) {
        return fail(ErrorCode::bad_input, "it is larger than 1 MiB", file, "is it a client's properties file?");
    }
    std::vector<Property> found;
    Lines lines(text);
    while (const auto line = lines.next()) {
        const auto refuse = [&](const char* what, const char* remedy) {
            return fail(ErrorCode::bad_input, what, fmt::format("{}:{}", file, line->number), remedy);
        };
        for (const char c : line->text) {
            if (static_cast<unsigned char>(c) >= 0x80) {
                return refuse("it has a character that is not ASCII, which Java and librdkafka read differently",
                              "write it as \\uXXXX");
            }
        }
        const std::string_view whole = line->text;
        const auto end = end_of_key(whole);
        const auto key = meant_by(whole.substr(0, end));
        std::string_view rest = without_blanks_before(whole.substr(end));
        if (!rest.empty() && (rest.front() == '=' || rest.front() == ':')) {
            rest = without_blanks_before(rest.substr(1));
        }
        const auto value = meant_by(rest);
        if (!key || !value) {
            return refuse(!key ? key.error() : value.error(), "a backslash itself is written \\\\");
        }
        if (key->empty()) {
            return refuse("a line without a key", "KEY=VALUE");
        }
        found.push_back({*key, trimmed(*value), line->number});
    }
    return found;
}

} // namespace sluice::kafka

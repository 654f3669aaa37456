/// Places that have a syntax of their own: a value goes in as one thing, or is refused.
#include "plan/fill.h"
#include "plan/template_walk.h"
#include "plan/utf8.h"

#include <algorithm>
#include <fmt/format.h>

namespace sluice::plan {
namespace {

bool is_control(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

bool is_word_byte(char c) {
    return is_name_byte(c) && c != '-';
}

std::size_t steps_upwards(std::string_view path) {
    std::size_t count = 0;
    while (!path.empty()) {
        const std::size_t end = std::min(path.find('/'), path.size());
        count += path.substr(0, end) == ".." ? 1 : 0;
        path.remove_prefix(std::min(end + 1, path.size()));
    }
    return count;
}

/// Where in a query its reader stands.
class QueryPlace {
public:
    void read(std::string_view literal) {
        for (const char c : literal) {
            step(c);
        }
    }

    Result<std::string> take(const std::string& name, const std::string& value) {
        if (first_bad_utf8(value)) {
            return fail(ErrorCode::bad_input, fmt::format("the value of '{}' is not UTF-8", name));
        }
        if (comment_) {
            return value.find('\n') == std::string::npos
                       ? Result<std::string>(value)
                       : fail(ErrorCode::bad_input, fmt::format("the value of '{}' would end a comment", name));
        }
        if (quote_ == '\0') {
            return bare(name, value);
        }
        const std::string wanted = regex_ ? quoted_for_regex(value) : value;
        if (quote_ == '`') {
            return wanted.find('`') == std::string::npos
                       ? Result<std::string>(wanted)
                       : fail(ErrorCode::bad_input, fmt::format("the value of '{}' would end the string", name), {},
                              "write \"…\" instead of `…`");
        }
        return escaped(wanted);
    }

private:
    void step(char c) {
        if (comment_) {
            comment_ = c != '\n';
        } else if (quote_ != '\0') {
            if (skip_) {
                skip_ = false;
            } else if (c == '\\' && quote_ != '`') {
                skip_ = true;
            } else if (c == quote_) {
                quote_ = '\0';
            }
        } else if (c == '"' || c == '\'' || c == '`') {
            quote_ = c;
            regex_ = sign_ == "=~" || sign_ == "!~";
        } else if (c == '#') {
            comment_ = true;
        } else if (c == '=' || c == '!' || c == '~') {
            sign_ = sign_.size() < 2 ? sign_ + c : std::string(1, c);
        } else if (c != ' ' && c != '\t' && c != '\n' && c != '\r') {
            sign_.clear();
        }
    }

    static Result<std::string> bare(const std::string& name, const std::string& value) {
        const bool fits = !value.empty() && std::all_of(value.begin(), value.end(),
                                                        [](char c) { return is_word_byte(c) || c == ':' || c == '.'; });
        return fits ? Result<std::string>(value)
                    : fail(ErrorCode::bad_input,
                           fmt::format("the value of '{}' is not one number, duration or name, so it can't stand in a "
                                       "query as it is",
                                       name),
                           {}, "put it between quotes, as the value of a label");
    }

    static std::string quoted_for_regex(const std::string& value) {
        std::string quoted;
        for (const char c : value) {
            if (std::string_view("\\.+*?()|[]{}^$").find(c) != std::string_view::npos) {
                quoted += '\\';
            }
            quoted += c;
        }
        return quoted;
    }

    std::string escaped(const std::string& value) const {
        std::string text;
        for (const char c : value) {
            if (c == '\\' || c == quote_) {
                text += {'\\', c};
            } else if (const auto at = std::string_view("\n\r\t").find(c); at != std::string_view::npos) {
                text += {'\\', "nrt"[at]};
            } else {
                text += c;
            }
        }
        return text;
    }

    char quote_ = '\0';
    bool skip_ = false; ///< the next character of the string is escaped
    bool regex_ = false;
    bool comment_ = false;
    std::string sign_; ///< what operator stands directly before
};

} // namespace

Result<void> check_header_value(std::string_view value) {
    const auto blank = [](char c) { return c == ' ' || c == '\t'; };
    if (std::any_of(value.begin(), value.end(), is_control)) {
        return fail(ErrorCode::bad_input, "its value holds a line break or another control character", {},
                    "a header is one line of text");
    }
    if (!value.empty() && (blank(value.front()) || blank(value.back()))) {
        return fail(ErrorCode::bad_input, "its value begins or ends with a blank, which no header carries", {},
                    "remove it");
    }
    return {};
}

Result<std::string> fill_folder(std::string_view text, const Scope& scope) {
    auto filled = fill(text, scope);
    if (filled && steps_upwards(*filled) > steps_upwards(text)) {
        return fail(ErrorCode::bad_input, fmt::format("the folder '{}' leads upwards by what is filled in", *filled),
                    {}, "a value must not lead to another place");
    }
    return filled;
}

Result<std::string> fill_selector(std::string_view text, const Scope& scope) {
    std::string filled;
    const auto done = walk_values(
        text, scope, [&](std::string_view part) { filled += part; },
        [&](const std::string& name, const std::string& value) -> Result<void> {
            const bool fits = !value.empty() && std::all_of(value.begin(), value.end(), [](char c) {
                return is_name_byte(c) || c == '.' || c == '/';
            });
            if (!fits) {
                return fail(ErrorCode::bad_input,
                            fmt::format("the value of '{}' is no label and no label's value", name), {},
                            "letters, digits, '-', '_', '.' and '/'");
            }
            filled += value;
            return {};
        });
    return done ? Result<std::string>(std::move(filled)) : failed(done);
}

Result<std::string> fill_query(std::string_view text, const Scope& scope) {
    std::string filled;
    QueryPlace place;
    const auto done = walk_values(
        text, scope,
        [&](std::string_view part) {
            place.read(part);
            filled += part;
        },
        [&](const std::string& name, const std::string& value) -> Result<void> {
            const auto fit = place.take(name, value);
            if (!fit) {
                return failed(fit);
            }
            filled += *fit;
            return {};
        });
    return done ? Result<std::string>(std::move(filled)) : failed(done);
}

} // namespace sluice::plan

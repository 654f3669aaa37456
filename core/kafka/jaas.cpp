#include "kafka/jaas.h"

#include <algorithm>
#include <map>
#include <optional>

namespace sluice::kafka {
namespace {

struct Token {
    enum class Kind { word, quoted, equals, semicolon };
    Kind kind = Kind::word;
    std::string text;
};

bool is_space(char c) {
    return static_cast<unsigned char>(c) <= ' ';
}

/// As Kafka's own reader takes it (Java's StreamTokenizer): words, quotes of both kinds with C's escapes, comments.
class Tokens {
public:
    explicit Tokens(std::string_view text) : text_(text) {}

    /// Nothing at the end; `broken` tells of quotes or a comment without an end.
    std::optional<Token> next() {
        skip();
        if (broken || at_ == text_.size()) {
            return std::nullopt;
        }
        const char c = text_[at_];
        if (c == '=' || c == ';') {
            ++at_;
            return Token{c == '=' ? Token::Kind::equals : Token::Kind::semicolon, {}};
        }
        if (c == '"' || c == '\'') {
            return quoted(c);
        }
        const auto begin = at_;
        while (at_ < text_.size() && !is_space(text_[at_]) && text_[at_] != '=' && text_[at_] != ';' &&
               text_[at_] != '"' && text_[at_] != '\'') {
            ++at_;
        }
        return Token{Token::Kind::word, std::string(text_.substr(begin, at_ - begin))};
    }

    bool broken = false;

private:
    void skip() {
        while (at_ < text_.size()) {
            if (is_space(text_[at_])) {
                ++at_;
            } else if (text_.substr(at_, 2) == "//") {
                at_ = std::min(text_.find_first_of("\r\n", at_), text_.size());
            } else if (text_.substr(at_, 2) == "/*") {
                const auto end = text_.find("*/", at_ + 2);
                broken = end == std::string_view::npos;
                at_ = broken ? text_.size() : end + 2;
            } else {
                return;
            }
        }
    }

    std::optional<Token> quoted(char quote) {
        Token token{Token::Kind::quoted, {}};
        for (++at_; at_ < text_.size() && text_[at_] != '\n' && text_[at_] != '\r'; ++at_) {
            if (text_[at_] == quote) {
                ++at_;
                return token;
            }
            if (text_[at_] != '\\' || at_ + 1 == text_.size()) {
                token.text += text_[at_];
            } else {
                ++at_;
                token.text += escaped();
            }
        }
        broken = true;
        return std::nullopt;
    }

    /// The character that stands at `at_` behind a backslash; leaves `at_` on its last one.
    char escaped() {
        const char c = text_[at_];
        if (c >= '0' && c <= '7') {
            int value = c - '0';
            const std::size_t most = c <= '3' ? 3 : 2; // a byte has at most \377
            for (std::size_t n = 1; n < most && at_ + 1 < text_.size(); ++n) {
                const char digit = text_[at_ + 1];
                if (digit < '0' || digit > '7') {
                    break;
                }
                value = value * 8 + (digit - '0');
                ++at_;
            }
            return static_cast<char>(value);
        }
        switch (c) {
        case 'a':
            return '\a';
        case 'b':
            return '\b';
        case 'f':
            return '\f';
        case 'n':
            return '\n';
        case 'r':
            return '\r';
        case 't':
            return '\t';
        case 'v':
            return '\v';
        default:
            return c;
        }
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

constexpr const char* right_form =
    "…ScramLoginModule required username=\"NAME\" password=\"PASSWORD\"; or PlainLoginModule";

/// The class without its package.
std::string class_of(const std::string& name) {
    return name.substr(name.rfind('.') + 1);
}

Result<void> known_module(const std::string& module, const std::string& where) {
    if (module == "ScramLoginModule" || module == "PlainLoginModule") {
        return {};
    }
    if (module == "Krb5LoginModule") {
        return fail(ErrorCode::bad_input, "Kerberos is not supported here", where,
                    "use a user of SCRAM or PLAIN, or a client certificate");
    }
    return fail(ErrorCode::bad_input, "this login module is a Java class that can't be run here", where, right_form);
}

bool is_flag(const std::string& word) {
    return word == "required" || word == "requisite" || word == "sufficient" || word == "optional";
}

} // namespace

Result<Login> parse_jaas(std::string_view text, const std::string& where) {
    const auto refuse = [&](const char* what) { return fail(ErrorCode::bad_input, what, where, right_form); };
    Tokens tokens(text);
    const auto module = tokens.next();
    if (!module || module->kind != Token::Kind::word) {
        return refuse("a login module is expected first");
    }
    if (const auto known = known_module(class_of(module->text), where); !known) {
        return failed(known);
    }
    if (const auto flag = tokens.next(); !flag || flag->kind != Token::Kind::word || !is_flag(flag->text)) {
        return refuse("'required' is expected after the login module");
    }
    std::map<std::string, std::string> options;
    auto token = tokens.next();
    for (; token && token->kind != Token::Kind::semicolon; token = tokens.next()) {
        const auto equals = tokens.next();
        const auto value = tokens.next();
        const bool good = token->kind == Token::Kind::word && equals && equals->kind == Token::Kind::equals && value &&
                          (value->kind == Token::Kind::word || value->kind == Token::Kind::quoted);
        if (!good) {
            return refuse(tokens.broken ? "quotes or a comment don't end" : "options are NAME=\"VALUE\"");
        }
        options[token->text] = value->text;
    }
    if (!token) {
        return refuse(tokens.broken ? "quotes or a comment don't end" : "a semicolon is expected at the end");
    }
    if (tokens.next() || tokens.broken) {
        return refuse("more than one login module");
    }
    if (options["tokenauth"] == "true") {
        return fail(ErrorCode::bad_input, "tokens of delegation are not supported here", where,
                    "use the user's own name and password");
    }
    Login login{options["username"], Secret(options["password"])};
    wipe(options["password"]);
    if (login.username.empty() || login.password.reveal().empty()) {
        return refuse("username and password are expected");
    }
    return login;
}

} // namespace sluice::kafka

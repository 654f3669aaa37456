#include "series/re2_pattern.h"

#include "base/utf8_character.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <optional>

namespace sluice::series {
namespace {

/// Thrown inside this file only.
struct UnfitPattern {
    std::string what;
};

constexpr int max_repetition = 1000;
constexpr std::wstring_view blanks = L"\\t\\n\\f\\r "; // RE2's \s, without ECMAScript's \v

bool is_decimal(wchar_t c) {
    return c >= L'0' && c <= L'9';
}
bool is_alphanumeric(wchar_t c) {
    return is_decimal(c) || (c >= L'a' && c <= L'z') || (c >= L'A' && c <= L'Z');
}
bool is_hexadecimal(wchar_t c) {
    return is_decimal(c) || (c >= L'a' && c <= L'f') || (c >= L'A' && c <= L'F');
}

class Rewriter {
public:
    explicit Rewriter(std::wstring pattern) : in_(std::move(pattern)) {}

    std::wstring rewrite() {
        while (at_ < in_.size()) {
            const wchar_t c = in_[at_];
            bool repeats = false;
            if (c == L'\\') {
                escape(false);
            } else if (c == L'[') {
                character_class();
            } else if (c == L'*' || c == L'+' || c == L'?') {
                repeats = true;
                repetition(std::wstring(1, c));
            } else if (c == L'{') {
                const auto counted = counted_repetition();
                repeats = counted.has_value();
                if (counted) {
                    repetition(*counted);
                } else {
                    literal();
                }
            } else if (c == L'(') {
                group();
            } else if (c == L'.') {
                out_ += L"[^\\n]"; // ECMAScript's own leaves \r out, too
                ++at_;
            } else if (c == L']' || c == L'}') {
                literal();
            } else {
                out_ += c;
                ++at_;
            }
            after_repetition_ = repeats;
        }
        return std::move(out_);
    }

private:
    wchar_t peek(std::size_t ahead = 0) const { return at_ + ahead < in_.size() ? in_[at_ + ahead] : L'\0'; }

    void literal() {
        out_ += L'\\';
        out_ += in_[at_++];
    }

    void group() {
        if (peek(1) == L'?' && peek(2) != L':') {
            throw UnfitPattern{"look-around, names and inline flags are not supported in a pattern"};
        }
        const std::size_t length = peek(1) == L'?' ? 3 : 1;
        out_ += in_.substr(at_, length);
        at_ += length;
    }

    /// `{2}`, `{2,}` or `{2,5}`; anything else in braces is text to RE2.
    std::optional<std::wstring> counted_repetition() const {
        const auto end = in_.find(L'}', at_);
        if (end == std::wstring::npos) {
            return std::nullopt;
        }
        const std::wstring inside = in_.substr(at_ + 1, end - at_ - 1);
        const auto comma = inside.find(L',');
        const auto least = count(inside.substr(0, comma));
        const std::wstring rest = comma == std::wstring::npos ? L"" : inside.substr(comma + 1);
        const auto most = rest.empty() ? least : count(rest);
        if (!least || !most) {
            return std::nullopt;
        }
        if (*least > max_repetition || *most > max_repetition || *most < *least) {
            throw UnfitPattern{fmt::format("a repetition is of at most {}, from less to more", max_repetition)};
        }
        return in_.substr(at_, end - at_ + 1);
    }

    /// Without zeros at the front; more than the limit is told as one more.
    static std::optional<int> count(const std::wstring& digits) {
        if (digits.empty() || !std::ranges::all_of(digits, is_decimal) || (digits.size() > 1 && digits[0] == L'0')) {
            return std::nullopt;
        }
        return digits.size() > 4 ? max_repetition + 1 : std::stoi(digits);
    }

    void repetition(const std::wstring& sign) {
        if (after_repetition_) {
            throw UnfitPattern{"a repetition of a repetition needs a group in between"};
        }
        out_ += sign;
        at_ += sign.size();
        if (peek() == L'?') { // lazy: of a whole match the same
            out_ += L'?';
            ++at_;
        }
    }

    void escape(bool in_class) {
        const wchar_t c = peek(1);
        if (at_ + 1 >= in_.size()) {
            throw UnfitPattern{"a pattern can't end with \\"};
        }
        constexpr std::wstring_view shared = L"dDwWntrfv";
        constexpr std::wstring_view shared_outside = L"bB";
        constexpr std::wstring_view classes = L"sSdDwW";
        if (in_class && classes.find(c) != std::wstring_view::npos && peek(2) == L'-' && peek(3) != L']') {
            throw UnfitPattern{"a range in [] begins with one character"};
        }
        if (c == L's') {
            out_ += in_class ? std::wstring(blanks) : L"[" + std::wstring(blanks) + L"]";
        } else if (c == L'S') {
            out_ += in_class ? L"\\v\\S" : L"[^" + std::wstring(blanks) + L"]";
        } else if (shared.find(c) != std::wstring_view::npos ||
                   (!in_class && shared_outside.find(c) != std::wstring_view::npos)) {
            out_ += {L'\\', c};
        } else if (c == L'x' && is_hexadecimal(peek(2)) && is_hexadecimal(peek(3))) {
            out_ += in_.substr(at_, 4);
            at_ += 2;
        } else if (is_alphanumeric(c) || c >= 0x80) {
            throw UnfitPattern{"the escape \\" + (c < 0x80 ? std::string(1, static_cast<char>(c)) : std::string("…")) +
                               " is not supported in a pattern"};
        } else {
            constexpr std::wstring_view special = L"\\^$.|?*+()[]{}-/";
            const bool keeps_mark = special.find(c) != std::wstring_view::npos && (in_class || c != L'-');
            out_ += keeps_mark ? std::wstring{L'\\', c} : std::wstring{c};
        }
        at_ += 2;
    }

    void character_class() {
        out_ += in_[at_++];
        if (peek() == L'^') {
            out_ += in_[at_++];
        }
        for (bool first = true; at_ < in_.size(); first = false) {
            const wchar_t c = in_[at_];
            if (c == L']' && !first) {
                out_ += in_[at_++];
                return;
            }
            if (c == L'\\') {
                escape(true);
            } else if (c == L'[' && peek(1) == L':') {
                named_class();
            } else if (c == L'[' || c == L']') {
                literal();
            } else {
                out_ += c;
                ++at_;
            }
        }
        throw UnfitPattern{"a [ has no ]"};
    }

    void named_class() {
        constexpr std::array<std::wstring_view, 12> shared{L"alnum", L"alpha", L"blank", L"cntrl", L"digit", L"graph",
                                                           L"lower", L"print", L"punct", L"space", L"upper", L"xdigit"};
        const auto end = in_.find(L":]", at_ + 2);
        if (end == std::wstring::npos) {
            literal();
            return;
        }
        if (std::ranges::find(shared, std::wstring_view(in_).substr(at_ + 2, end - at_ - 2)) == shared.end()) {
            throw UnfitPattern{"this [[:class:]] is not supported in a pattern"};
        }
        out_ += in_.substr(at_, end + 2 - at_);
        at_ = end + 2;
    }

    std::wstring in_, out_;
    std::size_t at_ = 0;
    bool after_repetition_ = false;
};

} // namespace

std::wstring characters(std::string_view text) {
    static_assert(sizeof(wchar_t) == sizeof(char32_t));
    std::wstring out;
    out.reserve(text.size());
    while (!text.empty()) {
        char32_t code = 0;
        bool valid = false;
        text.remove_prefix(utf8_character(text, code, valid));
        out += valid ? static_cast<wchar_t>(code) : L'\uFFFD';
    }
    return out;
}

Result<std::wstring> ecmascript_pattern(std::string_view re2) {
    try {
        return Rewriter(characters(re2)).rewrite();
    } catch (const UnfitPattern& unfit) {
        return fail(ErrorCode::bad_input, unfit.what, {}, "a pattern is of what RE2 and ECMAScript share");
    }
}

} // namespace sluice::series

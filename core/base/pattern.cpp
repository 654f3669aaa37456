#include "base/pattern.h"

#include <algorithm>
#include <fmt/format.h>
#include <regex>
#include <vector>

namespace sluice {
namespace {

constexpr std::size_t max_expression = 512;
constexpr std::size_t max_line = 1024;
constexpr std::size_t step = max_line / 2; ///< between the pieces of a longer line
constexpr long max_repeats = 1000;

/// Counted repeats copy their part of the automaton, and nested ones multiply: the product bounds its size.
bool repeats_too_much(std::string_view expression) {
    long product = 1;
    for (std::size_t i = 0; i < expression.size(); ++i) {
        if (expression[i] == '\\') {
            ++i;
            continue;
        }
        if (expression[i] != '{') {
            continue;
        }
        long number = 0;
        long largest = 1;
        for (++i; i < expression.size() && expression[i] != '}'; ++i) {
            number = expression[i] >= '0' && expression[i] <= '9' ? number * 10 + (expression[i] - '0') : 0;
            largest = std::max(largest, std::min(number, max_repeats + 1));
            number = std::min(number, max_repeats + 1);
        }
        product *= largest;
        if (product > max_repeats) {
            return true;
        }
    }
    return false;
}

/// "ERROR|FATAL" → {"ERROR", "FATAL"}; nothing when any character means something else.
std::vector<std::string> plain_words(std::string_view expression) {
    std::vector<std::string> words{""};
    for (const char c : expression) {
        if (c == '|') {
            words.emplace_back();
        } else if (std::string_view("\\^$.*+?()[]{}\n\r").find(c) != std::string_view::npos) {
            return {};
        } else {
            words.back() += c;
        }
    }
    const bool empty_word = std::find(words.begin(), words.end(), "") != words.end();
    return empty_word ? std::vector<std::string>{} : words;
}

/// The leftmost word; of those at one place the first in the expression.
std::optional<std::string> find_word(const std::vector<std::string>& words, std::string_view text) {
    std::size_t best = std::string_view::npos;
    const std::string* found = nullptr;
    for (const std::string& word : words) {
        const std::size_t at = text.find(word);
        if (at < best) {
            best = at;
            found = &word;
        }
    }
    return found == nullptr ? std::nullopt : std::optional(*found);
}

} // namespace

struct Pattern::Compiled {
    std::regex regex;
    std::regex somewhere;           ///< the same behind any text: tells in one pass whether there is a match
    std::vector<std::string> words; ///< if the expression is only words with '|' between them; else empty
};

Result<Pattern> Pattern::compile(std::string_view expression) {
    const auto refuse = [&](std::string why) {
        return fail(ErrorCode::bad_input, fmt::format("the pattern '{}' {}", expression.substr(0, 60), why), {},
                    "patterns are ECMAScript regular expressions");
    };
    if (expression.size() > max_expression) {
        return refuse("is longer than 512 characters");
    }
    if (repeats_too_much(expression)) {
        return refuse("repeats a part more than 1000 times");
    }
    try {
        Pattern pattern;
        auto compiled = std::make_shared<Compiled>();
        compiled->regex.assign(expression.begin(), expression.end(),
                               std::regex::ECMAScript | std::regex_constants::__polynomial);
        const std::string behind_any = "[^]*?(?:" + std::string(expression) + ")";
        compiled->somewhere.assign(behind_any, std::regex::ECMAScript | std::regex_constants::__polynomial);
        compiled->words = plain_words(expression);
        pattern.compiled_ = std::move(compiled);
        return pattern;
    } catch (const std::regex_error& error) {
        return refuse(error.code() == std::regex_constants::error_complexity ? "uses a back-reference or is too large"
                                                                             : "can't be read");
    }
}

std::optional<std::string> Pattern::find(std::string_view text) const {
    if (!compiled_->words.empty()) {
        return find_word(compiled_->words, text);
    }
    std::size_t start = 0;
    while (start <= text.size()) {
        const std::size_t end = std::min(text.find('\n', start), text.size());
        std::string_view line = text.substr(start, end - start);
        if (!line.empty() && line.back() == '\r') {
            line.remove_suffix(1);
        }
        for (std::size_t piece = 0;; piece += step) {
            const std::string_view part = line.substr(piece, max_line);
            const bool is_last = piece + max_line >= line.size();
            std::match_results<std::string_view::const_iterator> match;
            auto flags = std::regex_constants::match_default;
            if (piece > 0) {
                flags |= std::regex_constants::match_not_bol;
            }
            if (!is_last) {
                flags |= std::regex_constants::match_not_eol;
            }
            // The search for the place starts anew at each byte, so it is made only where there is one.
            if (std::regex_search(part.begin(), part.end(), compiled_->somewhere,
                                  flags | std::regex_constants::match_continuous) &&
                std::regex_search(part.begin(), part.end(), match, compiled_->regex, flags) &&
                // What begins further back the next piece has with what follows: of "12345" the end may cut off "45".
                (is_last || match.position() < static_cast<std::ptrdiff_t>(step))) {
                return match.size() > 1 && match[1].matched ? match[1].str() : match[0].str();
            }
            if (is_last) {
                break;
            }
        }
        start = end + 1;
    }
    return std::nullopt;
}

bool Pattern::matches_whole(std::string_view text) const {
    return text.size() <= max_line && std::regex_match(text.begin(), text.end(), compiled_->regex);
}

} // namespace sluice

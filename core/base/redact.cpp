#include "base/redact.h"

#include "base/digest.h"
#include "base/utf8_character.h"

#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace sluice {
namespace {

void add_json_escapes(char32_t code, std::vector<std::string>& ways) {
    for (const char* format : {"\\u{:04x}", "\\u{:04X}"}) {
        if (code < 0x10000) {
            ways.push_back(fmt::format(fmt::runtime(format), static_cast<unsigned>(code)));
        } else {
            const auto rest = static_cast<unsigned>(code) - 0x10000;
            ways.push_back(fmt::format(fmt::runtime(format), 0xd800 + (rest >> 10U)) +
                           fmt::format(fmt::runtime(format), 0xdc00 + (rest & 0x3ffU)));
        }
    }
    static constexpr std::string_view plain = "\"\\/\b\f\n\r\t";
    static constexpr std::string_view letters = "\"\\/bfnrt";
    if (code < 0x80) {
        if (const auto at = plain.find(static_cast<char>(code)); at != std::string_view::npos) {
            ways.push_back({'\\', letters[at]});
        }
    }
}

std::string escaped_again(const std::string& json) {
    std::string text;
    for (const char c : json) {
        text += c == '\\' || c == '"' ? std::string{'\\', c} : std::string(1, c);
    }
    return text;
}

/// Each way of writing one character: itself, percent-encoded, JSON-escaped.
std::vector<std::string> ways_of(std::string_view bytes, char32_t code, bool valid) {
    std::vector<std::string> ways{std::string(bytes)};
    for (const char* format : {"%{:02X}", "%{:02x}"}) {
        std::string encoded;
        for (const char c : bytes) {
            encoded += fmt::format(fmt::runtime(format), static_cast<unsigned char>(c));
        }
        ways.push_back(encoded);
    }
    if (bytes == " ") {
        ways.emplace_back("+"); // application/x-www-form-urlencoded
    }
    if (valid) {
        const std::size_t before = ways.size();
        add_json_escapes(code, ways);
        const std::vector<std::string> once(ways.begin() + static_cast<std::ptrdiff_t>(before), ways.end());
        for (const std::string& way : once) { // JSON within JSON, as in logs of logs
            ways.push_back(escaped_again(way));
        }
    }
    std::sort(ways.begin(), ways.end());
    ways.erase(std::unique(ways.begin(), ways.end()), ways.end());
    return ways;
}

/// Each digit in either case.
std::vector<std::vector<std::string>> hex_pattern(std::string_view secret) {
    std::vector<std::vector<std::string>> pattern;
    for (const char digit : hex(secret)) {
        std::vector<std::string> ways{std::string(1, digit)};
        if (digit >= 'a') {
            ways.emplace_back(1, static_cast<char>(digit - 'a' + 'A'));
        }
        pattern.push_back(std::move(ways));
    }
    return pattern;
}

/// The characters of base64 that depend on the secret alone, when `before` bytes (0, 1, 2) stand before it in its
/// group; and, standing alone, the whole with and without padding.
std::set<std::string> base64_forms(const std::string& secret) {
    std::set<std::string> forms;
    for (std::size_t before = 0; before < 3; ++before) {
        std::string part;
        part.reserve(before + secret.size());
        part.append(before, 'x').append(secret);
        std::string text = base64(part);
        wipe(part);
        const std::size_t begin = (before * 8 + 5) / 6;
        const std::size_t end = (before + secret.size()) * 8 / 6;
        forms.insert(text.substr(begin, end - begin));
        wipe(text);
    }
    std::string whole = base64(secret);
    forms.insert(whole);
    forms.insert(whole.substr(0, whole.find('=')));
    for (std::string form : std::set<std::string>(forms)) {
        std::replace(form.begin(), form.end(), '+', '-');
        std::replace(form.begin(), form.end(), '/', '_');
        forms.insert(form);
    }
    return forms;
}

} // namespace

RedactionSet::~RedactionSet() {
    for (Pattern& pattern : patterns_) {
        for (Token& token : pattern) {
            for (std::string& way : token) {
                wipe(way);
            }
        }
    }
}

Result<void> RedactionSet::add(const Secret& secret, std::string_view name) {
    const std::string& value = secret.reveal();
    if (value.size() < shortest) {
        return fail(ErrorCode::bad_input,
                    fmt::format("the secret is shorter than {} bytes, so it can't be kept out of "
                                "output",
                                shortest),
                    std::string(name), "use a longer one");
    }
    Pattern pattern;
    for (std::string_view rest = value; !rest.empty();) {
        char32_t code = 0;
        bool valid = false;
        const std::size_t length = utf8_character(rest, code, valid);
        pattern.push_back(ways_of(rest.substr(0, length), code, valid));
        rest.remove_prefix(length);
    }
    add_pattern(std::move(pattern));
    for (const std::string& form : base64_forms(value)) {
        add_pattern({{form}});
    }
    add_pattern(hex_pattern(value));
    constexpr std::size_t telling_line = 16;
    for (std::size_t begin = 0; value.find('\n') != std::string::npos && begin < value.size();) {
        const std::size_t end = std::min(value.find('\n', begin), value.size());
        const std::string_view line = std::string_view(value).substr(begin, end - begin);
        if (line.size() >= telling_line) {
            if (auto added = add(Secret(std::string(line)), name); !added) {
                return added;
            }
        }
        begin = end + 1;
    }
    return {};
}

void RedactionSet::add_pattern(Pattern pattern) {
    std::set<unsigned char> firsts;
    for (const std::string& way : pattern.front()) {
        firsts.insert(static_cast<unsigned char>(way.front()));
    }
    for (const unsigned char first : firsts) {
        by_first_byte_[first].push_back(patterns_.size());
    }
    patterns_.push_back(std::move(pattern));
}

RedactionSet::Found RedactionSet::find(std::string_view text) const {
    Found found;
    std::vector<std::size_t> ends; // where the characters so far can end; more than one if a way begins another
    std::vector<std::size_t> next;
    for (const std::size_t index : by_first_byte_[static_cast<unsigned char>(text.front())]) {
        ends.assign(1, 0);
        for (const Token& token : patterns_[index]) {
            next.clear();
            for (const std::size_t end : ends) {
                const std::string_view rest = text.substr(end);
                for (const std::string& way : token) {
                    if (rest.starts_with(way)) {
                        next.push_back(end + way.size());
                    } else if (rest.size() < way.size() && std::string_view(way).starts_with(rest)) {
                        found.open = true;
                    }
                }
            }
            std::sort(next.begin(), next.end());
            next.erase(std::unique(next.begin(), next.end()), next.end());
            ends.swap(next);
            if (ends.empty()) {
                break;
            }
        }
        if (!ends.empty()) {
            found.length = std::max(found.length, ends.back());
        }
    }
    return found;
}

std::string Redactor::feed(std::string_view bytes) {
    pending_ += bytes;
    return scan(false);
}

std::string Redactor::finish() {
    return scan(true);
}

std::string Redactor::scan(bool last) {
    std::string out;
    out.reserve(pending_.size());
    const std::string_view text = pending_;
    std::size_t at = 0;
    for (; at < text.size(); ++at) {
        if (!secrets_->by_first_byte_[static_cast<unsigned char>(text[at])].empty()) {
            const auto found = secrets_->find(text.substr(at));
            if (found.open && !last) {
                break;
            }
            if (found.length > 0) {
                covered_ = std::max(covered_, at + found.length);
            }
        }
        if (at >= covered_) {
            out += text[at];
            marked_ = false;
        } else if (!marked_) {
            out += redaction_mark;
            marked_ = true;
        }
    }
    covered_ = covered_ > at ? covered_ - at : 0;
    pending_.erase(0, at);
    return out;
}

std::string redact(std::string_view bytes, const std::shared_ptr<const RedactionSet>& secrets) {
    Redactor redactor(secrets);
    std::string out = redactor.feed(bytes);
    return out + redactor.finish();
}

std::string redacted(std::string_view text, const std::shared_ptr<const RedactionSet>& secrets) {
    if (!secrets) {
        return std::string(text);
    }
    Redactor redactor(secrets);
    std::string clean = redactor.feed(text);
    return clean + redactor.finish();
}

} // namespace sluice

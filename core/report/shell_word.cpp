#include "report/shell_word.h"

#include "plan/fill.h"

#include <algorithm>
#include <fmt/format.h>
#include <string_view>

namespace sluice::report {

namespace {

bool harmless(const std::string& text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("_-./:=,@%+").find(static_cast<char>(c)) != std::string_view::npos;
    });
}

} // namespace

Typed typed_command(const std::string& text_template, const plan::Scope& values) {
    Typed typed{text_template, {}};
    const auto names = plan::names_in(text_template);
    if (!names) {
        return typed;
    }
    plan::Scope words;
    for (const auto& use : *names) {
        const auto known = values.find(use.name);
        if (known != values.end() && harmless(known->second)) {
            words[use.name] = known->second;
            continue;
        }
        if (known != values.end() && !words.contains(use.name)) {
            typed.apart.emplace_back(use.name, known->second);
        }
        words[use.name] = "${" + use.name + "}";
    }
    typed.command = plan::fill(text_template, words).value_or(text_template);
    return typed;
}

std::string Typed::text() const {
    std::string all = command;
    for (const auto& [name, value] : apart) {
        all += fmt::format("{}{} is {}", &name == &apart.front().first ? " (where " : ", ", name, value);
    }
    return apart.empty() ? all : all + ")";
}

std::string one_line(const std::string& text) {
    std::string line;
    for (const char c : text) {
        const bool blank = c == ' ' || (c >= '\t' && c <= '\r');
        if (!blank) {
            line += c;
        } else if (!line.empty() && line.back() != ' ') {
            line += ' ';
        }
    }
    return line;
}

std::string shell_word(const std::string& text) {
    if (harmless(text)) {
        return text;
    }
    std::string quoted = "'";
    for (const char c : text) {
        quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    }
    return quoted + "'";
}

} // namespace sluice::report

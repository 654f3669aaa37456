#include "kafka/config_change.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <fmt/format.h>
#include <optional>

namespace sluice::kafka {
namespace {

template <typename Number>
std::optional<Number> number_in(const std::string& text) {
    Number number{};
    const char* from = text.data() + (text.starts_with('+') ? 1 : 0);
    const auto [end, error] = std::from_chars(from, text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

/// "Compact, Delete" is not "compact,delete", but " compact , delete" is; "TRUE" is "true".
std::string plainly(const std::string& text) {
    std::string plain;
    std::size_t start = 0;
    while (start <= text.size()) {
        const std::size_t end = std::min(text.find(',', start), text.size());
        std::string item = text.substr(start, end - start);
        const auto space = [](unsigned char c) { return std::isspace(c) != 0; };
        item.erase(item.begin(), std::find_if_not(item.begin(), item.end(), space));
        item.erase(std::find_if_not(item.rbegin(), item.rend(), space).base(), item.end());
        plain += (start == 0 ? "" : ",") + item;
        start = end + 1;
    }
    std::string lower = plain;
    std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
    return lower == "true" || lower == "false" ? lower : plain;
}

} // namespace

bool same_value(const std::string& a, const std::string& b) {
    const std::string left = plainly(a), right = plainly(b);
    const auto whole = number_in<std::int64_t>(left), other = number_in<std::int64_t>(right);
    if (whole && other) {
        return *whole == *other;
    }
    const auto number = number_in<double>(left), second = number_in<double>(right);
    return left == right || (number && second && *number == *second);
}

bool same_values(const std::map<std::string, std::string>& a, const std::map<std::string, std::string>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& one, const auto& other) {
        return one.first == other.first && same_value(one.second, other.second);
    });
}

std::string difference(const Topic& found, const NewTopic& wanted) {
    if (found.partitions != wanted.partitions || found.replication != wanted.replication) {
        return fmt::format("topic {} is there with {} partitions and replication {}, not {} and {}", wanted.name,
                           found.partitions, found.replication, wanted.partitions, wanted.replication);
    }
    if (!wanted.config.empty() && !found.config_error.empty()) {
        return fmt::format("topic {} is there, and its settings can't be read: {}", wanted.name, found.config_error);
    }
    for (const auto& [name, value] : wanted.config) {
        const auto at = found.config.find(name);
        if (at == found.config.end() || !same_value(at->second.value, value)) {
            return fmt::format("topic {} is there with {} {}, not {}", wanted.name, name,
                               at == found.config.end() ? "unknown" : at->second.value, value);
        }
    }
    return {};
}

Result<ConfigChange> change_of(const Configs& now, const std::map<std::string, std::string>& wanted,
                               const std::string& topic) {
    ConfigChange change{{}, wanted};
    for (const auto& [name, value] : wanted) {
        const auto found = now.find(name);
        if (found == now.end()) {
            return fail(ErrorCode::bad_input, fmt::format("topic {}: the brokers know no setting '{}'", topic, name),
                        {}, "Kafka's documentation lists them under topic configs");
        }
        change.before[name] = found->second.own ? found->second.value : as_the_brokers;
    }
    return change;
}

Result<std::map<std::string, std::string>> own_after(const Configs& now, const ConfigChange& change,
                                                     const std::string& topic) {
    const auto current = change_of(now, change.after, topic);
    if (!current) {
        return failed(current);
    }
    std::map<std::string, std::string> own;
    for (const auto& [name, entry] : now) {
        if (entry.own) {
            own[name] = entry.value;
        }
    }
    for (const auto& [name, wanted] : change.after) {
        const std::string& stands = current->before.at(name);
        const auto before = change.before.find(name);
        if (before != change.before.end() && !same_value(stands, before->second) && !same_value(stands, wanted)) {
            return fail(ErrorCode::conflict,
                        fmt::format("topic {}: somebody has changed {} from {} to {} meanwhile", topic, name,
                                    before->second, stands),
                        {}, "find out who, then try again");
        }
        if (wanted == as_the_brokers) {
            own.erase(name);
        } else {
            own[name] = wanted;
        }
    }
    return own;
}

ConfigChange others_since(const std::map<std::string, std::string>& written, const Configs& now,
                          const ConfigChange& change) {
    ConfigChange others;
    const auto note = [&](const std::string& name, const std::string& before, const std::string& after) {
        if (!change.after.contains(name) && !same_value(before, after)) {
            others.before[name] = before;
            others.after[name] = after;
        }
    };
    for (const auto& [name, entry] : now) {
        const auto was = written.find(name);
        note(name, was == written.end() ? as_the_brokers : was->second, entry.own ? entry.value : as_the_brokers);
    }
    return others;
}

} // namespace sluice::kafka

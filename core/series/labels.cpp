#include "series/labels.h"

#include "base/json.h"

#include <algorithm>
#include <atomic>
#include <stdexcept>

namespace sluice::series {
namespace {

constexpr auto stands_before = [](const Labels::value_type& entry, std::string_view name) {
    return entry.first < name;
};

} // namespace

Labels::Labels(std::initializer_list<value_type> labels) {
    for (const auto& [name, value] : labels) {
        emplace(name, value);
    }
}

const Labels::Entries& Labels::entries() const {
    static const Entries none;
    return shared_ ? *shared_ : none;
}

Labels::Entries& Labels::own() {
    if (!shared_) {
        shared_ = std::make_shared<Entries>();
    } else if (shared_.use_count() > 1) {
        shared_ = std::make_shared<Entries>(*shared_);
    } else {
        // Another thread may have given up its copy just now: what it read there comes before what is written here.
        std::atomic_thread_fence(std::memory_order_acquire);
    }
    return *shared_;
}

Labels::Entries::iterator Labels::place(std::string_view name) {
    auto& entries = own();
    return std::lower_bound(entries.begin(), entries.end(), name, stands_before);
}

Labels::const_iterator Labels::find(std::string_view name) const {
    const auto& all = entries();
    const auto found = std::lower_bound(all.begin(), all.end(), name, stands_before);
    return found != all.end() && found->first == name ? found : all.end();
}

const std::string& Labels::at(std::string_view name) const {
    const auto found = find(name);
    if (found == end()) {
        throw std::out_of_range("no label " + std::string(name));
    }
    return found->second;
}

std::string& Labels::operator[](std::string_view name) {
    auto found = place(name);
    if (found == shared_->end() || found->first != name) {
        found = shared_->emplace(found, std::string(name), std::string());
    }
    return found->second;
}

bool Labels::emplace(std::string_view name, std::string_view value) {
    if (contains(name)) {
        return false;
    }
    const auto where = place(name);
    shared_->emplace(where, std::string(name), std::string(value));
    return true;
}

std::size_t Labels::erase(std::string_view name) {
    if (!contains(name)) {
        return 0;
    }
    const auto where = place(name);
    shared_->erase(where);
    return 1;
}

std::strong_ordering Labels::operator<=>(const Labels& other) const {
    if (shares_with(other)) {
        return std::strong_ordering::equal;
    }
    const auto& ours = entries();
    const auto& theirs = other.entries();
    return std::lexicographical_compare_three_way(ours.begin(), ours.end(), theirs.begin(), theirs.end());
}

void to_json(Json& json, const Labels& labels) {
    json = Json::object();
    for (const auto& [name, value] : labels) {
        json[name] = value;
    }
}

std::string_view label(const Labels& labels, std::string_view name) {
    const auto found = labels.find(name);
    return found == labels.end() ? std::string_view{} : std::string_view{found->second};
}

std::string in_quotes(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '\n') {
            out += "\\n";
            continue;
        }
        if (c == '"' || c == '\\') {
            out += '\\';
        }
        out += c;
    }
    return out + '"';
}

std::string to_text(const Labels& labels) {
    std::string inner;
    for (const auto& [name, value] : labels) {
        if (name != metric_name) {
            inner += (inner.empty() ? "" : ", ") + name + "=" + in_quotes(value);
        }
    }
    const std::string name(label(labels, metric_name));
    return inner.empty() && !name.empty() ? name : name + "{" + inner + "}";
}

} // namespace sluice::series

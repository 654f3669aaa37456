#pragma once
#include <compare>
#include <cstddef>
#include <initializer_list>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::series {

/// What tells one series from another. Sorted by name; the metric's own name stands under `metric_name`.
/// A label that is missing and one that is empty mean the same (Prometheus), so no empty values are kept.
///
/// A value like another, with the names of a map; copies share what they hold until one of them is changed. Ten
/// thousand series a second go through queries, gates and the recording, and seldom change on their way.
///
/// Thread: copies may live in different threads, as of any value.
class Labels {
public:
    using value_type = std::pair<std::string, std::string>; ///< name, value
    using const_iterator = std::vector<value_type>::const_iterator;

    Labels() = default;
    /// Of a name that stands there twice the first counts.
    Labels(std::initializer_list<value_type> labels);

    const_iterator begin() const { return entries().begin(); }
    const_iterator end() const { return entries().end(); }
    bool empty() const { return entries().empty(); }
    std::size_t size() const { return entries().size(); }

    const_iterator find(std::string_view name) const;
    bool contains(std::string_view name) const { return find(name) != end(); }
    /// Throws std::out_of_range where there is none.
    const std::string& at(std::string_view name) const;

    /// The value, made empty where there is none. Good until the next change.
    std::string& operator[](std::string_view name);
    /// False, and nothing changes, where the name has a value already.
    bool emplace(std::string_view name, std::string_view value);
    /// How many were there.
    std::size_t erase(std::string_view name);
    void clear() { shared_.reset(); }

    template <typename Unwanted>
    friend void erase_if(Labels& labels, Unwanted unwanted) {
        for (const auto& entry : labels) {
            if (unwanted(entry)) {
                std::erase_if(labels.own(), unwanted);
                return;
            }
        }
    }

    /// The very same storage, as copies have it: then they are equal, which is told without a look at them.
    bool shares_with(const Labels& other) const { return shared_ == other.shared_; }

    bool operator==(const Labels& other) const { return shares_with(other) || entries() == other.entries(); }
    /// As a map of them: by the first label that differs.
    std::strong_ordering operator<=>(const Labels& other) const;

private:
    using Entries = std::vector<value_type>;
    const Entries& entries() const;
    Entries& own(); ///< of nobody else
    Entries::iterator place(std::string_view name);

    std::shared_ptr<Entries> shared_; ///< null: none
};

/// An object, as a map would be.
void to_json(nlohmann::json& json, const Labels& labels);

inline constexpr std::string_view metric_name = "__name__";

/// Value of a label, or "" when it is missing.
std::string_view label(const Labels& labels, std::string_view name);

/// As Prometheus prints a series: `nova_http_requests_total{code="500", version="v1.2.3"}`; `{}` when there are none.
std::string to_text(const Labels& labels);

/// A string in double quotes with Go's escapes, as PromQL and the text format read it.
std::string in_quotes(std::string_view text);

} // namespace sluice::series

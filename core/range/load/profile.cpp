#include "range/range.h"

#include <fmt/format.h>

namespace sluice::range {

Result<Profile> parse_profile(const Json& json) {
    Profile profile;
    if (json.is_null()) {
        return profile;
    }
    if (!json.is_object()) {
        return fail(ErrorCode::bad_input, "the profile is not a map", "rehearse.profile");
    }
    const std::map<std::string, std::string Profile::*> texts = {{"job", &Profile::job},
                                                                 {"ingress", &Profile::ingress},
                                                                 {"version-label", &Profile::version_label},
                                                                 {"requests", &Profile::requests},
                                                                 {"errors", &Profile::errors},
                                                                 {"duration", &Profile::duration},
                                                                 {"streams", &Profile::streams},
                                                                 {"connections", &Profile::connections},
                                                                 {"queries", &Profile::queries},
                                                                 {"lag", &Profile::lag},
                                                                 {"topic", &Profile::topic},
                                                                 {"group", &Profile::group}};
    const std::map<std::string, double Profile::*> figures = {{"requests-per-second", &Profile::requests_per_second},
                                                              {"median-seconds", &Profile::median_seconds},
                                                              {"spread", &Profile::spread},
                                                              {"query-median-seconds", &Profile::query_median_seconds},
                                                              {"query-spread", &Profile::query_spread},
                                                              {"queries-per-request", &Profile::queries_per_request},
                                                              {"connections-total", &Profile::connections_total},
                                                              {"streams-total", &Profile::streams_total}};
    const std::map<std::string, std::int64_t Profile::*> counts = {{"errors-per-million", &Profile::errors_per_million},
                                                                   {"lag-messages", &Profile::lag_messages}};
    for (const auto& [key, value] : json.items()) {
        const std::string where = "rehearse.profile." + key;
        if (const auto text = texts.find(key); text != texts.end() && value.is_string()) {
            profile.*text->second = value.get<std::string>();
        } else if (const auto figure = figures.find(key);
                   figure != figures.end() && value.is_number() && value.get<double>() >= 0) {
            profile.*figure->second = value.get<double>();
        } else if (const auto count = counts.find(key);
                   count != counts.end() && value.is_number_integer() && value.get<std::int64_t>() >= 0) {
            profile.*count->second = value.get<std::int64_t>();
        } else if (key == "partitions" && value.is_number_integer() && value.get<int>() > 0 &&
                   value.get<int>() <= 100) {
            profile.partitions = value.get<int>();
        } else if (key == "buckets" && value.is_array() && !value.empty()) {
            profile.buckets.clear();
            for (const Json& bound : value) {
                if (!bound.is_number() || (!profile.buckets.empty() && bound.get<double>() <= profile.buckets.back())) {
                    return fail(ErrorCode::bad_input, "bounds of buckets are numbers that rise", where);
                }
                profile.buckets.push_back(bound.get<double>());
            }
        } else {
            const bool known = texts.contains(key) || figures.contains(key) || counts.contains(key) ||
                               key == "partitions" || key == "buckets";
            return fail(ErrorCode::bad_input,
                        known ? fmt::format("'{}' can't be {}", key, value.dump())
                              : fmt::format("the key '{}' is not known here", key),
                        where);
        }
    }
    if (profile.median_seconds <= 0 || profile.query_median_seconds <= 0 || profile.spread <= 0 ||
        profile.query_spread <= 0) {
        return fail(ErrorCode::bad_input, "medians and spreads are above 0", "rehearse.profile");
    }
    return profile;
}

} // namespace sluice::range

#include "sources/kafka_setting_source.h"

#include "base/json.h"
#include "base/printable.h"
#include "sources/one_value.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace sluice::sources {

Result<double> setting_number(const kafka::ConfigOwner& owner, const std::string& key, const std::string& text,
                              const std::shared_ptr<const RedactionSet>& redactions) {
    if (const auto number = parse_number(text); number && std::isfinite(*number)) {
        return *number;
    }
    constexpr std::size_t most = 60;
    const std::string shown = printable(redacted(text, redactions)); // before it is cut: a part is not found any more
    return fail(ErrorCode::bad_input,
                fmt::format("{} of {} is {}, which is no number", key, words_of(owner),
                            shown.size() > most ? "a long text" : "'" + shown + "'"),
                {}, "a metric reads numbers: name a setting that is one");
}

void KafkaSettingSource::poll(Nanos deadline, std::string key, Done done) {
    const auto none = [this](std::string why) {
        return no_value(metric_.name, metric_.unit, std::move(why), scheduler_.now());
    };
    const auto close = polls_.open(deadline, std::move(done), [none] { return none("no answer in time"); });
    const Nanos ceiling = std::max(deadline - scheduler_.now(), milliseconds(100)); // real time, beside the deadline
    cluster_->topics().setting(
        metric_.owner, metric_.key, {key + "#1", ceiling}, [this, none, close](const Result<std::string>& answer) {
            close([&] {
                const auto number = answer ? setting_number(metric_.owner, metric_.key, *answer, metric_.redactions)
                                           : Result<double>(failed(answer));
                return number ? one_value(metric_.name, metric_.unit, *number, scheduler_.now())
                              : none(number.error().what);
            });
        });
}

} // namespace sluice::sources

#include "screens/plan_reading.h"

#include "host/plan_check.h"

namespace sluice::screens {

PlanReading read_plan(const std::string& file) {
    PlanReading reading;
    auto loaded = host::read_plan(file);
    reading.diagnostics = std::move(loaded.diagnostics);
    if (loaded.plan) {
        reading.missing[""] = host::missing_files(*loaded.plan, file);
        for (const auto& variant : loaded.plan->variants) {
            auto way = *loaded.plan;
            if (plan::take_variant(way, variant.id)) {
                reading.missing[variant.id] = host::missing_files(way, file);
            }
        }
        reading.plan = std::make_shared<const plan::Plan>(std::move(*loaded.plan));
    }
    return reading;
}

} // namespace sluice::screens

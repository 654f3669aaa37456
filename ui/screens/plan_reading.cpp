#include "screens/plan_reading.h"

#include "host/plan_check.h"
#include "net/live_scheduler.h"

namespace sluice::screens {

PlanReading read_plan(const std::string& file) {
    PlanReading reading;
    auto loaded = host::read_plan(file);
    reading.diagnostics = std::move(loaded.diagnostics);
    if (loaded.plan) {
        reading.not_rehearsed = host::rehearsal_errors(*loaded.plan, file);
        reading.plan = std::make_shared<const plan::Plan>(std::move(*loaded.plan));
    }
    return reading;
}

Result<host::Window> window_now(const plan::Plan& plan, const plan::Scope& values) {
    return host::window_at(plan, values, net::machine_clocks().wall());
}

} // namespace sluice::screens

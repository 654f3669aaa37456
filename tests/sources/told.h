#pragma once
/// What one number's source told, in one line.
#include "base/json.h"
#include "series/sample.h"

#include <QString>
#include <string>

namespace sluice::testing {

/// "200", with why where that is told; or "source-error" and why.
inline QString told(const series::SampleBatch& batch) {
    const auto& reading = batch.readings.at(0);
    const bool ok = batch.status == series::Status::ok && reading.status == series::Status::ok;
    const std::string why = ok ? reading.detail : batch.detail;
    return QString::fromStdString((ok ? number_text(reading.value) : std::string(name(batch.status))) +
                                  (why.empty() ? "" : " " + why));
}

} // namespace sluice::testing

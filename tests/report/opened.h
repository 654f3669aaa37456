#pragma once
#include "plan/loader.h"
#include "release/state.h"

#include <QtGlobal>
#include <string>

namespace sluice::testing {

/// A session of this plan that has just been opened, as `version` v1'2. The plan must load.
inline release::Release opened(const std::string& source) {
    for (const auto& wrong : plan::load(source, "small.yaml").diagnostics) {
        if (wrong.severity == plan::Severity::error) {
            qFatal("%s", plan::to_text(wrong, "small.yaml").c_str());
        }
    }
    release::SessionOpened opened;
    opened.session = "s";
    opened.mode = "run";
    opened.plan_file = "small.yaml";
    opened.plan_source = source;
    opened.variables = {{"version", "v1'2"}};
    release::Release release;
    release::apply(release, {1, seconds(1'767'600'000), opened});
    return release;
}

} // namespace sluice::testing

#pragma once

namespace sluice::charts {

/// Makes screen readers see a MetricChart as a chart, with its current figures as value and description. Once is
/// enough; more often does no harm. GUI thread.
void know_accessible_charts();

} // namespace sluice::charts

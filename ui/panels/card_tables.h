#pragma once
#include "panels/cells.h"

/// The card's subjects as rows of cells; the tables' columns. Pure.
namespace sluice::panels {

using Rows = std::vector<std::vector<Cell>>;

std::vector<Column> gate_columns();
Rows gate_rows(const std::vector<story::GateRow>& gates);

std::vector<Column> change_columns();
Rows change_rows(const std::vector<story::ChangeRow>& changes);

std::vector<Column> check_columns();
Rows check_rows(const std::vector<story::CheckRow>& checks);

std::vector<Column> people_columns();
Rows people_rows(const std::vector<story::PersonRow>& people);

std::vector<Column> part_columns();
Rows part_rows(const std::vector<story::PartRow>& parts);

} // namespace sluice::panels

#include "panels/card_tables.h"

#include <QCoreApplication>

namespace sluice::panels {
namespace {

struct Heads {
    Q_DECLARE_TR_FUNCTIONS(StepCard)
};

} // namespace

std::vector<Column> gate_columns() {
    // The state stands last: what it says may be long.
    return {{Heads::tr("Gate"), 10, false, 0, 150, true},
            {Heads::tr("now"), 6, true},
            {Heads::tr("limit"), 6, true},
            {Heads::tr("headroom"), 6, true, 1},
            {Heads::tr("held"), 6, true, 3},
            {Heads::tr("data age"), 6, true, 2},
            {QString(), 6, false, 0, 150, true}};
}

Rows gate_rows(const std::vector<story::GateRow>& gates) {
    Rows rows;
    for (const auto& gate : gates) {
        const bool tight = !gate.shadow && (gate.mark == story::Mark::close || gate.mark == story::Mark::breached);
        const Ink state = gate.aside ? Ink::breach : gate.shadow ? Ink::dim : ink_of(gate.mark);
        rows.push_back({{gate.title, Ink::text, false, gate.title},
                        {gate.now, Ink::text, false, gate.exact},
                        {gate.limit},
                        {gate.headroom, tight ? ink_of(gate.mark) : Ink::text},
                        {gate.held},
                        {gate.age, Ink::dim},
                        {glyph(gate.mark) + u' ' + gate.state, state, true, gate.why}});
    }
    return rows;
}

std::vector<Column> change_columns() {
    return {{Heads::tr("Changes"), 20, false},
            {QString(), 46, false},
            {Heads::tr("before"), 14, true},
            {QString(), 4, false},
            {Heads::tr("after"), 16, false}};
}

Rows change_rows(const std::vector<story::ChangeRow>& changes) {
    Rows rows;
    for (const auto& change : changes) {
        rows.push_back({{change.object, Ink::text, false, change.object},
                        {change.where, Ink::dim, false, change.where},
                        {change.before, Ink::dim, false, change.before},
                        {QStringLiteral("→"), Ink::dim},
                        {change.after, Ink::accent, true, change.after}});
    }
    return rows;
}

std::vector<Column> check_columns() {
    return {{QString(), 4, false}, {Heads::tr("Expected"), 46, false}, {Heads::tr("found"), 50, false}};
}

Rows check_rows(const std::vector<story::CheckRow>& checks) {
    Rows rows;
    for (const auto& check : checks) {
        rows.push_back(
            {{glyph(check.mark), ink_of(check.mark), true},
             {check.wanted, Ink::text, false, check.wanted},
             {check.found, check.mark == story::Mark::breached ? Ink::breach : Ink::dim, false, check.found}});
    }
    return rows;
}

std::vector<Column> people_columns() {
    return {{QString(), 4, false},
            {Heads::tr("Role"), 16, false},
            {QString(), 20, false},
            {QString(), 22, false},
            {QString(), 38, false}};
}

Rows people_rows(const std::vector<story::PersonRow>& people) {
    Rows rows;
    for (const auto& person : people) {
        const bool answered = person.mark == story::Mark::holds;
        const QString ground = person.by_word ? QStringLiteral("△ ") + person.ground : person.ground;
        rows.push_back({{glyph(person.mark), ink_of(person.mark), true},
                        {person.role},
                        {person.said, answered ? Ink::text : Ink::dim, false, person.said},
                        {ground, person.by_word ? Ink::warn : Ink::text, false, person.exact},
                        {person.rest, Ink::dim, false, person.rest}});
    }
    return rows;
}

std::vector<Column> part_columns() {
    return {
        {QString(), 4, false}, {Heads::tr("Step"), 58, false}, {Heads::tr("took"), 10, true}, {QString(), 28, false}};
}

Rows part_rows(const std::vector<story::PartRow>& parts) {
    Rows rows;
    for (const auto& part : parts) {
        rows.push_back(
            {{glyph(part.mark), ink_of(part.mark), true},
             {part.title, part.mark == story::Mark::to_come ? Ink::dim : Ink::text, false, part.title},
             {part.took},
             {part.result, part.mark == story::Mark::breached ? Ink::breach : Ink::dim, false, part.result}});
    }
    return rows;
}

} // namespace sluice::panels

#pragma once
/// What a step's card says, for tests.
#include "story/card.h"

namespace sluice::testing {

/// The text of the fact of that name; empty if the card has none.
inline QString fact(const story::CardView& card, const QString& name) {
    for (const auto& one : card.facts) {
        if (one.name == name) {
            return one.text;
        }
    }
    return {};
}

} // namespace sluice::testing

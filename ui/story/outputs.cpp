#include "story/outputs.h"

#include <algorithm>

namespace sluice::story {

void Outputs::take(const session::OutputChunk& chunk) {
    Printed& printed = printed_[chunk.operation];
    printed.text += chunk.bytes;
    Nanos time = chunk.time;
    if (!printed.pieces.empty()) {
        time = std::max(time, printed.pieces.back().time);
    }
    printed.pieces.push_back({time, printed.text.size()});
    if (chunk.time.count != 0) {
        last_ = std::max(last_.value_or(chunk.time), chunk.time);
    }
}

std::string_view Outputs::of(const std::string& operation, Nanos time) const {
    const auto at = printed_.find(operation);
    if (at == printed_.end()) {
        return {};
    }
    const auto& pieces = at->second.pieces;
    const auto after = std::upper_bound(pieces.begin(), pieces.end(), time,
                                        [](Nanos moment, const Piece& piece) { return moment < piece.time; });
    if (after == pieces.begin()) {
        return {};
    }
    std::string_view text(at->second.text.data(), std::prev(after)->end);
    if (text.size() > shown) {
        // From the start of a line, so that the first shown is whole.
        const auto cut = text.find('\n', text.size() - shown);
        text.remove_prefix(cut == std::string_view::npos ? text.size() - shown : cut + 1);
    }
    return text;
}

std::string_view Outputs::of_last_look(const std::string& attempt, Nanos time) const {
    std::string_view last;
    std::size_t last_number = 0;
    const std::string looks = attempt + "#";
    for (auto at = printed_.lower_bound(looks); at != printed_.end() && at->first.starts_with(looks); ++at) {
        const std::string number = at->first.substr(looks.size());
        if (number.empty() || number.find_first_not_of("0123456789") != std::string::npos) {
            continue; // a read-back, say
        }
        const auto text = of(at->first, time);
        if (!text.empty() && std::stoul(number) > last_number) {
            last = text;
            last_number = std::stoul(number);
        }
    }
    return last;
}

} // namespace sluice::story

#include "story/outputs.h"

namespace sluice::story {

void Outputs::take(const session::OutputChunk& chunk) {
    std::string& text = text_[chunk.operation];
    text += chunk.bytes;
    if (text.size() > kept + kept / 4) {
        // From the start of a line, so that the first shown is whole.
        const auto cut = text.find('\n', text.size() - kept);
        text.erase(0, cut == std::string::npos ? text.size() - kept : cut + 1);
    }
}

const std::string& Outputs::of(const std::string& operation) const {
    static const std::string none;
    const auto at = text_.find(operation);
    return at == text_.end() ? none : at->second;
}

} // namespace sluice::story

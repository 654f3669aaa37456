#pragma once
#include "base/digest.h"

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

/// The audit tree: RFC 6962, section 2.1, with SHA-256. Pure.
namespace sluice::session {

/// SHA-256(0x00 ‖ bytes), SHA-256(0x01 ‖ left ‖ right): the prefixes keep a node from being passed off as a leaf.
Digest leaf_hash(std::string_view bytes);
Digest node_hash(const Digest& left, const Digest& right);

/// The roots of the perfect subtrees that a tree of `size()` leaves falls into: all that is needed to go on adding.
class CompactRange {
public:
    void add(const Digest& leaf);
    std::uint64_t size() const { return size_; }
    Digest root() const; ///< of the empty tree: SHA-256 of nothing

private:
    std::uint64_t size_ = 0;
    std::vector<Digest> peaks_; // largest first; one for each bit of size_ that is set
};

/// The root over all of `leaves` (leaf hashes).
Digest tree_root(std::span<const Digest> leaves);

/// The siblings on the way from leaf `index` (from 0) to the root over all of `leaves`; empty if there is no such leaf.
std::vector<Digest> inclusion_proof(std::span<const Digest> leaves, std::uint64_t index);

/// What shows that the tree over the first `size` leaves is a beginning of the tree over all of them; empty if `size`
/// is 0 or not below the number of leaves.
std::vector<Digest> consistency_proof(std::span<const Digest> leaves, std::uint64_t size);

/// RFC 9162, sections 2.1.3.2 and 2.1.4.2 (the same tree, verification spelled out). A tree of size 0 begins every
/// tree.
bool verify_inclusion(const Digest& leaf, std::uint64_t index, std::uint64_t size, std::span<const Digest> proof,
                      const Digest& root);
bool verify_consistency(std::uint64_t first_size, const Digest& first_root, std::uint64_t second_size,
                        const Digest& second_root, std::span<const Digest> proof);

} // namespace sluice::session

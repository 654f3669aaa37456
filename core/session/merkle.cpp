#include "session/merkle.h"

#include <bit>
#include <string>

namespace sluice::session {
namespace {

std::string_view bytes_of(const Digest& digest) {
    return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

/// The largest power of two below `n`, for n > 1.
std::uint64_t split(std::uint64_t n) {
    return std::bit_floor(n - 1);
}

/// SUBPROOF of RFC 6962, section 2.1.2: `whole` says that the subtree's root is known to the verifier.
void subproof(std::span<const Digest> leaves, std::uint64_t size, bool whole, std::vector<Digest>& proof) {
    if (size == leaves.size()) {
        if (!whole) {
            proof.push_back(tree_root(leaves));
        }
        return;
    }
    const std::uint64_t k = split(leaves.size());
    if (size <= k) {
        subproof(leaves.first(k), size, whole, proof);
        proof.push_back(tree_root(leaves.subspan(k)));
    } else {
        subproof(leaves.subspan(k), size - k, false, proof);
        proof.push_back(tree_root(leaves.first(k)));
    }
}

void path(std::span<const Digest> leaves, std::uint64_t index, std::vector<Digest>& proof) {
    if (leaves.size() <= 1) {
        return;
    }
    const std::uint64_t k = split(leaves.size());
    if (index < k) {
        path(leaves.first(k), index, proof);
        proof.push_back(tree_root(leaves.subspan(k)));
    } else {
        path(leaves.subspan(k), index - k, proof);
        proof.push_back(tree_root(leaves.first(k)));
    }
}

} // namespace

Digest leaf_hash(std::string_view bytes) {
    std::string input;
    input.reserve(bytes.size() + 1);
    input += '\0';
    input += bytes;
    return sha256(input);
}

Digest node_hash(const Digest& left, const Digest& right) {
    std::string input;
    input.reserve(1 + left.size() + right.size());
    input += '\1';
    input += bytes_of(left);
    input += bytes_of(right);
    return sha256(input);
}

void CompactRange::add(const Digest& leaf) {
    Digest peak = leaf;
    for (std::uint64_t carried = size_; (carried & 1) != 0; carried >>= 1) {
        peak = node_hash(peaks_.back(), peak);
        peaks_.pop_back();
    }
    peaks_.push_back(peak);
    ++size_;
}

Digest CompactRange::root() const {
    if (peaks_.empty()) {
        return sha256({});
    }
    Digest root = peaks_.back();
    for (std::size_t i = peaks_.size() - 1; i-- > 0;) {
        root = node_hash(peaks_[i], root);
    }
    return root;
}

Digest tree_root(std::span<const Digest> leaves) {
    CompactRange range;
    for (const Digest& leaf : leaves) {
        range.add(leaf);
    }
    return range.root();
}

std::vector<Digest> inclusion_proof(std::span<const Digest> leaves, std::uint64_t index) {
    std::vector<Digest> proof;
    if (index < leaves.size()) {
        path(leaves, index, proof);
    }
    return proof;
}

std::vector<Digest> consistency_proof(std::span<const Digest> leaves, std::uint64_t size) {
    std::vector<Digest> proof;
    if (size > 0 && size < leaves.size()) {
        subproof(leaves, size, true, proof);
    }
    return proof;
}

bool verify_inclusion(const Digest& leaf, std::uint64_t index, std::uint64_t size, std::span<const Digest> proof,
                      const Digest& root) {
    if (index >= size) {
        return false;
    }
    std::uint64_t node = index;
    std::uint64_t last = size - 1;
    Digest hash = leaf;
    for (const Digest& sibling : proof) {
        if (last == 0) {
            return false;
        }
        if ((node & 1) != 0 || node == last) {
            hash = node_hash(sibling, hash);
            while ((node & 1) == 0 && node != 0) {
                node >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    return last == 0 && hash == root;
}

bool verify_consistency(std::uint64_t first_size, const Digest& first_root, std::uint64_t second_size,
                        const Digest& second_root, std::span<const Digest> proof) {
    if (first_size > second_size) {
        return false;
    }
    if (first_size == second_size) {
        return proof.empty() && first_root == second_root;
    }
    if (first_size == 0) {
        return proof.empty() && first_root == sha256({});
    }
    std::uint64_t node = first_size - 1;
    std::uint64_t last = second_size - 1;
    while ((node & 1) != 0) {
        node >>= 1;
        last >>= 1;
    }
    std::size_t at = 0;
    Digest first = first_root; // a perfect tree is a node of the larger one and starts both sides
    if (node != 0) {
        if (proof.empty()) {
            return false;
        }
        first = proof[at++];
    }
    Digest second = first;
    for (; at < proof.size(); ++at) {
        if (last == 0) {
            return false;
        }
        if ((node & 1) != 0 || node == last) {
            first = node_hash(proof[at], first);
            second = node_hash(proof[at], second);
            while ((node & 1) == 0 && node != 0) {
                node >>= 1;
                last >>= 1;
            }
        } else {
            second = node_hash(second, proof[at]);
        }
        node >>= 1;
        last >>= 1;
    }
    return last == 0 && first == first_root && second == second_root;
}

} // namespace sluice::session

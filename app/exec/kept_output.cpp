#include "kept_output.h"

#include "base/digest.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

namespace sluice::exec {

KeptOutput::KeptOutput(const std::string& path, std::size_t budget)
    : file_(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)),
      half_(std::max<std::size_t>(budget / 2, 1)), hash_(EVP_MD_CTX_new()) {
    EVP_DigestInit_ex(hash_, EVP_sha256(), nullptr);
}

KeptOutput::~KeptOutput() {
    EVP_MD_CTX_free(hash_);
    if (file_ >= 0) {
        ::close(file_);
    }
}

void KeptOutput::write(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t n = ::write(file_, bytes.data(), bytes.size());
        if (n < 0 && errno != EINTR) {
            return; // a full disk must not stop the process that deploys; length and digest still tell
        }
        bytes.remove_prefix(n > 0 ? static_cast<std::size_t>(n) : 0);
    }
}

void KeptOutput::take(std::string_view bytes) {
    EVP_DigestUpdate(hash_, bytes.data(), bytes.size());
    length_ += bytes.size();
    const std::size_t to_head = std::min<std::size_t>(bytes.size(), half_ - head_);
    if (to_head > 0) {
        write(bytes.substr(0, to_head));
        head_ += to_head;
        bytes.remove_prefix(to_head);
    }
    if (bytes.size() > half_) {
        bytes.remove_prefix(bytes.size() - half_);
    }
    const std::size_t to_grow = std::min(bytes.size(), half_ - ring_.size());
    ring_ += bytes.substr(0, to_grow);
    for (bytes.remove_prefix(to_grow); !bytes.empty();) {
        const std::size_t n = std::min(bytes.size(), half_ - ring_at_);
        ring_.replace(ring_at_, n, bytes.substr(0, n));
        ring_at_ = (ring_at_ + n) % half_;
        bytes.remove_prefix(n);
    }
}

void KeptOutput::finish() {
    const std::string_view ring = ring_;
    write(ring.substr(ring_at_));
    write(ring.substr(0, ring_at_));
    tail_written_ = ring_.size();
    ::fsync(file_);
}

std::string KeptOutput::digest() {
    Digest digest{};
    EVP_DigestFinal_ex(hash_, digest.data(), nullptr);
    return hex(digest);
}

} // namespace sluice::exec

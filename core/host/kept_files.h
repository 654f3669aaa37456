#pragma once
#include <filesystem>
#include <memory>
#include <string>

namespace sluice::host {

/// Small files that always hold the latest of something (the break-glass sheet), written on a thread of their own, each
/// whole or not at all: a slow or dead place never holds up the release. Of several texts for one file that gather
/// while it is being written, only the last one is.
class KeptFiles {
public:
    KeptFiles();
    /// Writes what is still to be written; waits two seconds for a place that does not answer, then leaves it.
    ~KeptFiles();
    KeptFiles(const KeptFiles&) = delete;

    void keep(const std::filesystem::path& file, std::string bytes);

    /// Why the last writing failed; empty if it did not, or nothing was written yet.
    std::string trouble() const;

private:
    struct Work;
    std::shared_ptr<Work> work_; // shared with the thread, which may outlive us
};

} // namespace sluice::host

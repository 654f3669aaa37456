#include "host/version.h"

namespace sluice::host {

std::string program_version() {
    return "sluice " SLUICE_VERSION;
}

} // namespace sluice::host

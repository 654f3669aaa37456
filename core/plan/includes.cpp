#include "plan/includes.h"

#include "base/digest.h"

#include <filesystem>
#include <fstream>
#include <iterator>

namespace sluice::plan {

std::string digest(const std::string& source, const Includes& includes) {
    std::string all = source;
    for (const auto& [name, text] : includes) {
        all.append(1, '\0').append(name).append(1, '\0').append(text);
    }
    return hex(sha256(all));
}

ReadInclude included(Includes texts) {
    return [texts = std::move(texts)](const std::string& name) -> Result<std::string> {
        const auto found = texts.find(name);
        return found != texts.end() ? Result<std::string>(found->second)
                                    : fail(ErrorCode::not_found, "the session holds no file of that name", name);
    };
}

ReadInclude beside(std::string folder) {
    return [folder = std::move(folder)](const std::string& name) -> Result<std::string> {
        constexpr std::uintmax_t most = 256U << 10U;
        const std::filesystem::path path = std::filesystem::path(folder) / name;
        std::error_code error;
        if (!std::filesystem::is_regular_file(path, error)) {
            return fail(ErrorCode::not_found, "there is no such file", name);
        }
        if (std::filesystem::file_size(path, error) > most || error) {
            return fail(ErrorCode::bad_input, "the file is larger than 256 KiB", name);
        }
        std::ifstream stream(path, std::ios::binary);
        if (!stream) {
            return fail(ErrorCode::bad_input, "the file can't be read", name);
        }
        return std::string{std::istreambuf_iterator<char>(stream), {}};
    };
}

} // namespace sluice::plan

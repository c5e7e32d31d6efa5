// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/checkpoint/criu_check.h"

#include "engine/base/file_tree.h"

namespace isolab {
namespace {

constexpr CriuVersion oldest{3, 15, 0};
constexpr const char* operation = "use";

Result<CriuVersion> version_of(const Criu& criu) {
    ISOLAB_ASSIGN(const CriuResponse response, criu.ask({CriuMessageType::version, {}, {}, {}}));
    if (!response.success || !response.version)
        return fail(ErrorKind::unsupported, operation, criu.program(), "it does not tell its version",
                    "Install CRIU " + oldest.text() + " or newer");
    if (*response.version < oldest)
        return fail(ErrorKind::unsupported, operation, criu.program(),
                    "it is version " + response.version->text() + ", too old",
                    "Install CRIU " + oldest.text() + " or newer");
    return *response.version;
}

/// Its own check, whose log goes to a folder that is removed again.
Result<void> let_it_check(const Criu& criu, const CriuVersion& version) {
    ISOLAB_ASSIGN(auto path, make_temporary_directory(std::filesystem::temp_directory_path(), "isolab-criu-check-"));
    const TemporaryTree folder(std::move(path));
    ISOLAB_ASSIGN(const UniqueFd images, open_directory(folder.path()));
    CriuOptions options;
    options.images_fd = images.get();
    options.log_file = "check.log";
    ISOLAB_ASSIGN(const CriuResponse response, criu.ask({CriuMessageType::check, options, {}, {}}));
    if (response.success)
        return {};
    Error error = criu_failure(operation, criu.program() + " " + version.text(), response, folder.path() / "check.log");
    error.kind = ErrorKind::unsupported;
    if (const auto log = error.remedy.find("See "); log != std::string::npos) // it goes with the folder
        error.remedy = error.remedy.substr(0, log) + "See `criu check`";
    return fail(std::move(error));
}

} // namespace

Result<CriuStatus> check_criu(const Criu& criu) {
    CriuStatus status;
    ISOLAB_ASSIGN(status.version, version_of(criu));
    ISOLAB_TRY(let_it_check(criu, status.version));
    ISOLAB_ASSIGN(const CriuResponse response,
                  criu.ask({CriuMessageType::features, {}, {}, CriuFeatures{true, true, true}}));
    status.features = response.features.value_or(CriuFeatures{});
    return status;
}

} // namespace isolab

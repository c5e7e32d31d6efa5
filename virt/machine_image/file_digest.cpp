// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/machine_image/file_digest.h"

#include <array>
#include <cerrno>
#include <memory>
#include <vector>

#include <fcntl.h>
#include <openssl/evp.h>
#include <unistd.h>

#include "engine/base/unique_fd.h"

namespace isolab {
namespace {

struct FreeDigestContext {
    void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
};

tl::unexpected<Error> digest_failed(const std::filesystem::path& file) {
    return fail(ErrorKind::unsupported, "compute the digest of", file.string(), "OpenSSL offers no SHA-256");
}

} // namespace

Result<std::string> sha256_of_file(const std::filesystem::path& file, const StopToken& stop) {
    constexpr std::size_t piece = 1U << 20U;
    const UniqueFd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (!fd)
        return fail_errno(errno, "open", file.string());
    const std::unique_ptr<EVP_MD_CTX, FreeDigestContext> context(EVP_MD_CTX_new());
    if (!context || EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) != 1)
        return digest_failed(file);
    std::vector<unsigned char> buffer(piece);
    for (;;) {
        ISOLAB_TRY(stop.check("compute the digest of " + file.string()));
        const ssize_t size = ::read(fd.get(), buffer.data(), buffer.size());
        if (size < 0 && errno == EINTR)
            continue;
        if (size < 0)
            return fail_errno(errno, "read", file.string());
        if (size == 0)
            break;
        if (EVP_DigestUpdate(context.get(), buffer.data(), static_cast<std::size_t>(size)) != 1)
            return digest_failed(file);
    }
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned length = 0;
    if (EVP_DigestFinal_ex(context.get(), digest.data(), &length) != 1)
        return digest_failed(file);
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (unsigned i = 0; i < length; ++i) {
        text += digits[digest[i] >> 4U];
        text += digits[digest[i] & 0xFU];
    }
    return text;
}

} // namespace isolab

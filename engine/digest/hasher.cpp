// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/digest/hasher.h"

#include <array>

#include <openssl/evp.h>

#include "engine/base/text.h"

namespace isolab {
namespace {

const EVP_MD* find_algorithm(std::string_view name) noexcept {
    if (name == "sha256")
        return EVP_sha256();
    return name == "sha512" ? EVP_sha512() : nullptr;
}

} // namespace

void Hasher::Free::operator()(evp_md_ctx_st* context) const noexcept { EVP_MD_CTX_free(context); }

Hasher::Hasher(std::string algorithm, std::unique_ptr<evp_md_ctx_st, Free> context) noexcept
    : algorithm_(std::move(algorithm)), context_(std::move(context)) {}
Hasher::Hasher(Hasher&&) noexcept = default;
Hasher& Hasher::operator=(Hasher&&) noexcept = default;
Hasher::~Hasher() = default;

Result<Hasher> Hasher::create(std::string_view algorithm) {
    const EVP_MD* const type = find_algorithm(algorithm);
    std::unique_ptr<evp_md_ctx_st, Free> context(EVP_MD_CTX_new());
    if (type == nullptr || context == nullptr || EVP_DigestInit_ex(context.get(), type, nullptr) != 1)
        return fail(ErrorKind::unsupported, "compute a digest with", std::string(algorithm),
                    "only sha256 and sha512 are known");
    return Hasher(std::string(algorithm), std::move(context));
}

void Hasher::update(std::string_view bytes) noexcept { EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()); }

Digest Hasher::finish() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
    unsigned int count = 0;
    EVP_DigestFinal_ex(context_.get(), bytes.data(), &count);
    return *Digest::parse(algorithm_ + ":" + hex_text({bytes.data(), count}));
}

} // namespace isolab

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "engine/digest/digest.h"

struct evp_md_ctx_st;

namespace isolab {

/// Computes a Digest over bytes that arrive in pieces (SHA-256 or SHA-512 of OpenSSL's libcrypto, which uses the
/// processor's SHA instructions). Not thread-safe.
class Hasher {
  public:
    /// `algorithm` is "sha256" or "sha512"; unsupported for any other.
    static Result<Hasher> create(std::string_view algorithm = "sha256");

    Hasher(Hasher&&) noexcept;
    Hasher& operator=(Hasher&&) noexcept;
    ~Hasher();

    void update(std::string_view bytes) noexcept;

    /// The digest of everything so far. Call once; nothing may be added afterwards.
    Digest finish();

  private:
    struct Free {
        void operator()(evp_md_ctx_st* context) const noexcept;
    };
    Hasher(std::string algorithm, std::unique_ptr<evp_md_ctx_st, Free> context) noexcept;
    std::string algorithm_;
    std::unique_ptr<evp_md_ctx_st, Free> context_;
};

} // namespace isolab

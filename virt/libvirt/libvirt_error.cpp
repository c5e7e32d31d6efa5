// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/libvirt/libvirt_error.h"

#include <array>

#include <libvirt/virterror.h>

namespace isolab {
namespace {

struct CodeKind {
    int code;
    ErrorKind kind;
};

constexpr std::array code_kinds{
    CodeKind{VIR_ERR_NO_DOMAIN, ErrorKind::not_found},
    CodeKind{VIR_ERR_NO_CONNECT, ErrorKind::unavailable},
    CodeKind{VIR_ERR_INVALID_CONN, ErrorKind::unavailable},
    CodeKind{VIR_ERR_RPC, ErrorKind::unavailable},
    CodeKind{VIR_ERR_AUTH_FAILED, ErrorKind::permission_denied},
    CodeKind{VIR_ERR_ACCESS_DENIED, ErrorKind::permission_denied},
    CodeKind{VIR_ERR_OPERATION_DENIED, ErrorKind::permission_denied},
    CodeKind{VIR_ERR_NO_SUPPORT, ErrorKind::unsupported},
    CodeKind{VIR_ERR_CONFIG_UNSUPPORTED, ErrorKind::unsupported},
    CodeKind{VIR_ERR_INVALID_ARG, ErrorKind::invalid_argument},
    CodeKind{VIR_ERR_XML_ERROR, ErrorKind::invalid_argument},
    CodeKind{VIR_ERR_DOM_EXIST, ErrorKind::already_exists},
};

} // namespace

int libvirt_error_number() noexcept {
    const virErrorPtr error = virGetLastError();
    return error != nullptr ? error->code : VIR_ERR_OK;
}

Error libvirt_error(std::string operation, std::string subject) {
    Error result{ErrorKind::system, std::move(operation), std::move(subject), "libvirt gave no reason", {}};
    const virErrorPtr error = virGetLastError();
    if (error == nullptr || error->code == VIR_ERR_OK)
        return result;
    if (error->message != nullptr)
        result.cause = error->message;
    for (const CodeKind& entry : code_kinds)
        if (entry.code == error->code)
            result.kind = entry.kind;
    return result;
}

} // namespace isolab

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/containers/containers.h"

namespace isolab {

/// A container as `docker inspect` describes one, with the same names of fields. Pure.
Json container_document(const ContainerInfo& container);

/// "0.0.0.0:8080->80/tcp, …": its published ports. Pure.
std::string ports_text(const ContainerInfo& container);

} // namespace isolab

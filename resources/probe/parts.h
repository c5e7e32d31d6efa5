// SPDX-License-Identifier: GPL-3.0-or-later
//
// The parts of what isolab-probe prints.
#pragma once

#include "resources/probe/json_text.h"

namespace isolab::probe {

/// What this process can see of its world and of itself: names, devices, limits, rights. Reads only.
void add_facts(Object& document);

/// "readable" and "can": what of the kernel's files can be opened for reading, and what can be done, each tried in a
/// process, and where it needs one in a namespace, of its own.
void add_doors(Object& document);

/// "programs": which processors' programs the kernel runs, natively or with an emulator that was registered
/// (binfmt_misc).
void add_programs(Object& document);

/// "syscalls": each system call of x86_64, tried with arguments that let it fail without an effect.
/// Null on other processors.
void add_syscalls(Object& document);

/// `isolab-probe limits VERB NUMBER`: does what a limit should stop, and prints how far it came, schema
/// isolab.limits/1. The exit code: 0 when the document could be printed, 2 for wrong arguments.
int run_limits(int count, char** arguments);

} // namespace isolab::probe

# SPDX-License-Identifier: GPL-3.0-or-later
# Headers of the C++ library that nearly every source reads, directly or not; compiled once for all libraries. Ours are
# not among them, so that a change of one costs only those who include it; nlohmann/json.hpp neither, since half of the
# sources do not need it and would pay 0.5 s for it, and the others gain 0.3 s (g++ 12).
set(ISOLAB_COMMON_HEADERS
  <algorithm> <array> <chrono> <filesystem> <fstream> <functional> <map> <memory> <optional> <set> <span> <sstream>
  <string> <string_view> <system_error> <utility> <variant> <vector> <tl/expected.hpp>)
# What GCC needs so that ccache can look into precompiled headers.
add_compile_options($<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>)

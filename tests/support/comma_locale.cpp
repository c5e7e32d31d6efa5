// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/comma_locale.h"

#include <clocale>
#include <cstdlib>
#include <stdexcept>

#include "engine/base/subprocess.h"

namespace isolab::test {
namespace {

constexpr const char* name = "de_DE.UTF-8";

} // namespace

CommaLocale::CommaLocale()
    : folder_(make_temporary_directory(std::filesystem::temp_directory_path(), "isolab-locale-").value()) {
    const auto made = run_command({"localedef", "-i", "de_DE", "-f", "UTF-8", folder_.path() / name});
    if (!made || made->code != 0)
        throw std::runtime_error("no locale with a comma: " + (made ? made->err : made.error().message()));
}

CommaLocale::~CommaLocale() { std::setlocale(LC_ALL, "C"); }

void CommaLocale::enter() const {
    ::setenv("LOCPATH", folder_.path().c_str(), 1);
    if (std::setlocale(LC_ALL, name) == nullptr)
        throw std::runtime_error("the locale with a comma cannot be entered");
}

std::vector<std::string> CommaLocale::variables() const {
    return {"LOCPATH=" + folder_.path().string(), std::string("LC_ALL=") + name};
}

} // namespace isolab::test

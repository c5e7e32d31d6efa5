// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/error.h"
#include "engine/base/json.h"

namespace isolab {

/// One object within a document, which knows its place in it, so that every complaint names the place and what is
/// possible there. The document must outlive it. Errors are of kind corrupt.
class DocumentReader {
  public:
    DocumentReader(const Json& object, std::string subject, std::string path = "$")
        : object_(object), subject_(std::move(subject)), path_(std::move(path)) {}

    /// That it is an object with these fields at most.
    Result<void> check(std::initializer_list<std::string_view> known) const;
    bool has(const char* key) const { return object_.contains(key); }

    Result<std::string> text(const char* key) const;
    Result<std::string> text_or(const char* key, std::string fallback) const;
    /// A word of small letters, digits and dashes.
    Result<std::string> id(const char* key) const;
    Result<std::uint64_t> whole(const char* key, std::uint64_t least, std::uint64_t most, std::uint64_t fallback) const;
    Result<double> real(const char* key, double least, double most, double fallback) const;
    Result<std::chrono::nanoseconds> seconds(const char* key, double least, double most, double fallback) const;
    /// One of these words; the first where the field is absent.
    Result<std::size_t> choice(const char* key, const std::vector<std::string_view>& words) const;
    /// Lists are empty where the field is absent. `least`: of entries; equal ones are refused.
    Result<std::vector<std::string>> texts(const char* key, std::size_t least) const;
    Result<std::vector<std::uint64_t>> wholes(const char* key, std::uint64_t least, std::uint64_t most) const;
    Result<std::vector<std::size_t>> choices(const char* key, const std::vector<std::string_view>& words) const;
    /// Sizes as parse_size() reads them, or bytes.
    Result<std::vector<std::uint64_t>> sizes(const char* key) const;
    /// The object in a field; empty where it is absent.
    Result<std::optional<DocumentReader>> object(const char* key) const;

    /// A complaint about a field, or with an empty key about the object.
    tl::unexpected<Error> wrong(const std::string& key, std::string cause) const;

  private:
    template <class T, class Read> Result<std::vector<T>> list(const char* key, Read&& read) const;
    tl::unexpected<Error> wrong_word(const std::string& place, const Json& value,
                                     const std::vector<std::string_view>& words) const;

    const Json& object_;
    std::string subject_;
    std::string path_;
};

} // namespace isolab

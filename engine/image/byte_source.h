// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/error.h"
#include "engine/base/progress.h"
#include "engine/base/stop.h"
#include "engine/base/unique_fd.h"
#include "engine/digest/hasher.h"

namespace isolab {

/// Bytes that come in pieces, pulled by the consumer. Sources are stacked: file, decompressor, hasher, tar reader.
class ByteSource {
  public:
    virtual ~ByteSource() = default;

    /// The next piece, of any length; empty at the end. It stays valid until the next call.
    virtual Result<std::string_view> next() = 0;

    /// What is read, for error messages: a path or a blob's digest.
    virtual const std::string& label() const noexcept = 0;
};

/// Whom a long read reports to and who may end it. Both outlive the reading.
struct ReadWatch {
    ProgressSink& progress;
    const StopToken& stop;
    std::string task; ///< Progress::task, e.g. "import-image"
};

/// A file from its present position to its end. Honours the stop token before every piece and reports the bytes
/// read against the file's size about once per mebibyte.
class FileSource final : public ByteSource {
  public:
    FileSource(UniqueFd fd, std::string label, const ReadWatch& watch);
    Result<std::string_view> next() override;
    const std::string& label() const noexcept override { return label_; }

    /// Size of the whole file, bytes.
    std::uint64_t size() const noexcept { return total_; }

  private:
    UniqueFd fd_;
    std::string label_;
    const ReadWatch& watch_;
    std::vector<char> buffer_;
    std::uint64_t done_ = 0;
    std::uint64_t reported_ = 0;
    std::uint64_t total_ = 0;
};

/// Passes another source through unchanged and shows every piece to `observe`, which may end the reading with an
/// Error. Used to hash, count and store bytes on their way.
class TapSource final : public ByteSource {
  public:
    using Observer = std::function<Result<void>(std::string_view)>;
    TapSource(ByteSource& inner, Observer observe) : inner_(inner), observe_(std::move(observe)) {}
    Result<std::string_view> next() override;
    const std::string& label() const noexcept override { return inner_.label(); }

  private:
    ByteSource& inner_;
    Observer observe_;
};

/// How much may come out of a file; beyond it, reading ends with an Error of kind no_space.
struct ByteLimits {
    std::uint64_t bytes = 128ULL << 30U;    ///< uncompressed, altogether
    std::uint64_t free_bytes = 1ULL << 30U; ///< uncompressed bytes that need no justification
    std::uint64_t ratio = 150;              ///< beyond free_bytes: uncompressed bytes per compressed byte
};

/// Passes uncompressed bytes on as long as their number is believable for a file of `packed` bytes and nobody has asked
/// to stop, so that a decompression bomb fills neither disk nor time.
class BoundedSource final : public ByteSource {
  public:
    BoundedSource(ByteSource& inner, std::uint64_t packed, const ByteLimits& limits, StopToken stop = {})
        : inner_(inner), packed_(packed), limits_(limits), stop_(std::move(stop)) {}
    Result<std::string_view> next() override;
    const std::string& label() const noexcept override { return inner_.label(); }

  private:
    ByteSource& inner_;
    std::uint64_t packed_;
    ByteLimits limits_;
    StopToken stop_;
    std::uint64_t done_ = 0;
};

/// Reads a source to its end and drops the bytes (for the sake of the taps below it).
Result<void> drain(ByteSource& source);

} // namespace isolab

// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/image/byte_source.h"

#include <cerrno>

#include <sys/stat.h>

#include "engine/base/size.h"

namespace isolab {
namespace {

constexpr std::size_t piece_size = 128U << 10U;
constexpr std::uint64_t report_interval = 1U << 20U;

std::uint64_t file_size(int fd) noexcept {
    struct stat status {};
    return ::fstat(fd, &status) == 0 ? static_cast<std::uint64_t>(status.st_size) : 0;
}

} // namespace

FileSource::FileSource(UniqueFd fd, std::string label, const ReadWatch& watch)
    : fd_(std::move(fd)), label_(std::move(label)), watch_(watch), buffer_(piece_size), total_(file_size(fd_.get())) {}

Result<std::string_view> FileSource::next() {
    ISOLAB_TRY(watch_.stop.check("read " + label_));
    ssize_t count = 0;
    do
        count = ::read(fd_.get(), buffer_.data(), buffer_.size());
    while (count < 0 && errno == EINTR);
    if (count < 0)
        return fail_errno(errno, "read", label_);
    done_ += static_cast<std::uint64_t>(count);
    if (done_ - reported_ >= report_interval || (count == 0 && done_ != reported_)) {
        watch_.progress.report({watch_.task, label_, done_, total_, true});
        reported_ = done_;
    }
    return std::string_view(buffer_.data(), static_cast<std::size_t>(count));
}

Result<std::string_view> TapSource::next() {
    ISOLAB_ASSIGN(const std::string_view piece, inner_.next());
    ISOLAB_TRY(observe_(piece));
    return piece;
}

Result<std::string_view> BoundedSource::next() {
    ISOLAB_TRY(stop_.check("read " + label()));
    ISOLAB_ASSIGN(const std::string_view piece, inner_.next());
    done_ += piece.size();
    const auto beyond = [this](const std::string& cause) {
        return fail(ErrorKind::no_space, "unpack", label(), cause,
                    "Such a file is broken or hostile; get the image from a trustworthy source");
    };
    if (done_ > limits_.bytes)
        return beyond("it unpacks to more than " + mebibytes_text(limits_.bytes));
    if (done_ > limits_.free_bytes && (done_ - limits_.free_bytes) / limits_.ratio > packed_)
        return beyond("it unpacks to more than " + std::to_string(limits_.ratio) + " times its size");
    return piece;
}

Result<void> drain(ByteSource& source) {
    for (;;) {
        ISOLAB_ASSIGN(const std::string_view piece, source.next());
        if (piece.empty())
            return {};
    }
}

} // namespace isolab

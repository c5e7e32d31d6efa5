// SPDX-License-Identifier: GPL-3.0-or-later
//
// What textbooks say of virtual machines and containers, sentence by sentence, so that it can be measured.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compare/model/fact.h"
#include "engine/base/error.h"

namespace isolab {

/// What a book says a world takes, in the unit of the claim's metric.
struct BookRange {
    double low = 0;
    double high = 0;
};

/// One row of the comparison in a book. The sentences are those of a Chinese course on Docker of 2021 ("Docker 介绍"),
/// whose table is handed on from book to book.
struct Claim {
    std::string id;                     ///< "start", "memory", …: what experiments name
    Fact subject;                       ///< "Start"
    Fact words;                         ///< of the machine and of the container: "minutes / seconds"
    std::string metric;                 ///< of a comparison, that answers it; empty: another part of the result does
    std::string machine_sentence;       ///< as it stands in the book
    std::string container_sentence;     ///< the same
    std::optional<BookRange> machine;   ///< where the sentence names a size
    std::optional<BookRange> container; ///< the same
};

/// Those that one comparison answers, in the order in which they are shown.
const std::vector<Claim>& textbook_claims();

/// Those that take an experiment of their own.
const std::vector<Claim>& experiment_claims();

/// Any of both by id; null: there is none.
const Claim* find_claim(std::string_view id);

/// Whether a document may name that claim: none, or one that there is. corrupt names those that there are.
Result<void> check_claim(const std::string& id, const std::string& subject);

} // namespace isolab

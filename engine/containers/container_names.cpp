// SPDX-License-Identifier: GPL-3.0-or-later
#include <array>
#include <string_view>

#include <sys/random.h>

#include "engine/containers/container_store.h"

namespace isolab {
namespace {

constexpr std::array<std::string_view, 48> manners{
    "able",   "airy",  "amber", "bold",   "brave",  "brisk", "calm",   "clear",  "clever",  "cosy",  "crisp", "daring",
    "eager",  "early", "fair",  "fleet",  "gentle", "glad",  "golden", "hardy",  "honest",  "jolly", "keen",  "kind",
    "lively", "lucid", "lucky", "mellow", "merry",  "mild",  "neat",   "nimble", "patient", "plain", "proud", "quick",
    "quiet",  "ready", "sharp", "silent", "smooth", "snug",  "steady", "sunny",  "tidy",    "vivid", "warm",  "witty"};

constexpr std::array<std::string_view, 48> people{
    "ada",     "aiken",     "allen",   "babbage",  "backus",   "bartik",    "boole",  "borg",   "cerf",     "church",
    "clarke",  "codd",      "conway",  "dahl",     "dijkstra", "engelbart", "estrin", "floyd",  "goldberg", "hamming",
    "hoare",   "holberton", "hopper",  "huffman",  "iverson",  "johnson",   "karp",   "kay",    "kilburn",  "knuth",
    "kurtz",   "lamport",   "liskov",  "lovelace", "mccarthy", "milner",    "naur",   "newell", "nygaard",  "perlis",
    "ritchie", "sammet",    "shannon", "simon",    "tarjan",   "turing",    "wilkes", "zuse"};

} // namespace

std::string random_container_name() {
    std::array<unsigned, 2> numbers{};
    (void)!::getrandom(numbers.data(), sizeof numbers, 0);
    return std::string(manners[numbers[0] % manners.size()]) + "_" + std::string(people[numbers[1] % people.size()]);
}

} // namespace isolab

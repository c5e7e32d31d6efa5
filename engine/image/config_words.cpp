// SPDX-License-Identifier: GPL-3.0-or-later
#include <optional>

#include "engine/image/config_changes.h"

namespace isolab {
namespace {

bool is_blank(char character) noexcept { return character == ' ' || character == '\t' || character == '\n'; }

bool is_of_name(char character) noexcept {
    return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
           (character >= '0' && character <= '9') || character == '_';
}

class Splitter {
  public:
    Splitter(std::string_view text, const std::vector<std::string>& env) : text_(text), env_(env) {}

    Result<std::vector<std::string>> split() {
        while (at_ < text_.size())
            ISOLAB_TRY(take());
        if (quote_ != 0)
            return fail(ErrorKind::invalid_argument, "read", std::string(text_), "a quote is not closed");
        end_word();
        return std::move(words_);
    }

  private:
    Result<void> take() {
        const char character = text_[at_++];
        if (quote_ == 0 && is_blank(character)) {
            end_word();
        } else if (character == quote_ || (quote_ == 0 && (character == '"' || character == '\''))) {
            quote_ = quote_ == 0 ? character : '\0';
            word_ = word_.value_or("");
        } else if (character == '\\' && quote_ != '\'' && at_ < text_.size()) {
            add(text_[at_++]);
        } else if (character == '$' && quote_ != '\'') {
            return take_variable();
        } else {
            add(character);
        }
        return {};
    }

    Result<void> take_variable() {
        const bool braced = at_ < text_.size() && text_[at_] == '{';
        std::size_t end = at_ + (braced ? 1 : 0);
        const std::size_t begin = end;
        while (end < text_.size() && is_of_name(text_[end]))
            ++end;
        if (braced && (end == text_.size() || text_[end] != '}'))
            return fail(ErrorKind::invalid_argument, "read", std::string(text_),
                        "a variable is $NAME or ${NAME}, nothing more");
        const std::string prefix = std::string(text_.substr(begin, end - begin)) + "=";
        at_ = end + (braced ? 1 : 0);
        if (begin == end) {
            add('$');
            return {};
        }
        for (const std::string& variable : env_)
            if (variable.starts_with(prefix))
                word_ = word_.value_or("") + variable.substr(prefix.size());
        return {};
    }

    void add(char character) { word_ = word_.value_or("") + character; }

    void end_word() {
        if (word_)
            words_.push_back(std::move(*word_));
        word_.reset();
    }

    std::string_view text_;
    const std::vector<std::string>& env_;
    std::size_t at_ = 0;
    char quote_ = 0;
    std::optional<std::string> word_; ///< empty: between words
    std::vector<std::string> words_;
};

} // namespace

Result<std::vector<std::string>> split_words(std::string_view text, const std::vector<std::string>& env) {
    return Splitter(text, env).split();
}

} // namespace isolab

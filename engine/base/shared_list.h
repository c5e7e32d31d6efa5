// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <compare>
#include <cstddef>
#include <iterator>
#include <memory>
#include <utility>
#include <vector>

namespace isolab {

/// A list of large values that nobody changes once they are in it. Copies of the list share them: a copy costs a
/// pointer each, however large they are. Otherwise like a constant std::vector<T> that grows. Different copies may be
/// used by different threads.
template <class T> class SharedList {
    using Items = std::vector<std::shared_ptr<const T>>;

  public:
    class Iterator {
      public:
        using iterator_category = std::random_access_iterator_tag;
        using value_type = T;
        using difference_type = std::ptrdiff_t;
        using pointer = const T*;
        using reference = const T&;

        Iterator() = default;
        explicit Iterator(typename Items::const_iterator place) : place_(place) {}

        reference operator*() const { return **place_; }
        pointer operator->() const { return place_->get(); }
        reference operator[](difference_type distance) const { return *place_[distance]; }
        Iterator& operator++() { return *this += 1; }
        Iterator& operator--() { return *this += -1; }
        Iterator operator++(int) { return std::exchange(*this, *this + 1); }
        Iterator operator--(int) { return std::exchange(*this, *this - 1); }
        Iterator& operator+=(difference_type distance) {
            place_ += distance;
            return *this;
        }
        Iterator& operator-=(difference_type distance) { return *this += -distance; }
        friend Iterator operator+(Iterator at, difference_type distance) { return at += distance; }
        friend Iterator operator+(difference_type distance, Iterator at) { return at += distance; }
        friend Iterator operator-(Iterator at, difference_type distance) { return at -= distance; }
        friend difference_type operator-(const Iterator& a, const Iterator& b) { return a.place_ - b.place_; }
        friend bool operator==(const Iterator&, const Iterator&) = default;
        friend auto operator<=>(const Iterator& a, const Iterator& b) { return a.place_ <=> b.place_; }

      private:
        typename Items::const_iterator place_;
    };
    using value_type = T;
    using const_iterator = Iterator;

    SharedList() = default;
    explicit SharedList(std::vector<T> values) {
        for (T& value : values)
            push_back(std::move(value));
    }

    void push_back(T value) { items_.push_back(std::make_shared<const T>(std::move(value))); }
    /// The values themselves, to change them and make another list of them.
    std::vector<T> to_vector() const { return {begin(), end()}; }

    Iterator begin() const { return Iterator(items_.begin()); }
    Iterator end() const { return Iterator(items_.end()); }
    auto rbegin() const { return std::reverse_iterator(end()); }
    auto rend() const { return std::reverse_iterator(begin()); }
    std::size_t size() const noexcept { return items_.size(); }
    bool empty() const noexcept { return items_.empty(); }
    const T& operator[](std::size_t index) const { return *items_[index]; }
    const T& at(std::size_t index) const { return *items_.at(index); } ///< std::out_of_range
    const T& front() const { return *items_.front(); }
    const T& back() const { return *items_.back(); }

  private:
    Items items_;
};

} // namespace isolab

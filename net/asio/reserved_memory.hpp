// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <array>
#include <cstddef>
#include <new>
#include <system_error>
#include <utility>

namespace devp2p::net {

/// Memory for one handler of Asio that is under way, so that posting it cannot fail. The memory is
/// free again when the handler is called. Must outlive the handler.
class reserved_memory {
public:
  template <class T>
  class allocator {
  public:
    using value_type = T;

    explicit allocator(reserved_memory& from) : from_(&from) {}
    template <class U>
    explicit(false) allocator(const allocator<U>& other) : from_(other.from_) {}

    T* allocate(std::size_t count) {
      static_assert(alignof(T) <= alignof(std::max_align_t));
      return static_cast<T*>(from_->take(count * sizeof(T)));
    }
    void deallocate(T*, std::size_t) { from_->taken_ = false; }

    template <class U>
    bool operator==(const allocator<U>& other) const {
      return from_ == other.from_;
    }

  private:
    template <class U>
    friend class allocator;

    reserved_memory* from_;
  };

  /// Returns `task` as a handler that is kept here.
  template <class Task>
  auto keep(Task task) {
    struct handler {
      using allocator_type = allocator<std::byte>;
      reserved_memory* where;
      Task task;
      [[nodiscard]] allocator_type get_allocator() const { return allocator_type{*where}; }
      void operator()(const std::error_code& = {}) { task(); }
    };
    return handler{this, std::move(task)};
  }

private:
  void* take(std::size_t size) {
    if (size > room_.size() || std::exchange(taken_, true))
      throw std::bad_alloc{};
    return room_.data();
  }

  alignas(std::max_align_t) std::array<std::byte, 256> room_;
  bool taken_ = false;
};

} // namespace devp2p::net

// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/record.hpp"

#include <algorithm>
#include <variant>

namespace devp2p::simulator {

namespace {

/// Compares the values of two fields.
struct same_value {
  template <class A, class B>
  bool operator()(const A&, const B&) const {
    return false;
  }
  template <class T>
  bool operator()(T* a, T* b) const {
    return *a == *b;
  }
  bool operator()(const field::number& a, const field::number& b) const {
    return *a.value == *b.value;
  }
  bool operator()(const field::choice& a, const field::choice& b) const {
    return a.words == b.words && a.chosen == b.chosen;
  }
};

} // namespace

bool operator==(const any_record& a, const any_record& b) {
  if (a.name_ != b.name_)
    return false;
  // Fields are places in a value that may be changed.
  auto one = a;
  auto other = b;
  auto left = one.fields();
  auto right = other.fields();
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](const field& x, const field& y) {
                      return x.name == y.name && std::visit(same_value{}, x.place, y.place);
                    });
}

std::optional<std::size_t> node_of(const any_record& action) {
  auto copy = action;
  for (const auto& x : copy.fields())
    if (const auto* node = std::get_if<node_number*>(&x.place))
      return (*node)->value;
  return std::nullopt;
}

} // namespace devp2p::simulator

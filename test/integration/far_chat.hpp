// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/typed/typed_protocol.hpp"

#include <cstdint>
#include <string>

/// The protocol between a program and its test.
namespace devp2p::test {

struct say {
  std::string text;
  friend auto inspect(auto& f, say& x) { return inspect_fields(f, {"text"}, x.text); }
};

struct who {
  std::uint64_t id = 0;
  friend auto inspect(auto& f, who& x) { return inspect_fields(f, {"id"}, x.id); }
};

struct name {
  std::uint64_t id = 0;
  std::string text = {};
  friend auto inspect(auto& f, name& x) { return inspect_fields(f, {"id", "text"}, x.id, x.text); }
};

using chat = typed_protocol<"chat", versions{1, 2}, message<0, say>,
                            since<2, request<1, who, message<2, name>>>>;

} // namespace devp2p::test

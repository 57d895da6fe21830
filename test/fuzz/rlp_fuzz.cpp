// SPDX-License-Identifier: BSL-1.0

// Goal: the RLP decoder reads nothing outside its input, in whatever order its functions are
// called, and accepts no encoding but the one that the encoder writes.
//
// Method: validates the input. If it is an item, reads it and writes it again: the result must be
// the input, byte by byte. In any case the input's own bytes say which functions are called on it.

#include "target.hpp"

#include "devp2p/net/rlp/decoder.hpp"
#include "devp2p/net/rlp/encoder.hpp"

#include <algorithm>
#include <cstdlib>
#include <functional>

namespace devp2p::fuzz::rlp_target {

namespace {

void copy_elements(rlp::decoder& in, rlp::encoder& out) {
  while (auto type = in.next_kind())
    if (*type == rlp::kind::list) {
      auto inner = in.list();
      out.list([&] { copy_elements(inner, out); });
    } else {
      out.string(in.string());
    }
}

void check_that_it_is_encoded_the_only_way(byte_view item) {
  rlp::decoder in{item};
  bytes again;
  rlp::encoder out{again};
  copy_elements(in, out);
  require(!in.error());
  require(std::equal(again.begin(), again.end(), item.begin(), item.end()));
}

/// Checks that an integer that was read has one encoding, too.
void check_integer(byte_view encoding) {
  rlp::decoder in{encoding};
  auto value = in.integer();
  if (in.error())
    return;
  bytes again;
  rlp::encoder{again}.integer(value);
  require(std::equal(again.begin(), again.end(), encoding.begin(), encoding.end()));
}

/// Calls one function for each byte of `script`, and goes on in the lists that it opens.
class caller {
public:
  caller(byte_view script, byte_view input) : script_(script), input_(input) {}

  void run(rlp::decoder& in) {
    while (!script_.empty()) {
      auto verb = script_.front();
      script_ = script_.subspan(1);
      if (verb % 8 == 7)
        return;
      call(in, verb);
      require(in.at_end() || !in.error());
    }
  }

private:
  void call(rlp::decoder& in, std::uint8_t verb) {
    switch (verb % 8) {
    case 0: {
      auto inner = in.list();
      run(inner);
      break;
    }
    case 1:
      check_view(in.string(verb));
      break;
    case 2:
      check_view(in.string());
      break;
    case 3: {
      auto encoding = in.raw();
      check_view(encoding);
      check_integer(encoding);
      break;
    }
    case 4:
      require(in.integer(verb) <= verb);
      break;
    case 5:
      static_cast<void>(in.array<32>());
      break;
    case 6:
      in.expect_end();
      break;
    }
  }

  void check_view(byte_view view) const {
    std::less_equal<const std::uint8_t*> not_after;
    require(view.empty() || (not_after(input_.data(), view.data()) &&
                             not_after(view.data() + view.size(), input_.data() + input_.size())));
  }

  byte_view script_;
  byte_view input_;
};

} // namespace

static int run(const std::uint8_t* data, std::size_t size) {
  byte_view input{data, size};
  if (!rlp::validate(input))
    check_that_it_is_encoded_the_only_way(input);
  auto script = input.first(std::min<std::size_t>(size, 16));
  auto rest = input.subspan(script.size());
  rlp::decoder in{rest, {.max_depth = 4, .max_elements = 64}};
  caller{script, rest}.run(in);
  return 0;
}

static const target registered{"rlp", run};

} // namespace devp2p::fuzz::rlp_target

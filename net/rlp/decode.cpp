// SPDX-License-Identifier: BSL-1.0
#include "devp2p/net/rlp/decode.hpp"

#include "devp2p/net/rlp/prefix.hpp"

namespace devp2p::rlp::detail {

namespace {

using form = wanted::form;

std::string name_of(wanted what) {
  switch (what.kind) {
  case form::integer:
    return "an integer";
  case form::string:
    return "a string";
  case form::octets:
    return "a string of " + std::to_string(what.bound) + " bytes";
  case form::list:
    return "a list";
  case form::alternative:
    return "any of the forms that it may have";
  }
  return {};
}

std::string size_text(std::size_t size) {
  return size == 1 ? "1 byte" : std::to_string(size) + " bytes";
}

/// Describes the first item, which is whole.
std::string found(byte_view unread) {
  decoder in{unread};
  if (in.next_kind() == kind::list)
    return "a list";
  return "a string of " + size_text(in.string().size());
}

std::string explain_integer(byte_view unread, wanted what) {
  decoder in{unread};
  auto digits = in.string();
  if (!digits.empty() && digits.front() == 0)
    return "an integer with a leading zero";
  return "an integer above " + std::to_string(what.bound);
}

} // namespace

std::string explain(byte_view unread, errc code, wanted what) {
  decoder in{unread};
  in.skip();
  if (unread.empty())
    return "nothing, and not " + name_of(what);
  if (code == errc::rlp_too_deep || code == errc::rlp_too_many_elements ||
      code == errc::rlp_truncated || in.error())
    return std::string{to_string(code)};
  if (what.kind == form::integer && code != errc::rlp_unexpected_kind)
    return explain_integer(unread, what);
  return found(unread) + ", and not " + name_of(what);
}

bool reading::at_field(std::string_view name) {
  if (!place.empty() && place.front() != '[')
    place.insert(place.begin(), '.');
  place.insert(0, name);
  return false;
}

bool reading::at_element(std::size_t index) {
  auto name = std::to_string(index);
  name.insert(name.begin(), '[');
  name.push_back(']');
  return at_field(name);
}

misfit reading::described() const {
  return {failure->code, place.empty() ? failure->text : place + ": " + failure->text};
}

bool is_longer_list(byte_view unread, std::size_t most) {
  decoder in{unread};
  auto elements = in.list();
  std::size_t count = 0;
  for (; count <= most && !elements.at_end(); ++count)
    elements.skip();
  return count > most && !in.error();
}

bool is_longer_string(byte_view unread, std::size_t most) {
  decoder in{unread};
  return in.string().size() > most;
}

bool share(byte_view part, blob& out, reading& all) {
  constexpr std::size_t good_part = 4;
  const auto* owner = all.owner;
  if (owner != nullptr && part.size() >= owner->size() / good_part) {
    out = owner->part(static_cast<std::size_t>(part.data() - owner->data()), part.size());
    return true;
  }
  if (!all.take_memory(part.size() + reading::overhead))
    return false;
  out = blob{part};
  return true;
}

bool field_reader::read_rest(rest& out) {
  auto items = in_.unread();
  while (!in_.at_end())
    in_.skip();
  if (auto why = in_.error())
    return all_.fail(*why, to_string(*why));
  return share(items, out.items, all_);
}

bool read_big_integer(decoder& in, uint256& out, reading& all) {
  auto unread = in.unread();
  byte_view digits;
  if (!read_string(in, digits, all))
    return false;
  if (!digits.empty() && digits.front() == 0)
    return all.fail(errc::rlp_not_canonical, explain_integer(unread, {form::integer}));
  if (digits.size() > uint256::size)
    return all.fail(errc::rlp_wrong_size, "an integer of more than 256 bits");
  out = {};
  std::copy(digits.begin(), digits.end(),
            out.big_endian.end() - static_cast<std::ptrdiff_t>(digits.size()));
  return true;
}

bool read_raw(decoder& in, raw& out, reading& all) {
  auto unread = in.unread();
  auto item = in.raw();
  if (auto why = in.error())
    return all.fail(*why, explain(unread, *why, {form::string}));
  return share(item, out.item, all);
}

} // namespace devp2p::rlp::detail

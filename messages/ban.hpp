// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/bytes.hpp"
#include "devp2p/messages/expected.hpp"
#include "devp2p/messages/inspect.hpp"
#include "devp2p/messages/node_id.hpp"
#include "devp2p/messages/settings.hpp"

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace devp2p {

/// The object of a ban: one node, one address, or all addresses of a network. An IPv4 address in
/// its IPv6 form (`::ffff:192.0.2.1`) is that IPv4 address.
///
/// A subject from a message was never parsed: check `is_valid` before it is used.
class ban_subject {
public:
  /// The bits of an IPv4 and of an IPv6 address.
  static constexpr unsigned ipv4_bits = 32;
  static constexpr unsigned ipv6_bits = 128;

  enum class kind : std::uint8_t { node, ipv4, ipv6 };

  /// Names nothing: not valid.
  ban_subject() = default;
  explicit ban_subject(const node_id& id) : id_(id) {}

  /// Reads 128 hexadecimal digits, an address, or `ADDRESS/PREFIX`, the network of the addresses
  /// that have the leading PREFIX bits in common. Fails with `errc::invalid_ban_subject`, or with
  /// `errc::host_bits_set` if other bits than those of the prefix are set.
  static expected<ban_subject> parse(std::string_view text);
  /// Returns the subject of one address; `nullopt` for text that is none, such as a DNS name. The
  /// zone of a link-local address (`%eth0`) does not count.
  static std::optional<ban_subject> of_address(std::string_view host);

  [[nodiscard]] kind what() const { return kind_; }
  /// Returns the node; zero if the subject is an address or a network.
  [[nodiscard]] const node_id& id() const { return id_; }
  /// Returns the number of leading bits that addresses have in common; 0 for a node.
  [[nodiscard]] unsigned prefix() const { return prefix_; }
  /// Returns the network of this address that has only the first `prefix` bits. Precondition: the
  /// subject is no node, and `prefix` is not larger than its own.
  [[nodiscard]] ban_subject shortened(unsigned prefix) const;
  /// Returns whether all that `other` names, which is valid, is named by this one, too.
  [[nodiscard]] bool covers(const ban_subject& other) const;
  /// Returns whether the subject is one that `parse` reads.
  [[nodiscard]] bool is_valid() const;

  friend bool operator==(const ban_subject&, const ban_subject&) = default;
  friend auto operator<=>(const ban_subject&, const ban_subject&) = default;

  /// The inverse of `parse`: the only canonical text.
  friend std::string to_string(const ban_subject& x);

  friend auto inspect(auto& f, ban_subject& x) {
    return inspect_fields(f, {"kind", "id", "address", "prefix"}, x.kind_, x.id_, x.address_,
                          x.prefix_);
  }

private:
  /// Returns the length of an address of this kind.
  [[nodiscard]] unsigned bits() const { return kind_ == kind::ipv4 ? ipv4_bits : ipv6_bits; }

  kind kind_ = kind::node;
  node_id id_ = {};
  /// The address from its first byte on; an IPv4 address leaves 12 bytes zero.
  byte_array<16> address_ = {};
  std::uint8_t prefix_ = 0;
};

/// A node or a network that is kept out, for how long, and why.
struct ban {
  using duration = settings::duration;

  /// The duration of a ban without an end.
  static constexpr duration forever = settings::forever;
  /// The maximum length of a reason in bytes.
  static constexpr std::size_t max_reason = 200;

  ban_subject subject = {};
  /// From now on. In a list it is the time that is left.
  duration lasting = forever;
  /// For people. The remote is never told.
  std::string reason = {};

  /// Returns the error for which no list takes this ban: `errc::invalid_ban_subject` if it names
  /// nothing that `ban_subject::parse` reads, `errc::invalid_ban` if it lasts no time.
  [[nodiscard]] std::optional<errc> fault() const;
  /// Returns the ban as lists keep it: `forever` at most, and a reason of `max_reason` bytes at
  /// most, in which `?` stands for what is not printable ASCII.
  [[nodiscard]] ban canonical() const;

  friend bool operator==(const ban&, const ban&) = default;

  friend auto inspect(auto& f, ban& x) {
    return inspect_fields(f, {"subject", "lasting", "reason"}, x.subject, x.lasting, x.reason);
  }
};

} // namespace devp2p

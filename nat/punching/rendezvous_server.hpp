// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/random_source.hpp"
#include "devp2p/nat/fair_pool.hpp"
#include "devp2p/nat/punching/address_limit.hpp"
#include "devp2p/nat/punching/punch_message.hpp"

#include <array>
#include <map>

namespace devp2p::nat {

/// The address at which a rendezvous was asked. With two addresses a side can tell whether its NAT
/// is symmetric. Two ports of one address suffice, but do not reveal a NAT that considers the
/// address only.
enum class rendezvous_address : std::uint8_t { first, second };

struct rendezvous_limits {
  /// The maximum number of pairs and half pairs that are known at a time. A full rendezvous drops
  /// one of them for a network (`to_source`) that has fewer than another. The network with the most
  /// gives up one, and within it the address with the most: its oldest half pair, or else its
  /// oldest pair. So no subscriber can take all the room by using many addresses.
  std::size_t max_meetings = 4096;
  /// The maximum number of seats of one address, which may be that of a carrier's NAT.
  std::size_t max_per_address = 16;
  /// The maximum number of questions of one address that are answered at once.
  double max_burst = 128;
  /// The maximum number of questions of one address that are answered per second.
  double max_rate = 64;
};

/// Introduces two nodes to each other: tells each the endpoint at which it has seen the other, and
/// a token that both share. A state machine without I/O: receives each datagram with its source and
/// the time, and returns the answer.
///
/// A question gets at most one answer, of the same size, sent to its source. A source is not
/// remembered, and its address is not passed on, before it has returned a cookie. So the rendezvous
/// cannot be used against third parties. It does not learn which nodes meet, because a name does
/// not identify them, nor the key of their probes.
class rendezvous_server {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// The silence after which a guest counts as gone. A present guest asks many times in this time;
  /// a guest that begins anew must wait for it.
  static constexpr std::chrono::seconds max_silence{3};
  /// The time for which a guest waits for the other side.
  static constexpr std::chrono::seconds max_wait{30};
  /// The time for which both are known once they have met. With `max_wait`, a minute in all.
  static constexpr std::chrono::seconds max_meeting{30};
  /// The delay of the common start. It is long enough that both sides know it, if no datagram is
  /// lost.
  static constexpr std::chrono::milliseconds start_delay{500};

  /// `random` must outlive this object.
  explicit rendezvous_server(random_source& random, const rendezvous_limits& limits = {});

  /// Returns the answer to send from the same address, if any. Accepts any datagram. `proven` means
  /// that the source cannot be forged, as that of a connection. Passes on an exception of the
  /// random source; the next question is answered as if this one had not come.
  [[nodiscard]] std::optional<punch_datagram> on_datagram(rendezvous_address at,
                                                          const endpoint& source, byte_view in,
                                                          time_point now, bool proven = false);

  /// Drops what has expired. `on_datagram` does so, too, as long as questions come.
  void on_time(time_point now);

  /// Returns the number of remembered pairs and half pairs.
  [[nodiscard]] std::size_t meetings() const { return meetings_.size(); }
  /// Returns the number of their addresses.
  [[nodiscard]] std::size_t addresses() const { return seats_.size(); }

private:
  struct guest {
    byte_array<16> nonce{};
    endpoint where;
    source from{};
    port_mapping_kind mapping = port_mapping_kind::unknown;
    time_point heard;
  };

  struct meeting {
    time_point ends;
    /// The latest end of the meeting, even if a side begins anew.
    time_point latest;
    std::array<std::optional<guest>, 2> guests{};
    /// The shared token, once both sides are there.
    std::optional<byte_array<16>> token = std::nullopt;
    /// The common start.
    time_point starts{};
    /// The source of a present guest; the meeting counts as its place.
    source owner{};
  };

  using meetings_by_name = std::map<byte_array<16>, meeting>;
  using place = meetings_by_name::iterator;
  /// The entries of `meetings_`, whose addresses are stable.
  using pool = fair_pool<const meetings_by_name::value_type*>;

  answer reply(rendezvous_address at, const endpoint& source, const question& asked,
               time_point now);
  byte_array<16> cookie_for(const endpoint& source, time_point now, int slots_ago) const;
  bool has_cookie(const endpoint& source, const question& asked, time_point now) const;
  meeting* admit(const endpoint& source, const question& asked, time_point now);
  bool has_seat_for(const guest& who) const;
  bool make_room(const source& from);
  [[nodiscard]] const meetings_by_name::value_type*
  half_instead_of(const meetings_by_name::value_type* loser) const;
  void count(place which);
  void introduce(meeting& where, time_point now);
  static std::optional<guest>& seat(meeting& where, side which);
  void sit(std::optional<guest>& where, guest who);
  void leave(std::optional<guest>& who);
  void drop_silent(meeting& where, time_point now);
  place end(place which);

  random_source* random_;
  rendezvous_limits limits_;
  byte_array<32> key_{};
  /// The limit of sources without a cookie. Thus forged datagrams do not use up the limit of
  /// guests.
  address_limit strangers_;
  /// The limit of sources that have returned a cookie.
  address_limit guests_;
  meetings_by_name meetings_;
  /// All meetings.
  pool places_;
  /// The meetings that lack a side.
  pool halves_;
  /// The number of seats of each address; addresses without a seat are absent.
  std::map<address_key, std::size_t> seats_;
  time_point next_sweep_;
};

} // namespace devp2p::nat

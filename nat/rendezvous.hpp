// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/nat/address_limit.hpp"
#include "devp2p/nat/fair_pool.hpp"
#include "devp2p/nat/punch_message.hpp"

#include <array>
#include <map>

namespace devp2p::nat {

/// At which of its two addresses a rendezvous was asked. With two of them a side sees whether its
/// NAT is symmetric; two ports of one address will do, but miss a NAT that looks at the address
/// only.
enum class rendezvous_address : std::uint8_t { first, second };

struct rendezvous_limits {
  /// How many pairs, or halves of one, are known at a time; and how many of one address, which may
  /// be that of a carrier's NAT. When there are as many, the network (`to_source`) that has most of
  /// them gives up one for a network that has fewer, and inside a network the address that has most
  /// of them: its oldest half of a pair, or else its oldest pair. So no subscriber can take all the
  /// room by having many addresses.
  std::size_t max_meetings = 4096;
  std::size_t max_per_address = 16;
  /// How many questions of one address are answered: so many at once, so many a second.
  double max_burst = 128;
  double max_rate = 64;
};

/// Introduces two nodes to each other: tells each where it has seen the other, and a token that
/// both share. A value: it is told what comes, where and when, and says what to answer.
///
/// There is at most one answer to a question, it goes to where that came from, and it has the same
/// size. Nobody is remembered, and nobody's address is passed on, before it has returned a cookie:
/// so it cannot be pointed at others. It knows neither who meets here, for a name tells it nothing,
/// nor the key that their probes are made with.
class rendezvous {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// Somebody who does not ask for so long is gone: who goes on asks many times by then, and who
  /// begins anew has to wait for it.
  static constexpr std::chrono::seconds max_silence{3};
  /// So long one waits for the other, and so long they are known once they have met: no more than a
  /// minute in all.
  static constexpr std::chrono::seconds max_wait{30};
  static constexpr std::chrono::seconds max_meeting{30};
  /// Long enough that, if nothing is lost, both know it by then.
  static constexpr std::chrono::milliseconds start_delay{500};

  explicit rendezvous(chance luck, const rendezvous_limits& limits = {});

  /// What to answer from the same address, if anything. Takes whatever comes. `proven`: that nobody
  /// can have faked the source is known already, as of a connection. What chance throws goes
  /// through; the next question is answered as if there had not been this one.
  [[nodiscard]] std::optional<punch_datagram> on_datagram(rendezvous_address at,
                                                          const endpoint& source, byte_view in,
                                                          time_point now, bool proven = false);

  /// Forgets what is over. Happens by itself as long as questions come.
  void on_time(time_point now);

  /// Pairs, or halves of one, that it remembers.
  [[nodiscard]] std::size_t meetings() const { return meetings_.size(); }
  /// Addresses of those.
  [[nodiscard]] std::size_t addresses() const { return seats_.size(); }

private:
  struct guest {
    octets_16 nonce{};
    endpoint where;
    source from{};
    port_mapping_kind mapping = port_mapping_kind::unknown;
    time_point heard;
  };

  struct meeting {
    time_point ends;
    /// It ends by then, however often somebody begins anew.
    time_point latest;
    std::array<std::optional<guest>, 2> guests{};
    /// Once both are there: what they share, and when they begin.
    std::optional<octets_16> token = std::nullopt;
    time_point starts{};
    /// The source of one who is there: the place counts for it.
    source owner{};
  };

  using meetings_by_name = std::map<octets_16, meeting>;
  using place = meetings_by_name::iterator;
  /// They stay where they are.
  using pool = fair_pool<const meetings_by_name::value_type*>;

  answer reply(rendezvous_address at, const endpoint& source, const question& asked,
               time_point now);
  octets_16 cookie_for(const endpoint& source, time_point now, int slots_ago) const;
  bool has_cookie(const endpoint& source, const question& asked, time_point now) const;
  meeting* admit(const endpoint& source, const question& asked, time_point now);
  bool has_seat_for(const guest& who) const;
  bool make_room(const source& from);
  [[nodiscard]] const meetings_by_name::value_type*
  half_instead_of(const meetings_by_name::value_type* loser) const;
  void count(place which);
  void introduce(meeting& where, time_point now);
  std::optional<guest>& seat(meeting& where, side which) const;
  void sit(std::optional<guest>& where, guest who);
  void leave(std::optional<guest>& who);
  void drop_silent(meeting& where, time_point now);
  place end(place which);

  chance luck_;
  rendezvous_limits limits_;
  octets_32 key_{};
  /// Those who have shown a cookie do not suffer from those who send in their name.
  address_limit strangers_;
  address_limit guests_;
  meetings_by_name meetings_;
  /// All of them, and those that lack a side.
  pool places_;
  pool halves_;
  /// How many seats each address has; only those that have any.
  std::map<address_key, std::size_t> seats_;
  time_point next_sweep_;
};

} // namespace devp2p::nat

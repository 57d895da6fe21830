// SPDX-License-Identifier: BSL-1.0
#include "devp2p/kit/shard_report.hpp"

#include "devp2p/net/rlp/decoder.hpp"
#include "devp2p/net/rlp/encoder.hpp"

#include <limits>
#include <string>
#include <utility>

namespace devp2p::kit {

namespace {

constexpr std::uint64_t max_time = std::numeric_limits<caf::timespan::rep>::max();

std::uint64_t count(caf::timespan x) {
  return static_cast<std::uint64_t>(x.count());
}

caf::timespan time(rlp::decoder& in) {
  return caf::timespan{static_cast<caf::timespan::rep>(in.integer(max_time))};
}

bool flag(rlp::decoder& in) {
  return in.integer(1) == 1;
}

template <class Enum>
Enum enumerator(rlp::decoder& in) {
  return static_cast<Enum>(in.integer(std::numeric_limits<std::underlying_type_t<Enum>>::max()));
}

std::string text(rlp::decoder& in) {
  auto found = in.string();
  return {found.begin(), found.end()};
}

/// Writes a list of one item, or of none.
template <class T, class Write>
void maybe(rlp::encoder& to, const std::optional<T>& what, Write write) {
  to.list([&] {
    if (what)
      write(*what);
  });
}

template <class Read>
auto maybe(rlp::decoder& in, Read read) {
  auto list = in.list();
  std::optional<decltype(read(list))> out;
  if (!list.at_end())
    out = read(list);
  list.expect_end();
  return out;
}

std::uint64_t integer(rlp::decoder& in) {
  return in.integer();
}

void write(rlp::encoder& to, const happening& x) {
  to.list([&] {
    to.integer(count(x.when));
    to.integer(x.node);
    to.integer(static_cast<std::uint64_t>(x.what));
    maybe(to, x.peer, [&](auto peer) { to.integer(peer); });
    maybe(to, x.reason, [&](auto reason) { to.integer(static_cast<std::uint64_t>(reason)); });
    to.integer(x.remote_requested ? 1 : 0);
    to.string(x.detail);
  });
}

happening read_happening(rlp::decoder& in) {
  auto list = in.list();
  happening out;
  out.when = time(list);
  out.node = list.integer();
  out.what = enumerator<happening_kind>(list);
  out.peer = maybe(list, integer);
  out.reason = maybe(list, enumerator<disconnect_reason>);
  out.remote_requested = flag(list);
  out.detail = text(list);
  list.expect_end();
  return out;
}

void write(rlp::encoder& to, const time_spent& x) {
  to.list([&] {
    to.integer(x.turns);
    to.integer(count(x.total));
    to.integer(count(x.longest));
  });
}

time_spent read_time_spent(rlp::decoder& in) {
  auto list = in.list();
  time_spent out;
  out.turns = list.integer();
  out.total = time(list);
  out.longest = time(list);
  list.expect_end();
  return out;
}

void write(rlp::encoder& to, const handler_time& x) {
  to.list([&] {
    to.integer(x.where.node);
    maybe(to, x.where.peer, [&](auto peer) { to.integer(peer); });
    to.string(x.where.protocol);
    write(to, x.spent);
  });
}

handler_time read_handler_time(rlp::decoder& in) {
  auto list = in.list();
  handler_time out;
  out.where.node = list.integer();
  out.where.peer = maybe(list, integer);
  out.where.protocol = text(list);
  out.spent = read_time_spent(list);
  list.expect_end();
  return out;
}

void write(rlp::encoder& to, const net::segment& x) {
  to.list([&] {
    to.integer(count(x.due));
    to.integer(static_cast<std::uint64_t>(x.what));
    to.integer(x.number);
    to.integer(x.from_port);
    to.integer(x.to_port);
    maybe(to, x.met, [&](auto met) { to.integer(met); });
    maybe(to, x.error, [&](auto error) { to.integer(static_cast<std::uint64_t>(error)); });
    to.integer(x.size);
    to.string(x.content);
  });
}

net::segment read_segment(rlp::decoder& in) {
  constexpr auto max_port = std::numeric_limits<std::uint16_t>::max();
  auto list = in.list();
  net::segment out;
  out.due = time(list);
  out.what = static_cast<net::segment_kind>(
    list.integer(static_cast<std::uint64_t>(net::segment_kind::datagram)));
  out.number = list.integer();
  out.from_port = static_cast<std::uint16_t>(list.integer(max_port));
  out.to_port = static_cast<std::uint16_t>(list.integer(max_port));
  out.met = maybe(list, integer);
  out.error = maybe(list, enumerator<errc>);
  out.size = list.integer();
  auto content = list.string();
  out.content.assign(content.begin(), content.end());
  list.expect_end();
  return out;
}

/// Whether `key` comes after all keys of the map, in the order in which `encode` writes them.
template <class Map, class Key>
bool is_next(const Map& all, const Key& key) {
  return all.empty() || all.rbegin()->first < key;
}

} // namespace

blob encode(const shard_report& what) {
  bytes out;
  rlp::encoder to{out};
  auto write_time = [&](caf::timespan x) { to.integer(count(x)); };
  to.list([&] {
    maybe(to, what.next_due, write_time);
    to.integer(what.deed_is_due ? 1 : 0);
    write_time(what.next_stop);
    to.integer(what.done ? 1 : 0);
    to.integer(what.linked_ends);
    to.integer(what.hash);
    for (auto x :
         {what.traffic.sent, what.traffic.handled, what.traffic.payload, what.traffic.octets})
      to.integer(x);
    to.list([&] {
      for (const auto& [where, parcels] : what.departures) {
        to.integer(where);
        to.string(parcels);
      }
    });
    maybe(to, what.first_arrival, write_time);
    to.list([&] {
      for (const auto& x : what.happenings)
        write(to, x);
    });
  });
  return blob{out};
}

expected<shard_report> decode_report(byte_view what) {
  rlp::decoder in{what};
  auto list = in.list();
  shard_report out;
  out.next_due = maybe(list, time);
  out.deed_is_due = flag(list);
  out.next_stop = time(list);
  out.done = flag(list);
  out.linked_ends = list.integer();
  out.hash = list.integer();
  for (auto* x :
       {&out.traffic.sent, &out.traffic.handled, &out.traffic.payload, &out.traffic.octets})
    *x = list.integer();
  auto in_order = true;
  for (auto departures = list.list(); !departures.at_end();) {
    auto where = departures.integer();
    in_order = in_order && is_next(out.departures, where);
    auto parcels = departures.string();
    out.departures[where].assign(parcels.begin(), parcels.end());
  }
  out.first_arrival = maybe(list, time);
  for (auto happenings = list.list(); !happenings.at_end();)
    out.happenings.push_back(read_happening(happenings));
  list.expect_end();
  in.expect_end();
  if (auto why = in.error())
    return *why;
  if (!in_order)
    return errc::rlp_not_canonical;
  return out;
}

blob encode(const run_details& what) {
  bytes out;
  rlp::encoder to{out};
  to.list([&] {
    to.list([&] {
      for (auto [from, there] : what.stalled) {
        to.integer(from);
        to.integer(there);
      }
    });
    to.list([&] {
      for (const auto& [kind, spent] : what.times.by_kind) {
        to.string(kind);
        write(to, spent);
      }
    });
    to.list([&] {
      for (const auto& x : what.times.slowest)
        write(to, x);
    });
  });
  return blob{out};
}

expected<run_details> decode_details(byte_view what) {
  rlp::decoder in{what};
  auto list = in.list();
  run_details out;
  auto in_order = true;
  for (auto stalled = list.list(); !stalled.at_end();) {
    auto from = stalled.integer();
    std::pair<std::size_t, std::size_t> next{from, stalled.integer()};
    in_order = in_order && (out.stalled.empty() || *out.stalled.rbegin() < next);
    out.stalled.insert(next);
  }
  for (auto kinds = list.list(); !kinds.at_end();) {
    auto kind = text(kinds);
    in_order = in_order && is_next(out.times.by_kind, kind);
    out.times.by_kind.insert_or_assign(std::move(kind), read_time_spent(kinds));
  }
  std::vector<handler_time> ranked;
  for (auto slowest = list.list(); !slowest.at_end();) {
    out.times.rank(ranked.emplace_back(read_handler_time(slowest)));
    in_order = in_order && ranked.size() <= actor_times::max_slowest;
  }
  list.expect_end();
  in.expect_end();
  if (auto why = in.error())
    return *why;
  if (!in_order || ranked != out.times.slowest)
    return errc::rlp_not_canonical;
  return out;
}

bytes encode(const net::outbound& what) {
  bytes out;
  rlp::encoder to{out};
  to.list([&] {
    to.integer(what.where);
    to.string(what.from);
    to.string(what.to);
    to.list([&] {
      for (const auto& x : what.segments)
        write(to, x);
    });
  });
  return out;
}

expected<std::vector<net::outbound>> decode_departures(byte_view what) {
  rlp::decoder in{what};
  std::vector<net::outbound> out;
  while (!in.at_end()) {
    auto list = in.list();
    auto& next = out.emplace_back();
    next.where = list.integer();
    next.from = text(list);
    next.to = text(list);
    for (auto parcels = list.list(); !parcels.at_end();)
      next.segments.push_back(read_segment(parcels));
    list.expect_end();
  }
  if (auto why = in.error())
    return *why;
  return out;
}

} // namespace devp2p::kit

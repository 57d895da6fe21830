// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/shard_report.hpp"

#include "devp2p/net/rlp/decoder.hpp"
#include "devp2p/net/rlp/encoder.hpp"

#include <concepts>
#include <limits>
#include <string>
#include <type_traits>
#include <utility>

namespace devp2p::simulator {

namespace {

template <class T, class Value>
concept same_value = std::same_as<std::remove_const_t<T>, Value>;

// The fields of each type, in the order in which they are written and read.

void fields(auto& io, same_value<event_field> auto& x) {
  io(x.name, x.text, x.is_number);
}

void fields(auto& io, same_value<event> auto& x) {
  io(x.when, x.node, x.what, x.name, x.peer, x.reason, x.remote_requested, x.value, x.detail,
     x.fields);
}

void fields(auto& io, same_value<time_spent> auto& x) {
  io(x.turns, x.total, x.longest);
}

void fields(auto& io, same_value<handler_time> auto& x) {
  io(x.where.node, x.where.peer, x.where.protocol, x.spent);
}

void fields(auto& io, same_value<net::segment> auto& x) {
  io(x.due, x.what, x.number, x.from_port, x.to_port, x.met, x.error, x.size, x.content);
}

void fields(auto& io, same_value<net::outbound> auto& x) {
  io(x.where, x.from, x.to, x.segments);
}

void fields(auto& io, same_value<shard_report> auto& x) {
  io(x.next_due, x.action_is_due, x.next_stop, x.done, x.linked_ends, x.hash);
  io(x.traffic.sent, x.traffic.handled, x.traffic.payload, x.traffic.carried);
  io(x.departures, x.first_arrival, x.events);
}

void fields(auto& io, same_value<run_details> auto& x) {
  io(x.stalled, x.times.by_kind, x.times.slowest);
}

/// Whether `T` has `fields` for `Io`, a reader or a writer.
template <class T, class Io>
concept record = requires(T& x, Io& io) {
  fields(io, x);
};

template <class T>
concept enumeration = std::is_enum_v<T>;

/// Whether `T` is a vector or a list.
template <class T>
concept sequence = requires(T& x) {
  x.emplace_back();
};

/// Whether `T` is a map, or a set of pairs.
template <class T>
concept ordered = requires {
  typename T::key_type;
};

class report_writer {
public:
  explicit report_writer(rlp::encoder& to) : to_(to) {}

  void operator()(const auto&... values) { (write(values), ...); }

private:
  void write(std::unsigned_integral auto x) { to_.integer(x); }
  void write(std::int64_t x) { to_.integer(static_cast<std::uint64_t>(x)); }
  void write(enumeration auto x) { to_.integer(static_cast<std::uint64_t>(x)); }
  void write(caf::timespan x) { to_.integer(static_cast<std::uint64_t>(x.count())); }
  void write(const std::string& x) { to_.string(x); }
  void write(const bytes& x) { to_.string(x); }

  /// Writes a list of one item, or of none.
  template <class T>
  void write(const std::optional<T>& x) {
    to_.list([&] {
      if (x)
        write(*x);
    });
  }

  void write(const sequence auto& all) {
    to_.list([&] {
      for (const auto& x : all)
        write(x);
    });
  }

  void write(const ordered auto& all) {
    to_.list([&] {
      for (const auto& [first, second] : all)
        (*this)(first, second);
    });
  }

  void write(const record<report_writer> auto& x) {
    to_.list([&] { fields(*this, x); });
  }

  rlp::encoder& to_;
};

class report_reader {
public:
  /// Sets `canonical` to false when it reads what `report_writer` does not write.
  report_reader(rlp::decoder& in, bool& canonical) : in_(in), canonical_(canonical) {}

  void operator()(auto&... values) { (read(values), ...); }

private:
  template <std::unsigned_integral T>
  void read(T& x) {
    x = static_cast<T>(in_.integer(std::numeric_limits<T>::max()));
  }

  void read(std::int64_t& x) {
    x = static_cast<std::int64_t>(in_.integer(std::numeric_limits<std::uint64_t>::max()));
  }

  template <enumeration Enum>
  void read(Enum& x) {
    x = static_cast<Enum>(in_.integer(std::numeric_limits<std::underlying_type_t<Enum>>::max()));
  }

  void read(net::segment_kind& x) {
    x = static_cast<net::segment_kind>(
      in_.integer(static_cast<std::uint64_t>(net::segment_kind::datagram)));
  }

  void read(caf::timespan& x) {
    constexpr std::uint64_t max = std::numeric_limits<caf::timespan::rep>::max();
    x = caf::timespan{static_cast<caf::timespan::rep>(in_.integer(max))};
  }

  void read(std::string& x) {
    auto found = in_.string();
    x.assign(found.begin(), found.end());
  }

  void read(bytes& x) {
    auto found = in_.string();
    x.assign(found.begin(), found.end());
  }

  template <class T>
  void read(std::optional<T>& x) {
    read_list([&](report_reader& in) {
      if (!in.in_.at_end())
        in.read(x.emplace());
    });
  }

  void read(sequence auto& all) {
    read_list([&](report_reader& in) {
      while (!in.in_.at_end())
        in.read(all.emplace_back());
    });
  }

  template <ordered T>
  void read(T& all) {
    read_list([&](report_reader& in) {
      while (!in.in_.at_end()) {
        std::remove_const_t<typename T::value_type::first_type> first{};
        typename T::value_type::second_type second{};
        in(first, second);
        typename T::value_type next{std::move(first), std::move(second)};
        canonical_ = canonical_ && (all.empty() || all.value_comp()(*all.rbegin(), next));
        all.insert(std::move(next));
      }
    });
  }

  void read(record<report_reader> auto& x) {
    read_list([&](report_reader& in) { fields(in, x); });
  }

  void read_list(auto content) {
    auto list = in_.list();
    report_reader in{list, canonical_};
    content(in);
    list.expect_end();
  }

  rlp::decoder& in_;
  bool& canonical_;
};

bytes encode_as_rlp(const auto& what) {
  bytes out;
  rlp::encoder to{out};
  report_writer{to}(what);
  return out;
}

/// Reads one value with `read_from`, which takes a decoder and a flag as a `report_reader` does.
template <class T>
expected<T> decode_as_rlp(byte_view what, auto read_from) {
  rlp::decoder in{what};
  auto canonical = true;
  T out;
  read_from(in, canonical, out);
  in.expect_end();
  if (auto why = in.error())
    return *why;
  if (!canonical)
    return errc::rlp_not_canonical;
  return out;
}

} // namespace

blob encode(const shard_report& what) {
  return blob{encode_as_rlp(what)};
}

expected<shard_report> decode_report(byte_view what) {
  return decode_as_rlp<shard_report>(what,
                                     [](rlp::decoder& in, bool& canonical, shard_report& out) {
                                       report_reader{in, canonical}(out);
                                     });
}

blob encode(const run_details& what) {
  return blob{encode_as_rlp(what)};
}

expected<run_details> decode_details(byte_view what) {
  return decode_as_rlp<run_details>(what, [](rlp::decoder& in, bool& canonical, run_details& out) {
    report_reader{in, canonical}(out);
    actor_times ranked;
    for (const auto& x : out.times.slowest)
      ranked.rank(x);
    canonical = canonical && ranked.slowest == out.times.slowest;
  });
}

bytes encode(const net::outbound& what) {
  return encode_as_rlp(what);
}

expected<std::vector<net::outbound>> decode_outbound(byte_view what) {
  using departures = std::vector<net::outbound>;
  return decode_as_rlp<departures>(what, [](rlp::decoder& in, bool& canonical, departures& out) {
    while (!in.at_end())
      report_reader{in, canonical}(out.emplace_back());
  });
}

} // namespace devp2p::simulator

// SPDX-License-Identifier: BSL-1.0
//
// A process that writes to a peer store, and tells each write that was confirmed, is killed at a
// random moment: KILLS times, with the moments and writes of SEED. After each time the file has
// exactly what was confirmed, or that and the whole of the write that was under way.
#include "forked.hpp"
#include "temporary_folder.hpp"

#include "devp2p/actors/peering/peer_store.hpp"

#include <algorithm>
#include <chrono>
#include <iostream>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>

using namespace devp2p;
using namespace devp2p::test;

namespace {

using time_point = std::chrono::system_clock::time_point;

/// Small, so that rows have to go all the time.
constexpr store_limits limits{.bans = 60, .scores = 60, .known_nodes = 60, .static_nodes = 400};

/// Returns the write of that number, which is always the same.
std::vector<store_change> write_of(std::uint64_t number) {
  std::mt19937_64 random{number};
  std::vector<store_change> out;
  for (auto left = random() % 20; left > 0; --left) {
    node_id id;
    id.value[0] = static_cast<std::uint8_t>(random() % 100);
    const enode url{id, {"10.0.0.1", static_cast<std::uint16_t>(1 + random() % 60'000)}, 30303};
    const time_point when{std::chrono::seconds{random() % 1'000'000}};
    auto subject = "10.0.0." + std::to_string(random() % 100);
    switch (random() % 8) {
    case 0:
      out.emplace_back(stored_ban{subject, when, std::string(random() % 300, 'x')});
      break;
    case 1:
      out.emplace_back(removed_ban{subject});
      break;
    case 2:
      out.emplace_back(
        stored_score{id, static_cast<double>(random() % 1000) / 7, std::uint32_t(random()), when});
      break;
    case 3:
      out.emplace_back(removed_score{id});
      break;
    case 4:
      out.emplace_back(static_node{url});
      break;
    case 5:
      out.emplace_back(removed_static_node{id});
      break;
    case 6:
      out.emplace_back(known_node{url, when, when});
      break;
    default:
      out.emplace_back(removed_known_node{id});
    }
  }
  out.emplace_back(own_sequence{number});
  return out;
}

bool same(const peer_store& x, const peer_store& y) {
  return x.bans() == y.bans() && x.scores() == y.scores() && x.static_nodes() == y.static_nodes() &&
         x.known_nodes() == y.known_nodes();
}

int fail(const std::string& why) {
  std::cerr << why << '\n';
  return 1;
}

} // namespace

int main(int count, char** arguments) {
  if (count != 3)
    return fail("usage: killed_store KILLS SEED");
  const auto kills = std::stoul(arguments[1]);
  std::mt19937_64 random{std::stoul(arguments[2])};
  const temporary_folder folder;
  const auto file = folder / "peers.db";
  peer_store model{limits};
  std::uint64_t confirmed = 0;
  std::uint64_t unconfirmed_at_most = 0;
  for (unsigned long i = 0; i < kills; ++i) {
    forked writer{[&](int to) {
      peer_store store{file, limits};
      if (!store.notices().empty())
        return forked::write_number(to, 0);
      for (auto number = store.sequence() + 1;; ++number)
        if (store.write(write_of(number)).what == store_outcome::kind::confirmed)
          forked::write_number(to, number);
        else
          return forked::write_number(to, 0);
    }};
    // At any moment of the opening, or of the writing.
    std::optional<std::uint64_t> number;
    if (random() % 4 != 0)
      number = writer.read_number();
    std::this_thread::sleep_for(std::chrono::microseconds{random() % 25'000});
    writer.kill();
    ++unconfirmed_at_most;
    for (number = number ? number : writer.read_number(); number; number = writer.read_number()) {
      if (*number == 0)
        return fail("kill " + std::to_string(i) + ": the next process cannot use the file");
      confirmed = *number;
    }
    // Otherwise the next process finds what this one has left.
    if (random() % 2 != 0 && i + 1 < kills)
      continue;
    const peer_store store{file, limits};
    if (!store.notices().empty())
      return fail("kill " + std::to_string(i) + ": " + store.notices()[0]);
    if (store.sequence() < confirmed || store.sequence() > confirmed + unconfirmed_at_most)
      return fail("kill " + std::to_string(i) + ": " + std::to_string(confirmed) +
                  " writes were confirmed, and " + std::to_string(store.sequence()) + " are there");
    for (auto number = model.sequence() + 1; number <= store.sequence(); ++number)
      static_cast<void>(model.write(write_of(number)));
    if (!same(store, model))
      return fail("kill " + std::to_string(i) + ": the rows differ after write " +
                  std::to_string(store.sequence()));
    confirmed = store.sequence();
    unconfirmed_at_most = 0;
  }
  std::cout << kills << " kills, " << confirmed << " writes, none lost\n";
  return confirmed == 0 ? fail("no write was confirmed") : 0;
}

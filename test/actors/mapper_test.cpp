// SPDX-License-Identifier: BSL-1.0
//
// The mapper against gateways that do what the test says, in virtual time.
#include "scripted_gateway.hpp"

#include "devp2p/actors/gateway_worker.hpp"
#include "devp2p/actors/mapper.hpp"
#include "devp2p/kit/seeded_random.hpp"
#include "devp2p/kit/world.hpp"
#include "devp2p/messages/caf.hpp"
#include "devp2p/nat/lease.hpp"

#include <boost/test/unit_test.hpp>

#include <caf/scoped_actor.hpp>

#include <cerrno>
#include <new>
#include <stdexcept>
#include <system_error>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(mapper_test)

namespace {

using namespace std::chrono_literals;

const local_port tcp{transport::tcp, 30303};
const local_port udp{transport::udp, 30303};

/// An application's own gateway. It throws in the function that `where` names; if `odd`, an object
/// that is no `std::exception`.
struct wild_gateway : scripted_gateway {
  using scripted_gateway::scripted_gateway;

  void pass(const std::string& here) const {
    if (here != where)
      return;
    if (odd)
      throw 1;
    throw std::runtime_error{"thrown by " + here};
  }

  [[nodiscard]] std::string name() const override {
    pass("name");
    return scripted_gateway::name();
  }
  [[nodiscard]] bool blocks() const override {
    pass("blocks");
    return false;
  }
  void call_off() override {
    scripted_gateway::call_off();
    pass("call_off");
  }
  void resume() override {
    pass("resume");
    scripted_gateway::resume();
  }
  std::optional<nat::failure> find() override {
    pass("find");
    return scripted_gateway::find();
  }
  nat::outcome<port_mapping> map(const port_mapping& wish) override {
    pass("map");
    return scripted_gateway::map(wish);
  }
  std::optional<nat::failure> unmap(const port_mapping& granted) override {
    pass("unmap");
    return scripted_gateway::unmap(granted);
  }
  [[nodiscard]] bool has_restarted() override {
    pass("has_restarted");
    return scripted_gateway::has_restarted();
  }

  std::string where;
  bool odd = false;
};

/// A random source that always fails.
struct no_random : random_source {
  void fill(mutable_byte_view) override { throw std::runtime_error{"no chance"}; }
};

/// The events that a mapper has sent.
struct told {
  std::vector<port_mapping> mapped;
  std::vector<port_mapping> renewed;
  std::vector<port_lost> lost;
  std::vector<external_changed> changed;
  std::vector<mapping_failed> failed;
};

struct mapper_fixture {
  told all;
  std::shared_ptr<scripted_gateway> first = std::make_shared<scripted_gateway>("first");
  std::shared_ptr<scripted_gateway> second = std::make_shared<scripted_gateway>("second");
  kit::seeded_random random{1};
  kit::world world;
  mapping_subscriber_actor subscriber =
    world.spawn([this]() -> mapping_subscriber_actor::behavior_type {
      return {
        [this](port_mapped& x) { all.mapped.push_back(x.mapping); },
        [this](port_renewed& x) { all.renewed.push_back(x.mapping); },
        [this](port_lost& x) { all.lost.push_back(x); },
        [this](external_changed& x) { all.changed.push_back(x); },
        [this](mapping_failed& x) { all.failed.push_back(x); },
      };
    });
  mapper_actor subject;

  void start(std::vector<std::shared_ptr<nat::gateway>> gateways) {
    subject = world.adopt(
      spawn_mapper(world.system(), {.gateways = std::move(gateways), .random = &random}));
    world.send(subject, subscribe_atom_v, subscriber);
  }

  void keep(local_port port) { world.send(subject, map_atom_v, port); }

  /// Calls `check` with a gateway that throws at each of these places, an exception or else.
  void with_each(const std::vector<std::string>& places, auto check) {
    for (const auto& where : places)
      for (auto odd : {false, true})
        BOOST_TEST_CONTEXT(where << (odd ? ", odd" : "")) {
          auto wild = std::make_shared<wild_gateway>("wild");
          wild->where = where;
          wild->odd = odd;
          all = {};
          check(wild);
        }
  }

  /// Checks that one failure has been told, with that error and all of these words.
  void check_only_failure(errc expected, std::initializer_list<const char*> words) {
    BOOST_TEST_REQUIRE(all.failed.size() == 1u);
    BOOST_TEST((all.failed[0].why == expected));
    auto why = describe(all.failed[0].why);
    for (auto* x : words)
      BOOST_TEST(why.find(x) != why.npos, why);
  }

  /// Takes the first gateway away, and checks that the second one takes its mapping over.
  void check_taken_over_by_second() {
    first->absent = true;
    world.advance(21min);
    BOOST_TEST(all.lost.size() == 1u);
    BOOST_TEST_REQUIRE(all.mapped.size() == 2u);
    BOOST_TEST(all.mapped[1].gateway == "second");
  }

  /// Has a port mapped, and checks that the second gateway does it.
  void check_mapped_by_second() {
    start({first, second});
    keep(tcp);
    BOOST_TEST_REQUIRE(all.mapped.size() == 1u);
    BOOST_TEST(all.mapped[0].gateway == "second");
    BOOST_TEST(all.failed.empty());
  }

  void stop() {
    caf::anon_send_exit(subject, caf::exit_reason::user_shutdown);
    world.run();
  }

  std::vector<port_mapping> mapped_now() {
    std::vector<port_mapping> out;
    caf::scoped_actor self{world.system()};
    auto answer = request_from(self, subject, caf::infinite, info_atom_v);
    world.run();
    std::move(answer).receive([&](std::vector<port_mapping>& x) { out = std::move(x); },
                              [](const caf::error& why) { BOOST_FAIL(describe(why)); });
    return out;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_mapper, mapper_fixture)

BOOST_AUTO_TEST_CASE(asks_nobody_before_there_is_a_port) {
  start({first});
  world.advance(1h);
  BOOST_TEST(first->searches == 0);
  keep(tcp);
  BOOST_TEST(first->searches == 1);
}

BOOST_AUTO_TEST_CASE(maps_ports_and_tells_where) {
  start({first});
  keep(tcp);
  keep(udp);
  BOOST_TEST_REQUIRE(all.mapped.size() == 2u);
  BOOST_TEST((all.mapped[0].internal == tcp));
  BOOST_TEST((all.mapped[0].external == endpoint{"11.22.33.2", 40000}));
  BOOST_TEST(all.mapped[0].gateway == "first");
  BOOST_TEST((all.mapped[1].internal == udp));
  BOOST_TEST(mapped_now().size() == 2u);
}

BOOST_AUTO_TEST_CASE(asked_twice_for_a_port_maps_it_once) {
  start({first});
  keep(tcp);
  keep(tcp);
  BOOST_TEST(first->questions == 1);
}

BOOST_AUTO_TEST_CASE(renews_at_half_time_and_keeps_the_external_port) {
  start({first});
  keep(tcp);
  world.advance(9min - 1s);
  BOOST_TEST(all.renewed.empty());
  world.advance(1min + 1s);
  BOOST_TEST(all.renewed.size() == 1u);
  world.advance(50min);
  BOOST_TEST(all.renewed.size() >= 5u);
  BOOST_TEST((first->wishes[0] == 0 && first->wishes[1] == 40000 && first->wishes.back() == 40000));
  BOOST_TEST(all.mapped.size() == 1u);
  BOOST_TEST(all.lost.empty());
}

BOOST_AUTO_TEST_CASE(looks_after_a_mapping_without_an_end_too) {
  first->lifetime = 0s;
  start({first});
  keep(tcp);
  world.advance(1h);
  BOOST_TEST(all.renewed.size() >= 5u);
}

BOOST_AUTO_TEST_CASE(tells_when_the_external_address_has_changed) {
  start({first});
  keep(tcp);
  first->address = "11.22.33.9";
  world.advance(10min);
  BOOST_TEST_REQUIRE(all.changed.size() == 1u);
  BOOST_TEST((all.changed[0].before == endpoint{"11.22.33.2", 40000}));
  BOOST_TEST((all.changed[0].mapping.external == endpoint{"11.22.33.9", 40000}));
  BOOST_TEST(all.renewed.empty());
}

BOOST_AUTO_TEST_CASE(asks_again_at_once_when_the_router_announces_itself) {
  start({first});
  keep(tcp);
  keep(udp);
  first->mapped.clear();
  first->address = "11.22.33.9";
  world.send(caf::actor_cast<mapper_self_actor>(subject), router_atom_v);
  BOOST_TEST(first->mapped.size() == 2u);
  BOOST_TEST(all.changed.size() == 2u);
}

BOOST_AUTO_TEST_CASE(maps_all_ports_anew_when_an_answer_shows_that_they_were_forgotten) {
  start({first});
  keep(tcp);
  world.advance(5min);
  keep(udp);
  first->mapped.clear();
  first->restarted = true;
  world.advance(5min); // The renewal of the first port reveals the restart.
  BOOST_TEST(first->mapped.size() == 2u);
}

BOOST_AUTO_TEST_CASE(is_not_kept_busy_by_a_router_that_claims_to_restart_all_the_time) {
  first->always_restarted = true;
  start({first});
  keep(tcp);
  keep(udp);
  world.advance(60s);
  BOOST_TEST(first->questions < 100);
  // The last request is still heeded.
  first->always_restarted = false;
  world.advance(5s);
  auto before = first->questions;
  auto router = caf::actor_cast<mapper_self_actor>(subject);
  for (int i = 0; i < 100; ++i)
    world.send(router, router_atom_v);
  world.advance(5s);
  BOOST_TEST(first->questions >= before + 4);
  BOOST_TEST(first->questions <= before + 6);
}

BOOST_AUTO_TEST_CASE(survives_a_router_that_is_gone_for_a_minute) {
  start({first});
  keep(tcp);
  world.advance(8min);
  first->absent = true;
  world.advance(3min); // A renewal is due meanwhile.
  BOOST_TEST(!all.failed.empty());
  BOOST_TEST(all.lost.empty());
  first->absent = false;
  world.advance(2min);
  BOOST_TEST(all.renewed.size() == 1u);
  BOOST_TEST(all.lost.empty());
  BOOST_TEST(all.mapped.size() == 1u);
}

BOOST_AUTO_TEST_CASE(gives_a_mapping_up_when_it_has_ended_and_looks_again) {
  start({first});
  keep(tcp);
  first->absent = true;
  world.advance(20min);
  BOOST_TEST_REQUIRE(all.lost.size() == 1u);
  BOOST_TEST((all.lost[0].mapping.external == endpoint{"11.22.33.2", 40000}));
  BOOST_TEST(mapped_now().empty());
  auto searches = first->searches;
  world.advance(1h);
  BOOST_TEST(first->searches > searches);
  first->absent = false;
  world.advance(8min); // The longest wait, and a quarter.
  BOOST_TEST(all.mapped.size() == 2u);
}

BOOST_AUTO_TEST_CASE(takes_the_first_gateway_that_works) {
  first->absent = true;
  check_mapped_by_second();
}

BOOST_AUTO_TEST_CASE(goes_on_to_the_next_if_the_first_refuses) {
  first->refuses = [](local_port) { return true; };
  check_mapped_by_second();
}

BOOST_AUTO_TEST_CASE(goes_on_to_the_next_when_the_first_has_stopped_working) {
  start({first, second});
  keep(tcp);
  BOOST_TEST(all.mapped[0].gateway == "first");
  check_taken_over_by_second();
}

BOOST_AUTO_TEST_CASE(does_not_leave_a_gateway_that_refuses_one_port_of_two) {
  first->refuses = [](local_port x) { return x == udp; };
  start({first, second});
  keep(tcp);
  keep(udp);
  BOOST_TEST(all.mapped.size() == 1u);
  BOOST_TEST_REQUIRE(all.failed.size() == 1u);
  BOOST_TEST((all.failed[0].internal == udp));
  BOOST_TEST((all.failed[0].why == errc::gateway_refused));
  BOOST_TEST(describe(all.failed[0].why) == "the gateway refuses the request: first says no");
  BOOST_TEST(second->questions == 0);
  first->refuses = nullptr;
  world.advance(10s);
  BOOST_TEST(all.mapped.size() == 2u);
}

BOOST_AUTO_TEST_CASE(does_not_leave_one_that_refuses_the_port_that_is_asked_for_first) {
  first->refuses = [](local_port x) { return x == tcp; };
  start({first, second});
  anon_send_to(subject, map_atom_v, tcp);
  anon_send_to(subject, map_atom_v, udp);
  world.run();
  BOOST_TEST_REQUIRE(all.mapped.size() == 1u);
  BOOST_TEST((all.mapped[0].internal == udp));
  BOOST_TEST(all.mapped[0].gateway == "first");
  BOOST_TEST(all.failed.size() == 1u);
  world.advance(1h);
  BOOST_TEST(all.lost.empty());
}

BOOST_AUTO_TEST_CASE(gives_up_a_mapping_without_an_end_that_nobody_confirms_any_more) {
  first->lifetime = 0s;
  start({first, second});
  keep(tcp);
  world.advance(30min);
  BOOST_TEST(all.lost.empty());
  check_taken_over_by_second();
}

BOOST_AUTO_TEST_CASE(may_follow_another_with_the_same_gateways) {
  start({first});
  keep(tcp);
  stop();
  start({first});
  keep(tcp);
  BOOST_TEST(all.mapped.size() == 2u);
}

BOOST_AUTO_TEST_CASE(tells_one_who_subscribes_twice_once) {
  start({first});
  world.send(subject, subscribe_atom_v, subscriber);
  keep(tcp);
  BOOST_TEST(all.mapped.size() == 1u);
}

BOOST_AUTO_TEST_CASE(says_why_nobody_maps_anything_and_tries_again_ever_more_rarely) {
  first->absent = true;
  second->refuses = [](local_port) { return true; };
  start({first, second});
  keep(tcp);
  check_only_failure(errc::gateway_refused, {"first is silent", "second says no"});
  BOOST_TEST((all.failed[0].retry_after >= nat::lease::first_retry));
  world.advance(24h);
  BOOST_TEST(first->searches < 330);
  BOOST_TEST(first->searches > 200);
  BOOST_TEST((all.failed.back().retry_after >= nat::lease::max_retry));
}

BOOST_AUTO_TEST_CASE(says_what_the_system_has_run_out_of) {
  struct starved : scripted_gateway {
    using scripted_gateway::scripted_gateway;
    nat::outcome<port_mapping> map(const port_mapping&) override {
      throw std::system_error{number, std::generic_category(), "socket"};
    }
    int number = 0;
  };
  auto gateway = std::make_shared<starved>("starved");
  gateway->number = EMFILE;
  start({gateway});
  keep(tcp);
  BOOST_TEST_REQUIRE(all.failed.size() == 1u);
  BOOST_TEST((all.failed[0].why == errc::too_many_files));
  gateway->number = ENOBUFS;
  world.advance(1h);
  BOOST_TEST((all.failed.back().why == errc::out_of_memory));
  gateway->number = EIO;
  world.advance(24h);
  BOOST_TEST((all.failed.back().why == errc::gateway_failed));
}

BOOST_AUTO_TEST_CASE(does_not_call_a_gateway_absent_that_it_could_not_look_for) {
  struct starved : scripted_gateway {
    using scripted_gateway::scripted_gateway;
    std::optional<nat::failure> find() override {
      if (throws)
        throw std::system_error{EMFILE, std::generic_category(), "socket"};
      return nat::failure{errc::too_many_files, "no socket"};
    }
    bool throws = false;
  };
  first->absent = true;
  for (auto throws : {true, false})
    for (auto comes_first : {true, false})
      BOOST_TEST_CONTEXT(throws << ", " << comes_first) {
        auto gateway = std::make_shared<starved>("starved");
        gateway->throws = throws;
        all = {};
        if (comes_first)
          start({gateway, first});
        else
          start({first, gateway});
        keep(tcp);
        check_only_failure(errc::too_many_files, {"first is silent", "socket"});
        // The search begins again soon.
        BOOST_TEST((all.failed[0].retry_after < 1min));
        stop();
      }
}

BOOST_AUTO_TEST_CASE(uses_the_gateway_that_is_there_whatever_has_run_out_for_another) {
  struct starved : scripted_gateway {
    using scripted_gateway::scripted_gateway;
    std::optional<nat::failure> find() override { throw std::bad_alloc{}; }
  };
  start({std::make_shared<starved>("starved"), first});
  keep(tcp);
  BOOST_TEST(all.failed.empty());
  BOOST_TEST(all.mapped.size() == 1u);
}

BOOST_AUTO_TEST_CASE(refuses_a_gateway_that_is_null_and_says_which) {
  auto names_it = [](const std::invalid_argument& why) {
    return std::string{why.what()}.find("gateways[1]") != std::string::npos;
  };
  BOOST_CHECK_EXCEPTION(start({first, nullptr}), std::invalid_argument, names_it);
  BOOST_CHECK_EXCEPTION(check_gateways({first, nullptr}), std::invalid_argument, names_it);
  check_gateways({first, second});
}

BOOST_AUTO_TEST_CASE(tells_what_a_gateway_has_thrown_and_asks_it_again) {
  with_each({"resume", "find", "name", "map", "has_restarted"}, [this](const auto& wild) {
    auto where = wild->where;
    start({wild});
    keep(tcp);
    BOOST_TEST_REQUIRE(all.failed.size() == 1u);
    BOOST_TEST((all.failed[0].why == errc::callback_failed));
    auto why = describe(all.failed[0].why);
    BOOST_TEST(why.find(wild->odd ? "unknown type" : "thrown by " + where) != why.npos, why);
    wild->where = "";
    world.advance(1min);
    BOOST_TEST(all.mapped.size() == 1u);
    stop();
    BOOST_TEST(wild->mapped.empty());
  });
}

BOOST_AUTO_TEST_CASE(uses_the_gateway_that_is_there_whatever_another_throws) {
  with_each({"resume", "find", "name", "map"}, [this](const auto& wild) {
    start({wild, first});
    keep(tcp);
    BOOST_TEST(all.mapped.size() == 1u);
    stop();
  });
}

BOOST_AUTO_TEST_CASE(ends_in_good_order_whatever_its_gateway_throws) {
  with_each({"call_off", "unmap", "resume"}, [this](const auto& wild) {
    auto where = std::exchange(wild->where, "");
    start({wild});
    keep(tcp);
    wild->where = where;
    stop();
    BOOST_TEST(all.lost.size() == 1u);
    BOOST_TEST(world.living() == 1u);
  });
}

BOOST_AUTO_TEST_CASE(takes_a_gateway_that_does_not_say_whether_it_blocks_for_one_that_does) {
  wild_gateway wild{"wild"};
  BOOST_TEST(!may_block(wild));
  wild.where = "blocks";
  BOOST_TEST(may_block(wild));
  wild.odd = true;
  BOOST_TEST(may_block(wild));
}

BOOST_AUTO_TEST_CASE(keeps_its_ports_without_chance) {
  no_random none;
  subject = world.adopt(spawn_mapper(world.system(), {.gateways = {first}, .random = &none}));
  world.send(subject, subscribe_atom_v, subscriber);
  keep(tcp);
  world.advance(1h);
  BOOST_TEST(all.mapped.size() == 1u);
  BOOST_TEST(all.renewed.size() >= 5u);
  first->absent = true;
  world.advance(1h);
  BOOST_TEST(all.lost.size() == 1u);
  first->absent = false;
  world.advance(10min);
  BOOST_TEST(all.mapped.size() == 2u);
}

BOOST_AUTO_TEST_CASE(renews_what_is_granted_for_ever) {
  first->lifetime = caf::timespan::max();
  start({first});
  keep(tcp);
  world.advance(1h);
  BOOST_TEST(all.renewed.size() >= 2u);
  first->absent = true;
  world.advance(1h);
  BOOST_TEST(all.lost.empty());
}

BOOST_AUTO_TEST_CASE(is_not_content_with_another_port_than_it_has_asked_for) {
  struct confused : scripted_gateway {
    using scripted_gateway::scripted_gateway;
    nat::outcome<port_mapping> map(const port_mapping& wish) override {
      auto other = wish;
      other.internal = instead.value_or(wish.internal);
      return scripted_gateway::map(other);
    }
    std::optional<local_port> instead;
  };
  auto gateway = std::make_shared<confused>("confused");
  gateway->instead = local_port{transport::tcp, 1};
  start({gateway});
  keep(tcp);
  BOOST_TEST(all.mapped.empty());
  BOOST_TEST_REQUIRE(all.failed.size() == 1u);
  BOOST_TEST((all.failed[0].why == errc::gateway_failed));
  BOOST_TEST(gateway->mapped.empty(), "nobody has a use for it");
  gateway->instead.reset();
  world.advance(1min);
  BOOST_TEST(all.mapped.size() == 1u);
  // A mapping that we keep for another port is left in place.
  gateway->instead = tcp;
  keep(udp);
  BOOST_TEST((all.failed.back().internal == udp));
  BOOST_TEST(gateway->mapped.contains(tcp));
  BOOST_TEST(all.lost.empty());
}

BOOST_AUTO_TEST_CASE(takes_a_port_back_that_is_not_wanted_any_more) {
  start({first});
  keep(tcp);
  keep(udp);
  world.send(subject, unmap_atom_v, tcp);
  BOOST_TEST(first->mapped.size() == 1u);
  BOOST_TEST(all.lost.size() == 1u);
  world.advance(1h);
  BOOST_TEST(first->mapped.size() == 1u);
  BOOST_TEST(mapped_now().size() == 1u);
}

BOOST_AUTO_TEST_CASE(takes_all_back_when_it_ends) {
  start({first, second});
  keep(tcp);
  keep(udp);
  stop();
  BOOST_TEST(first->mapped.empty());
  BOOST_TEST(all.lost.size() == 2u);
  BOOST_TEST(world.living() == 1u);
}

BOOST_AUTO_TEST_CASE(ends_without_its_gateway) {
  start({first});
  keep(tcp);
  first->absent = true;
  stop();
  BOOST_TEST(world.living() == 1u);
}

BOOST_AUTO_TEST_CASE(that_is_killed_leaves_nobody_behind) {
  start({first, second});
  keep(tcp);
  caf::anon_send_exit(subject, caf::exit_reason::kill);
  world.run();
  BOOST_TEST(world.living() == 1u);
}

BOOST_AUTO_TEST_CASE(has_a_bound_on_ports) {
  start({first});
  std::size_t refused = 0;
  caf::scoped_actor self{world.system()};
  for (std::uint16_t i = 1; i <= 100; ++i) {
    auto answer =
      request_from(self, subject, caf::infinite, map_atom_v, local_port{transport::tcp, i});
    world.run();
    std::move(answer).receive([] {}, [&](const caf::error&) { ++refused; });
  }
  BOOST_TEST(refused == 36u);
  BOOST_TEST(first->mapped.size() == 64u);
}

BOOST_AUTO_TEST_CASE(has_no_use_for_port_zero) {
  start({first});
  caf::scoped_actor self{world.system()};
  auto answer =
    request_from(self, subject, caf::infinite, map_atom_v, local_port{transport::tcp, 0});
  world.run();
  std::move(answer).receive(
    [] { BOOST_FAIL("it is taken"); },
    [](const caf::error& why) { BOOST_TEST((why == errc::invalid_endpoint)); });
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test

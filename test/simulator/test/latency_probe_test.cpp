// SPDX-License-Identifier: BSL-1.0
#include "devp2p/messages/caf.hpp"
#include "devp2p/simulator/latency_probe.hpp"

#include "ends_of_nonsense.hpp"

#include <boost/test/unit_test.hpp>

#include <map>
#include <optional>
#include <utility>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(latency_probe_test)

namespace {

using namespace std::chrono_literals;

/// A row of three nodes, 10 ms from each other, and the answers that they have got.
class echoes {
public:
  echoes() {
    run_.emplace(simulator::simulation_options{
      .links = {3, {{0, 1}, {1, 2}}},
      .cleartext = true,
      .conditions = {.latency = 10ms},
      .protocols = [this](caf::actor_system& system, std::size_t number) {
        auto answered = [this, number](std::uint64_t question, caf::timespan round_trip) {
          answers.emplace_back(number, question);
          // The last of very many questions wait for room.
          BOOST_TEST((round_trip == 20ms || (round_trip > 20ms && answers.size() > 1000)));
        };
        actors_[number] = simulator::spawn_latency_probe(system, answered);
        return std::vector{simulator::echo_protocol(actors_[number])};
      }});
    BOOST_REQUIRE(run_->run_until_linked(1s));
  }

  // Handles must not outlive their system.
  ~echoes() { actors_.clear(); }
  echoes(const echoes&) = delete;
  echoes& operator=(const echoes&) = delete;

  void ask(std::size_t from, std::size_t to, std::uint64_t question) {
    anon_send_to(actors_.at(from), ask_atom_v, run_->url(to).id, question, std::uint64_t{32});
  }

  simulator::simulation& run() { return *run_; }

  /// The node that asked, and its question.
  std::vector<std::pair<std::size_t, std::uint64_t>> answers;

private:
  std::map<std::size_t, simulator::latency_probe_actor> actors_;
  std::optional<simulator::simulation> run_;
};

BOOST_AUTO_TEST_CASE(a_question_is_answered_after_a_round_trip) {
  echoes network;
  network.ask(0, 1, 7);
  network.ask(0, 1, 7);
  network.ask(1, 2, 3);
  network.run().run_for(15ms);
  BOOST_TEST(network.answers.empty());
  network.run().run_for(5ms);
  BOOST_TEST(network.answers.size() == 3u);
  BOOST_TEST((network.answers.at(0) == std::pair<std::size_t, std::uint64_t>{0, 7}));
  BOOST_TEST((network.answers.at(1) == std::pair<std::size_t, std::uint64_t>{0, 7}));
  BOOST_TEST((network.answers.at(2) == std::pair<std::size_t, std::uint64_t>{1, 3}));
}

BOOST_AUTO_TEST_CASE(who_is_no_neighbour_or_gone_answers_nothing) {
  echoes network;
  network.ask(0, 2, 1);
  network.ask(0, 1, 2);
  network.run().run_for(5ms);
  network.run().cut(0, 1);
  network.run().run_for(1min);
  BOOST_TEST(network.answers.empty());
  network.ask(0, 1, 3);
  network.run().run_for(1s);
  BOOST_TEST(network.answers.size() == 1u);
}

BOOST_AUTO_TEST_CASE(questions_that_wait_are_bounded) {
  echoes network;
  for (std::uint64_t i = 0; i < simulator::max_probe_questions + 5; ++i)
    network.ask(0, 1, i);
  network.run().run_for(1s);
  BOOST_TEST(network.answers.size() == simulator::max_probe_questions);
  network.ask(0, 1, 0);
  network.run().run_for(1s);
  BOOST_TEST(network.answers.size() == simulator::max_probe_questions + 1);
}

BOOST_AUTO_TEST_CASE(what_is_no_answer_breaches_the_protocol) {
  auto echo = [](caf::actor_system& system) {
    return simulator::echo_protocol(simulator::spawn_latency_probe(system, {}));
  };
  // The first message answers no question; it is ignored.
  const auto ends =
    ends_of_nonsense(echo, {{1, blob{bytes{0xc2, 5, 6}}}, {1, blob{bytes{0xc1, 5}}}});
  BOOST_REQUIRE(ends.size() == 2u);
  for (const auto& x : ends)
    BOOST_TEST((*x.reason == disconnect_reason::breach_of_protocol));
}

} // namespace

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test

// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/peering/address_votes.hpp"

#include "peering_fixture.hpp"

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(address_votes_test)

using namespace std::chrono_literals;

namespace {

const nlohmann::json& vote_vectors() {
  return dial_vectors()["ip_tracker"];
}

address_votes published_votes() {
  return address_votes{
    {.window = std::chrono::milliseconds{vote_vectors()["window_ms"]},
     .contact_window = std::chrono::milliseconds{vote_vectors()["contact_window_ms"]},
     .min_statements = vote_vectors()["min_statements"]}};
}

void play(const nlohmann::json& scenario) {
  auto votes = published_votes();
  for (const auto& step : scenario) {
    address_votes::time_point now{1h + std::chrono::milliseconds{step["at_ms"]}};
    if (step.contains("statement"))
      votes.add_statement(step["from"], *endpoint::parse(step["statement"].get<std::string>()),
                          now);
    else if (step.contains("contact"))
      votes.add_contact(step["contact"], now);
    else if (step.contains("full_cone"))
      BOOST_TEST(votes.is_full_cone(now) == step["full_cone"].get<bool>(), step.dump());
    else if (step["predict"].is_null())
      BOOST_TEST(!votes.predict(now).has_value(), step.dump());
    else
      BOOST_TEST(to_string(votes.predict(now).value_or(endpoint{})) ==
                   step["predict"].get<std::string>(),
                 step.dump());
  }
}

} // namespace

BOOST_AUTO_TEST_CASE(each_published_scenario_ends_as_it_should) {
  BOOST_TEST(vote_vectors()["scenarios"].size() == 4u);
  for (const auto& [name, scenario] : vote_vectors()["scenarios"].items())
    BOOST_TEST_CONTEXT(name) {
      play(scenario);
    }
}

BOOST_AUTO_TEST_CASE(a_host_has_one_vote) {
  auto votes = published_votes();
  address_votes::time_point now{1h};
  for (int i = 0; i < 10; ++i)
    votes.add_statement("10.0.0.1", {"1.2.3.4", 1}, now);
  BOOST_TEST(!votes.predict(now).has_value());
}

BOOST_AUTO_TEST_CASE(the_oldest_statements_make_room) {
  address_votes votes{{.min_statements = 1, .max_hosts = 3}};
  address_votes::time_point now{1h};
  votes.add_statement("first", {"9.9.9.9", 1}, now);
  for (const auto* host : {"a", "b", "c"})
    votes.add_statement(host, {host, 1}, now + 1s);
  BOOST_TEST(votes.predict(now + 1s)->host == "a");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test

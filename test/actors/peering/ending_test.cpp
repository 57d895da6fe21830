// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/peering/ending.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <fstream>
#include <initializer_list>
#include <map>
#include <string>
#include <vector>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(ending_test)

namespace {

using cause = ending_cause;
using reason = disconnect_reason;

std::string name_of(cause x) {
  return std::string{row_of(x).name};
}

/// All errors that there are: those that have a sentence.
std::vector<errc> all_errors() {
  std::vector<errc> out;
  for (unsigned i = 1; i < 256; ++i)
    if (auto code = static_cast<errc>(i); to_string(code) != "unknown error")
      out.push_back(code);
  return out;
}

/// The cause that each error is expected to have. An error without a row fails the test.
std::map<errc, cause> expected_causes() {
  using enum errc;
  std::map<errc, cause> out;
  auto add = [&](cause of, std::initializer_list<errc> codes) {
    for (auto code : codes)
      out.emplace(code, of);
  };
  add(cause::own_choice,
      {shutting_down, handler_returned, local_disconnect, remote_disconnect, session_closed,
       no_such_peer, already_connected, too_many_peers, banned, not_admitted});
  add(cause::own_shortage, {out_of_memory,
                            memory_budget_exceeded,
                            too_many_files,
                            too_many_pending,
                            callback_failed,
                            address_in_use,
                            address_not_available,
                            permission_denied,
                            invalid_private_key,
                            invalid_nat_method,
                            no_gateway,
                            gateway_refused,
                            gateway_failed,
                            mapping_conflict,
                            mapping_not_kept,
                            address_not_public,
                            address_unknown,
                            rendezvous_silent,
                            invalid_ban_subject,
                            host_bits_set,
                            invalid_ban,
                            no_such_ban,
                            node_is_trusted,
                            node_not_trusted,
                            list_full});
  add(cause::own_failure,
      {handler_failed, handler_detached, handler_stalled, invalid_message_code,
       outgoing_message_too_large, too_many_requests, write_queue_full, child_failed});
  add(cause::lost, {end_of_stream, connection_reset, ping_timeout});
  add(cause::silent, {dial_timeout, handshake_timeout, write_timeout, request_timeout});
  add(cause::unreachable,
      {host_unreachable, no_such_host, network_failure, punch_timeout, unknown_to_rendezvous});
  add(cause::refused, {connection_refused});
  add(cause::unproved,
      {handshake_size, handshake_decryption, handshake_malformed, invalid_public_key,
       invalid_signature, header_mac_mismatch, body_mac_mismatch});
  add(cause::useless, {no_shared_capability});
  add(cause::unusable, {invalid_enode, invalid_endpoint, connected_to_self, symmetric_nat});
  add(cause::breach,
      {rlp_truncated, rlp_not_canonical, rlp_unexpected_kind, rlp_wrong_size, rlp_too_deep,
       rlp_too_many_elements, rlp_trailing_bytes, empty_frame, message_too_large,
       invalid_message_id, snappy_malformed, unexpected_message, malformed_hello, invalid_identity,
       unexpected_identity, message_code_out_of_range, base_message_flood, malformed_message});
  return out;
}

struct reason_row {
  reason of;
  cause received;
  cause found;
};

/// The causes of each reason that the specification has, of one more, and of any other byte.
const std::vector<reason_row>& reason_rows() {
  static const std::vector<reason_row> out{
    {reason::requested, cause::goodbye, cause::own_choice},
    {reason::network_error, cause::goodbye, cause::own_failure},
    {reason::breach_of_protocol, cause::rejected, cause::breach},
    {reason::useless_peer, cause::useless, cause::useless},
    {reason::too_many_peers, cause::full, cause::own_choice},
    {reason::already_connected, cause::goodbye, cause::own_choice},
    {reason::incompatible_version, cause::useless, cause::useless},
    {reason::invalid_identity, cause::rejected, cause::breach},
    {reason::client_quitting, cause::goodbye, cause::own_choice},
    {reason::unexpected_identity, cause::rejected, cause::breach},
    {reason::connected_to_self, cause::unusable, cause::unusable},
    {reason::ping_timeout, cause::goodbye, cause::lost},
    {reason::subprotocol_error, cause::rejected, cause::own_failure},
    {reason::undecodable, cause::rejected, cause::own_failure},
  };
  return out;
}

reason_row expected_row(reason of) {
  for (const auto& x : reason_rows())
    if (x.of == of)
      return x;
  return {of, cause::rejected, cause::own_failure};
}

std::string to_word(retry x) {
  switch (x) {
  case retry::soon:
    return "soon";
  case retry::low:
    return "low";
  case retry::medium:
    return "medium";
  case retry::high:
    return "high";
  }
  return {};
}

std::string to_word(fault x) {
  switch (x) {
  case fault::nobody:
    return "nobody";
  case fault::chance:
    return "chance";
  case fault::conduct:
    return "conduct";
  }
  return {};
}

} // namespace

BOOST_AUTO_TEST_CASE(each_error_has_the_cause_in_the_table) {
  const auto expected = expected_causes();
  for (auto code : all_errors()) {
    BOOST_TEST_CONTEXT(to_string(code)) {
      auto found = expected.find(code);
      BOOST_REQUIRE(found != expected.end());
      BOOST_TEST(name_of(cause_of(code)) == name_of(found->second));
    }
  }
  BOOST_TEST(all_errors().size() == expected.size());
}

BOOST_AUTO_TEST_CASE(each_reason_has_the_causes_in_the_table) {
  std::size_t known = 0;
  for (unsigned i = 0; i < 256; ++i) {
    auto of = static_cast<reason>(i);
    known += to_string(of).find("unknown") == std::string::npos ? 1 : 0;
    BOOST_TEST_CONTEXT(to_string(of)) {
      auto row = expected_row(of);
      BOOST_TEST(name_of(cause_if_received(of)) == name_of(row.received));
      BOOST_TEST(name_of(cause_if_found(of)) == name_of(row.found));
      // However the reason got into the end of the session.
      for (auto code : {errc{}, errc::remote_disconnect})
        BOOST_TEST(name_of(cause_of(session_end{of, true, false, {}, code})) ==
                   name_of(row.received));
      for (auto code : {errc{}, errc::local_disconnect})
        BOOST_TEST(name_of(cause_of(session_end{of, false, false, {}, code})) ==
                   name_of(row.found));
    }
  }
  BOOST_TEST(known == reason_rows().size());
}

BOOST_AUTO_TEST_CASE(the_words_of_a_remote_are_no_proof_of_its_conduct) {
  for (unsigned i = 0; i < 256; ++i)
    BOOST_TEST((row_of(cause_if_received(static_cast<reason>(i))).whose != fault::conduct));
}

BOOST_AUTO_TEST_CASE(what_anybody_at_its_address_can_cause_is_no_conduct) {
  using enum errc;
  for (auto code : {handshake_size, handshake_decryption, handshake_malformed, invalid_public_key,
                    invalid_signature, header_mac_mismatch, body_mac_mismatch, end_of_stream,
                    connection_reset, connection_refused, dial_timeout, handshake_timeout})
    for (auto of : {reason::breach_of_protocol, reason::network_error, reason::ping_timeout})
      BOOST_TEST((meaning_of({of, false, false, {}, code}).whose == fault::chance));
}

BOOST_AUTO_TEST_CASE(local_faults_are_nobodys) {
  using enum errc;
  for (auto code : {out_of_memory, too_many_files, shutting_down, callback_failed}) {
    const auto& row = meaning_of({reason::network_error, false, false, {}, code});
    BOOST_TEST((row.whose == fault::nobody && row.score == 0 && row.again == retry::soon));
  }
}

BOOST_AUTO_TEST_CASE(a_connection_of_a_handlers_own_says_nothing_of_the_peer) {
  auto of_handler = [](errc code) {
    return name_of(cause_of(session_end{reason::subprotocol_error, false, true, {}, code}));
  };
  BOOST_TEST(of_handler(errc::connection_refused) == "own failure");
  BOOST_TEST(of_handler(errc::dial_timeout) == "own failure");
  BOOST_TEST(of_handler(errc::end_of_stream) == "own failure");
  BOOST_TEST(of_handler(errc::request_timeout) == "silent");
}

BOOST_AUTO_TEST_CASE(the_readme_has_the_same_table) {
  std::ifstream in{DEVP2P_PEERING_README};
  BOOST_REQUIRE(in.good());
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);)
    lines.push_back(line);
  auto head = std::find_if(lines.begin(), lines.end(),
                           [](const auto& x) { return x.starts_with("| end | tried again |"); });
  BOOST_REQUIRE(lines.end() - head > static_cast<std::ptrdiff_t>(endings.size()) + 2);
  auto line = head + 2;
  for (const auto& x : endings) {
    auto begin = "| " + std::string{x.name} + " | " + to_word(x.again) + " | " + to_word(x.whose) +
                 " | " + std::to_string(x.score) + " | ";
    BOOST_TEST(line->starts_with(begin), *line << " does not begin with " << begin);
    ++line;
  }
  BOOST_TEST(line->empty());
}

BOOST_AUTO_TEST_SUITE_END()
} // namespace devp2p::test

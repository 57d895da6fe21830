// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/mapper.hpp"
#include "devp2p/actors/subscribers.hpp"
#include "devp2p/actors/system_end.hpp"
#include "devp2p/messages/traversal.hpp"
#include "devp2p/nat/interrupt.hpp"
#include "devp2p/nat/lease.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <atomic>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace devp2p {

/// Looks for a gateway, has it map ports, and keeps them mapped.
///
/// At any time, the mapper has one gateway, looks for one, or waits before it looks again. Each
/// gateway has a worker, which handles one request at a time.
class mapper_core : public mapper_core_actor::base {
public:
  /// The maximum number of ports of one mapper; a further one is refused.
  static constexpr std::size_t max_ports = 64;

  mapper_core(caf::actor_config& config, mapper_config setup);

  const char* name() const override { return "mapper"; }
  behavior_type make_behavior() override;
  void on_exit() override;

private:
  struct candidate {
    std::shared_ptr<nat::gateway> gateway;
    gateway_actor worker;
  };

  struct kept_port {
    nat::lease lease;
    std::optional<port_mapping> mapping;
    /// The number of the tick that counts; others are ignored.
    std::uint64_t tick = 0;
    /// True if the gateway is to be asked for this port.
    bool due = false;
  };

  using ports = std::map<local_port, kept_port>;

  // Looking for a gateway.
  void watch();
  void tell_unwatched(const caf::error& why);
  void search();
  void on_found(std::uint64_t round, std::size_t which, const std::string& name);
  void on_not_found(std::uint64_t round, const caf::error& why);
  void use_next();
  void fail_all();

  // Ports.
  caf::result<void> keep(local_port port);
  void forget(local_port port);
  void ask_next();
  void ask_all();
  void on_granted(local_port asked, port_mapping granted);
  void on_refused(local_port port, const caf::error& why);
  void see_to(local_port port, nat::lease::duration after);
  void lose(ports::value_type& which, const std::string& why);
  std::vector<port_mapping> mapped() const;

  void on_news();

  // The end.
  void end_at_once();
  void shut_down();
  void on_taken_back();

  [[nodiscard]] bool is_of_no_use() const;
  double chance();
  nat::lease::time_point now() { return clock().now(); }

  mapper_core_actor alive_;
  const mapper_config setup_;
  at_system_end at_system_end_;
  subscribers<mapping_subscriber_actor> subscribers_;
  std::vector<candidate> candidates_;
  /// True once the mapper has ended and waits for no answer. Shared with the workers.
  const std::shared_ptr<std::atomic<bool>> over_ = std::make_shared<std::atomic<bool>>(false);
  /// Ends the actor that listens for the router's announcements; null if there is none.
  std::shared_ptr<nat::interrupt> watching_;

  ports ports_;
  /// The index in `candidates_` of the gateway in use, if there is one.
  std::optional<std::size_t> current_;
  /// The port that the current gateway is being asked for.
  std::optional<local_port> asking_;
  /// The number of the latest search; results of earlier ones are ignored.
  std::uint64_t round_ = 0;
  /// The number of gateways that have not yet answered in this search.
  std::size_t missing_ = 0;
  /// The gateways that were found and not yet used, as indices in `candidates_`.
  std::deque<std::size_t> found_;
  /// The failures of the other gateways, as one text.
  std::string failures_;
  /// The error of the last gateway that was found and mapped no port, or whose `find` failed for
  /// another reason than that there is no gateway.
  caf::error refusal_;
  nat::lease patience_;

  /// True for a short time after news of the router was handled.
  bool heard_ = false;
  /// True if more news has come in that time.
  bool more_news_ = false;

  bool stopping_ = false;
  std::size_t to_take_back_ = 0;
};

} // namespace devp2p

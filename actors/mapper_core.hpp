// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/actors/audience.hpp"
#include "devp2p/actors/mapper.hpp"
#include "devp2p/actors/system_end.hpp"
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

/// Looks for a gateway, has it map ports, and sees to it that they stay mapped.
///
/// It has one gateway, or looks for one, or waits until it does so again. Each gateway is a worker
/// that is asked one thing at a time.
class mapper_core : public mapper_core_actor::base {
public:
  /// Ports of one mapper; a further one is refused.
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
    /// Of the tick that counts.
    std::uint64_t tick = 0;
    /// It is to be asked for.
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
  audience<mapping_subscriber_actor> subscribers_;
  std::vector<candidate> candidates_;
  /// Nobody waits for an answer any more.
  const std::shared_ptr<std::atomic<bool>> over_ = std::make_shared<std::atomic<bool>>(false);
  /// Ends who listens for the router's announcements.
  std::shared_ptr<nat::interrupt> watching_;

  ports ports_;
  /// The one whose mappings they are.
  std::optional<std::size_t> current_;
  /// What that is asked for at the moment.
  std::optional<local_port> asking_;
  /// Counts searches: what comes of an earlier one is nobody's.
  std::uint64_t round_ = 0;
  /// Of the search: who has not answered yet, who was found, and what is wrong with the others.
  std::size_t missing_ = 0;
  std::deque<std::size_t> found_;
  std::string failures_;
  /// Of the last that was found, and did not map anything.
  caf::error refusal_;
  nat::lease patience_;

  /// The router has been listened to a moment ago; and it has said more since.
  bool heard_ = false;
  bool more_news_ = false;

  bool stopping_ = false;
  std::size_t to_take_back_ = 0;
};

} // namespace devp2p

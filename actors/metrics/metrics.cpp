// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/metrics/metrics.hpp"

#include "devp2p/actors/metrics/loop_probe.hpp"
#include "devp2p/actors/metrics/node_metrics.hpp"
#include "devp2p/actors/pinned.hpp"
#include "devp2p/actors/surviving.hpp"
#include "devp2p/actors/thrown.hpp"
#include "devp2p/messages/caf.hpp"
#include "devp2p/messages/settings.hpp"

#include <caf/actor_cast.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>

namespace devp2p {

namespace {

using metrics_self_actor = metrics_actor::extend<
  // From itself: look at the node.
  reacts_to<tick_atom>,
  // From itself: probe the node's loop.
  reacts_to<ping_atom>>;

/// The pause between two probes of the loop.
constexpr auto probe_pause = std::chrono::seconds{1};
/// The time for which an answer is waited for. A node that is late is asked again then.
constexpr auto answer_timeout = std::chrono::seconds{60};
/// The shortest pause between two looks.
constexpr auto min_interval = std::chrono::milliseconds{10};

/// Has `node_metrics` told what the node reports. Asks nothing before the last question is
/// answered. Ends with the node.
class metrics : public pinned<metrics_self_actor::base> {
public:
  metrics(caf::actor_config& config, node_actor node, metrics_config setup,
          std::shared_ptr<node_metrics> into)
    : pinned(config, nullptr),
      node_(std::move(node)),
      setup_(std::move(setup)),
      into_(std::move(into)),
      probe_([told = into_](std::chrono::nanoseconds delay) { told->on_loop_delay(delay); }) {}

  const char* name() const override { return "metrics"; }
  behavior_type make_behavior() override;
  void on_exit() override { node_ = nullptr; }

private:
  void on_tick();
  void ask_for_node();
  void ask_for_peers();
  [[nodiscard]] node_metrics::time_point now() { return clock().now(); }

  node_actor node_;
  const metrics_config setup_;
  /// Shared with the probe on the loop.
  const std::shared_ptr<node_metrics> into_;
  const loop_probe probe_;
  bool asking_ = false;
};

metrics::behavior_type metrics::make_behavior() {
  stay_alive();
  monitor(node_);
  set_down_handler([this](const caf::down_msg&) { quit(); });
  set_exit_handler([this](const caf::exit_msg&) { quit(caf::exit_reason::user_shutdown); });
  set_error_handler([](const caf::error&) {}); // A node that is gone answers nothing.
  // The node tells its protocols before its events, which are about these; and it has subscribed
  // this actor before the first look.
  on_tick();
  anon_send_to(node_, subscribe_atom_v, subscriber_actor{metrics_self_actor{this}});
  anon_send_to(node_, subscribe_atom_v, mapping_subscriber_actor{metrics_self_actor{this}});
  if (setup_.network != nullptr && setup_.network->loop() != nullptr)
    anon_send_to(this, ping_atom_v);
  // An event for which there is no memory is missed, and the next look finds out what it can.
  return surviving<behavior_type>(
    this, [](auto&, const caf::error&) {},
    [this](const peer_added& x) { into_->on_added(x, now()); },
    [this](const peer_dropped& x) { into_->on_dropped(x); },
    [this](const session_failed& x) { into_->on_failed(x); }, [](const message_event&) {},
    [this](const port_mapped&) { into_->on_mapping("mapped"); }, [](const port_renewed&) {},
    [this](const port_lost&) { into_->on_mapping("lost"); },
    [this](const external_changed&) { into_->on_mapping("changed"); },
    [this](const mapping_failed&) { into_->on_mapping("failed"); },
    [this](tick_atom) { on_tick(); },
    [this](ping_atom) {
      send_later(probe_pause, ping_atom_v);
      probe_.post_to(*setup_.network->loop());
    });
}

void metrics::on_tick() {
  send_later(std::clamp<std::chrono::nanoseconds>(setup_.interval, min_interval, settings::forever),
             tick_atom_v);
  if (!asking_)
    ask_for_node();
}

void metrics::ask_for_node() {
  auto on_info = [this](const node_info& x) {
    asking_ = false;
    survive([](const caf::error&) {},
            [&] {
              into_->on_info(x);
              ask_for_peers();
            });
  };
  request_from(this, node_, request_timeout{answer_timeout}, info_atom_v)
    .then(on_info, [this](const caf::error&) { asking_ = false; });
  asking_ = true;
}

void metrics::ask_for_peers() {
  into_->begin_look();
  auto on_peers = [this](const std::vector<peer_info>& all) {
    asking_ = false;
    survive([](const caf::error&) {}, [&] { into_->end_look(all, now()); });
  };
  request_from(this, node_, request_timeout{answer_timeout}, peers_atom_v)
    .then(on_peers, [this](const caf::error&) { asking_ = false; });
  asking_ = true;
}

} // namespace

metrics_actor spawn_metrics(caf::actor_system& system, const node_actor& node,
                            metrics_config config) {
  auto into = std::make_shared<node_metrics>(config.registry);
  return caf::actor_cast<metrics_actor>(
    system.spawn<metrics>(node, std::move(config), std::move(into)));
}

} // namespace devp2p

// SPDX-License-Identifier: BSL-1.0
//
// The peer's way to a running session: handshake, Hello, routes and handlers.
#include "devp2p/actors/peer.hpp"
#include "devp2p/actors/reason_for.hpp"
#include "devp2p/messages/caf.hpp"
#include "devp2p/net/p2p/base.hpp"

#include <algorithm>
#include <utility>

namespace devp2p {

/// Sends our auth to the node that we have dialled.
void peer::shake_hands() {
  auto auth = std::visit([](auto& x) { return x.start(); }, *handshake_);
  if (!auth)
    return fail(auth.error());
  auto& frames = outbox_.frames(clock().now());
  frames.insert(frames.end(), auth->begin(), auth->end());
  life_.enter(phase::handshake);
}

bool peer::take_handshake() {
  auto take = [this](auto& from) {
    byte_view rest = intake_.view();
    auto outcome = from.receive(rest);
    auto* more = std::get_if<rlpx::handshake::incomplete>(&outcome);
    intake_.on_parsed(rest.size(), more != nullptr ? more->wanted : 1);
    if (more != nullptr)
      return;
    if (auto* why = std::get_if<errc>(&outcome))
      return fail(*why);
    const auto& done = std::get<typename std::decay_t<decltype(from)>::established>(outcome);
    establish(done.remote, done.reply);
  };
  std::visit(take, *handshake_);
  return life_.is(phase::admission);
}

void peer::establish(const node_id& remote, byte_view reply) {
  auto& frames = outbox_.frames(clock().now());
  frames.insert(frames.end(), reply.begin(), reply.end());
  life_.enter(phase::admission);
  anon_send_to(supervisor_, remote);
}

/// Derives the keys of the session. By now the ack is written, and the remote derives its keys at
/// the same time.
void peer::open_session() {
  std::visit([this](const auto& from) { session_.emplace(from.keys()); }, *handshake_);
  handshake_.reset();
}

void peer::greet(const hello& ours) {
  if (!life_.is(phase::admission))
    return;
  open_session();
  seal(p2p::hello_id, p2p::encode_hello(ours));
  // Our Hello tells the remote that the messages after it are compressed, a Disconnect included.
  session_->compress_sealed(true);
  life_.enter(phase::greeting);
  read();
}

void peer::on_greeting(const rlpx::session::message& message) {
  if (message.id == p2p::disconnect_id)
    return fail(remote_disconnect(p2p::decode_disconnect(message.body)));
  if (message.id != p2p::hello_id)
    return fail(errc::unexpected_message);
  // From here on both ends compress, the Disconnect of a refusal included, unless the remote's
  // version is too old. If its Hello cannot be read at all, our version decides, as in the clients
  // in use.
  auto version = p2p::version_of_hello(message.body).value_or(hello::snappy_version);
  if (version >= hello::snappy_version)
    session_->enable_snappy();
  else
    session_->compress_sealed(false);
  auto theirs = p2p::decode_hello(message.body);
  if (!theirs)
    return fail(theirs.error());
  life_.enter(phase::matching);
  anon_send_to(supervisor_, std::move(*theirs));
}

void peer::prepare(const routing& routes) {
  if (!life_.is(phase::matching))
    return;
  routes_.reserve(routes.routes.size());
  std::size_t largest = p2p::max_hello_size;
  account_ = open_account();
  pending_writes_ = routes.pending_writes;
  if (pending_writes_)
    pending_writes_->count_in(account_);
  counts_ = routes.counts;
  if (!counts_ || counts_->size() != routes.routes.size())
    counts_ = std::make_shared<session_counts>(routes.routes.size());
  for (const auto& x : routes.routes) {
    largest = std::max(largest, x.max_message_size);
    routes_.add(x, make_window(), &(*counts_)[routes_.size()]);
  }
  outbox_.open(routes_.size(), node_->limits.max_write_queue);
  if (routes.observer)
    observer_ = std::make_unique<observer>(observer{routes.observer, routes.remote});
  session_->limit_messages(largest);
}

std::shared_ptr<read_window> peer::make_window() {
  return std::make_shared<read_window>(node_->limits.max_read_window, intake_.memory(), account_);
}

void peer::run(const handlers& all) {
  if (!life_.is(phase::matching) || all.size() != routes_.size())
    return;
  // A handler that is missing may have been replaced already.
  for (std::size_t i = 0; i < all.size(); ++i)
    if (all[i])
      routes_[i].handler = all[i];
  pinged_as_ = pinged_->add(peer_actor{this}, clock().now());
  life_.enter(phase::running);
  read();
}

} // namespace devp2p

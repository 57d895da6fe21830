// SPDX-License-Identifier: BSL-1.0
#include "eth/session.hpp"

#include "eth/chain.hpp"
#include "eth/transaction.hpp"

#include "devp2p/messages/type_ids.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <utility>

namespace devp2p::eth {

namespace {

/// The largest message that is taken, in bytes.
constexpr std::size_t max_message_size = std::size_t{10} << 20;
/// The number of transactions that a remote may send at once.
constexpr std::size_t max_transactions_at_once = 5'000;

// All of our own are announced at once.
static_assert(transaction_pool::max_transactions <= max_announced);

std::vector<hash> hashes_of(const sealed_headers& all) {
  std::vector<hash> out;
  std::transform(all.begin(), all.end(), std::back_inserter(out),
                 [](const sealed_header& x) { return x.hash; });
  return out;
}

/// One session: serves the chain and the pool of its host, and asks on behalf of others. Ends the
/// session when the remote's status, or an answer of it, is not what it should be.
class session : public session_actor::base {
public:
  session(caf::actor_config& config, const devp2p::channel& link, host shared)
    : session_actor::base(config),
      link_(link),
      host_(std::move(shared)),
      number_(host_.pool.begin_session()) {}

  behavior_type make_behavior() override;

  /// Gives up what a timer, which still knows the actor, would keep.
  void on_exit() override {
    host_.pool.forget(number_);
    host_ = {};
    static_cast<void>(wire_protocol::channel{std::move(link_)});
  }

private:
  // Greeting: both ends tell their status, once, before anything else.

  void tell_status() {
    if (link_.has<status_66>())
      link_.send(this, status_66_of(*host_.served, link_.version()));
    else
      link_.send(this, status_69_of(*host_.served, link_.version()));
  }

  template <class Status>
  void on_status(const Status& told) {
    if (remote_)
      return end("it has told its status twice");
    auto status = read_status(told);
    if (auto why = refusal(status, host_.served.get(), link_.version()))
      return end(*why);
    remote_ = status;
    if (!host_.served)
      link_.send(this, visitors_answer(told));
    begin();
  }

  void begin() {
    host_.present.join(this, link_);
    announce_pool();
    if (auto subscriber = host_.subscriber.lock())
      send_to(this, subscriber, session_ready{this, link_.remote(), *remote_});
  }

  void require_status() {
    if (!remote_)
      end("it has not told its status in time", disconnect_reason::ping_timeout);
  }

  /// Returns a function that calls this one once the remote has told its status, and ends the
  /// session if it has not.
  template <class Message, class Result>
  auto greeted(Result (session::*function)(const Message&)) {
    return [this, function](const Message& x) -> Result {
      if (remote_)
        return (this->*function)(x);
      end("it has not told its status first");
      return Result();
    };
  }

  void on_range(const block_range_update& x) {
    if (auto why = refusal(x))
      return end(*why);
    remote_->blocks = x;
  }

  // Serving.

  std::optional<block_headers> headers(const get_block_headers& x) {
    block_headers out;
    if (host_.served)
      out.headers = host_.served->blocks.headers(x.query);
    return out;
  }

  std::optional<block_bodies> bodies(const get_block_bodies& x) {
    block_bodies out;
    if (host_.served)
      out.bodies = host_.served->blocks.bodies(x.hashes);
    return out;
  }

  std::optional<receipts> block_receipts(const get_receipts& x) {
    receipts out;
    if (host_.served)
      out.blocks = host_.served->blocks.receipts(x.hashes, link_.version());
    return out;
  }

  /// Returns nothing: there is no state.
  std::optional<node_data> node_data_of(const get_node_data&) { return node_data{}; }

  std::optional<pooled_transactions> pooled(const get_pooled_transactions& x) {
    return pooled_transactions{.transactions = host_.pool.find(x.hashes)};
  }

  // Transactions that the remote offers.

  void announce_pool() {
    auto all = host_.pool.announcement();
    if (all.hashes.empty())
      return;
    if (link_.has<new_pooled_transaction_hashes_68>())
      link_.send(this, all);
    else
      link_.send(this, new_pooled_transaction_hashes_66{std::move(all.hashes)});
  }

  void on_transactions(const transactions& x) {
    auto items = x.all.items(max_transactions_at_once);
    if (!items)
      return end("it has sent too many transactions at once, or no list of them");
    // The pool takes no more: the others are not looked at.
    const auto room = host_.served ? host_.pool.room_for(number_) : 0;
    for (const auto& item : std::span{*items}.first(std::min(items->size(), room))) {
      auto one = transaction::read(item);
      if (!one || one->type() == transaction::blob_type)
        return end("it has sent a transaction that makes no sense, or with blobs");
      host_.pool.add(*one, number_);
    }
  }

  template <class Announcement>
  void on_announcement(const Announcement& x) {
    if constexpr (std::is_same_v<Announcement, new_pooled_transaction_hashes_68>)
      if (x.sizes.size() != x.hashes.size() || x.types.size() != x.hashes.size())
        return end("it has announced transactions without their types or sizes");
    if (host_.served)
      fetch(x.hashes, false);
  }

  /// Asks for those of the transactions that the pool lacks, as many as it has room for. Those that
  /// another remote is asked for are left to it first, for as long as it may take to answer.
  void fetch(const std::vector<hash>& announced, bool left_before) {
    const auto room = host_.pool.room_for(number_);
    std::vector<hash> batch;
    for (const auto& hash : announced) {
      if (under_way_ + batch.size() >= room)
        break;
      if (host_.pool.has(hash))
        continue;
      if (host_.pool.claim(hash, number_) || left_before)
        batch.push_back(hash);
      else if (left_to_others_.size() < room)
        left_to_others_.push_back(hash);
      if (batch.size() == transaction_pool::max_hashes)
        fetch_batch(std::exchange(batch, {}));
    }
    if (!batch.empty())
      fetch_batch(std::move(batch));
    if (!left_to_others_.empty() && !std::exchange(looks_again_, true))
      send_later_to(this, host_.request_timeout, session_actor{this}, tick_atom_v);
  }

  void fetch_what_others_have_left() {
    looks_again_ = false;
    fetch(std::exchange(left_to_others_, {}), true);
  }

  void fetch_batch(std::vector<hash> batch) {
    under_way_ += batch.size();
    auto ended = [this, batch] {
      under_way_ -= batch.size();
      host_.pool.release(batch, number_);
    };
    auto question = get_pooled_transactions{.hashes = batch};
    link_.request(this, host_.request_timeout, std::move(question))
      .then(
        [this, ended, batch](const pooled_transactions& x) {
          auto found = check(batch, x);
          if (found)
            for (const auto& one : *found)
              host_.pool.add(one, number_);
          ended();
          if (!found)
            end(found.error());
        },
        [ended](const caf::error&) { ended(); });
  }

  // Asking on behalf of others.

  caf::result<sealed_headers> ask_headers(header_query query) {
    query.limit = std::min(query.limit, std::uint64_t{chain::max_items});
    return ask<sealed_headers>(get_block_headers{.query = query},
                               [query](const block_headers& x) { return check(query, x); });
  }

  caf::result<found_bodies> ask_bodies(const wanted_bodies& query) {
    return ask<found_bodies>(get_block_bodies{.hashes = hashes_of(query.of)},
                             [of = query.of](const block_bodies& x) { return check(of, x); });
  }

  caf::result<found_receipts> ask_receipts(const wanted_receipts& query) {
    auto of = with_receipts_of_one_answer(query.of);
    auto question = get_receipts{.hashes = hashes_of(of)};
    return ask<found_receipts>(std::move(question), [version = link_.version(), of = std::move(of),
                                                     size = query.of.size()](const receipts& x) {
      auto found = check(of, x, version);
      if (found)
        found->resize(size); // To whoever asks, the rest is what the remote has not sent.
      return found;
    });
  }

  caf::result<found_transactions> ask_transactions(const wanted_transactions& query) {
    return ask<found_transactions>(
      get_pooled_transactions{.hashes = query.hashes},
      [asked = query.hashes](const pooled_transactions& x) { return check(asked, x); });
  }

  /// Asks the remote. `check` returns the result that its answer holds, or why it is none.
  template <class Result, class Question, class Check>
  caf::result<Result> ask(Question question, Check check) {
    auto promise = make_response_promise<Result>();
    link_.request(this, host_.request_timeout, std::move(question))
      .then(
        [this, promise, check](auto answer) mutable {
          checked<Result> result = check(std::move(answer));
          if (result) {
            promise.deliver(std::move(*result));
          } else {
            promise.deliver(refused(result.error()));
            end(result.error());
          }
        },
        [promise](const caf::error& why) mutable { promise.deliver(why); });
    return promise;
  }

  /// The chain does not grow, and so new blocks are nothing to it. Since the merge they are
  /// announced elsewhere.
  template <class Message>
  void on_new_block(const Message&) {
    if (host_.served && host_.served->blocks.head().fields.difficulty == uint256{})
      end("it has announced a block after the merge", disconnect_reason::breach_of_protocol);
  }

  static caf::error refused(const std::string& why,
                            disconnect_reason reason = disconnect_reason::subprotocol_error) {
    return caf::make_error(errc::local_disconnect, reason, why);
  }

  void end(const std::string& why,
           disconnect_reason reason = disconnect_reason::subprotocol_error) {
    quit(refused(why, reason));
  }

  wire_protocol::channel link_;
  host host_;
  /// The session's number in the pool.
  transaction_pool::session_number number_;
  /// The remote's status, once it has come.
  std::optional<remote_status> remote_;
  /// The number of transactions that were announced and are asked for.
  std::size_t under_way_ = 0;
  /// Transactions that were announced while another remote was asked for them.
  std::vector<hash> left_to_others_;
  /// Whether it will be looked whether they have come.
  bool looks_again_ = false;
};

session_actor::behavior_type session::make_behavior() {
  link_.bound_requests({.strict = true});
  if (host_.served)
    tell_status();
  send_later_to(this, host_.status_timeout, session_actor{this}, resume_atom_v);
  return wire_protocol::behavior_of<session_actor>{
    [this](const status_66& x) { on_status(x); },
    [this](const status_69& x) { on_status(x); },
    greeted(&session::on_range),
    greeted(&session::headers),
    greeted(&session::bodies),
    greeted(&session::block_receipts),
    greeted(&session::node_data_of),
    greeted(&session::pooled),
    greeted(&session::on_transactions),
    greeted(&session::on_announcement<new_pooled_transaction_hashes_66>),
    greeted(&session::on_announcement<new_pooled_transaction_hashes_68>),
    greeted(&session::on_new_block<new_block_hashes>),
    greeted(&session::on_new_block<new_block>),
    [this](const wanted_headers& x) { return ask_headers(x.query); },
    [this](const wanted_bodies& x) { return ask_bodies(x); },
    [this](const wanted_receipts& x) { return ask_receipts(x); },
    [this](const wanted_transactions& x) { return ask_transactions(x); },
    [this](info_atom) { return remote_.value_or(remote_status{}); },
    [this](resume_atom) { require_status(); },
    [this](tick_atom) { fetch_what_others_have_left(); },
  }
    .of(this, link_);
}

} // namespace

std::vector<protocol> protocols(const host& shared) {
  auto out = wire_protocol::handled_by<session>(shared);
  for (auto& one : out)
    one.max_message_size = max_message_size;
  return out;
}

bool submit(const host& shared, const transaction& what) {
  if (!shared.pool.add(what))
    return false;
  auto news = announcement_of(what);
  shared.present.send_all(news);
  shared.present.send_all(new_pooled_transaction_hashes_66{std::move(news.hashes)});
  return true;
}

} // namespace devp2p::eth

// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/bytes.hpp"
#include "devp2p/messages/endpoint.hpp"
#include "devp2p/messages/expected.hpp"
#include "devp2p/net/block_cache.hpp"
#include "devp2p/net/crypto/key_reserve.hpp"
#include "devp2p/net/workplace.hpp"

#include <chrono>
#include <compare>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

/// The interface between behaviour over time (`actors/`) and the outside world. `asio/` implements
/// it by the real network, `sim/` by one in memory: code above it cannot tell them apart.
namespace devp2p::net {

/// An object that a loop can wake without memory: the loop's list is in its members. Once woken it
/// is kept until `on_wake` is called, on the loop's thread.
class wakeable {
public:
  virtual ~wakeable() = default;
  virtual void on_wake() = 0;

private:
  friend class wake_list;

  std::shared_ptr<wakeable> next_;
};

/// A list of the objects that are still to be woken, in order.
class wake_list {
public:
  [[nodiscard]] bool empty() const { return first_ == nullptr; }

  /// Precondition: `who` is in no list.
  void push(std::shared_ptr<wakeable> who) {
    auto& end = empty() ? first_ : last_->next_;
    last_ = who.get();
    end = std::move(who);
  }

  /// Moves all objects of `other` to the end.
  void push_all(wake_list& other) {
    if (other.empty())
      return;
    auto& end = empty() ? first_ : last_->next_;
    last_ = other.last_;
    end = std::move(other.first_);
  }

  /// Precondition: not empty.
  std::shared_ptr<wakeable> pop() {
    auto out = std::move(first_);
    first_ = std::move(out->next_);
    return out;
  }

private:
  std::shared_ptr<wakeable> first_;
  wakeable* last_ = nullptr;
};

/// One thread that runs the callbacks of its streams, one after the other, and after each of them
/// the objects that it has woken. Outlives its streams.
///
/// A callback that throws has failed alone: the loop drops the exception and goes on. The owner of
/// the callback has to handle the failure before that.
class loop {
public:
  virtual ~loop() = default;

  /// Has the loop's thread run `task` soon, after the tasks that were posted before. Callable from
  /// any thread. Throws `std::bad_alloc` if there is no memory to post `task`, which then does not
  /// run.
  virtual void post(std::function<void()> task) = 0;

  /// The name of a task that is to run later. One with the number 0 names none.
  struct timer {
    std::chrono::steady_clock::time_point due = {};
    std::uint64_t number = 0;

    auto operator<=>(const timer&) const = default;
  };

  /// Has the loop's thread run `task` when `delay` has passed, or a little more, and returns its
  /// name for `drop`. Callable from any thread. A task that throws `std::bad_alloc` runs again a
  /// little later, until it does not; that run has no name.
  virtual timer post_after(std::chrono::nanoseconds delay, std::function<void()> task) = 0;

  /// Destroys the task with that name, if it is not due yet. One that is due may run all the same,
  /// unless the caller is on the loop's thread. Callable from any thread.
  virtual void drop(const timer& which) noexcept = 0;

  /// Has the loop's thread call `who->on_wake()`, and keeps `who` until that has returned: soon, or
  /// if the caller is on that thread, right after the callback. Callable from any thread, but not
  /// again before that call. Needs no memory.
  virtual void wake(std::shared_ptr<wakeable> who) noexcept = 0;

  /// Returns true iff the caller is on the loop's thread and has not lent that.
  [[nodiscard]] virtual bool is_here() const noexcept = 0;

  /// Lends the loop's thread to `who`, which uses nothing of the loop. To be called in
  /// `wakeable::on_wake` only. If the work takes longer than some 10 ms, the loop goes on with
  /// another thread, which calls the same `on_wake` again. Returns null if the loop has lent all
  /// threads that it may: the work must then be done elsewhere.
  [[nodiscard]] virtual workplace* lend(borrower& who) noexcept = 0;

  /// Ends what `lend` began. Returns false iff the loop has gone on with another thread: all
  /// callers up to `on_wake` must then return, and use no more of the loop and the objects on it
  /// than any other thread may.
  [[nodiscard]] virtual bool take_back(workplace& lent) noexcept = 0;

  /// Has `who`, whose work is on a thread that is no loop's, told when it is overdue, until
  /// `workplace::end` is called. Returns null if that is not possible. Callable from any thread.
  [[nodiscard]] virtual workplace* watch(borrower& who) noexcept = 0;

  /// Returns the memory for the buffers of all objects on the loop; buffers may outlive the loop.
  [[nodiscard]] const std::shared_ptr<block_cache>& memory() const { return memory_; }

  /// Returns the keys that the loop has made ahead for the handshakes on it. Only for the loop's
  /// own thread.
  [[nodiscard]] crypto::key_reserve& keys() { return keys_; }

private:
  const std::shared_ptr<block_cache> memory_ = std::make_shared<block_cache>();
  crypto::key_reserve keys_;
};

/// The outcome of a read or a write. No byte and no error mean that it would have had to wait.
struct io_result {
  std::size_t size = 0;
  /// `errc::end_of_stream` if the remote has closed its direction.
  std::optional<errc> error;
};

/// Callbacks of a stream that can go on. They run on the stream's loop, never from within a call to
/// the stream, and not after the stream is destroyed.
class stream_observer {
public:
  /// `read_some` does not have to wait now.
  virtual void on_readable() = 0;
  /// `write_some` does not have to wait now.
  virtual void on_writable() = 0;

protected:
  ~stream_observer() = default;
};

/// A reliable, ordered connection in both directions.
///
/// Reads and writes never block and keep no reference to the caller's memory: an idle stream costs
/// no buffer. For the thread of its loop only; but before the first call to `await_*` it may be
/// moved to, and destroyed on, any thread. Destroying it closes the connection at once.
class stream {
public:
  virtual ~stream() = default;

  /// Returns the loop that this stream lives on. Null in a network without loops, whose callbacks
  /// run on the thread that drives it.
  [[nodiscard]] virtual net::loop* loop() const = 0;

  [[nodiscard]] virtual const endpoint& local() const = 0;
  [[nodiscard]] virtual const endpoint& remote() const = 0;

  /// Reads at most `into.size()` bytes.
  virtual io_result read_some(mutable_byte_view into) = 0;

  /// Writes at most all of `from`.
  virtual io_result write_some(byte_view from) = 0;

  /// Calls `on_readable` once, as soon as a read would not have to wait. At most one call is
  /// outstanding; `observer` must live until then or until the stream is destroyed.
  virtual void await_readable(stream_observer& observer) = 0;

  /// Calls `on_writable` once, as soon as a write would not have to wait, as `await_readable` does.
  virtual void await_writable(stream_observer& observer) = 0;

  /// Tells the remote that no more data follows. Reading goes on.
  virtual void shutdown_write() = 0;
};

/// Receives the outcome of a dial, on the loop of the stream, or of `listener::accept`. Called at
/// most once; `listener::accept` names the exception.
using stream_handler = std::function<void(expected<std::unique_ptr<stream>>)>;

/// The outcome of `listener::accept`: at least one connection, the oldest first, or an error.
using accept_outcome = expected<std::vector<std::unique_ptr<stream>>>;

/// Receives that outcome, on a loop of the network, which may be another than those of the streams.
using accept_handler = std::function<void(accept_outcome)>;

/// Waits for connections at one endpoint. Destroying it closes the endpoint; a handler that is
/// being called at that moment may still run to its end. Callable from any thread.
class listener {
public:
  virtual ~listener() = default;

  /// Returns the endpoint that it listens at, with the port that the system chose if port 0 was
  /// asked for.
  [[nodiscard]] virtual const endpoint& local() const = 0;

  /// Accepts the connections that wait, or else the next one, but at most `most`, and calls
  /// `handler` with them. If `handler` throws `std::bad_alloc`, it is called again, with
  /// `errc::out_of_memory`. A caller that is full does not call: the connections wait in the
  /// system's backlog, which is bounded. At most one call is outstanding. `most` is not 0.
  virtual void accept(std::size_t most, accept_handler handler) = 0;

  /// Accepts one connection, and calls `handler` as the function above does.
  void accept(stream_handler handler) {
    accept(1, [handler = std::move(handler)](accept_outcome outcome) {
      if (outcome)
        handler(std::move(outcome->front()));
      else
        handler(outcome.error());
    });
  }
};

/// A dial under way. Destroying it gives the dial up; a handler that is being called at that moment
/// may still run to its end.
class pending_dial {
public:
  virtual ~pending_dial() = default;
};

/// Receives a datagram, on the loop of the socket, never from within a call to the socket.
/// `content` is valid until the handler returns.
using datagram_handler = std::function<void(const endpoint& from, byte_view content)>;

/// A UDP port. Datagrams may get lost, be doubled, or overtake each other.
///
/// Used and destroyed on its loop only; but before the call to `receive` on any thread. Destroying
/// it frees the port at once.
class datagram_socket {
public:
  /// The largest datagram, in bytes. Longer ones are lost, on either way: none of those is sure to
  /// get through unfragmented.
  static constexpr std::size_t max_size = 1452;

  virtual ~datagram_socket() = default;

  /// Returns the local endpoint, with the port that the system chose if port 0 was asked for.
  [[nodiscard]] virtual const endpoint& local() const = 0;

  /// Sends `content` to the address `to`, or loses it. Never waits, and reports no failure.
  virtual void send(const endpoint& to, byte_view content) = 0;

  /// Calls `handler` for each datagram from now on. Datagrams that are not taken wait in a queue of
  /// the system; those that do not fit there are lost. May be called once; `handler` may destroy
  /// the socket.
  virtual void receive(datagram_handler handler) = 0;
};

/// Makes connections. Callable from any thread; must outlive everything that it made.
class network {
public:
  virtual ~network() = default;

  /// Returns the loop for objects that serve many streams. Null in a network without loops, whose
  /// callbacks run on the thread that drives it.
  [[nodiscard]] virtual net::loop* loop() const = 0;

  /// Listens at `at`, whose host must be an IP address. Port 0 lets the system choose.
  virtual expected<std::unique_ptr<listener>> listen(const endpoint& at) = 0;

  /// Resolves the host of `to` if it is a name, connects, and calls `handler`. Sets no deadline. If
  /// `to` has no valid host, the resolver is not asked, and the dial fails with
  /// `errc::invalid_endpoint`.
  [[nodiscard]] virtual std::unique_ptr<pending_dial> dial(const endpoint& to,
                                                           stream_handler handler) = 0;

  /// Dials like `dial`, but from the address `from`; the stream lives on `loop()`. The port of
  /// `from`, if not 0, may have other connections to elsewhere, if `dial_from` made those, too. If
  /// the node at `to` dials `from` at the same time, both get the one connection that comes of it
  /// (RFC 9293, section 3.5, "Simultaneous Open").
  [[nodiscard]] virtual std::unique_ptr<pending_dial>
  dial_from(const endpoint& from, const endpoint& to, stream_handler handler) = 0;

  /// Takes the port `at`, whose host must be an IP address, for datagrams. The socket lives on
  /// `loop()`. Port 0 lets the system choose.
  virtual expected<std::unique_ptr<datagram_socket>> bind(const endpoint& at) = 0;
};

} // namespace devp2p::net

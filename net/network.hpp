// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/bytes.hpp"
#include "devp2p/messages/endpoint.hpp"
#include "devp2p/messages/expected.hpp"
#include "devp2p/net/block_cache.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>

/// The seam between what happens over time (`actors/`) and the outside world. `asio/` is the real
/// network, `sim/` one in memory: everything above cannot tell them apart.
namespace devp2p::net {

/// Something that a loop can wake without memory: the loop's list is in its members. Once woken it
/// is kept until `on_wake` is called, on the loop's thread.
class wakeable {
public:
  virtual ~wakeable() = default;
  virtual void on_wake() = 0;

private:
  friend class wake_list;

  std::shared_ptr<wakeable> next_;
};

/// A list of what is still to be woken, in order.
class wake_list {
public:
  [[nodiscard]] bool empty() const { return first_ == nullptr; }

  /// Precondition: `who` is in no list.
  void push(std::shared_ptr<wakeable> who) {
    auto& end = empty() ? first_ : last_->next_;
    last_ = who.get();
    end = std::move(who);
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

/// One thread that runs the callbacks of its streams, one after the other. Outlives its streams.
///
/// A callback that throws has failed alone: the loop drops what it threw, and goes on. Whoever gave
/// the callback sees to its failure before.
class loop {
public:
  virtual ~loop() = default;

  /// Has the loop's thread run `task` soon, after what was posted before. Callable from any thread.
  /// What could not be posted for want of memory will not run: then it throws `std::bad_alloc`.
  virtual void post(std::function<void()> task) = 0;

  /// The same, when `delay` has passed, or a little more of it. Cannot be taken back: a task that
  /// is not needed any more should do nothing, and own nothing that is missed. A task that throws
  /// `std::bad_alloc` runs again a little later, until it does not.
  virtual void post_after(std::chrono::nanoseconds delay, std::function<void()> task) = 0;

  /// Has the loop's thread call `who->on_wake()` soon, and keeps `who` until then. Callable from
  /// any thread, but not again before that call. Needs no memory.
  virtual void wake(std::shared_ptr<wakeable> who) noexcept = 0;

  /// For the buffers of all who live on the loop; what comes from it may outlive the loop.
  [[nodiscard]] const std::shared_ptr<block_cache>& memory() const { return memory_; }

private:
  const std::shared_ptr<block_cache> memory_ = std::make_shared<block_cache>();
};

/// What became of a read or a write. No octet and no error: it would have had to wait.
struct io_result {
  std::size_t size = 0;
  /// `errc::end_of_stream` if the remote has closed its direction.
  std::optional<errc> error;
};

/// Is told that a stream can go on. Called on the stream's loop, never from within a call to the
/// stream, and no more once the stream is destroyed.
class stream_observer {
public:
  /// `read_some` has something to say.
  virtual void on_readable() = 0;
  /// `write_some` has something to say.
  virtual void on_writable() = 0;

protected:
  ~stream_observer() = default;
};

/// A reliable, ordered connection in both directions.
///
/// Reads and writes never block and keep no reference to the caller's memory: an idle stream costs
/// no buffer. Used on its loop only; but before the first call to `await_*` it may be moved to, and
/// destroyed on, any thread. Destroying it closes the connection at once.
class stream {
public:
  virtual ~stream() = default;

  /// The thread that this stream lives on; null if whoever drives the network is that thread.
  [[nodiscard]] virtual net::loop* loop() const = 0;

  [[nodiscard]] virtual const endpoint& local() const = 0;
  [[nodiscard]] virtual const endpoint& remote() const = 0;

  /// Reads at most `into.size()` octets.
  virtual io_result read_some(mutable_byte_view into) = 0;

  /// Writes at most all of `from`.
  virtual io_result write_some(byte_view from) = 0;

  /// Calls `on_readable` once, as soon as a read would not have to wait. At most one call is
  /// outstanding; `observer` must live until then or until the stream is destroyed.
  virtual void await_readable(stream_observer& observer) = 0;

  /// Calls `on_writable` once, as soon as a write would not have to wait; otherwise the same.
  virtual void await_writable(stream_observer& observer) = 0;

  /// Tells the remote that nothing follows. Reading goes on.
  virtual void shutdown_write() = 0;
};

/// Called at most once, on the loop of the stream.
using stream_handler = std::function<void(expected<std::unique_ptr<stream>>)>;

/// Waits for connections at one endpoint. Destroying it closes the endpoint; a handler that is
/// being called at that moment may still run to its end. Callable from any thread.
class listener {
public:
  virtual ~listener() = default;

  /// Where it listens, with the port that the system chose if port 0 was asked for.
  [[nodiscard]] virtual const endpoint& local() const = 0;

  /// Accepts one connection and calls `handler`; the same again, with `errc::out_of_memory`, if
  /// that throws `std::bad_alloc`. Who is full does not call: the connections wait in the system's
  /// backlog, which is bounded. At most one call is outstanding.
  virtual void accept(stream_handler handler) = 0;
};

/// A dial under way. Destroying it gives the dial up; a handler that is being called at that moment
/// may still run to its end.
class pending_dial {
public:
  virtual ~pending_dial() = default;
};

/// Called on the loop of the socket, never from within a call to it. `content` is valid until it
/// returns.
using datagram_handler = std::function<void(const endpoint& from, byte_view content)>;

/// A port that datagrams come to and go from: they may get lost, be doubled, or overtake each
/// other.
///
/// Used and destroyed on its loop only; but before the call to `receive` on any thread. Destroying
/// it frees the port at once.
class datagram_socket {
public:
  /// Longer ones are lost, on either way: none so long is sure to get through unfragmented.
  static constexpr std::size_t max_size = 1452;

  virtual ~datagram_socket() = default;

  /// With the port that the system chose if port 0 was asked for.
  [[nodiscard]] virtual const endpoint& local() const = 0;

  /// Sends to the address `to`, or loses it: never waits, and never fails so that it showed.
  virtual void send(const endpoint& to, byte_view content) = 0;

  /// Calls `handler` for each datagram from now on. What nobody has taken waits in a queue of the
  /// system; what does not fit there is lost. May be called once; `handler` may destroy the socket.
  virtual void receive(datagram_handler handler) = 0;
};

/// Makes connections. Callable from any thread; outlives everything that it made.
class network {
public:
  virtual ~network() = default;

  /// The thread of those who serve many streams; null if whoever drives the network is that thread.
  [[nodiscard]] virtual net::loop* loop() const = 0;

  /// Listens at `at`, whose host must be an IP address. Port 0 lets the system choose.
  virtual expected<std::unique_ptr<listener>> listen(const endpoint& at) = 0;

  /// Resolves the host of `to` if it is a name, connects, and calls `handler`. Sets no deadline. If
  /// `to` has no valid host, nobody is asked for it, and the dial fails with
  /// `errc::invalid_endpoint`.
  [[nodiscard]] virtual std::unique_ptr<pending_dial> dial(const endpoint& to,
                                                           stream_handler handler) = 0;

  /// The same from the address `from`, for a stream that lives on `loop`. Its port, if it is not 0,
  /// may have other connections to elsewhere if those were dialled by this verb, too. If who is at
  /// `to` dials `from` at the same time, both have the one connection that comes of it (RFC 9293,
  /// section 3.5, "Simultaneous Open").
  [[nodiscard]] virtual std::unique_ptr<pending_dial>
  dial_from(const endpoint& from, const endpoint& to, stream_handler handler) = 0;

  /// Takes the port `at`, whose host must be an IP address, for datagrams. The socket lives on
  /// `loop`. Port 0 lets the system choose.
  virtual expected<std::unique_ptr<datagram_socket>> bind(const endpoint& at) = 0;
};

} // namespace devp2p::net

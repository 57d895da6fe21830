// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/messages/packet.hpp"
#include "devp2p/messages/random_source.hpp"

#include <caf/actor_clock.hpp>
#include <caf/error.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <vector>

namespace devp2p {

/// The bounds of the requests of one session.
struct request_limits {
  /// The number of requests that are under way at once; 1 or more. The others wait their turn.
  std::size_t max_under_way = 64;
  /// The number of requests that wait. Those beyond it fail with `errc::too_many_requests`.
  std::size_t max_waiting = 1'024;
  /// Whether an answer without a request ends the session as a breach of protocol. One that has
  /// only come too late does not, unless more than 256 other requests have ended since.
  bool strict = false;
};

/// The requests of one session so far, by what has become of them.
struct request_counts {
  std::uint64_t asked = 0;
  std::uint64_t answered = 0;
  /// Requests without an answer in time.
  std::uint64_t expired = 0;
  /// Answers that came after that.
  std::uint64_t late = 0;
  /// Answers to requests that have one.
  std::uint64_t duplicate = 0;
  /// Answers to what was never asked, or of another kind than what was.
  std::uint64_t unknown = 0;
};

/// The requests of one session that wait for their answers. The first element of a request and of
/// its answer is an id, which is chosen here and cannot be guessed.
///
/// A value that reads no clock. Callbacks are called by its functions, and may call them.
class pending_requests {
public:
  using time_point = caf::actor_clock::time_point;

  struct question {
    /// The message code of the answer.
    std::uint64_t answer_code = 0;
    time_point deadline;
    /// Sends the request with this id. Called once, now or when others have ended.
    std::function<void(std::uint64_t id)> ask;
    /// Called with the answer.
    std::function<void(const packet&)> on_answer;
    /// Called if there will be none.
    std::function<void(const caf::error&)> on_error;
  };

  pending_requests(const request_limits& limits, random_source& random);

  /// Sets other bounds. Those that exceed them already go on.
  void bound(const request_limits& limits) { limits_ = limits; }

  /// Asks, or has the question wait. A question that is refused at once, and asked again at once by
  /// its `on_error`, is thrown away without a word: it would be asked, and refused, for ever.
  void add(question what);

  /// Hands an answer over to whoever waits for it. Returns false if the answer breaches the
  /// protocol.
  [[nodiscard]] bool answer(std::uint64_t id, const packet& message);

  /// Ends the requests whose deadline has come.
  void expire(time_point now);

  /// Returns the earliest deadline; `nullopt` if nothing waits.
  [[nodiscard]] std::optional<time_point> next_deadline() const;

  /// Ends all requests for this reason, and those that come later.
  void end(const caf::error& why);

  [[nodiscard]] const request_counts& counts() const { return counts_; }

private:
  /// The number of requests that have ended whose answers are told from unknown ones.
  static constexpr std::size_t memory = 256;

  enum class ending : std::uint8_t { answered, expired };
  struct past {
    std::uint64_t id = 0;
    ending how = ending::answered;
  };

  std::uint64_t take(question& what);
  void send(std::uint64_t id);
  void refuse(question what, const caf::error& why);
  void ask_next();
  void take_due(time_point now, std::vector<question>& out);
  void remember(std::uint64_t id, ending how);
  [[nodiscard]] std::uint64_t draw_id();

  request_limits limits_;
  random_source* random_;
  std::map<std::uint64_t, question> under_way_;
  std::deque<question> waiting_;
  std::deque<past> past_;
  std::optional<caf::error> over_;
  bool refusing_ = false;
  request_counts counts_;
};

} // namespace devp2p

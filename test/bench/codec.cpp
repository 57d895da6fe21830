// SPDX-License-Identifier: BSL-1.0
//
// The case `codec`: how fast a session seals and opens messages without any network, and what share
// that is of what its primitives allow.
#include "codec.hpp"
#include "cost.hpp"
#include "payloads.hpp"
#include "repeat.hpp"
#include "stopwatch.hpp"

#include "devp2p/net/rlpx/session.hpp"

#include <algorithm>
#include <stdexcept>

namespace devp2p::bench {

namespace {

constexpr std::uint64_t message_id = 0x10;

rlpx::secrets make_secrets(rlpx::role self) {
  rlpx::secrets out;
  out.aes.content().fill(1);
  out.mac.content().fill(2);
  auto& initiator = self == rlpx::role::initiator ? out.egress_mac : out.ingress_mac;
  auto& recipient = self == rlpx::role::initiator ? out.ingress_mac : out.egress_mac;
  initiator.update(byte_array<1>{1});
  recipient.update(byte_array<1>{2});
  return out;
}

/// Both ends of one direction. A batch of frames stays in the processor's caches, as the data of
/// one read or write does.
class both_ends {
public:
  both_ends(std::string_view data, std::size_t size)
    : payload_(make_payload(data, size)),
      read_(size) {
    for (auto* end : {&sender_, &receiver_}) {
      end->limit_messages(size);
      if (data != "none")
        end->enable_snappy();
    }
    frames_ = std::max<std::size_t>(1, (std::size_t{128} << 10) / size);
  }

  void seal() {
    sealed_.clear();
    for (std::size_t i = 0; i < frames_; ++i)
      if (sender_.seal(message_id, payload_, sealed_))
        throw std::runtime_error("a message could not be sealed");
  }

  void open() {
    mutable_byte_view in{sealed_};
    for (std::size_t i = 0; i < frames_; ++i) {
      auto opened = receiver_.open(in);
      auto* message = std::get_if<rlpx::session::message>(&opened);
      if (!message || rlpx::session::read(*message, read_))
        throw std::runtime_error("a frame could not be opened");
    }
  }

  /// The number of frames in a batch.
  [[nodiscard]] std::size_t frames() const { return frames_; }
  /// The size of one body without its tag, in bytes. Only valid after `seal`.
  [[nodiscard]] std::size_t body_size() const {
    return sealed_.size() / frames_ - rlpx::frame_codec::header_size - crypto::aes_block_size;
  }

private:
  rlpx::session sender_{make_secrets(rlpx::role::initiator)};
  rlpx::session receiver_{make_secrets(rlpx::role::recipient)};
  bytes payload_;
  bytes sealed_;
  bytes read_;
  std::size_t frames_;
};

seconds_per_frame measure_codec(double seconds, both_ends& ends) {
  seconds_per_frame out{0, 0};
  std::size_t frames = 0;
  while (out.seal + out.open < seconds) {
    thread_stopwatch sealing;
    ends.seal();
    out.seal += sealing.seconds();
    thread_stopwatch opening;
    ends.open();
    out.open += opening.seconds();
    frames += ends.frames();
  }
  return {out.seal / static_cast<double>(frames), out.open / static_cast<double>(frames)};
}

/// Returns what the primitives of one frame cost, and nothing else: the digests of the header's
/// tag, of the body's seed and of the body's tag; one permutation for each 136 bytes that are
/// absorbed; two blocks of AES for the seeds; the cipher stream over header and body; snappy. Two
/// of the permutations need not wait for each other.
seconds_per_frame measure_limit(double seconds, std::string_view data, std::size_t size,
                                std::size_t body_size) {
  constexpr double alone = 1;
  constexpr double rate = 136;
  const auto absorbed = static_cast<double>(body_size + 2 * crypto::aes_block_size);
  const auto each = seconds / 8;
  auto common = (alone + absorbed / rate) * cost::keccak_permutation(each) +
                cost::keccak_permutations(each) + 2 * cost::aes256_block(each);
  // The end that opens must know the header before it knows where the body ends.
  seconds_per_frame out{common + cost::aes_ctr(each, crypto::aes_block_size + body_size),
                        common + cost::aes_ctr(each, crypto::aes_block_size) +
                          cost::aes_ctr(each, body_size)};
  if (data == "none")
    return out;
  auto payload = make_payload(data, size);
  return {out.seal + cost::compress(each, payload), out.open + cost::uncompress(each, payload)};
}

/// Returns the figures of one direction from what was found and what its primitives allow, both in
/// seconds a frame.
figures describe(double found, double limit, std::size_t size) {
  return {{"frames_per_second", 1 / found},
          {"megabytes_per_second", static_cast<double>(size) / found / 1e6},
          {"limit", 1 / limit},
          {"limit_ratio", limit / found}};
}

/// The figures of both directions, which are measured together.
struct directions {
  std::vector<figures> seal;
  std::vector<figures> open;
};

directions measure(const options& chosen, std::string_view data, std::size_t size) {
  directions out;
  repeat(chosen, [&](double seconds) -> figures {
    both_ends ends{data, size};
    auto found = measure_codec(seconds, ends);
    auto limit = measure_limit(seconds, data, size, ends.body_size());
    out.seal.push_back(describe(found.seal, limit.seal, size));
    out.open.push_back(describe(found.open, limit.open, size));
    return {};
  });
  // The first was the one that does not count.
  out.seal.erase(out.seal.begin());
  out.open.erase(out.open.begin());
  return out;
}

} // namespace

seconds_per_frame codec_alone(double seconds, std::string_view data, std::size_t size) {
  both_ends ends{data, size};
  return measure_codec(seconds, ends);
}

void codec(const options& chosen, report& out) {
  for (auto size : payload_sizes(chosen)) {
    for (auto* data : {"none", "random", "repeat"}) {
      // Without snappy the data does not matter: "none" stands for no compression.
      out.announce("codec", {{"payload", size}, {"data", data}});
      auto found = measure(chosen, data, size);
      out.add("codec", {{"payload", size}, {"data", data}, {"does", "seal"}}, found.seal);
      out.add("codec", {{"payload", size}, {"data", data}, {"does", "open"}}, found.open);
    }
  }
}

} // namespace devp2p::bench

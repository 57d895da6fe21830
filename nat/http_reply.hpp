// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace devp2p::nat {

/// One reply of HTTP/1.x (RFC 9112), read from its bytes in any pieces. A value without a socket.
///
/// Reads all legal forms: header names in any case, folded lines, interim replies, chunks with
/// extensions and trailers. Lines may end without a carriage return.
class http_reply {
public:
  /// The maximum number of bytes of one reply, heads and chunk sizes included.
  static constexpr std::size_t max_size = std::size_t{64} << 10;

  enum class progress { incomplete, complete, broken };

  /// Returns the progress after these bytes. Bytes after the end of the reply are ignored.
  progress on_bytes(std::string_view in);

  /// Handles the end of the connection. A body that is shorter than announced is accepted: its
  /// reader decides whether it makes sense.
  progress on_end();

  [[nodiscard]] progress state() const;
  /// Valid from the end of the head on.
  [[nodiscard]] unsigned status() const { return status_; }
  [[nodiscard]] const std::string& body() const { return body_; }

private:
  /// The part of the reply that comes next.
  enum class part {
    status_line,
    header,
    /// The next `missing_` bytes.
    body,
    chunk_size,
    /// The next `missing_` bytes.
    chunk,
    chunk_end,
    trailer,
    /// All bytes until the connection ends.
    rest,
    nothing,
    failed,
  };

  void on_line(std::string_view line);
  void on_status_line(std::string_view line);
  void on_header(std::string_view line);
  void on_chunk_size(std::string_view line);
  void on_head_over();
  /// Takes the part of the body with which `in` begins.
  void take_body(std::string_view& in);

  part next_ = part::status_line;
  std::size_t received_ = 0;
  std::string line_;
  unsigned status_ = 0;
  /// The header that a folded line would continue.
  std::string name_;
  /// The body's Transfer-Encoding, Content-Length and number of missing bytes.
  std::string coding_;
  std::optional<std::string> length_;
  std::size_t missing_ = 0;
  std::string body_;
};

} // namespace devp2p::nat

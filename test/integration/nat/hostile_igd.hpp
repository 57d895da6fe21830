// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <memory>
#include <ostream>
#include <string>

namespace devp2p::test {

/// A gateway's behaviour that must not harm its clients.
enum class hostility {
  /// Maps correctly.
  none,
  /// Accepts the connection, but never answers.
  silent,
  /// Sends one byte every tenth of a second.
  drips,
  /// Like `drips`, but with a good description.
  drips_answers,
  /// Sends a reply without an end.
  endless,
  /// Like `endless`, but with a good description.
  endless_answers,
  /// Announces a location elsewhere on the network.
  points_elsewhere,
  /// Has a good description, but a service elsewhere on the network.
  controls_elsewhere,
  /// Announces a location at which no server listens.
  closed,
  /// Reports a mapping, but does not keep it.
  lies,
  /// Reports that the mapping belongs to another host.
  gives_to_another,
  /// Reports a private external address.
  is_private,
  /// Reports an empty external address.
  has_no_address,
  /// Reports an external address that is no address.
  has_nonsense,
  /// Answers every request for a mapping with that error.
  error_501,
  error_606,
  error_718,
  /// Accepts only mappings without an end.
  error_725,
};

/// Prints the number, in the order above.
inline std::ostream& operator<<(std::ostream& out, hostility x) {
  return out << "hostility " << static_cast<int>(x);
}

/// An Internet Gateway Device on a host of the lab. Answers at UDP port 1900, by unicast and to the
/// group, and at TCP port 5000.
class hostile_igd {
public:
  hostile_igd(const std::string& where, const std::string& address, hostility what);
  ~hostile_igd();

  /// Returns the number of connections made to it.
  [[nodiscard]] unsigned connections() const;

private:
  class serving;
  std::unique_ptr<serving> state_;
};

} // namespace devp2p::test

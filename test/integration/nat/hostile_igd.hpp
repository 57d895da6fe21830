// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <memory>
#include <ostream>
#include <string>

namespace devp2p::test {

/// What a gateway does that nobody should suffer from.
enum class hostility {
  /// None: it maps as it says.
  none,
  /// Accepts the connection and says nothing.
  silent,
  /// One octet every tenth of a second.
  drips,
  /// The same, but its description is good.
  drips_answers,
  /// A reply without an end.
  endless,
  /// The same, but its description is good.
  endless_answers,
  /// Says that it is somewhere else on the network.
  points_elsewhere,
  /// Its description is good, but has its service somewhere else.
  controls_elsewhere,
  /// Nobody listens where it says that it is.
  closed,
  /// Says that it has mapped the port, and has not.
  lies,
  /// The same, and says that the mapping is another host's.
  gives_to_another,
  /// Its external address is private.
  is_private,
  /// Has none.
  has_no_address,
  /// Its external address is no address.
  has_nonsense,
  /// Answers every action with that error.
  error_501,
  error_606,
  error_718,
  /// Takes mappings without an end only.
  error_725,
};

/// By its number, in the order above.
inline std::ostream& operator<<(std::ostream& out, hostility x) {
  return out << "hostility " << static_cast<int>(x);
}

/// An Internet Gateway Device on a host of the lab, which answers at its port 1900, by unicast and
/// to the group, and at 5000.
class hostile_igd {
public:
  hostile_igd(const std::string& where, const std::string& address, hostility what);
  ~hostile_igd();

  /// Connections that were made to it.
  [[nodiscard]] unsigned connections() const;

private:
  class serving;
  std::unique_ptr<serving> state_;
};

} // namespace devp2p::test

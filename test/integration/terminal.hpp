// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <string>

namespace devp2p::test {

/// A terminal, and its other end, the user's.
class terminal {
public:
  terminal() : person_(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)) {
    BOOST_REQUIRE(person_ >= 0);
    BOOST_REQUIRE(::grantpt(person_) == 0);
    BOOST_REQUIRE(::unlockpt(person_) == 0);
    std::array<char, 64> name{};
    BOOST_REQUIRE(::ptsname_r(person_, name.data(), name.size()) == 0);
    name_ = name.data();
    // Keeps the terminal alive while no process has it open.
    kept_ = ::open(name_.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC);
  }
  terminal(const terminal&) = delete;
  terminal& operator=(const terminal&) = delete;
  ~terminal() {
    ::close(kept_);
    ::close(person_);
  }

  [[nodiscard]] const std::string& name() const { return name_; }
  void stop_screen() const { BOOST_REQUIRE(::write(person_, "\x13", 1) == 1); }

  /// Returns the output up to and including the first piece with `wanted`.
  std::string read_until(const std::string& wanted) const {
    std::string out;
    while (out.find(wanted) == out.npos) {
      pollfd one{person_, POLLIN, 0};
      BOOST_REQUIRE_MESSAGE(::poll(&one, 1, 20000) == 1, "no " << wanted << " in " << out);
      std::array<char, 4096> some{};
      const auto size = ::read(person_, some.data(), some.size());
      BOOST_REQUIRE(size > 0);
      out.append(some.data(), static_cast<std::size_t>(size));
    }
    return out;
  }

private:
  int person_;
  int kept_;
  std::string name_;
};

} // namespace devp2p::test

// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "../address_sanitizer.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/resource.h>

namespace devp2p::nat::test {

#ifdef DEVP2P_ADDRESS_SANITIZER
/// False: UndefinedBehaviorSanitizer, which is enabled together with it here, inspects a thrown
/// object through a pipe, and that takes descriptors.
inline constexpr bool can_do_without_descriptors = false;
#else
inline constexpr bool can_do_without_descriptors = true;
#endif

/// Prevents this process from opening any descriptor while the object lives.
class no_descriptors {
public:
  no_descriptors() {
    BOOST_REQUIRE(::getrlimit(RLIMIT_NOFILE, &before_) == 0);
    auto none = before_;
    none.rlim_cur = 0;
    BOOST_REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
  }
  no_descriptors(const no_descriptors&) = delete;
  no_descriptors& operator=(const no_descriptors&) = delete;
  ~no_descriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }

private:
  rlimit before_{};
};

} // namespace devp2p::nat::test

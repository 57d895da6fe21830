// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/check.hpp"

namespace devp2p::simulator {

std::string to_string(check::kind that) {
  switch (that) {
  case check::kind::all_heard:
    return "all_heard";
  case check::kind::all_linked:
    return "all_linked";
  case check::kind::few_failed:
    return "few_failed";
  case check::kind::few_ended:
    return "few_ended";
  }
  return "unknown";
}

} // namespace devp2p::simulator

// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/gateway_worker.hpp"

#include "devp2p/actors/surviving.hpp"
#include "devp2p/messages/caf.hpp"

#include <exception>
#include <new>
#include <system_error>

namespace devp2p {

namespace {

caf::error to_error(const nat::failure& why) {
  return caf::make_error(why.code, why.detail);
}

/// Returns the code for a system error that the gateway threw: `errc::too_many_files`,
/// `errc::out_of_memory`, or `errc::gateway_failed` for any other `errno`.
errc code_of(const std::system_error& why) {
  auto code = from_errno(why.code().value());
  return code == errc::too_many_files || code == errc::out_of_memory ? code : errc::gateway_failed;
}

/// Returns the result of `ask`, or an error if it throws: the system has no thread or descriptor
/// left, or the gateway is at fault.
template <class Ask>
auto guarded(Ask ask) -> decltype(ask()) {
  try {
    return ask();
  } catch (const std::system_error& why) {
    return caf::make_error(code_of(why), std::string{why.what()});
  } catch (const std::bad_alloc& why) {
    return caf::make_error(errc::out_of_memory, std::string{why.what()});
  } catch (...) {
    return error_of(std::current_exception(), errc::callback_failed);
  }
}

/// Lets the gateway make calls again after it was called off. Returns false, and calls it off
/// again, if the mapper has ended meanwhile.
bool resume(nat::gateway& x, const std::atomic<bool>& over) {
  x.resume();
  if (!over)
    return true;
  x.call_off();
  return false;
}

} // namespace

bool may_block(const nat::gateway& x) noexcept {
  try {
    return x.blocks();
  } catch (...) {
    return true;
  }
}

void call_off(nat::gateway& x) noexcept {
  try {
    x.call_off();
  } catch (...) {
    return;
  }
}

gateway_actor::behavior_type gateway_worker(gateway_actor::pointer,
                                            const std::shared_ptr<nat::gateway>& gateway,
                                            const mapper_self_actor& owner,
                                            const std::shared_ptr<std::atomic<bool>>& over) {
  return {
    [=, resumed = false](find_atom) mutable {
      return guarded([&]() -> caf::result<std::string> {
        // A previous mapper of this gateway may have called it off.
        if (!resumed && !resume(*gateway, *over))
          return caf::make_error(errc::shutting_down);
        resumed = true;
        if (auto why = gateway->find())
          return to_error(*why);
        return gateway->name();
      });
    },
    [=](map_atom, const port_mapping& wish) {
      return guarded([&]() -> caf::result<port_mapping> {
        auto granted = gateway->map(wish);
        if (gateway->has_restarted())
          anon_send_to(owner, router_atom_v);
        if (!granted)
          return to_error(granted.error());
        return *granted;
      });
    },
    [=](unmap_atom, const port_mapping& granted) {
      return guarded([&]() -> caf::result<void> {
        if (!resume(*gateway, *over))
          return caf::make_error(errc::shutting_down);
        if (auto why = gateway->unmap(granted))
          return to_error(*why);
        return caf::unit;
      });
    },
  };
}

} // namespace devp2p

// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/thrown.hpp"

#include "devp2p/messages/type_ids.hpp"

#include <new>

namespace devp2p {

namespace {

caf::error to_error(const std::exception_ptr& thrown, errc code) {
  try {
    std::rethrow_exception(thrown);
  } catch (const std::bad_alloc&) {
    return caf::make_error(errc::out_of_memory);
  } catch (...) {
    return caf::make_error(code, text_of(thrown));
  }
}

} // namespace

std::string text_of(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const std::exception& what) {
    return what.what();
  } catch (...) {
    return "an exception of an unknown type";
  }
}

caf::error error_of(const std::exception_ptr& thrown, errc code) noexcept {
  try {
    return to_error(thrown, code);
  } catch (const std::bad_alloc&) {
    return {};
  }
}

} // namespace devp2p

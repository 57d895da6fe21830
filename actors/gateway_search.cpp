// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/gateway_search.hpp"

namespace devp2p {

std::uint64_t gateway_search::begin(std::size_t gateways) {
  found_.clear();
  failures_.clear();
  refusal_ = {};
  missing_ = gateways;
  return ++round_;
}

void gateway_search::on_found(std::size_t which) {
  --missing_;
  found_.push_back(which);
}

void gateway_search::on_not_found(errc code, const std::string& text) {
  --missing_;
  note(text);
  // A gateway may well be there in spite of these errors.
  if (code == errc::too_many_files || code == errc::out_of_memory || code == errc::callback_failed)
    refusal_ = code;
}

bool gateway_search::use_next() {
  if (current_ || found_.empty())
    return false;
  current_ = found_.front();
  found_.pop_front();
  return true;
}

void gateway_search::on_success() {
  patience_ = {};
  failures_.clear();
}

void gateway_search::give_up(errc code, const std::string& text) {
  note(text);
  refusal_ = code;
  current_.reset();
}

gateway_search::failure gateway_search::on_failed(time_point now, double spread) {
  auto wait = patience_.on_failed(now, spread);
  return {refusal_ == errc{} ? errc::no_gateway : refusal_, failures_, wait};
}

void gateway_search::note(const std::string& text) {
  failures_ += (failures_.empty() ? "" : "; ") + text;
}

} // namespace devp2p

// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "devp2p/nat/gateway.hpp"

#include <caf/timespan.hpp>

#include <chrono>
#include <functional>
#include <map>
#include <utility>
#include <vector>

namespace devp2p::test {

/// A gateway that maps in memory, and fails when it is told to.
class scripted_gateway : public nat::gateway {
public:
  explicit scripted_gateway(std::string name) : name_(std::move(name)) {}

  [[nodiscard]] std::string name() const override { return name_; }
  [[nodiscard]] bool blocks() const override { return false; }

  void call_off() override { called_off = true; }
  void resume() override { called_off = false; }

  std::optional<nat::failure> find() override {
    ++searches;
    return absent || called_off ? std::optional{silence()} : std::nullopt;
  }

  nat::outcome<std::string> external_address() override { return address; }

  nat::outcome<port_mapping> map(const port_mapping& wish) override {
    ++questions;
    if (absent || called_off)
      return silence();
    if (refuses && refuses(wish.internal))
      return nat::failure{errc::gateway_refused, name_ + " says no"};
    auto port = wish.external.port != 0 ? wish.external.port : first_port++;
    wishes.push_back(wish.external.port);
    mapped[wish.internal] = port;
    return port_mapping{wish.internal, {address, port}, lifetime, name_};
  }

  std::optional<nat::failure> unmap(const port_mapping& granted) override {
    if (absent)
      return silence();
    mapped.erase(granted.internal);
    return std::nullopt;
  }

  [[nodiscard]] bool has_restarted() override {
    return std::exchange(restarted, false) || always_restarted;
  }

  nat::failure silence() const { return {errc::no_gateway, name_ + " is silent"}; }

  bool absent = false;
  bool called_off = false;
  bool restarted = false;
  bool always_restarted = false;
  std::function<bool(local_port)> refuses;
  std::string address = "11.22.33.2";
  std::uint16_t first_port = 40000;
  caf::timespan lifetime = std::chrono::minutes{20};
  std::map<local_port, std::uint16_t> mapped;
  std::vector<std::uint16_t> wishes;
  int searches = 0;
  int questions = 0;

private:
  const std::string name_;
};

} // namespace devp2p::test

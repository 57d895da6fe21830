// SPDX-License-Identifier: BSL-1.0
#include "devp2p/nat/fixed.hpp"

#include "devp2p/messages/capability.hpp"

#include <utility>

namespace devp2p::nat {

namespace {

class fixed_gateway final : public gateway {
public:
  explicit fixed_gateway(std::string address) : address_(std::move(address)) {}

  [[nodiscard]] std::string name() const override { return "extip " + address_; }
  [[nodiscard]] bool blocks() const override { return false; }
  std::optional<failure> find() override {
    if (!endpoint{address_}.is_address())
      return failure{errc::invalid_endpoint, printable(address_)};
    return std::nullopt;
  }

  outcome<std::string> external_address() override {
    if (auto why = find())
      return *why;
    return address_;
  }

  outcome<port_mapping> map(const port_mapping& wish) override {
    if (auto why = find())
      return *why;
    return port_mapping{wish.internal, {address_, wish.internal.number}, {}, name()};
  }

  std::optional<failure> unmap(const port_mapping&) override { return std::nullopt; }

private:
  const std::string address_;
};

} // namespace

std::unique_ptr<gateway> make_fixed(std::string address) {
  return std::make_unique<fixed_gateway>(std::move(address));
}

} // namespace devp2p::nat

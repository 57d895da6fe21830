// SPDX-License-Identifier: BSL-1.0
#include "key_command.hpp"

#include "key_file.hpp"

#include "devp2p/messages/enode.hpp"
#include "devp2p/simulator/program/failure.hpp"

#include <iostream>

namespace devp2p::tool {

int make_key(const std::string& path) {
  auto key = fresh_key();
  if (auto why = create_key_file(path, key))
    return fail(*why);
  std::cout << "id     " << to_string(key.id()) << '\n';
  return succeeded;
}

int show_key(const std::string& path, const endpoint& address) {
  auto key = read_key_file(path);
  if (auto* why = std::get_if<key_failure>(&key))
    return fail(*why);
  const auto& id = std::get<crypto::private_key>(key).id();
  std::cout << "id     " << to_string(id) << '\n'
            << "enode  " << to_string(enode{id, address, address.port}) << '\n';
  return succeeded;
}

} // namespace devp2p::tool

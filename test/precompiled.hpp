// SPDX-License-Identifier: BSL-1.0
//
// Headers that most programs include, parsed once for all of them. No file may rely on it: each
// includes what it uses, which a build without precompiled headers proves.
#pragma once

#include <caf/all.hpp>

#include <nlohmann/json.hpp>

#include "devp2p/kit/world.hpp"
#include "devp2p/net/asio/asio_network.hpp"

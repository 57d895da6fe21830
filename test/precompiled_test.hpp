// SPDX-License-Identifier: BSL-1.0
//
// The headers of precompiled.hpp, and the one of Boost.Test: for tests.
#pragma once

#include "precompiled.hpp"

#include <boost/test/unit_test.hpp>

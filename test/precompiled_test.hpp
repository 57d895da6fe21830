// SPDX-License-Identifier: BSL-1.0
//
// The same for tests.
#pragma once

#include "precompiled.hpp"

#include <boost/test/unit_test.hpp>

// SPDX-License-Identifier: BSL-1.0
#pragma once

// DEVP2P_ADDRESS_SANITIZER is defined in a program that AddressSanitizer watches. g++ and clang say
// so in ways of their own.
#if defined(__SANITIZE_ADDRESS__)
#define DEVP2P_ADDRESS_SANITIZER
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define DEVP2P_ADDRESS_SANITIZER
#endif
#endif

# What the library stands on. Read by our own build and, installed beside devp2pConfig.cmake, by the
# builds of our users, so that they find what we found. Everything is a package of Debian 12.
# What the tool alone needs, CLI11 and Chart.js, examples/CMakeLists.txt finds.

# Imports a library that ships no CMake package of its own.
function(devp2p_import target header library)
  if(TARGET ${target})
    return()
  endif()
  string(MAKE_C_IDENTIFIER ${target} id)
  find_path(${id}_INCLUDE_DIR ${header} REQUIRED)
  find_library(${id}_LIBRARY ${library} REQUIRED)
  mark_as_advanced(${id}_INCLUDE_DIR ${id}_LIBRARY)
  add_library(${target} UNKNOWN IMPORTED)
  set_target_properties(${target} PROPERTIES IMPORTED_LOCATION "${${id}_LIBRARY}")
endfunction()

# Threads: CAF's scheduler and the network's loops.
find_package(Threads REQUIRED)

# CAF (libcaf-dev): the actors. Later versions bring a package file; Debian's 0.17.6 does not.
devp2p_import(CAF::core caf/all.hpp caf_core)
set_property(TARGET CAF::core APPEND PROPERTY INTERFACE_LINK_LIBRARIES Threads::Threads)

# CAF's middleman (libcaf-dev, too): actors in other processes, encrypted between hosts. Used by
# actors/remote alone.
devp2p_import(CAF::io caf/io/all.hpp caf_io)
set_property(TARGET CAF::io APPEND PROPERTY INTERFACE_LINK_LIBRARIES CAF::core)
devp2p_import(CAF::openssl caf/openssl/all.hpp caf_openssl)
set_property(TARGET CAF::openssl APPEND PROPERTY INTERFACE_LINK_LIBRARIES CAF::io)

# Asio (libasio-dev): the real network. Header only; used by net/asio alone.
if(NOT TARGET devp2p::third_party_asio)
  find_path(DEVP2P_ASIO_INCLUDE_DIR asio.hpp REQUIRED)
  mark_as_advanced(DEVP2P_ASIO_INCLUDE_DIR)
  add_library(devp2p::third_party_asio INTERFACE IMPORTED)
  set_target_properties(devp2p::third_party_asio PROPERTIES
    INTERFACE_COMPILE_DEFINITIONS "ASIO_STANDALONE;ASIO_NO_DEPRECATED"
    INTERFACE_LINK_LIBRARIES Threads::Threads)
  # clang has coroutines, but neither does Asio 1.22 see it, nor does clang 14 say so.
  if(CMAKE_CXX_COMPILER_ID STREQUAL Clang)
    set_property(TARGET devp2p::third_party_asio APPEND PROPERTY INTERFACE_COMPILE_DEFINITIONS
      ASIO_HAS_CO_AWAIT ASIO_HAS_STD_COROUTINE
      $<$<VERSION_LESS:${CMAKE_CXX_COMPILER_VERSION},15>:__cpp_impl_coroutine=201902L>)
  endif()
endif()

# libsecp256k1 (libsecp256k1-dev): keys, signatures and Diffie-Hellman of the RLPx handshake.
devp2p_import(devp2p::third_party_secp256k1 secp256k1.h secp256k1)

# miniupnpc (libminiupnpc-dev): UPnP gateways. Later versions bring a package file; Debian's does not.
devp2p_import(devp2p::third_party_miniupnpc miniupnpc/miniupnpc.h miniupnpc)

# Expat (libexpat1-dev): what UPnP gateways say is XML, of which miniupnpc reads the simplest forms.
find_package(EXPAT REQUIRED)

# libnatpmp (libnatpmp-dev): NAT-PMP gateways.
devp2p_import(devp2p::third_party_natpmp natpmp.h natpmp)

# snappy (libsnappy-dev): compression of messages, EIP-706.
find_package(Snappy REQUIRED)

# spdlog (libspdlog-dev): the log that a node is given.
find_package(spdlog REQUIRED)

# OpenSSL (libssl-dev): AES, SHA-256, HMAC and randomness; net/crypto/README.md says why this one.
# And TLS, which CAF's middleman uses, too.
find_package(OpenSSL REQUIRED COMPONENTS Crypto SSL)

# nlohmann JSON (nlohmann-json3-dev): what the simulator reads and writes.
find_package(nlohmann_json REQUIRED)

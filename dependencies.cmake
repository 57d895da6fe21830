# The libraries that ours stand on. Our own build reads this and, installed beside devp2pConfig.cmake,
# the builds of our users do, so that they find what we found. Everything is a package of Debian 12.
# zlib and Chart.js, which only our own builds need, are looked for in CMakeLists.txt.
#
# devp2p_find_COMPONENT() looks for what that component of the package needs. What is not there is
# added to the global property DEVP2P_MISSING, as the name of its Debian package.

function(devp2p_lacks package)
  set_property(GLOBAL APPEND PROPERTY DEVP2P_MISSING ${package})
endfunction()

# Imports a library that ships no CMake package of its own. USES are the targets that it needs.
function(devp2p_import target header library package)
  cmake_parse_arguments(PARSE_ARGV 4 arg "" "" "USES")
  if(TARGET ${target})
    return()
  endif()
  string(MAKE_C_IDENTIFIER ${target} id)
  find_path(${id}_INCLUDE_DIR ${header})
  find_library(${id}_LIBRARY ${library})
  mark_as_advanced(${id}_INCLUDE_DIR ${id}_LIBRARY)
  if(NOT ${id}_INCLUDE_DIR OR NOT ${id}_LIBRARY)
    devp2p_lacks(${package})
    return()
  endif()
  add_library(${target} UNKNOWN IMPORTED)
  set_target_properties(${target} PROPERTIES
    IMPORTED_LOCATION "${${id}_LIBRARY}" INTERFACE_INCLUDE_DIRECTORIES "${${id}_INCLUDE_DIR}"
    INTERFACE_LINK_LIBRARIES "${arg_USES}")
endfunction()

# Finds a library that ships a CMake package, or that CMake knows.
function(devp2p_package name package)
  find_package(${name} QUIET ${ARGN})
  if(NOT ${name}_FOUND)
    devp2p_lacks(${package})
  endif()
endfunction()

# Asio: the real network. Header only; used by net/asio and nat alone.
function(devp2p_import_asio)
  if(TARGET devp2p::third_party_asio)
    return()
  endif()
  find_path(DEVP2P_ASIO_INCLUDE_DIR asio.hpp)
  mark_as_advanced(DEVP2P_ASIO_INCLUDE_DIR)
  if(NOT DEVP2P_ASIO_INCLUDE_DIR)
    devp2p_lacks(libasio-dev)
    return()
  endif()
  add_library(devp2p::third_party_asio INTERFACE IMPORTED)
  set_target_properties(devp2p::third_party_asio PROPERTIES
    INTERFACE_COMPILE_DEFINITIONS "ASIO_STANDALONE;ASIO_NO_DEPRECATED"
    INTERFACE_INCLUDE_DIRECTORIES "${DEVP2P_ASIO_INCLUDE_DIR}"
    INTERFACE_LINK_LIBRARIES Threads::Threads)
  # clang has coroutines, but neither does Asio 1.22 see it, nor does clang 14 say so.
  if(CMAKE_CXX_COMPILER_ID STREQUAL Clang)
    set_property(TARGET devp2p::third_party_asio APPEND PROPERTY INTERFACE_COMPILE_DEFINITIONS
      ASIO_HAS_CO_AWAIT ASIO_HAS_STD_COROUTINE
      $<$<VERSION_LESS:${CMAKE_CXX_COMPILER_VERSION},15>:__cpp_impl_coroutine=201902L>)
  endif()
endfunction()

# messages, net, nat and actors.
function(devp2p_find_core)
  # Threads: CAF's scheduler and the network's loops.
  devp2p_package(Threads libc6-dev)
  # CAF: the actors. Later versions bring a package file; Debian's 0.17.6 does not.
  devp2p_import(CAF::core caf/all.hpp caf_core libcaf-dev USES Threads::Threads)
  # spdlog: the log that a node is given.
  devp2p_package(spdlog libspdlog-dev)
  devp2p_import_asio()
  # libsecp256k1: keys, signatures and Diffie-Hellman of the RLPx handshake.
  devp2p_import(devp2p::third_party_secp256k1 secp256k1.h secp256k1 libsecp256k1-dev)
  # miniupnpc: UPnP gateways. Later versions bring a package file; Debian's does not.
  devp2p_import(devp2p::third_party_miniupnpc miniupnpc/miniupnpc.h miniupnpc libminiupnpc-dev)
  # Expat: what UPnP gateways say is XML, of which miniupnpc reads the simplest forms.
  devp2p_package(EXPAT libexpat1-dev)
  # libnatpmp: NAT-PMP gateways.
  devp2p_import(devp2p::third_party_natpmp natpmp.h natpmp libnatpmp-dev)
  # snappy: compression of messages, EIP-706.
  devp2p_package(Snappy libsnappy-dev)
  # OpenSSL: AES, SHA-256, HMAC and randomness; net/crypto/README.md says why this one.
  devp2p_package(OpenSSL libssl-dev COMPONENTS Crypto SSL)
endfunction()

# CAF's middleman: actors in other processes, encrypted between hosts, by OpenSSL.
function(devp2p_find_remote)
  devp2p_import(CAF::io caf/io/all.hpp caf_io libcaf-dev USES CAF::core)
  devp2p_import(CAF::openssl caf/openssl/all.hpp caf_openssl libcaf-dev USES CAF::io)
endfunction()

# SQLite: the file of what a node must not forget. Its transactions survive a crash at any moment.
function(devp2p_find_peering)
  devp2p_package(SQLite3 libsqlite3-dev)
endfunction()

# prometheus-cpp: a node's metrics, and the endpoint that Prometheus asks for them. Its CMake package
# also wants libcurl, for a part that is not used.
function(devp2p_find_metrics)
  devp2p_import(devp2p::third_party_prometheus prometheus/registry.h prometheus-cpp-core
    prometheus-cpp-dev USES Threads::Threads)
  devp2p_import(devp2p::third_party_prometheus_pull prometheus/exposer.h prometheus-cpp-pull
    prometheus-cpp-dev USES devp2p::third_party_prometheus)
endfunction()

# nlohmann JSON: scenarios, and what simulations write.
function(devp2p_find_simulator)
  devp2p_package(nlohmann_json nlohmann-json3-dev)
endfunction()

# CLI11: the command line of a simulator.
function(devp2p_find_program)
  devp2p_package(CLI11 libcli11-dev)
endfunction()

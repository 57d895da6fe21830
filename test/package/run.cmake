# Installs the build, then configures, builds and tests what users have: a project that finds what was
# installed, all of it and the core alone; one that can do without; one that uses pkg-config; one that
# builds the library as a part of itself; and what the tutorial shows.
# Arguments: BUILD, ROOT, SOURCE, SCRATCH, CONFIG, COMPILER, FLAGS, and LONG to build that last one, and
# shared libraries, too.
function(run)
  execute_process(COMMAND ${ARGN} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

set(options -G Ninja -DCMAKE_BUILD_TYPE=${CONFIG} -DCMAKE_CXX_COMPILER=${COMPILER}
  -DCMAKE_CXX_FLAGS=${FLAGS})

function(consume build name)
  set(prefix ${SCRATCH}/${name}/prefix)
  run(${CMAKE_COMMAND} --install ${build} --prefix ${prefix})
  run(${CMAKE_COMMAND} -S ${SOURCE} -B ${SCRATCH}/${name}/build ${options}
    -DCMAKE_PREFIX_PATH=${prefix} -DEXAMPLES=${ROOT}/examples)
  run(${CMAKE_COMMAND} --build ${SCRATCH}/${name}/build)
  run(${CMAKE_CTEST_COMMAND} --test-dir ${SCRATCH}/${name}/build --no-tests=error
    --output-on-failure)
endfunction()

# The tool of an installed tree runs where it is.
function(run_tool name)
  set(tool ${SCRATCH}/${name}/prefix/bin/devp2p)
  run(${tool} --version)
  run(${tool} key new ${SCRATCH}/${name}/key)
  run(${tool} key show ${SCRATCH}/${name}/key)
endfunction()

function(find_softly name components found says)
  run(${CMAKE_COMMAND} -S ${SOURCE}/softly -B ${SCRATCH}/${name}/softly --fresh ${options} ${ARGN}
    -DCMAKE_PREFIX_PATH=${SCRATCH}/${name}/prefix -DNAMES=${components} -DFOUND=${found}
    -DSAYS=${says})
endfunction()

function(consume_by_pkg_config name)
  file(GLOB_RECURSE files ${SCRATCH}/${name}/prefix/*/devp2p.pc)
  get_filename_component(folder "${files}" DIRECTORY)
  set(ENV{PKG_CONFIG_PATH} ${folder})
  execute_process(COMMAND pkg-config --cflags --libs devp2p OUTPUT_VARIABLE arguments
    COMMAND_ERROR_IS_FATAL ANY)
  separate_arguments(flags UNIX_COMMAND "${FLAGS}")
  separate_arguments(arguments UNIX_COMMAND "${arguments}")
  run(${COMPILER} -std=c++20 ${flags} ${SOURCE}/consumer.cpp -o ${SCRATCH}/${name}/by_pkg_config
    ${arguments} -Wl,-rpath,${folder}/..)
  run(${SCRATCH}/${name}/by_pkg_config)
endfunction()

include(${SOURCE}/tutorial.cmake)

file(REMOVE_RECURSE ${SCRATCH})
consume(${BUILD} whole)
follow_tutorial(${SCRATCH}/whole/prefix)
consume_by_pkg_config(whole)
run_tool(whole)
find_softly(whole "kit,remote" YES "")
find_softly(whole "simulator" YES "")
find_softly(whole "kit,nonsense" NO "no component nonsense")
find_softly(whole "kit" NO "libsnappy-dev" -DCMAKE_DISABLE_FIND_PACKAGE_Snappy=ON)
# The package outlives the sources that it was made of.
file(GLOB_RECURSE installed ${SCRATCH}/whole/prefix/*)
foreach(file IN LISTS installed)
  if(IS_SYMLINK ${file})
    file(READ_SYMLINK ${file} target)
    if(IS_ABSOLUTE ${target})
      message(FATAL_ERROR "${file} is installed as a link to ${target}")
    endif()
  endif()
endforeach()
foreach(file share/doc/devp2p/LICENSE share/doc/devp2p/test/simulator/scenario.md
    share/doc/devp2p/examples/echo.cpp share/devp2p/scenario.schema.json
    include/devp2p/version.hpp)
  if(NOT EXISTS ${SCRATCH}/whole/prefix/${file})
    message(FATAL_ERROR "${file} is not installed")
  endif()
endforeach()

# No two headers have one name.
file(GLOB_RECURSE headers ${SCRATCH}/whole/prefix/include/devp2p/*.hpp)
list(TRANSFORM headers REPLACE ".*/" "")
list(SORT headers)
set(last)
foreach(header IN LISTS headers)
  if(header STREQUAL last)
    message(FATAL_ERROR "two of the installed headers are called ${header}")
  endif()
  set(last ${header})
endforeach()

# The core alone: the libraries are the same, and need not be built once more.
run(${CMAKE_COMMAND} -S ${ROOT} -B ${SCRATCH}/libraries ${options} -DDEVP2P_TESTS=OFF
  -DDEVP2P_EXAMPLES=OFF -DDEVP2P_TOOL=OFF -DDEVP2P_PROGRAM=OFF -DDEVP2P_SIMULATOR=OFF -DDEVP2P_KIT=OFF
  -DDEVP2P_BENCH=OFF -DDEVP2P_REMOTE=OFF -DDEVP2P_PUNCHING=OFF -DDEVP2P_PEERING=OFF
  -DDEVP2P_METRICS=OFF)
foreach(folder messages net nat actors)
  file(COPY ${BUILD}/${folder} DESTINATION ${SCRATCH}/libraries FILES_MATCHING PATTERN *.a
    PATTERN CMakeFiles EXCLUDE PATTERN remote EXCLUDE PATTERN punching EXCLUDE PATTERN peering EXCLUDE
    PATTERN metrics EXCLUDE)
endforeach()
consume(${SCRATCH}/libraries core_alone)
find_softly(core_alone "kit" NO "no component kit")
file(GLOB_RECURSE wings ${SCRATCH}/core_alone/prefix/include/devp2p/kit/*
  ${SCRATCH}/core_alone/prefix/include/devp2p/actors/remote/*)
if(wings)
  message(FATAL_ERROR "installed, although it was not wanted: ${wings}")
endif()

# With DEVP2P_INSTALL=OFF, nothing is installed.
set(build ${SCRATCH}/not_installed)
run(${CMAKE_COMMAND} -S ${ROOT} -B ${build} ${options} -DDEVP2P_INSTALL=OFF -DDEVP2P_TESTS=OFF)
run(${CMAKE_COMMAND} --install ${build} --prefix ${build}/prefix)
if(EXISTS ${build}/prefix)
  message(FATAL_ERROR "something is installed in spite of DEVP2P_INSTALL=OFF")
endif()

# A part of another project.
foreach(how FetchContent add_subdirectory)
  set(build ${SCRATCH}/${how})
  run(${CMAKE_COMMAND} -S ${SOURCE}/subproject -B ${build} ${options} -DROOT=${ROOT} -DHOW=${how})
  run(${CMAKE_COMMAND} --build ${build} --target values)
endforeach()
if(NOT LONG)
  return()
endif()
run(${CMAKE_COMMAND} --build ${SCRATCH}/FetchContent --target subproject)
run(${SCRATCH}/FetchContent/subproject)

# Shared libraries, which lack no symbols, show none but ours, whatever the user's project hides, and
# which the tool finds. A library with a sanitizer would lack those of the sanitizer.
set(FLAGS "")
set(options -G Ninja -DCMAKE_BUILD_TYPE=${CONFIG} -DCMAKE_CXX_COMPILER=${COMPILER})
run(${CMAKE_COMMAND} -S ${ROOT} -B ${SCRATCH}/shared_libraries ${options} -DBUILD_SHARED_LIBS=ON
  -DCMAKE_SHARED_LINKER_FLAGS=-Wl,-z,defs -DCMAKE_CXX_VISIBILITY_PRESET=hidden
  -DCMAKE_UNITY_BUILD=ON -DDEVP2P_TESTS=OFF -DDEVP2P_EXAMPLES=OFF -DDEVP2P_BENCH=OFF)
run(${CMAKE_COMMAND} --build ${SCRATCH}/shared_libraries)
consume(${SCRATCH}/shared_libraries shared)
consume_by_pkg_config(shared)
run_tool(shared)
file(GLOB_RECURSE libraries ${SCRATCH}/shared/prefix/*.so)
foreach(library IN LISTS libraries)
  execute_process(COMMAND nm -DC --defined-only ${library} OUTPUT_VARIABLE symbols
    COMMAND_ERROR_IS_FATAL ANY)
  string(REGEX REPLACE "[^\n]*devp2p[^\n]*\n" "" others "${symbols}")
  if(others)
    message(FATAL_ERROR "${library} shows what is not ours: ${others}")
  endif()
endforeach()

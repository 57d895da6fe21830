# Installs the build, then configures, builds and tests a consumer of what was installed: all of it,
# and what is left of it without the kit.
# Arguments: BUILD, ROOT, SOURCE, SCRATCH, CONFIG, COMPILER, FLAGS.
function(run)
  execute_process(COMMAND ${ARGN} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

set(options -G Ninja -DCMAKE_BUILD_TYPE=${CONFIG} -DCMAKE_CXX_COMPILER=${COMPILER}
  -DCMAKE_CXX_FLAGS=${FLAGS})

function(consume build name)
  run(${CMAKE_COMMAND} --install ${build} --prefix ${SCRATCH}/${name}/prefix)
  run(${CMAKE_COMMAND} -S ${SOURCE} -B ${SCRATCH}/${name}/build ${options}
    -DCMAKE_PREFIX_PATH=${SCRATCH}/${name}/prefix -DEXAMPLES=${ROOT}/examples)
  run(${CMAKE_COMMAND} --build ${SCRATCH}/${name}/build)
  run(${CMAKE_CTEST_COMMAND} --test-dir ${SCRATCH}/${name}/build --no-tests=error
    --output-on-failure)
endfunction()

file(REMOVE_RECURSE ${SCRATCH})
consume(${BUILD} whole)

# The libraries are the same, and need not be built once more.
run(${CMAKE_COMMAND} -S ${ROOT} -B ${SCRATCH}/libraries ${options}
  -DDEVP2P_TESTS=OFF -DDEVP2P_BENCH=OFF -DDEVP2P_EXAMPLES=OFF -DDEVP2P_TOOL=OFF
  -DDEVP2P_SIMULATOR=OFF -DDEVP2P_KIT=OFF)
foreach(folder messages net nat actors)
  file(COPY ${BUILD}/${folder} DESTINATION ${SCRATCH}/libraries FILES_MATCHING PATTERN *.a
    PATTERN CMakeFiles EXCLUDE)
endforeach()
consume(${SCRATCH}/libraries without_kit)
foreach(folder kit simulator)
  if(EXISTS ${SCRATCH}/without_kit/prefix/include/devp2p/${folder})
    message(FATAL_ERROR "devp2p::${folder} is installed, although it was not wanted")
  endif()
endforeach()

# Follows the tutorial as a reader does: makes the files that it shows, runs its commands, and applies
# its remedy. Uses `run`, `options`, ROOT and SCRATCH.

# Writes the first block of that language to a file.
function(write_block language file)
  file(READ ${ROOT}/test/simulator/tutorial.md text)
  string(FIND "${text}" "```${language}\n" begin)
  if(begin EQUAL -1 OR text MATCHES "@[A-Z]+@")
    message(FATAL_ERROR "the tutorial is not complete")
  endif()
  string(LENGTH "```${language}\n" mark)
  math(EXPR begin "${begin} + ${mark}")
  string(SUBSTRING "${text}" ${begin} -1 text)
  string(FIND "${text}" "```" size)
  string(SUBSTRING "${text}" 0 ${size} text)
  file(WRITE ${file} "${text}")
endfunction()

# Runs the program with those arguments, and requires that status and a text that it prints.
function(expect status says)
  execute_process(COMMAND ${folder}/build/token ${ARGN} WORKING_DIRECTORY ${folder}
    OUTPUT_VARIABLE printed ERROR_VARIABLE printed RESULT_VARIABLE ended)
  if(NOT ended EQUAL status OR NOT printed MATCHES "${says}")
    message(FATAL_ERROR "the tutorial's program ended with ${ended} and says ${printed}")
  endif()
endfunction()

function(follow_tutorial prefix)
  set(folder ${SCRATCH}/tutorial)
  write_block(cpp ${folder}/token.cpp)
  write_block(cmake ${folder}/CMakeLists.txt)
  write_block(json ${folder}/token.json)
  write_block(diff ${folder}/token.diff)
  run(${CMAKE_COMMAND} -S ${folder} -B ${folder}/build ${options} -DCMAKE_PREFIX_PATH=${prefix})
  run(${CMAKE_COMMAND} --build ${folder}/build)
  set(trouble token.json --set "flaky_links={\"mean_between_s\": 10}")
  expect(0 "\"holds\": true" token.json)
  expect(3 "one_token: .* two nodes hold the token.*\n[^\n]*2 nodes, 1 link and" ${trouble}
    --seeds 50 --shrink --out small)
  expect(3 "run/trace.txt tells what happened" small/smallest.json --out run)
  find_package(Git REQUIRED)
  execute_process(COMMAND ${GIT_EXECUTABLE} apply -p0 token.diff WORKING_DIRECTORY ${folder}
    COMMAND_ERROR_IS_FATAL ANY)
  run(${CMAKE_COMMAND} --build ${folder}/build)
  expect(0 "all checks hold" ${trouble} --seeds 50)
endfunction()

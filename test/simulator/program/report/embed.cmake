# Puts a page of `devp2p simulate` together and makes C++ of it, as the tool is one file:
#   cmake -DPAGE=page.html -DSTYLE=style.css -DSCRIPTS=a.js,b.js -DCHART_JS=chart.min.js
#         -DOUT=page.cpp -DFUNCTION=report_page -P embed.cmake
# Each `@NAME@` of the page is replaced by a file; the library comes last, so that nothing in it is
# taken for a place.
cmake_minimum_required(VERSION 3.25)
file(READ ${PAGE} page)
file(READ ${STYLE} style)
string(REPLACE "@STYLE@" "${style}" page "${page}")
string(REPLACE "," ";" SCRIPTS "${SCRIPTS}")
set(scripts "")
foreach(file IN LISTS SCRIPTS)
  file(READ ${file} script)
  string(APPEND scripts "${script}\n")
endforeach()
string(REPLACE "@SCRIPTS@" "${scripts}" page "${page}")
file(READ ${CHART_JS} library)
string(FIND "${library}" "</script" ends)
string(FIND "${library}" "@DATA@" place)
if(NOT ends EQUAL -1 OR NOT place EQUAL -1)
  message(FATAL_ERROR "${CHART_JS}: cannot stand in a page; another version of Chart.js can")
endif()
string(REPLACE "@CHART_JS@" "${library}" page "${page}")

# Bytes, because a compiler need not take a string of that length.
file(WRITE ${OUT}.html "${page}")
file(READ ${OUT}.html bytes HEX)
string(REGEX REPLACE "(..)" "0x\\1," bytes "${bytes}")
string(REGEX REPLACE "(................................................................................)" "\\1\n" bytes "${bytes}")
file(WRITE ${OUT} "// Made by embed.cmake.
#include \"devp2p/simulator/program/page.hpp\"

namespace devp2p::tool {

namespace {

constexpr unsigned char ${FUNCTION}_bytes[] = {
${bytes}};

} // namespace

std::string_view ${FUNCTION}() {
  return {reinterpret_cast<const char*>(${FUNCTION}_bytes), sizeof(${FUNCTION}_bytes)};
}

} // namespace devp2p::tool
")

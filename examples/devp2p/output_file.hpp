// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <ext/stdio_filebuf.h>

#include <ostream>
#include <string>

namespace devp2p::tool {

/// A file that is written, as by `std::ofstream`; but programs that are started meanwhile do not
/// inherit it.
class output_file : public std::ostream {
public:
  output_file() : std::ostream(nullptr) {}
  explicit output_file(const std::string& name) : output_file() { open(name); }

  /// Creates the file or empties it. The stream has failed if that cannot be done.
  void open(const std::string& name);
  /// The stream has failed if something could not be written.
  void close();

private:
  __gnu_cxx::stdio_filebuf<char> buffer_;
};

} // namespace devp2p::tool

// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <ext/stdio_filebuf.h>

#include <cerrno>
#include <ostream>
#include <string>

namespace devp2p::tool {

/// Creates the folder, unless it is there. Throws `std::system_error`, with its name and the
/// reason.
void create_folder(const std::string& name);

/// A file stream for writing, like `std::ofstream`. Child processes do not inherit its descriptor.
class output_file : public std::ostream {
public:
  output_file() : std::ostream(nullptr) {}
  explicit output_file(const std::string& name) : output_file() { open(name); }

  /// Throws `std::system_error`, with the file's name and the reason, if the stream has failed.
  void check() const;

  /// Creates the file or empties it. The stream has failed if that cannot be done.
  void open(const std::string& name);
  /// Closes the file. The stream has failed if something could not be written.
  void close();

private:
  /// A file buffer that keeps the first `errno` number of a failed write.
  class buffer : public __gnu_cxx::stdio_filebuf<char> {
  public:
    using stdio_filebuf::stdio_filebuf;

    [[nodiscard]] int error() const { return error_; }
    void fail_with(int error) {
      if (error_ == 0)
        error_ = error;
    }

  protected:
    int_type overflow(int_type x) override {
      return noted(stdio_filebuf::overflow(x), traits_type::eof());
    }
    int sync() override { return noted(stdio_filebuf::sync(), -1); }
    std::streamsize xsputn(const char* from, std::streamsize size) override {
      const auto written = stdio_filebuf::xsputn(from, size);
      if (written < size)
        fail_with(errno);
      return written;
    }

  private:
    template <class T>
    T noted(T result, T failure) {
      if (result == failure)
        fail_with(errno);
      return result;
    }

    int error_ = 0;
  };

  std::string name_;
  buffer buffer_;
};

} // namespace devp2p::tool

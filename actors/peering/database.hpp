// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sqlite3.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

namespace devp2p {

/// A failure of SQLite. Failures for want of memory are `std::bad_alloc` instead.
class database_error : public std::runtime_error {
public:
  database_error(int code, const std::string& text) : std::runtime_error(text), code_(code) {}

  /// The primary result code, such as `SQLITE_FULL`.
  [[nodiscard]] int code() const { return code_ & 0xff; }

private:
  int code_;
};

/// A prepared statement. Used for one execution at a time: bind, `step` until it returns false,
/// `reset`.
class statement {
public:
  statement() = default;
  explicit statement(sqlite3_stmt* made) : made_(made) {}

  void bind(int index, std::int64_t x);
  void bind(int index, double x);
  /// The text must live until `reset`.
  void bind(int index, std::string_view x);
  /// The bytes must live until `reset`.
  void bind(int index, std::span<const std::uint8_t> x);
  void bind_null(int index);

  /// Returns true iff there is a row.
  bool step();
  void reset();

  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] double number(int column) const;
  [[nodiscard]] bool is_null(int column) const;
  [[nodiscard]] std::string text(int column) const;
  /// The bytes live until the next `step` or `reset`.
  [[nodiscard]] std::span<const std::uint8_t> bytes(int column) const;

private:
  void check(int code) const;

  struct finalize {
    void operator()(sqlite3_stmt* x) const { sqlite3_finalize(x); }
  };
  std::unique_ptr<sqlite3_stmt, finalize> made_;
};

/// A connection to a file of SQLite. For one thread at a time.
class database {
public:
  database() = default;
  /// Opens the file; by default, makes an empty one if there is none.
  explicit database(const std::string& file,
                    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);

  void execute(const std::string& sql);
  [[nodiscard]] statement prepare(std::string_view sql);
  /// Returns the first value of the first row, which there must be.
  [[nodiscard]] std::int64_t integer(std::string_view sql);
  [[nodiscard]] std::string text(std::string_view sql);
  [[nodiscard]] bool is_read_only() const;
  /// Sets whether closing leaves the file and its write-ahead log as they are.
  void leave_log_at_close(bool leave);

  /// Runs `task` in a transaction, which is undone if the task throws.
  template <class Task>
  void transact(Task task) {
    execute("BEGIN IMMEDIATE");
    try {
      task();
      execute("COMMIT");
    } catch (...) {
      undo();
      throw;
    }
  }

private:
  void undo() noexcept;

  struct close {
    void operator()(sqlite3* x) const { sqlite3_close_v2(x); }
  };
  std::unique_ptr<sqlite3, close> open_;
};

} // namespace devp2p

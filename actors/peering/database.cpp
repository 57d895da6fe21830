// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/peering/database.hpp"

#include <new>

namespace devp2p {

namespace {

void check_result(int code, sqlite3* where) {
  if (code == SQLITE_OK)
    return;
  if ((code & 0xff) == SQLITE_NOMEM)
    throw std::bad_alloc{};
  throw database_error{code, where != nullptr ? sqlite3_errmsg(where) : sqlite3_errstr(code)};
}

} // namespace

void statement::check(int code) const {
  check_result(code, sqlite3_db_handle(made_.get()));
}

void statement::bind(int index, std::int64_t x) {
  check(sqlite3_bind_int64(made_.get(), index, x));
}

void statement::bind(int index, double x) {
  check(sqlite3_bind_double(made_.get(), index, x));
}

void statement::bind(int index, std::string_view x) {
  check(sqlite3_bind_text64(made_.get(), index, x.data(), x.size(), SQLITE_STATIC, SQLITE_UTF8));
}

void statement::bind(int index, std::span<const std::uint8_t> x) {
  check(sqlite3_bind_blob64(made_.get(), index, x.data(), x.size(), SQLITE_STATIC));
}

void statement::bind_null(int index) {
  check(sqlite3_bind_null(made_.get(), index));
}

bool statement::step() {
  auto code = sqlite3_step(made_.get());
  if (code == SQLITE_ROW)
    return true;
  if (code != SQLITE_DONE)
    check(code);
  return false;
}

void statement::reset() {
  sqlite3_reset(made_.get()); // Repeats the error of the last step, which was thrown.
  sqlite3_clear_bindings(made_.get());
}

std::int64_t statement::integer(int column) const {
  return sqlite3_column_int64(made_.get(), column);
}

double statement::number(int column) const {
  return sqlite3_column_double(made_.get(), column);
}

bool statement::is_null(int column) const {
  return sqlite3_column_type(made_.get(), column) == SQLITE_NULL;
}

std::string statement::text(int column) const {
  const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(made_.get(), column));
  auto size = static_cast<std::size_t>(sqlite3_column_bytes(made_.get(), column));
  return data != nullptr ? std::string{data, size} : std::string{};
}

std::span<const std::uint8_t> statement::bytes(int column) const {
  const auto* data = static_cast<const std::uint8_t*>(sqlite3_column_blob(made_.get(), column));
  return {data, data != nullptr
                  ? static_cast<std::size_t>(sqlite3_column_bytes(made_.get(), column))
                  : 0};
}

database::database(const std::string& file, int flags) {
  sqlite3* opened = nullptr;
  auto code = sqlite3_open_v2(file.c_str(), &opened,
                              flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
  open_.reset(opened);
  check_result(code, opened);
}

void database::execute(const std::string& sql) {
  check_result(sqlite3_exec(open_.get(), sql.c_str(), nullptr, nullptr, nullptr), open_.get());
}

statement database::prepare(std::string_view sql) {
  sqlite3_stmt* made = nullptr;
  check_result(
    sqlite3_prepare_v2(open_.get(), sql.data(), static_cast<int>(sql.size()), &made, nullptr),
    open_.get());
  return statement{made};
}

std::int64_t database::integer(std::string_view sql) {
  auto asked = prepare(sql);
  asked.step();
  return asked.integer(0);
}

std::string database::text(std::string_view sql) {
  auto asked = prepare(sql);
  asked.step();
  return asked.text(0);
}

bool database::is_read_only() const {
  return sqlite3_db_readonly(open_.get(), "main") == 1;
}

void database::leave_log_at_close(bool leave) {
  sqlite3_db_config(open_.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, leave ? 1 : 0, nullptr);
}

void database::undo() noexcept {
  // SQLite may have rolled back itself.
  if (sqlite3_get_autocommit(open_.get()) == 0)
    sqlite3_exec(open_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
}

} // namespace devp2p

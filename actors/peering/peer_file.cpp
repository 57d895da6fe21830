// SPDX-License-Identifier: BSL-1.0
#include "devp2p/actors/peering/peer_file.hpp"

#include "devp2p/actors/peering/unix_time.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <optional>
#include <system_error>
#include <utility>

namespace devp2p {

namespace {

/// "devp", which marks the files of SQLite that are ours.
constexpr std::int64_t own_application = 0x64657670;
constexpr int max_broken_files = 9;

const std::array<std::string, 1> schemas{R"(
  CREATE TABLE ban (subject TEXT PRIMARY KEY, until INTEGER NOT NULL, reason TEXT NOT NULL)
    WITHOUT ROWID;
  CREATE TABLE score (id BLOB PRIMARY KEY, score REAL NOT NULL, failures INTEGER NOT NULL,
    changed INTEGER NOT NULL, failed INTEGER NOT NULL, bans INTEGER NOT NULL,
    banned_until INTEGER NOT NULL, network TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE static_node (id BLOB PRIMARY KEY, url TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE known_node (id BLOB PRIMARY KEY, url TEXT NOT NULL, last_seen INTEGER NOT NULL,
    proved INTEGER) WITHOUT ROWID;
  CREATE TABLE own (one INTEGER PRIMARY KEY CHECK (one = 1), sequence INTEGER NOT NULL);
)"};
static_assert(peer_file::version == std::tuple_size_v<decltype(schemas)>);

/// Returns the network in that column; zero if it is none.
nat::address_key network_in(statement& row, int column) {
  nat::address_key out{};
  if (auto found = from_hex(row.text(column)); found && found->size() == out.size())
    std::copy(found->begin(), found->end(), out.begin());
  return out;
}

/// Runs `task`. A failure of SQLite is one of the file.
template <class Task>
auto on_file(Task task) {
  try {
    return task();
  } catch (const database_error& why) {
    throw unusable_file{kind_of(why), why.what()};
  }
}

/// Throws if the file is shorter than the smallest page. SQLite would take it for an empty one.
void refuse_fragment(const std::filesystem::path& file) {
  std::error_code none;
  auto size = std::filesystem::file_size(file, none);
  if (!none && size > 0 && size < 512)
    throw unusable_file{unusable_file::kind::broken, "it is too short for a database"};
}

std::optional<node_id> id_in(const statement& row, int column) {
  auto found = row.bytes(column);
  node_id out;
  if (found.size() != out.value.size())
    return std::nullopt;
  std::copy(found.begin(), found.end(), out.value.begin());
  return out;
}

std::chrono::system_clock::time_point time_in(const statement& row, int column) {
  return from_unix_time(row.integer(column));
}

std::span<const std::uint8_t> bytes_of(const node_id& x) {
  return x.value;
}

/// Executes a statement. Parameters that are not given are null.
template <class... Ts>
void execute(statement& what, const Ts&... values) {
  struct reset_at_end {
    statement& what;
    ~reset_at_end() { what.reset(); }
  } const guard{what};
  int index = 0;
  (what.bind(++index, values), ...);
  while (what.step())
    ;
}

/// Returns the name of a file as SQLite takes it with options.
std::string as_uri(const std::filesystem::path& file, const std::string& options) {
  std::string out = "file:";
  for (auto x : std::filesystem::absolute(file).string()) {
    constexpr std::string_view digits = "0123456789abcdef";
    if (std::string_view{"?#%"}.find(x) == std::string_view::npos)
      out += x;
    else
      (out += '%')
        .append(
          {digits[static_cast<unsigned char>(x) / 16], digits[static_cast<unsigned char>(x) % 16]});
  }
  return out + "?" + options;
}

} // namespace

unusable_file::kind kind_of(const database_error& why) {
  switch (why.code()) {
  case SQLITE_NOTADB:
  case SQLITE_CORRUPT:
  case SQLITE_ERROR: // A table is missing, or has other columns.
  case SQLITE_SCHEMA:
  case SQLITE_MISMATCH:
  case SQLITE_CONSTRAINT:
    return unusable_file::kind::broken;
  case SQLITE_BUSY:
  case SQLITE_LOCKED:
    return unusable_file::kind::in_use;
  case SQLITE_READONLY:
  case SQLITE_PERM:
  case SQLITE_CANTOPEN:
    return unusable_file::kind::read_only;
  case SQLITE_FULL:
    return unusable_file::kind::full;
  default:
    return unusable_file::kind::other;
  }
}

peer_file::peer_file(const std::filesystem::path& file) {
  on_file([&] {
    refuse_fragment(file);
    rows_ = database{file.string()};
    if (rows_.is_read_only())
      throw unusable_file{unusable_file::kind::read_only, "it is write-protected"};
    rows_.leave_log_at_close(true);
    // The lock is kept until the end, and needs no memory that is shared with other processes.
    rows_.execute("PRAGMA busy_timeout = 250; PRAGMA locking_mode = EXCLUSIVE");
    check_owner();
    if (auto fault = rows_.text("PRAGMA quick_check(1)"); fault != "ok")
      throw unusable_file{unusable_file::kind::broken, fault};
    rows_.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                  "PRAGMA journal_size_limit = 4194304; PRAGMA trusted_schema = OFF");
    migrate(rows_, schemas);
    prepare_changes();
    rows_.leave_log_at_close(false);
  });
}

peer_file::peer_file(const std::filesystem::path& file, read_only) {
  on_file([&] {
    rows_ = database{as_uri(file, "immutable=1&mode=ro"), SQLITE_OPEN_READONLY | SQLITE_OPEN_URI};
    check_owner();
  });
}

/// Throws if the file is another program's or a newer version's.
void peer_file::check_owner() {
  auto owner = rows_.integer("PRAGMA application_id");
  auto schema = rows_.integer("PRAGMA user_version");
  auto is_empty = rows_.integer("SELECT count(*) FROM sqlite_schema") == 0;
  if (owner != own_application && !(owner == 0 && schema == 0 && is_empty))
    throw unusable_file{unusable_file::kind::broken, "it is the database of another program"};
  if (schema > version)
    throw unusable_file{unusable_file::kind::newer, "its format is version " +
                                                      std::to_string(schema) + ", newer than " +
                                                      std::to_string(version)};
}

void peer_file::prepare_changes() {
  put_ban_ = rows_.prepare("INSERT OR REPLACE INTO ban (subject, until, reason) VALUES (?, ?, ?)");
  put_score_ = rows_.prepare("INSERT OR REPLACE INTO score (id, score, failures, changed, failed, "
                             "bans, banned_until, network) VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
  put_static_ = rows_.prepare("INSERT OR REPLACE INTO static_node (id, url) VALUES (?, ?)");
  put_known_ = rows_.prepare(
    "INSERT OR REPLACE INTO known_node (id, url, last_seen, proved) VALUES (?, ?, ?, ?)");
  put_sequence_ = rows_.prepare("INSERT OR REPLACE INTO own (one, sequence) VALUES (1, ?)");
  remove_ban_ = rows_.prepare("DELETE FROM ban WHERE subject = ?");
  remove_score_ = rows_.prepare("DELETE FROM score WHERE id = ?");
  remove_static_ = rows_.prepare("DELETE FROM static_node WHERE id = ?");
  remove_known_ = rows_.prepare("DELETE FROM known_node WHERE id = ?");
}

std::vector<store_change> peer_file::read() {
  return on_file([&] {
    std::vector<store_change> out;
    for (auto row = rows_.prepare("SELECT subject, until, reason FROM ban"); row.step();)
      out.emplace_back(stored_ban{row.text(0), time_in(row, 1), row.text(2)});
    for (auto row = rows_.prepare("SELECT id, score, failures, changed, failed, bans, "
                                  "banned_until, network FROM score");
         row.step();)
      if (auto id = id_in(row, 0))
        out.emplace_back(stored_score{*id, row.number(1),
                                      static_cast<std::uint32_t>(row.integer(2)), time_in(row, 3),
                                      time_in(row, 4), static_cast<std::uint32_t>(row.integer(5)),
                                      time_in(row, 6), network_in(row, 7)});
    for (auto row = rows_.prepare("SELECT url FROM static_node"); row.step();)
      if (auto url = enode::parse(row.text(0)))
        out.emplace_back(static_node{*url});
    for (auto row = rows_.prepare("SELECT url, last_seen, proved FROM known_node"); row.step();)
      if (auto url = enode::parse(row.text(0))) {
        known_node node{*url, time_in(row, 1)};
        if (!row.is_null(2))
          node.proved = time_in(row, 2);
        out.emplace_back(node);
      }
    for (auto row = rows_.prepare("SELECT sequence FROM own"); row.step();)
      out.emplace_back(own_sequence{std::bit_cast<std::uint64_t>(row.integer(0))});
    return out;
  });
}

void peer_file::write(std::span<const store_change> changes) {
  on_file([&] {
    rows_.transact([&] {
      for (const auto& x : changes)
        put(x);
    });
  });
}

void peer_file::rewrite(std::span<const store_change> rows) {
  on_file([&] {
    rows_.transact([&] {
      rows_.execute("DELETE FROM ban; DELETE FROM score; DELETE FROM static_node;"
                    "DELETE FROM known_node; DELETE FROM own");
      for (const auto& x : rows)
        put(x);
    });
  });
}

void peer_file::put(const store_change& change) {
  struct visitor {
    peer_file& file;

    void operator()(const stored_ban& x) const {
      execute(file.put_ban_, std::string_view{x.subject}, to_unix_time(x.until),
              std::string_view{x.reason});
    }
    void operator()(const stored_score& x) const {
      auto network = to_hex(x.network);
      execute(file.put_score_, bytes_of(x.id), x.score, std::int64_t{x.failures},
              to_unix_time(x.changed), to_unix_time(x.failed), std::int64_t{x.bans},
              to_unix_time(x.banned_until), std::string_view{network});
    }
    void operator()(const static_node& x) const {
      auto url = to_string(x.url);
      execute(file.put_static_, bytes_of(x.url.id), std::string_view{url});
    }
    void operator()(const known_node& x) const {
      auto url = to_string(x.url);
      auto& put = file.put_known_;
      if (x.proved)
        execute(put, bytes_of(x.url.id), std::string_view{url}, to_unix_time(x.last_seen),
                to_unix_time(*x.proved));
      else
        execute(put, bytes_of(x.url.id), std::string_view{url}, to_unix_time(x.last_seen));
    }
    void operator()(const removed_ban& x) const {
      execute(file.remove_ban_, std::string_view{x.subject});
    }
    void operator()(const removed_score& x) const { execute(file.remove_score_, bytes_of(x.id)); }
    void operator()(const removed_static_node& x) const {
      execute(file.remove_static_, bytes_of(x.id));
    }
    void operator()(const removed_known_node& x) const {
      execute(file.remove_known_, bytes_of(x.id));
    }
    void operator()(const own_sequence& x) const {
      execute(file.put_sequence_, std::bit_cast<std::int64_t>(x.number));
    }
  };
  std::visit(visitor{*this}, change);
}

std::vector<store_change> read_unwritable(const std::filesystem::path& file) {
  return peer_file{file, peer_file::read_only{}}.read();
}

void migrate(database& rows, std::span<const std::string> scripts) {
  rows.transact([&] {
    auto schema =
      static_cast<std::size_t>(std::max<std::int64_t>(0, rows.integer("PRAGMA user_version")));
    if (schema >= scripts.size())
      return;
    for (const auto& script : scripts.subspan(schema))
      rows.execute(script);
    rows.execute("PRAGMA application_id = " + std::to_string(own_application) +
                 "; PRAGMA user_version = " + std::to_string(scripts.size()));
  });
}

std::filesystem::path move_aside(const std::filesystem::path& file) {
  namespace fs = std::filesystem;
  auto with = [](fs::path path, const std::string& suffix) { return path += suffix; };
  std::optional<fs::path> to;
  for (int i = 1; i <= max_broken_files; ++i) {
    auto next = with(file, ".broken-" + std::to_string(i));
    if (!fs::exists(fs::symlink_status(next))) {
      to = next;
      break;
    }
    if (!to || fs::last_write_time(next) < fs::last_write_time(*to))
      to = next;
  }
  // The logs go first: SQLite would play one that is left behind into the next file.
  for (const auto* suffix : {"-wal", "-shm", "-journal", ""}) {
    auto from = with(file, suffix);
    if (fs::exists(fs::symlink_status(from)))
      fs::rename(from, with(*to, suffix));
    else
      fs::remove(with(*to, suffix));
  }
  return *to;
}

} // namespace devp2p

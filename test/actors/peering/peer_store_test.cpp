// SPDX-License-Identifier: BSL-1.0
#include "forked.hpp"
#include "temporary_folder.hpp"

#include "devp2p/actors/peering/database.hpp"
#include "devp2p/actors/peering/peer_file.hpp"
#include "devp2p/actors/peering/peer_store.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/mount.h>
#include <sys/resource.h>

#include <algorithm>
#include <fstream>
#include <sched.h>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(peer_store_test)

namespace {

using namespace std::chrono_literals;
using kind = store_outcome::kind;
using time_point = std::chrono::system_clock::time_point;

time_point at(std::int64_t seconds) {
  return time_point{std::chrono::seconds{seconds}};
}

node_id id_of(unsigned number) {
  node_id out;
  for (int i = 0; i < 4; ++i)
    out.value[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(number >> (24 - 8 * i));
  out.value[63] = 1;
  return out;
}

enode url_of(unsigned number) {
  return {id_of(number), {"10.0.0.1", static_cast<std::uint16_t>(1 + number % 60'000)}, 30303};
}

std::vector<store_change> one_of_each() {
  return {stored_ban{"10.1.0.0/16", at(5000), "floods"},
          stored_ban{to_string(id_of(7)), time_point::max(), "it's \"bad\""},
          stored_score{id_of(1), -12.5, 3, at(1000)},
          static_node{url_of(2)},
          known_node{url_of(3), at(2000)},
          known_node{{id_of(4), {"2001:db8::1", 30303}, 30301}, at(2001), at(1999)},
          own_sequence{0x8000'0000'0000'0001u}};
}

void check_one_of_each(const peer_store& store) {
  BOOST_TEST_REQUIRE(store.bans().size() == 2u);
  BOOST_TEST(
    (std::ranges::count(store.bans(), stored_ban{"10.1.0.0/16", at(5000), "floods"}) == 1));
  BOOST_TEST((std::ranges::count(store.bans(), stored_ban{to_string(id_of(7)), time_point::max(),
                                                          "it's \"bad\""}) == 1));
  BOOST_TEST((store.scores() == std::vector{stored_score{id_of(1), -12.5, 3, at(1000)}}));
  BOOST_TEST((store.static_nodes() == std::vector{static_node{url_of(2)}}));
  BOOST_TEST_REQUIRE(store.known_nodes().size() == 2u);
  BOOST_TEST((store.known_nodes()[0] == known_node{url_of(3), at(2000)}));
  BOOST_TEST((store.known_nodes()[1].proved == at(1999)));
  BOOST_TEST((store.known_nodes()[1].url.address == endpoint{"2001:db8::1", 30303}));
  BOOST_TEST(store.sequence() == 0x8000'0000'0000'0001u);
}

std::string read_file(const std::filesystem::path& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

void write_file(const std::filesystem::path& file, const std::string& what) {
  std::ofstream{file, std::ios::binary} << what;
}

struct stored {
  temporary_folder folder;
  std::filesystem::path file = folder / "peers.db";

  /// Makes a file with one row of each.
  void make() const {
    peer_store store{file};
    BOOST_REQUIRE((store.write(one_of_each()).what == kind::confirmed));
  }

  /// Opens a file that cannot be used, and returns the only line about it.
  static std::string line_of(const peer_store& store) {
    BOOST_REQUIRE(store.notices().size() == 1u);
    auto line = store.notices()[0];
    BOOST_TEST(line.find('\n') == line.npos);
    BOOST_TEST(line.find("peers.db") != line.npos);
    return line;
  }

  /// The file is moved aside, and a store begins that works and lasts.
  void check_is_moved(const std::string& why, int number = 1) const {
    auto aside = file.string() + ".broken-" + std::to_string(number);
    const auto before = read_file(file);
    {
      peer_store store{file};
      auto line = line_of(store);
      BOOST_TEST(line.find(why) != line.npos, line);
      BOOST_TEST(line.find("moved to " + aside) != line.npos, line);
      BOOST_TEST(store.has_file());
      BOOST_TEST(store.bans().empty());
      BOOST_TEST((store.write(one_of_each()).what == kind::confirmed));
    }
    BOOST_TEST((read_file(aside) == before));
    peer_store again{file};
    BOOST_TEST(again.notices().empty());
    check_one_of_each(again);
  }

  /// The file stays as it is, and the store is in memory.
  void check_stays(const std::string& why) const {
    const auto before = read_file(file);
    {
      peer_store store{file};
      auto line = line_of(store);
      BOOST_TEST(line.find(why) != line.npos, line);
      BOOST_TEST(line.find("in memory alone") != line.npos, line);
      BOOST_TEST(!store.has_file());
      BOOST_TEST((store.write(one_of_each()).what == kind::in_memory));
      check_one_of_each(store);
    }
    BOOST_TEST((read_file(file) == before));
    BOOST_TEST(!std::filesystem::exists(file.string() + ".broken-1"));
  }
};

bool is_root() {
  return ::geteuid() == 0;
}

} // namespace

BOOST_AUTO_TEST_CASE(without_a_file_it_is_in_memory) {
  peer_store store;
  BOOST_TEST(!store.has_file());
  BOOST_TEST(store.sequence() == 0u);
  BOOST_TEST((store.write(one_of_each()).what == kind::in_memory));
  check_one_of_each(store);
}

BOOST_FIXTURE_TEST_CASE(with_a_file_it_comes_back, stored) {
  make();
  peer_store store{file};
  BOOST_TEST(store.notices().empty());
  check_one_of_each(store);
  // No log is left behind by a store that was closed.
  BOOST_TEST(read_file(file.string() + "-wal").empty());
}

BOOST_FIXTURE_TEST_CASE(rows_are_replaced_and_removed, stored) {
  make();
  {
    peer_store store{file};
    std::vector<store_change> changes{removed_ban{"10.1.0.0/16"},
                                      removed_ban{"unknown"},
                                      stored_score{id_of(1), 4, 0, at(1001)},
                                      removed_static_node{id_of(2)},
                                      removed_known_node{id_of(3)},
                                      own_sequence{5}};
    BOOST_TEST((store.write(changes).what == kind::confirmed));
    BOOST_TEST((store.write(removed_score{id_of(9)}).what == kind::confirmed));
  }
  peer_store store{file};
  BOOST_TEST(store.bans().size() == 1u);
  BOOST_TEST((store.scores() == std::vector{stored_score{id_of(1), 4, 0, at(1001)}}));
  BOOST_TEST(store.static_nodes().empty());
  BOOST_TEST(store.known_nodes().size() == 1u);
  // The own number only grows.
  BOOST_TEST(store.sequence() == 0x8000'0000'0000'0001u);
}

BOOST_FIXTURE_TEST_CASE(times_are_in_whole_seconds_before_and_after, stored) {
  const auto exact = at(1000) + 999ms;
  {
    peer_store store{file};
    BOOST_TEST((store.write(stored_score{id_of(1), 1, 0, exact}).what == kind::confirmed));
    BOOST_TEST((store.write(stored_score{id_of(2), 1, 0, at(-5) + 1ms}).what == kind::confirmed));
    BOOST_TEST((store.scores()[0].changed == at(1000)));
    BOOST_TEST((store.scores()[1].changed == at(-5)));
  }
  peer_store store{file};
  BOOST_TEST((store.scores()[0].changed == at(1000)));
  BOOST_TEST((store.scores()[1].changed == at(-5)));
}

BOOST_FIXTURE_TEST_CASE(each_table_has_a_limit_and_a_rule, stored) {
  const store_limits limits{
    .bans = 2, .scores = 2, .known_nodes = 3, .static_nodes = 2, .text = 20};
  {
    peer_store store{file, limits};
    for (unsigned i = 0; i < 10; ++i) {
      // The one with the number 5 matters most, and the last one least.
      auto rank = at(100 + (i == 5 ? 50 : i == 9 ? -1 : static_cast<int>(i)));
      std::vector<store_change> changes{stored_ban{"ban " + std::to_string(i), rank, ""},
                                        stored_score{id_of(i), 1, 0, rank},
                                        known_node{url_of(i), rank}};
      BOOST_TEST((store.write(changes).what == kind::confirmed));
    }
    BOOST_TEST((store.write(static_node{url_of(1)}).what == kind::confirmed));
    BOOST_TEST((store.write(static_node{url_of(2)}).what == kind::confirmed));
    auto refused = store.write(static_node{url_of(3)});
    BOOST_TEST((refused.what == kind::refused));
    BOOST_TEST(refused.line == "at most 2 static nodes are kept; remove others first");
    // One that is there may be replaced.
    BOOST_TEST((store.write(static_node{url_of(2)}).what == kind::confirmed));
    BOOST_TEST((store.write(stored_ban{std::string(21, 'x'), at(1), ""}).what == kind::refused));
    BOOST_TEST((store.write(stored_ban{"", at(1), ""}).what == kind::refused));
    // A permanent ban comes after all others; its reason is cut off.
    auto changed = store.write(stored_ban{"x", time_point::max(), std::string(30, 'r')});
    BOOST_TEST((changed.what == kind::confirmed));
  }
  for (int round = 0; round < 2; ++round) {
    peer_store store{file, limits};
    BOOST_TEST_REQUIRE(store.bans().size() == 2u);
    BOOST_TEST(store.bans()[0].subject == "ban 5");
    BOOST_TEST(store.bans()[1].reason == std::string(20, 'r'));
    BOOST_TEST_REQUIRE(store.scores().size() == 2u);
    BOOST_TEST((store.scores()[0].id == id_of(5)));
    BOOST_TEST((store.scores()[1].id == id_of(8)));
    BOOST_TEST_REQUIRE(store.known_nodes().size() == 3u);
    BOOST_TEST((store.known_nodes()[1].url.id == id_of(7)));
    BOOST_TEST(store.static_nodes().size() == 2u);
  }
  // Limits that have become smaller hold for the file, too.
  {
    peer_store store{file, {.known_nodes = 1}};
    BOOST_TEST(store.known_nodes().size() == 1u);
  }
  peer_store store{file};
  BOOST_TEST_REQUIRE(store.known_nodes().size() == 1u);
  BOOST_TEST((store.known_nodes()[0].url.id == id_of(5)));
}

BOOST_FIXTURE_TEST_CASE(a_refused_batch_changes_nothing, stored) {
  peer_store store{file, {.static_nodes = 0}};
  BOOST_TEST((store.write(one_of_each()).what == kind::refused));
  BOOST_TEST(store.bans().empty());
  BOOST_TEST(store.sequence() == 0u);
}

// Files that cannot be used.

BOOST_FIXTURE_TEST_CASE(a_file_that_is_no_database_is_moved_aside, stored) {
  write_file(file, "A letter to my grandmother, which is no database but long enough for one.\n"
                   "It goes on for a while, because SQLite reads the first hundred bytes of it.");
  check_is_moved("is no peer store");
}

BOOST_FIXTURE_TEST_CASE(a_short_file_that_is_no_database_is_moved_aside, stored) {
  write_file(file, "x");
  check_is_moved("is no peer store");
}

BOOST_FIXTURE_TEST_CASE(an_empty_file_is_a_new_one, stored) {
  write_file(file, "");
  peer_store store{file};
  BOOST_TEST(store.notices().empty());
  BOOST_TEST((store.write(one_of_each()).what == kind::confirmed));
}

BOOST_FIXTURE_TEST_CASE(a_database_of_another_program_is_moved_aside, stored) {
  {
    database other{file.string()};
    other.execute("CREATE TABLE ban (song TEXT)");
  }
  check_is_moved("another program");
}

BOOST_FIXTURE_TEST_CASE(a_database_with_another_mark_is_moved_aside, stored) {
  {
    database other{file.string()};
    other.execute("PRAGMA application_id = 7");
  }
  check_is_moved("another program");
}

BOOST_FIXTURE_TEST_CASE(a_database_that_lacks_a_table_is_moved_aside, stored) {
  make();
  {
    database other{file.string()};
    other.execute("DROP TABLE score");
  }
  check_is_moved("no such table");
}

BOOST_FIXTURE_TEST_CASE(a_file_cut_off_anywhere_is_moved_aside_or_whole, stored) {
  make();
  const auto whole = read_file(file);
  BOOST_REQUIRE(whole.size() > 10'000u);
  for (std::size_t size = 1; size < whole.size(); size += 509) {
    BOOST_TEST_CONTEXT("cut off at " << size) {
      write_file(file, whole.substr(0, size));
      {
        peer_store store{file};
        BOOST_TEST(line_of(store).find("moved to") != std::string::npos);
        BOOST_TEST((store.write(one_of_each()).what == kind::confirmed));
      }
      peer_store store{file};
      check_one_of_each(store);
    }
  }
  // Nine are kept, whatever comes.
  std::size_t broken = 0;
  for (const auto& x : std::filesystem::directory_iterator{folder.path()})
    broken += x.path().string().find(".broken-") == x.path().string().size() - 9;
  BOOST_TEST(broken == 9u);
}

BOOST_FIXTURE_TEST_CASE(a_file_with_any_damaged_page_ends_nothing, stored) {
  make();
  const auto whole = read_file(file);
  for (std::size_t from = 0; from < whole.size(); from += 211) {
    BOOST_TEST_CONTEXT("damaged at " << from) {
      auto damaged = whole;
      for (auto i = from; i < std::min(from + 16, damaged.size()); ++i)
        damaged[i] = static_cast<char>(~damaged[i]);
      write_file(file, damaged);
      {
        peer_store store{file};
        BOOST_TEST(store.notices().size() <= 1u);
        auto done = store.write(one_of_each());
        BOOST_TEST((done.what == kind::confirmed || done.what == kind::in_memory), done.line);
        BOOST_TEST(((done.what == kind::confirmed) == store.has_file()), done.line);
      }
      // Rows that were written after the damage are there; SQLite does not see damage within a row.
      peer_store store{file};
      if (store.has_file()) {
        BOOST_TEST(store.notices().empty());
        BOOST_TEST(
          (std::ranges::count(store.scores(), stored_score{id_of(1), -12.5, 3, at(1000)}) == 1));
        BOOST_TEST(store.sequence() >= 0x8000'0000'0000'0001u);
      }
    }
  }
}

BOOST_FIXTURE_TEST_CASE(a_log_of_the_broken_file_is_not_played_into_the_new_one, stored) {
  make();
  {
    forked writer{[&](int to) {
      peer_store store{file};
      static_cast<void>(store.write(stored_score{id_of(50), 1, 0, at(1)}));
      forked::write_number(to, 1);
      ::pause();
    }};
    BOOST_REQUIRE(writer.read_number().has_value());
  }
  BOOST_REQUIRE(!read_file(file.string() + "-wal").empty());
  write_file(file, "not a database any more, but with a log that one has left behind beside it");
  check_is_moved("is no peer store");
  BOOST_TEST(!read_file(file.string() + ".broken-1-wal").empty());
}

BOOST_FIXTURE_TEST_CASE(a_file_of_a_newer_version_is_left_alone, stored) {
  make();
  {
    database newer{file.string()};
    newer.execute("PRAGMA user_version = 99");
  }
  check_stays("version 99");
}

BOOST_FIXTURE_TEST_CASE(a_file_that_another_process_uses_is_left_alone, stored) {
  make();
  forked other{[&](int to) {
    peer_store store{file};
    forked::write_number(to, 1);
    ::pause();
  }};
  BOOST_REQUIRE(other.read_number().has_value());
  check_stays("used by another process");
  other.kill();
  peer_store store{file};
  BOOST_TEST(store.notices().empty());
}

BOOST_FIXTURE_TEST_CASE(a_folder_is_no_file, stored) {
  std::filesystem::create_directory(file);
  peer_store store{file};
  BOOST_TEST(line_of(store).find("cannot be written") != std::string::npos);
  BOOST_TEST((store.write(one_of_each()).what == kind::in_memory));
}

BOOST_FIXTURE_TEST_CASE(a_folder_that_is_not_there_is_told, stored) {
  peer_store store{folder / "none/peers.db"};
  BOOST_TEST(line_of(store).find("folder") != std::string::npos);
  BOOST_TEST((store.write(one_of_each()).what == kind::in_memory));
}

BOOST_FIXTURE_TEST_CASE(a_name_with_a_line_break_is_told_in_one_line, stored) {
  peer_store store{folder / "no\nne/peers.db"};
  static_cast<void>(line_of(store));
}

BOOST_FIXTURE_TEST_CASE(a_read_only_file_is_read_and_goes_on_in_memory, stored) {
  make();
  using perms = std::filesystem::perms;
  std::filesystem::permissions(file, perms::owner_read | perms::others_read);
  std::filesystem::permissions(folder.path(),
                               perms::owner_all | perms::others_read | perms::others_exec);
  // Root may write all the same.
  forked reader{[&](int to) {
    if (is_root() && (::setgid(65534) != 0 || ::setuid(65534) != 0))
      return forked::write_text(to, "cannot become another user");
    peer_store store{file};
    for (const auto& x : store.notices())
      forked::write_text(to, x + "\n");
    forked::write_text(to, std::to_string(store.bans().size()) + " bans");
    auto wrote = store.write(removed_ban{"10.1.0.0/16"});
    forked::write_text(to, wrote.what == kind::in_memory ? ", in memory" : ", elsewhere");
  }};
  auto told = reader.read_text();
  if (told == "cannot become another user") {
    BOOST_TEST_MESSAGE(told);
    return;
  }
  BOOST_TEST(std::ranges::count(told, '\n') == 1, told);
  BOOST_TEST(told.find("cannot be written") != told.npos, told);
  BOOST_TEST(told.find("\n2 bans, in memory") != told.npos, told);
}

BOOST_FIXTURE_TEST_CASE(an_older_schema_is_brought_up_to_date, stored) {
  {
    database old{file.string()};
    old.execute("CREATE TABLE t (a); PRAGMA user_version = 1");
    old.execute("INSERT INTO t VALUES (5)");
    const std::string scripts[] = {"CREATE TABLE t (a)", "ALTER TABLE t ADD COLUMN b DEFAULT 6",
                                   "CREATE TABLE u AS SELECT a + b AS c FROM t"};
    migrate(old, scripts);
    BOOST_TEST(old.integer("SELECT c FROM u") == 11);
    BOOST_TEST(old.integer("PRAGMA user_version") == 3);
    migrate(old, scripts);
    // A script that fails leaves the schema as it was.
    const std::string failing[] = {"", "", "", "CREATE TABLE v (a)", "no sql"};
    BOOST_CHECK_THROW(migrate(old, failing), database_error);
    BOOST_TEST(old.integer("PRAGMA user_version") == 3);
    BOOST_TEST(old.integer("SELECT count(*) FROM sqlite_schema") == 2);
  }
}

// Full disks.

namespace {

/// In a process of its own, which may write no file beyond that size: writes until that fails, goes
/// on in memory, has the limit lifted, and writes all.
std::string out_of_space(const std::filesystem::path& file, const std::function<void()>& begin,
                         const std::function<void()>& lift) {
  forked writer{[&](int to) {
    begin();
    peer_store store{file};
    for (const auto& x : store.notices())
      forked::write_text(to, "notice: " + x + "\n");
    unsigned confirmed = 0;
    store_outcome last;
    for (unsigned i = 0; i < 5000; ++i) {
      last = store.write(known_node{url_of(i), at(i)});
      if (last.what != kind::confirmed)
        break;
      ++confirmed;
    }
    forked::write_text(to, last.line + "\n");
    forked::write_text(to, store.known_nodes().size() == confirmed + 1 ? "all there, " : "lost, ");
    last = store.write(own_sequence{1});
    forked::write_text(to, last.what == kind::not_written ? "still full, " : "not full, ");
    lift();
    last = store.write(own_sequence{2});
    forked::write_text(to, last.what == kind::confirmed ? "confirmed" : last.line);
    store = peer_store{};
    peer_store again{file};
    forked::write_text(to, again.known_nodes().size() == confirmed + 1 && again.sequence() == 2
                             ? ", came back"
                             : ", did not come back");
  }};
  return writer.read_text();
}

} // namespace

BOOST_FIXTURE_TEST_CASE(a_file_that_may_not_grow_is_written_when_it_may, stored) {
  auto limit_to = [](rlim_t size) {
    return [size] {
      std::signal(SIGXFSZ, SIG_IGN);
      rlimit limit{size, RLIM_INFINITY};
      ::setrlimit(RLIMIT_FSIZE, &limit);
    };
  };
  auto told = out_of_space(file, limit_to(200'000), limit_to(RLIM_INFINITY));
  BOOST_TEST(told.find("peers.db cannot be used (disk I/O error)") == told.rfind("peers.db"), told);
  BOOST_TEST(told.find("all there, still full, confirmed, came back") != told.npos, told);
}

BOOST_FIXTURE_TEST_CASE(a_full_disk_is_written_when_there_is_space, stored) {
  auto mounted = [&] {
    if (::unshare(CLONE_NEWNS) != 0 ||
        ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount("none", folder.path().c_str(), "tmpfs", 0, "size=256k") != 0)
      throw std::runtime_error{"not allowed"};
  };
  auto grown = [&] { ::mount("none", folder.path().c_str(), "tmpfs", MS_REMOUNT, "size=16m"); };
  auto told = out_of_space(file, mounted, grown);
  if (told.empty()) {
    BOOST_TEST_MESSAGE("a disk cannot be mounted here");
    return;
  }
  BOOST_TEST(told.find("the disk is full") != told.npos, told);
  BOOST_TEST(told.find("all there, still full, confirmed, came back") != told.npos, told);
}

BOOST_FIXTURE_TEST_CASE(a_disk_that_is_full_from_the_start_ends_nothing, stored) {
  forked writer{[&](int to) {
    std::signal(SIGXFSZ, SIG_IGN);
    rlimit limit{100, RLIM_INFINITY};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    peer_store store{file};
    for (const auto& x : store.notices())
      forked::write_text(to, x + "\n");
    auto wrote = store.write(one_of_each());
    forked::write_text(to, wrote.what == kind::in_memory && store.bans().size() == 2 ? "memory"
                                                                                     : wrote.line);
  }};
  auto told = writer.read_text();
  BOOST_TEST(std::ranges::count(told, '\n') == 1, told);
  BOOST_TEST(told.find("\nmemory") != told.npos, told);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test

// SPDX-License-Identifier: BSL-1.0
#include "http_get.hpp"
#include "tool.hpp"

#include "devp2p/actors/metrics/metrics.hpp"
#include "devp2p/actors/metrics/metrics_endpoint.hpp"
#include "devp2p/actors/scoped_node.hpp"
#include "devp2p/actors/system_config.hpp"
#include "devp2p/net/asio/asio_network.hpp"

#include <prometheus/registry.h>

#include <algorithm>
#include <functional>
#include <iomanip>
#include <set>
#include <sstream>
#include <thread>

namespace devp2p::test {
BOOST_AUTO_TEST_SUITE(prometheus_test)

using namespace std::chrono_literals;

namespace {

/// Returns a port that was free a moment ago.
std::uint16_t free_port() {
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof at;
  auto socket = ::socket(AF_INET, SOCK_STREAM, 0);
  BOOST_REQUIRE(::bind(socket, reinterpret_cast<sockaddr*>(&at), size) == 0);
  BOOST_REQUIRE(::getsockname(socket, reinterpret_cast<sockaddr*>(&at), &size) == 0);
  ::close(socket);
  return ntohs(at.sin_port);
}

std::string percent_encoded(const std::string& text) {
  std::ostringstream out;
  out << std::hex << std::setfill('0');
  for (unsigned char x : text)
    out << '%' << std::setw(2) << static_cast<unsigned>(x);
  return out.str();
}

/// Asks again until `what` is so, or a while has passed.
bool eventually(const std::function<bool()>& what) {
  for (auto until = child_process::clock::now() + 40s; child_process::clock::now() < until;) {
    if (what())
      return true;
    std::this_thread::sleep_for(100ms);
  }
  return what();
}

handler_actor::behavior_type talk(handler_actor::pointer self, const channel& link) {
  link.send(self, packet{0, blob{bytes(1000, 0xaa)}});
  return {[](const packet&) {}};
}

/// A node on a free port, and an endpoint for its metrics.
struct watched_node {
  crypto::private_key key = crypto::private_key::generate();
  std::shared_ptr<prometheus::Registry> registry = std::make_shared<prometheus::Registry>();
  scoped_node node;
  enode url;
  std::unique_ptr<metrics_endpoint> served;

  watched_node(caf::actor_system& system, net::network& network)
    : node(system, network, configuration()) {
    spawn_metrics(system, node.handle(),
                  {.registry = registry, .interval = 200ms, .network = &network});
    auto opened = metrics_endpoint::open({"127.0.0.1", 0}, registry);
    BOOST_REQUIRE(bool{opened});
    served = std::move(*opened);
    url = node.listen({"127.0.0.1", 0}).value();
  }

  node_config configuration() const {
    node_config out{key};
    out.limits.ping_interval = 200ms;
    out.protocols = {{.name = "talk", .version = 1, .length = 1, .spawn = handled_by(talk)}};
    return out;
  }
};

/// Prometheus, which asks these endpoints each second.
class prometheus_server {
public:
  explicit prometheus_server(const std::vector<std::uint16_t>& targets)
    : port_(free_port()),
      process_({"/bin/sh", "-c", R"(exec "$@" >"$0" 2>&1)", log(), "prometheus",
                "--config.file=" + configuration(targets),
                "--storage.tsdb.path=" + (directory_ / "data"), "--log.level=warn",
                "--web.listen-address=127.0.0.1:" + std::to_string(port_)}) {}

  /// Returns the result of a query: a vector of samples. Empty if there is none.
  json query(const std::string& expression) const {
    auto answer = ask("/api/v1/query?query=" + percent_encoded(expression));
    return answer.is_null() ? json::array() : answer.at("data").at("result");
  }

  /// Returns the answer to a question; null if there is none.
  json ask(const std::string& target) const {
    auto body = http_get(port_, target);
    return body ? json::parse(*body) : json{};
  }

  std::string log() const { return directory_ / "log"; }

private:
  std::string configuration(const std::vector<std::uint16_t>& targets) const {
    auto path = directory_ / "prometheus.yml";
    std::ofstream out{path};
    out << "global: {scrape_interval: 1s, scrape_timeout: 1s}\n"
           "scrape_configs:\n- job_name: devp2p\n  static_configs:\n  - targets:\n";
    for (auto x : targets)
      out << "    - 127.0.0.1:" << x << '\n';
    return path;
  }

  scratch_directory directory_;
  std::uint16_t port_;
  child_process process_;
};

/// Two nodes that have met, after several things went wrong, so that each metric has a value.
struct watched_nodes {
  net::asio_network network;
  system_config config;
  caf::actor_system system{config};
  watched_node left{system, network};
  watched_node right{system, network};
  prometheus_server server{{left.served->local().port, right.served->local().port}};

  watched_nodes() {
    go_wrong();
    BOOST_REQUIRE(left.node.dial(right.url));
  }

  void go_wrong() {
    BOOST_REQUIRE(left.node.dial(right.url));
    BOOST_REQUIRE(left.node.close(right.url.id, disconnect_reason::requested));
    auto stranger = crypto::private_key::generate().id();
    auto wrong = right.url;
    wrong.id = stranger;
    BOOST_REQUIRE(!left.node.dial(wrong));
    BOOST_REQUIRE(!left.node.dial({stranger, {"127.0.0.1", free_port()}, 1}));
  }

  /// Ends the session, and begins another.
  void begin_another() {
    go_wrong();
    BOOST_REQUIRE(left.node.dial(right.url));
  }
};

/// Returns the queries of all panels, as Grafana would send them.
std::vector<std::string> dashboard_queries() {
  std::vector<std::string> out;
  std::ifstream file{DEVP2P_DASHBOARD};
  const auto dashboard = json::parse(file);
  for (const auto& panel : dashboard.at("panels"))
    for (const auto& target : panel.value("targets", json::array())) {
      std::string expression = target.at("expr");
      for (auto [name, value] : {std::pair{"$__rate_interval", "30s"}, {"$instance", ".*"}})
        for (std::size_t at; (at = expression.find(name)) != expression.npos;)
          expression.replace(at, std::string_view{name}.size(), value);
      out.push_back(expression);
    }
  return out;
}

/// Returns the names of the metrics that a node has.
std::set<std::string> metric_names(std::uint16_t port) {
  std::set<std::string> out;
  std::istringstream in{http_get(port, "/metrics").value_or("")};
  for (std::string line; std::getline(in, line);)
    if (line.starts_with("# TYPE devp2p_"))
      out.insert(line.substr(7, line.find(' ', 7) - 7));
  return out;
}

} // namespace

BOOST_FIXTURE_TEST_CASE(prometheus_has_all_metrics_of_two_nodes_and_the_dashboard_has_data,
                        watched_nodes) {
  // Both targets are up.
  auto both_are_up = [&] {
    auto answer = server.query("up == 1");
    return answer.size() == 2;
  };
  BOOST_REQUIRE_MESSAGE(eventually(both_are_up), joined(lines_of(server.log())));
  auto targets = server.ask("/api/v1/targets?state=active").at("data").at("activeTargets");
  BOOST_TEST(targets.size() == 2u);
  for (const auto& x : targets)
    BOOST_TEST(x.at("health") == "up", x.dump());

  // Every metric is there, with what its kind has. The left node has met with every failure.
  auto names = metric_names(left.served->local().port);
  BOOST_TEST(names.size() == 27u);
  for (const auto& name : names) {
    auto series = name.ends_with("_seconds") ? name + "_count" : name;
    BOOST_TEST(eventually([&] { return !server.query(series).empty(); }), name);
    auto about = server.ask("/api/v1/metadata?metric=" + name).at("data");
    BOOST_TEST_REQUIRE(about.contains(name), name);
    BOOST_TEST(!std::string{about.at(name).at(0).at("help")}.empty(), name);
    auto type = about.at(name).at(0).at("type");
    auto expected = name.ends_with("_total")     ? "counter"
                    : name.ends_with("_seconds") ? "histogram"
                                                 : "gauge";
    BOOST_TEST(type == expected, name);
  }

  // Every query of the dashboard has data.
  auto queries = dashboard_queries();
  BOOST_TEST(queries.size() >= 25u);
  for (const auto& x : queries)
    BOOST_TEST(eventually([&] { return !server.query(x).empty(); }), x);

  // The values are those of the nodes.
  auto value = [&](const std::string& expression) {
    auto found = server.query(expression);
    return found.empty() ? -1 : std::stod(std::string{found.at(0).at("value").at(1)});
  };
  BOOST_TEST(eventually([&] { return value("sum(devp2p_sessions)") == 2; }));
  // Each session that stays has carried a message each way; one that is closed may have.
  const std::string sent = "sum(devp2p_message_bytes_total{direction=\"out\",protocol=\"talk/1\"})";
  BOOST_TEST(eventually([&] { return value(sent) >= 2000; }));
  BOOST_TEST(eventually([&] { return value("sum(devp2p_round_trip_seconds_count)") > 0; }));
  BOOST_TEST(eventually([&] { return value("sum(devp2p_loop_delay_seconds_count)") > 0; }));
  begin_another();
  // The counters do not go back when a session ends.
  BOOST_TEST(eventually([&] { return value(sent) >= 4000; }));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace devp2p::test

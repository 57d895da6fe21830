// SPDX-License-Identifier: BSL-1.0
#include "hostile_igd.hpp"

#include "lab.hpp"

#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/multicast.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/ip/udp.hpp>
#include <asio/read_until.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/write.hpp>

#include <array>
#include <atomic>
#include <map>
#include <thread>

namespace devp2p::test {

namespace {

using tcp = asio::ip::tcp;
using udp = asio::ip::udp;

constexpr std::uint16_t http_port = 5000;
constexpr std::uint16_t ssdp_port = 1900;
constexpr auto service = "urn:schemas-upnp-org:service:WANIPConnection:1";

std::string http(const std::string& body, const std::string& status = "200 OK") {
  return "HTTP/1.1 " + status +
         "\r\nContent-Type: text/xml\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\nConnection: close\r\n\r\n" + body;
}

std::string soap(const std::string& content, const std::string& status = "200 OK") {
  return http("<?xml version=\"1.0\"?><s:Envelope "
              "xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>" +
                content + "</s:Body></s:Envelope>",
              status);
}

std::string answer(const std::string& action, const std::string& content) {
  return soap("<u:" + action + "Response xmlns:u=\"" + service + "\">" + content + "</u:" + action +
              "Response>");
}

std::string fault(int code) {
  return soap("<s:Fault><faultcode>s:Client</faultcode><faultstring>UPnPError</faultstring><detail>"
              "<UPnPError xmlns=\"urn:schemas-upnp-org:control-1-0\"><errorCode>" +
                std::to_string(code) + "</errorCode></UPnPError></detail></s:Fault>",
              "500 Internal Server Error");
}

/// Returns the text between `<NAME>` and `</NAME>`.
std::string field(const std::string& in, const std::string& name) {
  auto from = in.find('<' + name + '>');
  auto to = in.find("</" + name + '>');
  if (from == in.npos || to == in.npos)
    return {};
  from += name.size() + 2;
  return in.substr(from, to - from);
}

} // namespace

class hostile_igd::serving {
public:
  serving(const std::string& where, std::string address, hostility what)
    : address_(std::move(address)),
      what_(what) {
    // Sockets stay in the network namespace in which they are opened.
    lab::at(where, [&] { open(); });
    asio::co_spawn(context_, answer_searches(), asio::detached);
    if (what_ != hostility::closed)
      asio::co_spawn(context_, accept(), asio::detached);
    thread_ = std::thread{[this] { context_.run(); }};
  }

  ~serving() {
    context_.stop();
    thread_.join();
  }

  std::atomic<unsigned> connections = 0;

private:
  void open() {
    ssdp_.open(udp::v4());
    ssdp_.set_option(udp::socket::reuse_address{true});
    ssdp_.bind({udp::v4(), ssdp_port});
    ssdp_.set_option(asio::ip::multicast::join_group{asio::ip::make_address_v4("239.255.255.250"),
                                                     asio::ip::make_address_v4(address_)});
    if (what_ == hostility::closed)
      return;
    http_.open(tcp::v4());
    http_.set_option(tcp::acceptor::reuse_address{true});
    http_.bind({tcp::v4(), http_port});
    http_.listen();
  }

  asio::awaitable<void> answer_searches() {
    std::array<char, 2048> in{};
    for (;;) {
      udp::endpoint from;
      auto size = co_await ssdp_.async_receive_from(asio::buffer(in), from, asio::use_awaitable);
      std::string_view question{in.data(), size};
      if (!question.starts_with("M-SEARCH") ||
          question.find("InternetGatewayDevice:1") == question.npos)
        continue;
      auto host = what_ == hostility::points_elsewhere ? "192.168.1.3" : address_;
      auto out = "HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=120\r\nST: "
                 "urn:schemas-upnp-org:device:InternetGatewayDevice:1\r\nUSN: uuid:1\r\nEXT:\r\n"
                 "LOCATION: http://" +
                 host + ":5000/root.xml\r\n\r\n";
      std::error_code ignored;
      ssdp_.send_to(asio::buffer(out), from, 0, ignored);
    }
  }

  asio::awaitable<void> accept() {
    for (;;) {
      auto socket = co_await http_.async_accept(asio::use_awaitable);
      ++connections;
      asio::co_spawn(context_, serve(std::move(socket)), asio::detached);
    }
  }

  asio::awaitable<void> serve(tcp::socket socket) {
    try {
      std::string in;
      co_await asio::async_read_until(socket, asio::dynamic_buffer(in, 65536), "\r\n\r\n",
                                      asio::use_awaitable);
      auto post = in.starts_with("POST");
      if (post)
        co_await asio::async_read_until(socket, asio::dynamic_buffer(in, 65536), "Envelope>\r\n",
                                        asio::use_awaitable);
      if (what_ == hostility::silent)
        co_await wait(std::chrono::hours{1});
      if (what_ == hostility::drips || (post && what_ == hostility::drips_answers))
        co_await say_for_ever(socket, "x", std::chrono::milliseconds{100});
      if (what_ == hostility::endless || (post && what_ == hostility::endless_answers))
        co_await say_for_ever(socket, std::string(65536, 'x'), std::chrono::milliseconds{0});
      const std::string out = post ? act(in) : description();
      co_await asio::async_write(socket, asio::buffer(out), asio::use_awaitable);
    } catch (const std::system_error&) {
      // The other side has closed the connection.
    }
  }

  asio::awaitable<void> wait(std::chrono::milliseconds how_long) {
    asio::steady_timer timer{context_, how_long};
    co_await timer.async_wait(asio::use_awaitable);
  }

  asio::awaitable<void> say_for_ever(tcp::socket& socket, std::string what,
                                     std::chrono::milliseconds pause) {
    const std::string head = "HTTP/1.1 200 OK\r\n\r\n";
    co_await asio::async_write(socket, asio::buffer(head), asio::use_awaitable);
    for (;;) {
      co_await asio::async_write(socket, asio::buffer(what), asio::use_awaitable);
      if (pause.count() > 0)
        co_await wait(pause);
    }
  }

  std::string description() const {
    const std::string control =
      what_ == hostility::controls_elsewhere ? "http://192.168.1.3:5000/ctl" : "/ctl";
    auto service_of = [](const std::string& type, const std::string& path) {
      return "<serviceList><service><serviceType>" + type +
             "</serviceType><serviceId>x</serviceId>"
             "<controlURL>" +
             path +
             "</controlURL><eventSubURL>/e</eventSubURL><SCPDURL>/s"
             "</SCPDURL></service></serviceList>";
    };
    auto device = [](const std::string& type, const std::string& content) {
      return "<device><deviceType>urn:schemas-upnp-org:device:" + type + ":1</deviceType>" +
             content + "</device>";
    };
    auto inner = device("WANConnectionDevice", service_of(service, control));
    auto wan = device(
      "WANDevice", service_of("urn:schemas-upnp-org:service:WANCommonInterfaceConfig:1", "/cif") +
                     "<deviceList>" + inner + "</deviceList>");
    return http("<?xml version=\"1.0\"?><root xmlns=\"urn:schemas-upnp-org:device-1-0\"><URLBase>"
                "http://" +
                address_ + ":5000/</URLBase>" +
                device("InternetGatewayDevice", "<deviceList>" + wan + "</deviceList>") +
                "</root>");
  }

  std::string act(const std::string& in) {
    if (in.find("GetExternalIPAddress") != in.npos)
      return answer("GetExternalIPAddress",
                    "<NewExternalIPAddress>" + external() + "</NewExternalIPAddress>");
    auto port = field(in, "NewExternalPort");
    if (in.find("AddPortMapping") != in.npos) {
      if (auto code = refusal(); code != 0 && (code != 725 || field(in, "NewLeaseDuration") != "0"))
        return fault(code);
      if (what_ != hostility::lies)
        mapped_[port] = {field(in, "NewInternalClient"), field(in, "NewInternalPort")};
      return answer("AddPortMapping", "");
    }
    if (in.find("DeletePortMapping") != in.npos) {
      mapped_.erase(port);
      return answer("DeletePortMapping", "");
    }
    auto found = mapped_.find(port);
    if (in.find("GetSpecificPortMappingEntry") == in.npos || found == mapped_.end())
      return fault(714);
    auto client = what_ == hostility::gives_to_another ? "192.168.1.77" : found->second.first;
    return answer("GetSpecificPortMappingEntry", "<NewInternalPort>" + found->second.second +
                                                   "</NewInternalPort>"
                                                   "<NewInternalClient>" +
                                                   client +
                                                   "</NewInternalClient><NewEnabled>1</NewEnabled>"
                                                   "<NewLeaseDuration>0</NewLeaseDuration>");
  }

  std::string external() const {
    if (what_ == hostility::is_private)
      return "10.0.0.1";
    if (what_ == hostility::has_no_address)
      return "";
    return what_ == hostility::has_nonsense ? "11.22.33.2\x1b[2J and more than fits into any buffer"
                                            : "11.22.33.2";
  }

  int refusal() const {
    switch (what_) {
    case hostility::error_501:
      return 501;
    case hostility::error_606:
      return 606;
    case hostility::error_718:
      return 718;
    case hostility::error_725:
      return 725;
    default:
      return 0;
    }
  }

  const std::string address_;
  const hostility what_;
  asio::io_context context_;
  udp::socket ssdp_{context_};
  tcp::acceptor http_{context_};
  std::map<std::string, std::pair<std::string, std::string>> mapped_;
  std::thread thread_;
};

hostile_igd::hostile_igd(const std::string& where, const std::string& address, hostility what)
  : state_(std::make_unique<serving>(where, address, what)) {}

hostile_igd::~hostile_igd() = default;

unsigned hostile_igd::connections() const {
  return state_->connections;
}

} // namespace devp2p::test

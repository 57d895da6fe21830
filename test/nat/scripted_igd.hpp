// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "loopback.hpp"

#include <atomic>
#include <map>
#include <mutex>
#include <optional>
#include <regex>

namespace devp2p::nat::test {

/// An Internet Gateway Device on loopback that really keeps mappings. The test chooses its
/// behaviour before the first request.
class scripted_igd {
public:
  struct manners {
    /// Transformations of the messages.
    std::function<std::string(std::string xml)> description = [](std::string x) { return x; };
    std::function<std::string(std::string xml)> answer = [](std::string x) { return x; };
    std::function<std::string(unsigned status, std::string body)> http = plain_http;
    std::function<std::string(std::string reply)> ssdp = [](std::string x) { return x; };

    /// The contents of the description.
    std::string service = "urn:schemas-upnp-org:service:WANIPConnection:1";
    std::string control = "/ctl";
    /// The path at which the service answers, if that differs from `control`.
    std::string path = "/ctl";
    std::string base = "http://HERE/";
    /// The location of each SSDP answer; each is sent in its own datagram.
    std::vector<std::string> locations{"http://HERE/d.xml"};
    std::string address = "11.22.33.99";

    /// The error of a request for a mapping; 0 for none. `lease` in seconds.
    std::function<int(std::uint16_t external, unsigned long lease)> refusal = [](auto, auto) {
      return 0;
    };
    /// The whole reply to a request of this name. If the function returns `nullopt`, the server
    /// hangs.
    std::map<std::string, std::function<std::optional<std::string>()>> instead = {};
    /// The name of a request that is executed, but answered with an empty body.
    std::string unanswered = {};
    /// The fields of an answer about a mapping.
    std::function<std::string(std::string client)> client = [](std::string x) { return x; };
    std::string enabled = "1";
    std::optional<std::string> lease = {};
  };

  explicit scripted_igd(manners how)
    : how_(std::move(how)),
      http_(own_loopback(), [this](const std::string& x) { return on_request(x); }),
      ssdp_(own_loopback(), 1900, [this](byte_view x, const endpoint&) { return on_search(x); }) {}

  static std::string plain_http(unsigned status, std::string body) {
    return "HTTP/1.1 " + std::to_string(status) + " x\r\nContent-Type: text/xml\r\n" +
           "Content-Length: " + std::to_string(body.size()) + "\r\nConnection: close\r\n\r\n" +
           body;
  }

  static std::string fault(int code) {
    return "<?xml version=\"1.0\"?>\n<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/"
           "envelope/\"><s:Body><s:Fault><faultcode>s:Client</faultcode><faultstring>UPnPError"
           "</faultstring><detail><UPnPError "
           "xmlns=\"urn:schemas-upnp-org:control-1-0\"><errorCode>" +
           std::to_string(code) +
           "</errorCode><errorDescription>x</errorDescription></UPnPError></detail></s:Fault>"
           "</s:Body></s:Envelope>";
  }

  /// A request, as it was received; `lease` in seconds.
  struct asking {
    std::string action;
    std::uint16_t external = 0;
    std::uint16_t internal = 0;
    unsigned long lease = 0;
  };

  [[nodiscard]] std::vector<asking> asked(const std::string& action) const {
    std::lock_guard guard{mutex_};
    std::vector<asking> out;
    for (const auto& x : asked_)
      if (x.action == action)
        out.push_back(x);
    return out;
  }

  [[nodiscard]] std::size_t mappings() const {
    std::lock_guard guard{mutex_};
    return mapped_.size();
  }

  /// Maps a port for another host.
  void map_for_another(std::uint16_t external, const std::string& client, std::uint16_t internal) {
    std::lock_guard guard{mutex_};
    mapped_[external] = {client, internal, 600};
  }

private:
  struct mapping {
    std::string client;
    std::uint16_t internal = 0;
    unsigned long lease = 0;
  };

  static std::string field(const std::string& in, const std::string& name) {
    std::smatch found;
    return std::regex_search(in, found, std::regex{"<" + name + ">([^<]*)<"}) ? found.str(1) : "";
  }

  std::string here(const std::string& text) const {
    return std::regex_replace(text, std::regex{"HERE"},
                              own_loopback() + ':' + std::to_string(http_.port()));
  }

  std::vector<bytes> on_search(byte_view in) const {
    std::string question{in.begin(), in.end()};
    if (!question.starts_with("M-SEARCH") ||
        question.find("InternetGatewayDevice:1") == question.npos)
      return {};
    std::vector<bytes> out;
    for (const auto& x : how_.locations) {
      auto reply = how_.ssdp("HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=120\r\n"
                             "ST: urn:schemas-upnp-org:device:InternetGatewayDevice:1\r\n"
                             "USN: uuid:1\r\nEXT:\r\nLOCATION: " +
                             here(x) + "\r\n\r\n");
      out.emplace_back(reply.begin(), reply.end());
    }
    return out;
  }

  std::string description() const {
    auto service = [](const std::string& type, const std::string& control) {
      return "<serviceList><service><serviceType>" + type +
             "</serviceType><serviceId>x</serviceId><controlURL>" + control +
             "</controlURL><eventSubURL>/e</eventSubURL><SCPDURL>/s</SCPDURL></service>"
             "</serviceList>";
    };
    auto device = [](const std::string& type, const std::string& content) {
      return "<device><deviceType>urn:schemas-upnp-org:device:" + type +
             ":1</deviceType><friendlyName>r\xe9</friendlyName>" + content + "</device>";
    };
    auto inner = device("WANConnectionDevice", service(how_.service, here(how_.control)));
    auto wan = device("WANDevice",
                      service("urn:schemas-upnp-org:service:WANCommonInterfaceConfig:1", "/cif") +
                        "<deviceList>" + inner + "</deviceList>");
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
           "<root xmlns=\"urn:schemas-upnp-org:device-1-0\"><specVersion><major>1</major><minor>0"
           "</minor></specVersion><URLBase>" +
           here(how_.base) + "</URLBase>" +
           device("InternetGatewayDevice", "<deviceList>" + wan + "</deviceList>") + "</root>";
  }

  std::optional<std::string> on_request(const std::string& in) {
    std::lock_guard guard{mutex_};
    if (in.starts_with("GET "))
      return how_.http(200, how_.description(description()));
    auto disconnected = in.starts_with("POST /disconnected ");
    if (!disconnected && !in.starts_with("POST " + how_.path + ' '))
      return how_.http(404, "");
    std::smatch found;
    if (!std::regex_search(in, found, std::regex{"<u:([A-Za-z]+)"}))
      return how_.http(400, "");
    const auto action = found.str(1);
    auto number = [&](const std::string& name) {
      auto text = field(in, name);
      return text.empty() ? 0 : std::stoul(text);
    };
    asked_.push_back({action, static_cast<std::uint16_t>(number("NewExternalPort")),
                      static_cast<std::uint16_t>(number("NewInternalPort")),
                      number("NewLeaseDuration")});
    if (auto other = how_.instead.find(action); other != how_.instead.end())
      return other->second();
    auto [code, content] =
      disconnected ? std::pair{action == "GetExternalIPAddress" ? 0 : 501,
                               std::string{"<NewExternalIPAddress>0.0.0.0</NewExternalIPAddress>"}}
                   : act(asked_.back(), field(in, "NewInternalClient"));
    if (action == how_.unanswered)
      return how_.http(200, "");
    if (code != 0)
      return how_.http(500, how_.answer(fault(code)));
    return how_.http(200,
                     how_.answer("<?xml version=\"1.0\"?>\n<s:Envelope xmlns:s=\"http://"
                                 "schemas.xmlsoap.org/soap/envelope/\" s:encodingStyle=\"http:"
                                 "//schemas.xmlsoap.org/soap/encoding/\"><s:Body><u:" +
                                 action + "Response xmlns:u=\"" + how_.service + "\">" + content +
                                 "</u:" + action + "Response></s:Body></s:Envelope>"));
  }

  std::pair<int, std::string> act(const asking& x, const std::string& client) {
    if (x.action == "GetExternalIPAddress")
      return {0, "<NewExternalIPAddress>" + how_.address + "</NewExternalIPAddress>"};
    if (x.action == "AddPortMapping" || x.action == "AddAnyPortMapping") {
      if (auto code = how_.refusal(x.external, x.lease);
          code != 0 && !(x.action == "AddAnyPortMapping" && code == 718))
        return {code, ""};
      auto port = x.external;
      if (x.action == "AddAnyPortMapping")
        ++port;
      mapped_[port] = {client, x.internal, x.lease};
      return {0, "<NewReservedPort>" + std::to_string(port) + "</NewReservedPort>"};
    }
    auto found = mapped_.find(x.external);
    if (found == mapped_.end())
      return {714, ""};
    if (x.action == "DeletePortMapping") {
      mapped_.erase(found);
      return {0, ""};
    }
    if (x.action != "GetSpecificPortMappingEntry")
      return {401, ""};
    const auto& entry = found->second;
    return {0, "<NewInternalPort>" + std::to_string(entry.internal) +
                 "</NewInternalPort><NewInternalClient>" + how_.client(entry.client) +
                 "</NewInternalClient><NewEnabled>" + how_.enabled +
                 "</NewEnabled><NewPortMappingDescription>devp2p</NewPortMappingDescription>"
                 "<NewLeaseDuration>" +
                 how_.lease.value_or(std::to_string(entry.lease)) + "</NewLeaseDuration>"};
  }

  const manners how_;
  mutable std::mutex mutex_;
  std::vector<asking> asked_;
  std::map<std::uint16_t, mapping> mapped_;
  http_server http_;
  udp_server ssdp_;
};

} // namespace devp2p::nat::test

#!/bin/sh
# A small internet of network namespaces, with the kernel's NAT; for run.sh's namespaces only.
#
#   h1 192.168.1.2 ─┐                                ┌ inet  11.22.33.1, .100, .101
#   h2 192.168.1.3 ─┴ 192.168.1.1 [rA] 11.22.33.2 ───┤
#   hB 192.168.2.2 ── 192.168.2.1 [rB] 11.22.33.3 ───┘       IPv6: 2a00:1:N:: and 2a00:1::
#
#   lab.sh up
#   lab.sh nat ROUTER none|fullcone|addrcone|cone|portrange|symmetric   replaces all its rules
#   lab.sh wan ROUTER ADDRESS        sets its external address
#   lab.sh loss ROUTER PERCENT       sets its loss of forwarded packets, in each direction
#   lab.sh upnpd ROUTER [LINE...]    starts miniupnpd, with more lines for its configuration
#   lab.sh upnpd-stop ROUTER SIGNAL  and waits for its end
#
# The addresses are not those set aside for documentation: miniupnpd maps no ports for these.
set -eu
PATH=$PATH:/usr/sbin:/sbin

enter() { ip netns exec "$@"; }

namespace() {
  ip netns add "$1"
  ip -n "$1" link set lo up
  enter "$1" sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv6.conf.all.accept_dad=0 \
    net.ipv6.conf.default.accept_dad=0
}

# wire NAMESPACE INTERFACE NAMESPACE INTERFACE
wire() {
  ip link add "$2" netns "$1" type veth peer name "$4" netns "$3"
  ip -n "$1" link set "$2" up
  ip -n "$3" link set "$4" up
}

# router NAME WAN-NUMBER LAN-NUMBER
router() {
  wire inet "p-$1" "$1" wan
  ip -n inet link set "p-$1" master br0
  ip -n "$1" link add br-lan type bridge
  ip -n "$1" link set br-lan up
  ip -n "$1" addr add "11.22.33.$2/24" dev wan
  ip -n "$1" addr add "192.168.$3.1/24" dev br-lan
  ip -n "$1" -6 addr add "2a00:1::$2/64" dev wan nodad
  ip -n "$1" -6 addr add "2a00:1:$3::1/64" dev br-lan nodad
  ip -n "$1" route add default via 11.22.33.1
  ip -n "$1" -6 route add default via 2a00:1::1
  ip -n inet -6 route add "2a00:1:$3::/64" via "2a00:1::$2"
  enter "$1" sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
}

# host NAME ROUTER LAN-NUMBER NUMBER
host() {
  wire "$2" "l-$1" "$1" eth0
  ip -n "$2" link set "l-$1" master br-lan
  ip -n "$1" addr add "192.168.$3.$4/24" dev eth0
  ip -n "$1" -6 addr add "2a00:1:$3::$4/64" dev eth0 nodad
  ip -n "$1" route add default via "192.168.$3.1"
  ip -n "$1" -6 route add default via "2a00:1:$3::1"
}

# nat ROUTER KIND. The names are those of RFC 3489; in terms of RFC 4787, mapping and filtering are
#   fullcone   endpoint-independent, endpoint-independent
#   addrcone   endpoint-independent, address-dependent
#   cone       endpoint-independent, address- and port-dependent
#   portrange  like cone, but the external port differs from the internal one
#   symmetric  address- and port-dependent, both
nat() {
  maps='' learn='' inbound='' let_in='' outbound=''
  case $2 in
  none) ;;
  cone) outbound='oifname "wan" masquerade' ;;
  symmetric) outbound='oifname "wan" meta l4proto { tcp, udp } masquerade fully-random' ;;
  portrange)
    address=$(ip -n "$1" -4 -o addr show dev wan | awk '{ sub("/.*", "", $4); print $4; exit }')
    outbound="oifname \"wan\" meta l4proto { tcp, udp } snat ip to $address:40000-40099"
    ;;
  fullcone)
    outbound='oifname "wan" masquerade'
    maps='map seen { type inet_service : ipv4_addr; flags dynamic, timeout; timeout 60s; }'
    learn='meta l4proto udp update @seen { udp sport timeout 60s : ip saddr }'
    inbound='iifname "wan" meta l4proto udp dnat ip to udp dport map @seen'
    let_in='iifname "wan" ct status dnat accept'
    ;;
  addrcone)
    outbound='oifname "wan" masquerade'
    maps='map seen { type ipv4_addr . inet_service : ipv4_addr; flags dynamic, timeout; timeout 60s; }'
    learn='meta l4proto udp update @seen { ip daddr . udp sport timeout 60s : ip saddr }'
    inbound='iifname "wan" meta l4proto udp dnat ip to ip saddr . udp dport map @seen'
    let_in='iifname "wan" ct status dnat accept'
    ;;
  *) echo "lab.sh: no such NAT: $2" >&2; exit 2 ;;
  esac
  # Packets for the router itself are dropped: they would take the port of a hole to be punched.
  enter "$1" nft -f - <<END
flush ruleset
table inet filter {
  $maps
  chain forward { type filter hook forward priority 0; policy drop;
    jump loss
    iifname "br-lan" oifname "wan" jump out
    ct state established,related accept
    iifname "br-lan" accept
    $let_in
    meta l4proto ipv6-icmp accept
    jump miniupnpd
  }
  chain loss { }
  chain out { $learn
  }
  chain input { type filter hook input priority 0; policy accept;
    iifname "wan" ct state established,related accept
    iifname "wan" meta l4proto { icmp, ipv6-icmp } accept
    iifname "wan" drop
  }
  chain prerouting { type nat hook prerouting priority -100;
    jump prerouting_miniupnpd
    $inbound
  }
  chain postrouting { type nat hook postrouting priority 100;
    jump postrouting_miniupnpd
    meta nfproto ipv4 $outbound
  }
  chain miniupnpd { }
  chain prerouting_miniupnpd { }
  chain postrouting_miniupnpd { }
}
END
}

# upnpd ROUTER [LINE...]
upnpd() {
  router=$1
  shift
  lan=$(ip -n "$router" -4 -o addr show dev br-lan | awk '{ sub("\\.[0-9]*/.*", "", $4); print $4 }')
  dir=/run/$router
  mkdir -p "$dir"
  rm -f "$dir/pid"
  cat >"$dir/conf" <<END
ext_ifname=wan
listening_ip=br-lan
http_port=5000
enable_natpmp=yes
enable_upnp=yes
secure_mode=yes
min_lifetime=120
max_lifetime=86400
system_uptime=no
notify_interval=60
clean_ruleset_interval=600
uuid=6d1c9f3a-0000-4000-8000-000000000001
friendly_name=lab-$router
upnp_table_name=filter
upnp_nat_table_name=filter
upnp_forward_chain=miniupnpd
upnp_nat_chain=prerouting_miniupnpd
upnp_nat_postrouting_chain=postrouting_miniupnpd
END
  for line; do echo "$line" >>"$dir/conf"; done
  cat >>"$dir/conf" <<END
allow 1024-65535 $lan.0/24 1024-65535
deny 0-65535 0.0.0.0/0 0-65535
END
  enter "$router" miniupnpd -f "$dir/conf" -P "$dir/pid" </dev/null >"$dir/log" 2>&1
  wait_until "miniupnpd to listen" listens "$router"
}

listens() { enter "$1" ss -lnu | grep -q :5351; }
runs() { ip netns pids "$1" | xargs -r -I{} cat /proc/{}/comm 2>/dev/null | grep -q miniupnpd; }
ended() { ! runs "$1"; }

# wait_until WHAT COMMAND...
wait_until() {
  what=$1 tries=0
  shift
  until "$@"; do
    tries=$((tries + 1))
    [ $tries -lt 100 ] || { echo "lab.sh: waited in vain for $what" >&2; exit 1; }
    sleep 0.05
  done
}

command=$1
shift
case $command in
up)
  for x in inet rA rB h1 h2 hB; do namespace $x; done
  ip -n inet link add br0 type bridge
  ip -n inet link set br0 up
  for number in 1 100 101; do ip -n inet addr add 11.22.33.$number/24 dev br0; done
  ip -n inet -6 addr add 2a00:1::1/64 dev br0 nodad
  router rA 2 1
  router rB 3 2
  host h1 rA 1 2
  host h2 rA 1 3
  host hB rB 2 2
  nat rA cone
  nat rB cone
  ;;
nat) nat "$@" ;;
loss)
  enter "$1" nft flush chain inet filter loss
  [ "$2" -eq 0 ] ||
    enter "$1" nft add rule inet filter loss meta l4proto '{ tcp, udp }' numgen random mod 100 '<' "$2" drop
  ;;
wan)
  ip -n "$1" -4 addr flush dev wan
  ip -n "$1" addr add "$2/24" dev wan
  # This route is possible only with an address of the internet's own network.
  ip -n "$1" route replace default via 11.22.33.1 2>/dev/null || true
  ;;
upnpd) upnpd "$@" ;;
upnpd-stop)
  for pid in $(ip netns pids "$1"); do
    [ "$(cat /proc/"$pid"/comm)" = miniupnpd ] && kill -"$2" "$pid"
  done
  wait_until "the end of miniupnpd" ended "$1"
  ;;
*) echo "lab.sh: no such command: $command" >&2; exit 2 ;;
esac

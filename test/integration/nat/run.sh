#!/bin/sh
# run.sh PROGRAM ARGUMENT...: runs the program as root in new network, mount and process namespaces,
# and in a new user namespace if this user is not root. All that it creates, daemons included, is
# gone when it ends, in any way. Exits with 77 if namespaces are not allowed, or if the lab's
# programs are not installed.
set -eu
PATH=$PATH:/usr/sbin:/sbin

skip() {
  echo "skipped: $1" >&2
  exit 77
}

for tool in unshare ip nft miniupnpd; do
  command -v $tool >/dev/null || skip "$tool is missing (apt-get install util-linux iproute2 nftables miniupnpd-nftables)"
done
flags=--net\ --mount\ --pid\ --fork\ --mount-proc\ --kill-child
[ "$(id -u)" -eq 0 ] || flags="--user --map-root-user $flags"
# shellcheck disable=SC2086 # Each word is a flag.
unshare $flags sh -c 'mount -t tmpfs lab /run && mkdir /run/netns && ip netns add probe &&
  ip netns exec probe nft add table ip probe' 2>/dev/null ||
  skip "this system does not allow namespaces, or NAT in them"
# shellcheck disable=SC2086,SC2016
exec unshare $flags sh -c 'mount -t tmpfs lab /run && mkdir /run/netns && exec "$0" "$@"' "$@"

// SPDX-License-Identifier: BSL-1.0
//
// A devp2p peer that shares no code with ours: the npm package @ethereumjs/devp2p, driven by a test
// program over stdin and stdout, one JSON object a line in each direction. No discovery, no UDP.
//
//   npm ci --ignore-scripts   (in the folder above)
//   node peer.mjs '{"key":"<64 hex>","capabilities":[{"name":"echo","version":1,"length":8}]}'
//
// The options are the first argument or, without one, the first line of stdin. All may be absent:
//   key               private key, 64 hex; random
//   host, port        where to listen; "127.0.0.1", 0 (any free port)
//   client            client id; "foreign/1"
//   capabilities      [{name, version, length}]; []
//   echo              return every sub-protocol message with its code; false
//   mute              leave pings unanswered; false
//   ping_interval_ms  15000 as in the package; 0 for never
//   timeout_ms        the dial's and each pong's; 10000 as in the package
//   max_peers         any further inbound peer is told 0x04; 10
//   hello             announce {version, client, capabilities, port, id, extra} instead of the
//                     truth. `capabilities` are [[name, version]], `port` is a number or hex,
//                     `extra` (hex) one more element. A version below 5 turns snappy off here, too.
//   goodbye_first     this disconnect reason takes the place of Hello
//   trace             report every frame; false
//   lifetime_ms       the process ends after it, 110000 at most; 110000
//
// Commands. `peer` is the number from the events; if absent, the newest open connection:
//   {"do":"dial","host":"127.0.0.1","port":n,"id":"<128 hex>"}     `host` may be absent
//   {"do":"send","peer":n,"protocol":"echo","code":n,"raw":bool, payload}
//       `protocol` may be absent (the first one shared), `code` is relative to it, `raw` skips
//       snappy. payload: "hex":"…"  or  "size":n,"seed":n  or  "size":n,"fill":n  (up to 15 MiB).
//       Byte i of a seeded payload is the top byte of output i of
//       std::linear_congruential_engine<std::uint32_t, 1664525, 1013904223, 0>(seed).
//   {"do":"frame","peer":n,"code":n,"hex":"…"}      any frame: absolute code, payload as it is
//   {"do":"ping","peer":n}
//   {"do":"disconnect","peer":n,"reason":n}         nothing happens before the keys are agreed
//   {"do":"drop","peer":n,"reset":bool}             closes the socket at once; `reset` sends
//       RST, though Node may let a FIN go first
//   {"do":"stop"}                                   tells every peer 0x08, waits for them, ends
//
// Events, each with "event" and, where it concerns a connection, "peer":
//   listening     id, port
//   hello         id, client, version, port, capabilities [{name, version}], snappy; the remote's
//                 Hello, before it is checked
//   connected     the same and protocols [{name, version, offset, length}]; this side is content
//   message       protocol, code (relative), size, sha256, hex (up to 64 bytes)
//   ping, pong    received
//   goodbye       who "remote"|"local", reason, wire; a Disconnect was read or written. `wire` is
//                 its payload as it was in the frame; `reason` is null if the package could not
//                 read it.
//   disconnected  who "remote"|"local"|null, reason|null, connected; the socket is closed
//   frame         direction "in"|"out", code (absolute), size, hex (up to 64 bytes); with `trace`
//   error         text, and `do` if a command failed
//   closed        why "stdin"|"stop"|"lifetime"; the last line
//
// The package is the subject of the tests, so its RLPx and Peer run unchanged. They report too
// little: no events before Hello, no pings, no raw payloads. `tap` wraps methods of their
// prototypes to watch them. Only a misbehaviour that an option requests changes their actions.

import { createHash, randomBytes } from 'node:crypto'
import { createInterface } from 'node:readline'
import { Worker } from 'node:worker_threads'

import { ECIES, Peer, RLPx } from '@ethereumjs/devp2p'
import { RLP } from '@ethereumjs/rlp'
import snappy from 'snappyjs'

const disconnectCode = 0x01
const clientQuitting = 0x08
const maxShownBytes = 64
// In bytes. Leaves room in a frame for the bytes that snappy adds to random data.
const maxPayload = 15 << 20
const maxLifetime = 110_000
// In milliseconds. The package half-closes 2000 ms after it wrote Disconnect, and then waits for
// the remote.
const maxGoodbye = 3_000

const toHex = (bytes) => Buffer.from(bytes).toString('hex')
const toText = (bytes) => Buffer.from(bytes).toString('utf8')
const toInt = (bytes) => bytes.reduce((sum, byte) => sum * 256 + byte, 0)
const shown = (bytes) => (bytes.length <= maxShownBytes ? { hex: toHex(bytes) } : {})

function fromHex(text) {
  if (typeof text !== 'string' || !/^([0-9a-f]{2})*$/i.test(text)) throw new Error('not hex')
  return Uint8Array.from(Buffer.from(text, 'hex'))
}

function emit(event, fields = {}) {
  process.stdout.write(`${JSON.stringify({ event, ...fields })}\n`)
}

function emitError(error, fields = {}) {
  emit('error', { ...fields, text: String(error?.message ?? error) })
}

function finish(why) {
  emit('closed', { why })
  process.exit(0)
}

process.on('uncaughtException', (error) => emitError(error))
process.on('unhandledRejection', (error) => emitError(error))
// No reader of the events is left.
process.stdout.on('error', () => process.exit(1))

let options = {}
const peers = []

/// Returns the number of a connection. Peer has no hook for its construction, so the first call of
/// a method assigns the number.
function numberOf(peer) {
  if (peer.number === undefined) {
    peer.number = peers.length
    peer._eciesSession.owner = peer
    peers.push(peer)
  }
  return peer.number
}

const isOpen = (peer) => !peer._socket.destroyed
const usesSnappy = (peer) => peer._hello !== null && peer._hello.protocolVersion >= 5

function findPeer(number) {
  const newest = () => peers.findLast((peer) => isOpen(peer) && !peer._closed)
  const peer = number === undefined ? newest() : peers[number]
  if (peer === undefined || !isOpen(peer)) throw new Error('no such peer')
  return peer
}

/// Returns a capability in the form that the package expects: it calls `constructor` once per
/// connection. The base class Protocol is not exported, but a protocol only needs _handleMessage.
function makeCapability({ name, version, length }) {
  class RelayedProtocol {
    capability = { name, version, length }

    constructor(version, peer, send) {
      this._peer = peer
      this._send = send
    }

    _handleMessage(code, payload) {
      const sha256 = createHash('sha256').update(payload).digest('hex')
      const fields = { protocol: name, code, size: payload.length, sha256, ...shown(payload) }
      emit('message', { peer: numberOf(this._peer), ...fields })
      if (options.echo) this.send(code, payload)
    }

    // The package decompresses messages to sub-protocols, but leaves compression to them.
    send(code, payload, raw = false) {
      this._send(code, usesSnappy(this._peer) && !raw ? snappy.compress(payload) : payload)
    }
  }
  return { name, version, length, constructor: RelayedProtocol }
}

function makePayload({ hex, size, seed, fill }) {
  if (hex !== undefined) return fromHex(hex)
  if (!Number.isInteger(size) || size < 0 || size > maxPayload) throw new Error('no payload')
  const payload = new Uint8Array(size)
  if (seed === undefined) return payload.fill(fill ?? 0)
  let state = seed >>> 0
  for (let i = 0; i < size; ++i) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    payload[i] = state >>> 24
  }
  return payload
}

function tap(type, method, around) {
  const original = type.prototype[method]
  type.prototype[method] = function (...args) {
    return around.call(this, original.bind(this), ...args)
  }
}

tap(ECIES, 'parseBody', function (original, data) {
  const body = original(data)
  this.lastBody = body ?? new Uint8Array()
  if (options.trace && body && this.owner) {
    const code = body.length === 0 ? null : body[0] === 0x80 ? 0 : body[0]
    const payload = body.subarray(1)
    const fields = { direction: 'in', code, size: payload.length, ...shown(payload) }
    emit('frame', { peer: this.owner.number, ...fields })
  }
  return body
})

tap(Peer, '_onSocketData', function (original, data) {
  numberOf(this)
  original(data)
})

tap(Peer, '_sendHello', function (original) {
  if (options.goodbye_first !== undefined) this.disconnect(options.goodbye_first)
  else original()
})

function alteredHello(data, lie) {
  const fields = RLP.decode(data)
  if (lie.version !== undefined) fields[0] = lie.version
  if (lie.client !== undefined) fields[1] = lie.client
  if (lie.capabilities !== undefined) fields[2] = lie.capabilities
  // Hex allows values that no encoder writes, such as a zero that is not the empty string.
  const { port } = lie
  if (port !== undefined) fields[3] = typeof port === 'string' ? fromHex(port) : port
  if (lie.id !== undefined) fields[4] = fromHex(lie.id)
  if (lie.extra !== undefined) fields.push(fromHex(lie.extra))
  return RLP.encode(fields)
}

tap(Peer, '_sendMessage', function (original, code, data) {
  if (code === 0 && options.hello) data = alteredHello(data, options.hello)
  const sent = original(code, data)
  const peer = numberOf(this)
  if (sent === true && options.trace)
    emit('frame', { peer, direction: 'out', code, size: data.length, ...shown(data) })
  return sent
})

tap(Peer, '_sendDisconnect', function (original, reason) {
  if (this._closed) return
  original(reason)
  // Without keys no Disconnect was written; the package shows that only by `_closed`.
  if (this._closed)
    emit('goodbye', { peer: numberOf(this), who: 'local', reason, wire: toHex(RLP.encode(reason)) })
})

tap(Peer, '_handleBody', function (original) {
  this.goodbyeRead = false
  original()
  const body = this._eciesSession.lastBody
  // A payload that fails to decode never reaches _handleDisconnect.
  if (body[0] === disconnectCode && !this.goodbyeRead) {
    const wire = toHex(body.subarray(1))
    emit('goodbye', { peer: numberOf(this), who: 'remote', reason: null, wire })
  }
})

tap(Peer, '_handleDisconnect', function (original, payload) {
  original(payload)
  this.goodbyeRead = true
  const wire = toHex(this._eciesSession.lastBody.subarray(1))
  emit('goodbye', { peer: numberOf(this), who: 'remote', reason: this._disconnectReason, wire })
})

function helloFields(peer, [version, client, capabilities, port, id]) {
  return {
    peer: numberOf(peer),
    id: toHex(id),
    client: toText(client),
    version: toInt(version),
    port: toInt(port),
    capabilities: capabilities.map(([name, v]) => ({ name: toText(name), version: toInt(v) })),
    snappy: Math.min(toInt(version), options.hello?.version ?? 5) >= 5,
  }
}

tap(Peer, '_handleHello', function (original, payload) {
  try {
    this.helloFields = helloFields(this, payload)
    emit('hello', this.helloFields)
  } catch (error) {
    // The package decides whether such a Hello is acceptable.
    emitError(error, { peer: numberOf(this) })
  }
  original(payload)
  const limit = options.hello?.version ?? this._hello.protocolVersion
  this._hello.protocolVersion = Math.min(this._hello.protocolVersion, limit)
})

tap(Peer, '_handlePing', function (original) {
  emit('ping', { peer: numberOf(this) })
  if (!options.mute) original()
})

tap(Peer, '_handlePong', function (original) {
  emit('pong', { peer: numberOf(this) })
  original()
})

tap(Peer, '_onSocketClose', function (original) {
  original()
  const who = this._disconnectWe === null ? null : this._disconnectWe ? 'local' : 'remote'
  const reason = this._disconnectReason ?? null
  emit('disconnected', { peer: numberOf(this), who, reason, connected: this._connected })
})

let rlpx

function onConnected(peer) {
  const describe = ({ protocol, offset }) => ({ ...protocol.capability, offset })
  emit('connected', { ...peer.helloFields, protocols: peer._protocols.map(describe) })
  if (options.ping_interval_ms === undefined) return
  clearInterval(peer._pingIntervalId)
  if (options.ping_interval_ms > 0)
    peer._pingIntervalId = setInterval(() => peer._sendPing(), options.ping_interval_ms)
}

const commands = {
  async dial({ host = '127.0.0.1', port, id }) {
    await rlpx.connect({ id: fromHex(id), address: host, tcpPort: port })
  },

  send({ peer, protocol, code = 0, raw, ...payload }) {
    const shared = findPeer(peer).getProtocols()
    const wanted = (candidate) => protocol === undefined || candidate.capability.name === protocol
    const found = shared.find(wanted)
    if (found === undefined) throw new Error('no such protocol')
    found.send(code, makePayload(payload), raw)
  },

  frame({ peer, code, hex }) {
    if (findPeer(peer)._sendMessage(code, fromHex(hex)) !== true) throw new Error('not written')
  },

  ping({ peer }) {
    findPeer(peer)._sendPing()
  },

  disconnect({ peer, reason }) {
    findPeer(peer).disconnect(reason)
  },

  drop({ peer, reset }) {
    const socket = findPeer(peer)._socket
    if (reset) socket.resetAndDestroy()
    else socket.destroy()
  },

  stop() {
    rlpx.destroy()
    // RLPx forgets a peer when a duplicate of it was refused, so it may not have told all peers.
    for (const peer of peers.filter(isOpen)) peer.disconnect(clientQuitting)
    const deadline = Date.now() + maxGoodbye
    setInterval(() => {
      if (!peers.some(isOpen) || Date.now() >= deadline) finish('stop')
    }, 10)
  },
}

async function execute(line) {
  let name
  try {
    const { do: verb, ...fields } = JSON.parse(line)
    name = verb
    if (!Object.hasOwn(commands, verb)) throw new Error('no such command')
    await commands[verb](fields)
  } catch (error) {
    emitError(error, name === undefined ? {} : { do: name })
  }
}

function start(text) {
  options = JSON.parse(text)
  const lifetime = Math.min(options.lifetime_ms ?? maxLifetime, maxLifetime)
  setTimeout(() => finish('lifetime'), lifetime)
  // Some input causes an endless loop in the package, in which no timer of this thread fires.
  const watchdog = `setTimeout(() => process.kill(process.pid, 'SIGKILL'), ${lifetime + 5_000})`
  new Worker(watchdog, { eval: true }).unref()

  rlpx = new RLPx(options.key === undefined ? randomBytes(32) : fromHex(options.key), {
    clientId: new TextEncoder().encode(options.client ?? 'foreign/1'),
    capabilities: (options.capabilities ?? []).map(makeCapability),
    timeout: options.timeout_ms,
    maxPeers: options.max_peers,
  })
  rlpx.events.on('peer:added', onConnected)
  rlpx.events.on('peer:error', (peer, error) => emitError(error, { peer: numberOf(peer) }))
  rlpx.events.on('error', (error) => emitError(error))
  rlpx.events.on('listening', () => {
    emit('listening', { id: toHex(rlpx.id), port: rlpx._server.address().port })
  })
  rlpx.listen(options.port ?? 0, options.host ?? '127.0.0.1')
}

function startOrFail(text) {
  try {
    start(text)
  } catch (error) {
    emitError(error, { do: 'start' })
    process.exit(1)
  }
}

let started = process.argv.length > 2
if (started) startOrFail(process.argv[2])
// Without options the lifetime has not begun: limits the wait for them.
else setTimeout(() => started || finish('lifetime'), maxLifetime)

const lines = createInterface({ input: process.stdin })
lines.on('line', (line) => {
  if (started) execute(line)
  else {
    started = true
    startOrFail(line)
  }
})
lines.on('close', () => finish('stdin'))

// SPDX-License-Identifier: BSL-1.0
//
// A real execution client, @ethereumjs/client of npm, driven by a test program over stdin and stdout,
// one JSON object a line in each direction. It uses the loopback interface alone, and no files.
//
//   npm ci --ignore-scripts   (in the folder above)
//   node client.mjs '{"chain":"FOLDER"}'
//
// The options are the first argument. All may be absent:
//   chain       a folder that chain.mjs has written: the client has its blocks; without it, it has
//               the genesis alone
//   config      changes to the network's config, as chainId or berlinBlock
//   extra_data  of the genesis block, in hex; what changes its hash
//   execute     execute the blocks that remotes give; false
//   credulous   accept any Status of a remote; false
//   log         also log to stderr; false
//
// Commands:
//   {"do":"dial","port":n,"id":"<128 hex>"}
//
// Events, each with "event":
//   listening     id, port
//   connected     id, inbound, version: a session in which both have accepted the other's Status
//   height        number, hash: the newest block
//   executed      number: all blocks up to this one were executed, and their state roots are right;
//                 with `execute`
//   disconnected  id, who "remote"|"local"|null, reason|null
//   error         text
//   closed        why "stdin"|"lifetime"; the last line
//
// The client is the subject of the tests, so it runs unchanged but for `listenOnLoopback`, `quieten`,
// `patience` and the option `credulous`.

import dgram from 'node:dgram'
import { readFileSync } from 'node:fs'
import net from 'node:net'
import { createInterface } from 'node:readline'

import { createBlockFromBytesArray } from '@ethereumjs/block'
import { Config, EthereumClient } from '@ethereumjs/client/dist/esm/src/index.js'
import { Fetcher } from '@ethereumjs/client/dist/esm/src/sync/fetcher/fetcher.js'
import { Event } from '@ethereumjs/client/dist/esm/src/types.js'
import { parseGethGenesisState } from '@ethereumjs/common'
import { ETH } from '@ethereumjs/devp2p'
import { RLP } from '@ethereumjs/rlp'
import { bytesToHex, hexToBytes } from '@ethereumjs/util'
import { MemoryLevel } from 'memory-level'

import { genesisWith, rulesOf } from './chain.mjs'

const lifetime = 110_000
// In milliseconds. The client waits 6 s for an answer and 8 s for some blocks, and then bans the peer:
// too little for a busy machine, on which it executes blocks meanwhile.
const patience = 90_000
// Of the look for newly executed blocks, of which there is no event.
const interval = 100

const options = JSON.parse(process.argv[2] ?? '{}')
const { chain, config: changes, extra_data: extraData, execute, credulous, log } = options

function emit(event, fields = {}) {
  process.stdout.write(`${JSON.stringify({ event, ...fields })}\n`)
}

function finish(why) {
  emit('closed', { why })
  process.exit(0)
}

process.on('uncaughtException', (error) => emit('error', { text: String(error?.stack ?? error) }))
process.on('unhandledRejection', (error) => emit('error', { text: String(error?.stack ?? error) }))
// No reader of the events is left.
process.stdout.on('error', () => process.exit(1))
setTimeout(() => finish('lifetime'), lifetime)

const line = (text) => process.stderr.write(`${text}\n`)
/// That of the packages writes to stdout.
const logger = { debug: line, info: line, warn: line, error: line }

/// The client listens at every address, by TCP and UDP, and has no option for that.
function listenOnLoopback(type, method) {
  const original = type.prototype[method]
  type.prototype[method] = function (port, _host, ...rest) {
    return original.call(this, port, '127.0.0.1', ...rest)
  }
}
listenOnLoopback(net.Server, 'listen')
listenOnLoopback(dgram.Socket, 'bind')

Object.defineProperty(Fetcher.prototype, 'timeout', { get: () => patience, set() {} })

if (credulous) {
  ETH.prototype._handleStatus = function () {
    if (this._status === null || this._peerStatus === null) return
    clearTimeout(this._statusTimeoutId)
    const [, chainId, td, bestHash, genesisHash, forkId] = this._peerStatus
    this.events.emit('status', { chainId, td, bestHash, genesisHash, forkId })
  }
}

/// The blocks of the folder `from`, but for the genesis.
function blocksOf(from, common) {
  const blocks = []
  let rest = readFileSync(`${from}/blocks.rlp`)
  while (rest.length > 0) {
    const { data, remainder } = RLP.decode(rest, true)
    blocks.push(createBlockFromBytesArray(data, { common: common.copy(), setHardfork: true }))
    rest = remainder
  }
  return blocks.slice(1)
}

async function prepare() {
  const genesis = genesisWith(changes, extraData)
  const common = rulesOf(genesis)
  const config = new Config({
    common,
    port: 0,
    extIP: '127.0.0.1',
    discV4: false,
    discDns: false,
    bootnodes: [],
    dnsNetworks: [],
    execution: execute ?? false,
    logger: log ? logger : undefined,
  })
  const client = await EthereumClient.create({
    config,
    genesisState: parseGethGenesisState(genesis),
    chainDB: new MemoryLevel(),
    stateDB: new MemoryLevel(),
    metaDB: new MemoryLevel(),
  })
  for (const rules of [config.chainCommon, config.execCommon])
    rules.setForkHashes(client.chain.genesis.hash())
  client.service.timeout = patience
  await client.open()
  if (chain !== undefined) {
    await client.chain.putBlocks(blocksOf(chain, common))
    // A peer that asks for blocks need not wait for their execution.
    await client.chain.blockchain.setIteratorHead('vm', client.chain.blocks.latest.hash())
  }
  return client
}

function report({ chain, config }) {
  const { rlpx } = config.server
  config.events.on(Event.PEER_CONNECTED, ({ id, inbound, rlpxPeer }) => {
    const eth = rlpxPeer.getProtocols().find((protocol) => protocol instanceof ETH)
    emit('connected', { id, inbound, version: eth.getVersion() })
  })
  config.events.on(Event.CHAIN_UPDATED, () => {
    const { latest, height } = chain.blocks
    emit('height', { number: Number(height), hash: bytesToHex(latest.hash()) })
  })
  const errors = ['SYNC_ERROR', 'SYNC_FETCHER_ERROR', 'SYNC_EXECUTION_VM_ERROR', 'PROTOCOL_ERROR']
  for (const name of errors)
    config.events.on(Event[name], (error) => emit('error', { text: String(error?.message ?? error) }))
  rlpx.events.on('peer:error', (_peer, error) => emit('error', { text: String(error.message) }))
  rlpx.events.on('peer:removed', (peer, reason, byUs) => {
    const who = byUs === null || byUs === undefined ? null : byUs ? 'local' : 'remote'
    const id = bytesToHex(peer.getId()).slice(2)
    emit('disconnected', { id, who, reason: reason ?? null })
  })
  let executed = 0
  setInterval(async () => {
    const { header } = await chain.blockchain.getIteratorHead('vm')
    if (Number(header.number) === executed) return
    executed = Number(header.number)
    emit('executed', { number: executed })
  }, interval)
}

/// Takes away what would disturb the tests, and is no part of the protocol.
function quieten(pool) {
  // It restarts the listener after a minute without peers.
  clearInterval(pool._statusCheckInterval)
  // Every 5 s it asks for a header; so does the synchronisation, 5 s after the start and if it fails.
  // Of two such requests at once the client loses an answer, and it bans the peer for that.
  if (chain === undefined) clearInterval(pool._peerBestHeaderUpdateInterval)
}

const client = await prepare()
await client.start()
quieten(client.service.pool)
report(client)
const { rlpx } = client.config.server

const commands = {
  dial: ({ port, id }) => rlpx.connect({ id: hexToBytes(`0x${id}`), address: '127.0.0.1', tcpPort: port }),
}

const lines = createInterface({ input: process.stdin })
lines.on('line', async (line) => {
  try {
    const { do: verb, ...fields } = JSON.parse(line)
    await commands[verb](fields)
  } catch (error) {
    emit('error', { text: String(error?.message ?? error) })
  }
})
lines.on('close', () => finish('stdin'))
emit('listening', { id: bytesToHex(rlpx.id).slice(2), port: rlpx._server.address().port })

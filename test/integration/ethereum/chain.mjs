// SPDX-License-Identifier: BSL-1.0
//
// A chain of 300 blocks of proof of work that is always the same, made by the npm packages of
// @ethereumjs, which share no code with ours.
//
//   node chain.mjs FOLDER
//
// writes into that folder
//   genesis.json   the network, in geth's format
//   blocks.rlp     the blocks 0 to 300, one RLP item after the other, as `geth export` writes them
//   receipts.rlp   for each of these blocks a list of its receipts, one RLP item after the other: a
//                  legacy receipt is a list, any other a string, as in eth/66 to eth/68
//   chain.json     network, genesis, head, height, td (decimal digits), forks (block numbers), and
//                  fork_hashes (that of the genesis, then that of each fork)
//
// The chain has what may be got wrong: two forks, after the second of which a header has one more
// field; blocks without transactions; transactions of three types, that succeed, log, create and
// fail; ommers.

import { mkdirSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

import { createBlock, createBlockHeader } from '@ethereumjs/block'
import { createBlockchain } from '@ethereumjs/blockchain'
import { createCommonFromGethGenesis, parseGethGenesisState } from '@ethereumjs/common'
import { RLP } from '@ethereumjs/rlp'
import { createTx } from '@ethereumjs/tx'
import { bytesToHex, createAddressFromPrivateKey } from '@ethereumjs/util'
import { createVM, encodeReceipt, runBlock } from '@ethereumjs/vm'
import { keccak256 } from 'ethereum-cryptography/keccak.js'

export const height = 300

const berlin = 100
const london = 200
const begin = 1_600_000_000
// In seconds. Neither raises nor lowers the difficulty.
const interval = 13
const key = keccak256(new TextEncoder().encode('the one with the money'))
const sender = createAddressFromPrivateKey(key).toString()
const logger = `0x${'10'.repeat(20)}`
const failure = `0x${'0f'.repeat(20)}`
// CALLVALUE, stored at 0; then LOG2 of these 32 bytes with the topics CALLER and TIMESTAMP.
const logging = '0x3460005242336020600' + '0a200'
// Leaves a contract of the one byte STOP.
const creation = '0x60016000f3'

/// The network in geth's format. `changes` are to its `config`.
export function genesisWith(changes = {}, extraData = '0x') {
  return {
    config: {
      chainId: 7357,
      homesteadBlock: 0,
      eip150Block: 0,
      eip155Block: 0,
      eip158Block: 0,
      byzantiumBlock: 0,
      constantinopleBlock: 0,
      petersburgBlock: 0,
      istanbulBlock: 0,
      berlinBlock: berlin,
      londonBlock: london,
      ...changes,
    },
    nonce: '0x0000000000000042',
    timestamp: `0x${begin.toString(16)}`,
    extraData,
    gasLimit: '0x1c9c380',
    difficulty: '0x20000',
    mixHash: `0x${'00'.repeat(32)}`,
    coinbase: `0x${'00'.repeat(20)}`,
    alloc: {
      [sender]: { balance: '0xd3c21bcecceda1000000' },
      [logger]: { balance: '0x0', code: logging },
      [failure]: { balance: '0x0', code: '0xfe' },
    },
  }
}

/// The rules of that network, as the packages want them.
export function rulesOf(genesis) {
  return createCommonFromGethGenesis(genesis, { chain: 'test', hardfork: 'istanbul' })
}

/// Returns the transactions of block `number`: none to three.
function transactionsOf(number, nonces, common) {
  const price = common.isActivatedEIP(1559) ? 2_000_000_000n : 1n
  const types = [0]
  if (common.isActivatedEIP(2930)) types.push(1)
  if (common.isActivatedEIP(1559)) types.push(2)
  const calls = [
    // Data that does not fit one byte of length, now and then.
    { to: `0x${'ab'.repeat(20)}`, data: `0x${'cd'.repeat(number % 25 === 0 ? 1500 : number % 5)}` },
    number % 7 === 0 ? { data: creation } : { to: logger },
    { to: failure },
  ]
  return calls.slice(0, number % 4).map((call, index) => {
    const type = types[(number + index) % types.length]
    const fee =
      type === 2 ? { maxFeePerGas: price, maxPriorityFeePerGas: 1n } : { gasPrice: price }
    const list =
      type === 0 ? {} : { accessList: [{ address: logger, storageKeys: [`0x${'00'.repeat(32)}`] }] }
    const value = index === 2 ? 0n : BigInt(index === 1 && !call.to ? 0 : number)
    const nonce = nonces.next++
    const data = { type, chainId: common.chainId(), nonce, gasLimit: 150_000n, value, ...call }
    return createTx({ ...data, ...fee, ...list }, { common }).sign(key)
  })
}

/// A sibling of `parent`, which a child of `parent` may name as an ommer.
function siblingOf(parent, grandparent, common) {
  const { number, gasLimit, baseFeePerGas, timestamp } = parent.header
  const data = { number, gasLimit, baseFeePerGas, timestamp, parentHash: grandparent.hash() }
  const options = { common, calcDifficultyFromHeader: grandparent.header }
  return createBlockHeader({ ...data, coinbase: `0x${'0b'.repeat(20)}` }, options)
}

function gasLimitAfter(parent, number) {
  const { gasLimit } = parent.header
  return number === london ? gasLimit * 2n : gasLimit
}

/// Returns {blocks, receipts}; block 0 is the genesis.
export async function build() {
  const genesis = genesisWith()
  const common = rulesOf(genesis)
  const genesisState = parseGethGenesisState(genesis)
  const blockchain = await createBlockchain({
    common: common.copy(),
    genesisState,
    validateBlocks: true,
    validateConsensus: false,
    hardforkByHeadBlockNumber: true,
  })
  const vm = await createVM({ common: common.copy(), blockchain })
  await vm.stateManager.generateCanonicalGenesis(genesisState)
  let sealed
  vm.events.on('afterBlock', ({ block }, done) => {
    sealed = block
    done()
  })

  const blocks = [blockchain.genesisBlock]
  const receipts = [[]]
  const nonces = { next: 0n }
  for (let number = 1; number <= height; ++number) {
    const rules = common.copy()
    rules.setHardforkBy({ blockNumber: BigInt(number) })
    vm.common.setHardforkBy({ blockNumber: BigInt(number) })
    const parent = blocks[number - 1]
    // The parents of both must have the rules of this block.
    const hasOmmer = number % 10 === 5
    const uncleHeaders = hasOmmer ? [siblingOf(parent, blocks[number - 2], rules)] : []
    const ommers = RLP.encode(uncleHeaders.map((header) => header.raw()))
    const header = {
      number: BigInt(number),
      parentHash: parent.hash(),
      timestamp: BigInt(begin + interval * number),
      coinbase: `0x${'c0'.repeat(20)}`,
      gasLimit: gasLimitAfter(parent, number),
      uncleHash: keccak256(ommers),
      ...(number === london ? { baseFeePerGas: rules.param('initialBaseFee') } : {}),
      ...(number > london ? { baseFeePerGas: parent.header.calcNextBaseFee() } : {}),
    }
    const transactions = transactionsOf(number, nonces, rules)
    const block = createBlock(
      { header, transactions, uncleHeaders },
      { common: rules, calcDifficultyFromHeader: parent.header },
    )
    const options = { block, generate: true, skipBlockValidation: true }
    const result = await runBlock(vm, options)
    await blockchain.putBlock(sealed)
    blocks.push(sealed)
    receipts.push(result.receipts.map((one, i) => encodeReceipt(one, transactions[i].type)))
  }
  return { blocks, receipts }
}

/// An unencoded list or string of a block's list of receipts: a legacy one is a list already.
const itemOf = (receipt) => (receipt[0] >= 0xc0 ? RLP.decode(receipt) : receipt)

/// What others need to know of the chain.
function describe(blocks) {
  const common = rulesOf(genesisWith())
  common.setForkHashes(blocks[0].hash())
  const hashes = ['istanbul', 'berlin', 'london'].map((name) => common.forkHash(name))
  // The packages drop a leading zero byte of a fork hash.
  if (hashes.some((hash) => hash.length !== 10 || hash.startsWith('0x00')))
    throw new Error('a fork hash begins with a zero: change the genesis')
  const td = blocks.reduce((sum, block) => sum + block.header.difficulty, 0n)
  return {
    network: Number(common.chainId()),
    genesis: bytesToHex(blocks[0].hash()),
    head: bytesToHex(blocks[height].hash()),
    height,
    td: td.toString(),
    forks: [berlin, london],
    fork_hashes: hashes,
  }
}

async function write(folder) {
  const { blocks, receipts } = await build()
  mkdirSync(folder, { recursive: true })
  const file = (name, content) => writeFileSync(`${folder}/${name}`, content)
  file('genesis.json', `${JSON.stringify(genesisWith(), null, 2)}\n`)
  file('blocks.rlp', Buffer.concat(blocks.map((block) => block.serialize())))
  file('receipts.rlp', Buffer.concat(receipts.map((all) => RLP.encode(all.map(itemOf)))))
  file('chain.json', `${JSON.stringify(describe(blocks), null, 2)}\n`)
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href)
  await write(process.argv[2])

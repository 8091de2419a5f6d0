"""Talks to one chain: sends, calls, reads, and gives every refusal of a contract its name.

Knows transactions, receipts and logs. Refuses to know what any contract means, and where keys are
kept: a sender is an account that can sign, or an address that the node itself holds the key of.
"""

import functools
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal, Self, TypeAlias, Union

from eth_account.signers.local import LocalAccount
from eth_typing import ChecksumAddress
from eth_utils.address import to_checksum_address

from jumpstart.chain.abi import (
    Entry,
    Event,
    calldata,
    calldata_of,
    creation_code,
    decode_events,
    function_of,
    result_of,
)
from jumpstart.chain.compiler import Artifact
from jumpstart.chain.local import LocalControls
from jumpstart.chain.rpc import NO_REASON, NodeRefusal
from jumpstart.chain.urls import shown_url
from jumpstart.errors import ChainError, ContractRevert, JumpstartError

if TYPE_CHECKING:
    from jumpstart.chain.signers import Signer

LOCAL_GAS_PRICE: Final = 10 * 10**9
"""Wei. A price of 0 is never mined since London, and a high one asks for a fortune up front."""
LOCAL_GAS_LIMIT: Final = 16_000_000
"""Offered on a local chain instead of an estimate, which would see another time than the
transaction does."""
BATCH_GAS_LIMIT: Final = 4_000_000
"""The same for each of many: a block must have room for all it is offered."""
TRANSFER_GAS_LIMIT: Final = 100_000

Sender: TypeAlias = Union[LocalAccount, str, "Signer"]
"""An account that signs here, the address of one that the node signs for, or a signer elsewhere."""
Block: TypeAlias = int | Literal["latest", "earliest", "pending", "safe", "finalized"]

_REQUEST_SECONDS = 60.0
_LOCAL_RECEIPT_SECONDS = 30.0
_RECEIPT_SECONDS = 600.0
_POLL_SECONDS = 2.0
_BLOCK_SIZE = 50  # transactions sent together


@dataclass(frozen=True, kw_only=True)
class Transaction:
    """What is asked of the chain. `to=None` creates a contract; `gas=None` leaves the limit to the
    client.
    """

    sender: Sender
    to: str | None
    data: bytes = b""
    value: int = 0
    gas: int | None = None
    label: str = ""
    """For messages: `SubscriptionSale.claim`."""


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """A mined transaction. `logs` are the node's own, with hex in place of numbers; `Chain.events`
    decodes them.
    """

    transaction_hash: str
    block_number: int
    block_hash: str
    index: int
    sender: str
    to: str | None
    contract_address: str | None
    gas_used: int
    gas_price: int
    succeeded: bool
    logs: tuple[Entry, ...] = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class BlockHeader:
    number: int
    hash: str
    parent_hash: str
    timestamp: int
    prev_randao: int
    """The `mixHash` of the header: randomness only where the `difficulty` is 0."""
    base_fee: int
    difficulty: int


def header_of(answer: Mapping[str, Any]) -> BlockHeader:
    """The header in an answer to eth_getBlockByNumber, as the node says it."""
    return BlockHeader(
        number=int(answer["number"], 16),
        hash=answer["hash"],
        parent_hash=answer["parentHash"],
        timestamp=int(answer["timestamp"], 16),
        prev_randao=int(answer.get("mixHash") or "0x0", 16),
        base_fee=int(answer.get("baseFeePerGas") or "0x0", 16),
        difficulty=int(answer.get("difficulty") or "0x0", 16),
    )


class Contract:
    """A deployed contract. Functions are named by their name, or by their signature where it has
    overloads.
    """

    def __init__(self, chain: "Chain", artifact: Artifact, address: str) -> None:
        self.chain = chain
        self.artifact = artifact
        self.address = to_checksum_address(address)

    def __repr__(self) -> str:
        return f"<{self.artifact.name} {self.address}>"

    def call(
        self,
        function: str,
        *args: Any,
        sender: Sender | None = None,
        value: int = 0,
        gas: int | None = None,
        block: Block = "latest",
    ) -> Any:
        """Runs the function without a transaction: its value, a tuple of several, or None.

        Structs are named tuples, addresses have their checksum, bytes are `bytes`.
        """
        entry = function_of(self.artifact, function, args)
        result = self.chain.call_raw(
            self.address, calldata_of(entry, args), sender=sender, value=value, gas=gas, block=block
        )
        if not result and entry["outputs"]:
            raise ChainError(f"there is no {self.artifact.name} at {self.address}")
        return result_of(entry["outputs"], result)

    def send(
        self, function: str, *args: Any, sender: Sender, value: int = 0, gas: int | None = None
    ) -> Receipt:
        """Sends and waits until it is mined. Raises `ContractRevert` when the contract refuses."""
        return self.chain.send(
            self.transaction(function, *args, sender=sender, value=value, gas=gas)
        )

    def transaction(
        self, function: str, *args: Any, sender: Sender, value: int = 0, gas: int | None = None
    ) -> Transaction:
        """The transaction that `send` would send, for `Chain.send_many`."""
        return Transaction(
            sender=sender,
            to=self.address,
            data=self.calldata(function, *args),
            value=value,
            gas=gas,
            label=f"{self.artifact.name}.{function.partition('(')[0]}",
        )

    def calldata(self, function: str, *args: Any) -> bytes:
        return calldata(self.artifact, function, *args)

    def events(self, source: Receipt | Iterable[Entry], name: str | None = None) -> list[Event]:
        """The events of this contract in a receipt or a list of logs, in their order."""
        logs = source.logs if isinstance(source, Receipt) else source
        own = [log for log in logs if to_checksum_address(log["address"]) == self.address]
        return decode_events(self.artifact.abi, own, name)

    def event(self, source: Receipt | Iterable[Entry], name: str) -> Event:
        """The one event of that name. Raises `ChainError` when there is none, or more."""
        found = self.events(source, name)
        if len(found) != 1:
            raise ChainError(f"expected one {name} of {self.artifact.name}, found {len(found)}")
        return found[0]


class Chain(LocalControls):
    """One chain at one address. Make it with `Chain.connect`."""

    def __init__(
        self, url: str, *, artifacts: Mapping[str, Artifact] | None, timeout: float
    ) -> None:
        super().__init__(url, timeout=timeout)
        self.artifacts: Mapping[str, Artifact] = artifacts or {}
        for artifact in self.artifacts.values():
            self.learn(artifact)
        self.chain_id = int(self.request("eth_chainId"), 16)

    @classmethod
    def connect(
        cls,
        url: str,
        *,
        chain_id: int | None = None,
        artifacts: Mapping[str, Artifact] | None = None,
        timeout: float = _REQUEST_SECONDS,
    ) -> Self:
        """Connects, and checks that it is the chain that was meant. `artifacts` give reverts their
        names.

        Raises `ChainError` when nothing answers, or another chain does.
        """
        chain = cls(url, artifacts=artifacts, timeout=timeout)
        if chain_id is not None and chain.chain_id != chain_id:
            raise ChainError(
                f"{shown_url(url)} is chain {chain.chain_id}, expected chain {chain_id}"
            )
        return chain

    # ------------------------------------------------------------------------------------ contracts

    def contract(self, artifact: Artifact | str, address: str) -> Contract:
        """A handle on what is at the address; that it is there is not checked."""
        return Contract(self, self._artifact(artifact), address)

    def deploy(
        self,
        artifact: Artifact | str,
        *args: Any,
        sender: Sender,
        value: int = 0,
        gas: int | None = None,
    ) -> Contract:
        """Deploys by an ordinary creating transaction, `args` to the constructor."""
        known = self._artifact(artifact)
        receipt = self.send(
            Transaction(
                sender=sender,
                to=None,
                data=creation_code(known, *args),
                value=value,
                gas=gas,
                label=f"{known.name}.constructor",
            )
        )
        assert receipt.contract_address is not None
        return Contract(self, known, receipt.contract_address)

    def deploy_code(
        self, code: bytes, *, sender: Sender, value: int = 0, gas: int | None = None
    ) -> Receipt:
        """Deploys raw creation code. The address stands in the receipt."""
        return self.send(
            Transaction(sender=sender, to=None, data=code, value=value, gas=gas, label="creation")
        )

    def _artifact(self, artifact: Artifact | str) -> Artifact:
        if isinstance(artifact, str):
            return self.artifacts[artifact]
        self.learn(artifact)
        return artifact

    # ------------------------------------------------------------------------------------ reading

    def call_raw(
        self,
        to: str | None,
        data: bytes,
        *,
        sender: Sender | None = None,
        value: int = 0,
        gas: int | None = None,
        block: Block = "latest",
    ) -> bytes:
        message: dict[str, Any] = {"data": "0x" + data.hex()}
        if to is not None:
            message["to"] = to
        if sender is not None:
            message["from"] = address_of(sender)
        if value:
            message["value"] = hex(value)
        if gas is not None:
            message["gas"] = hex(gas)
        answer: str = self.request("eth_call", message, _block(block))
        return bytes.fromhex(answer[2:])

    def call_many(
        self, calls: Sequence[tuple[Contract, str, tuple[Any, ...]]], *, block: Block = "latest"
    ) -> list[Any]:
        """Many calls `(contract, function, args)` in few messages."""
        entries = [function_of(contract.artifact, name, args) for contract, name, args in calls]
        answers = self.batch(
            [
                (
                    "eth_call",
                    (
                        {"to": contract.address, "data": "0x" + calldata_of(entry, args).hex()},
                        _block(block),
                    ),
                )
                for entry, (contract, _, args) in zip(entries, calls, strict=True)
            ]
        )
        return [
            result_of(entry["outputs"], bytes.fromhex(answer[2:]))
            for entry, answer in zip(entries, answers, strict=True)
        ]

    def balance(self, address: str, block: Block = "latest") -> int:
        return int(self.request("eth_getBalance", address, _block(block)), 16)

    def code(self, address: str, block: Block = "latest") -> bytes:
        return bytes.fromhex(self.request("eth_getCode", address, _block(block))[2:])

    def storage(self, address: str, slot: int, block: Block = "latest") -> int:
        return self.storage_many(address, [slot], block)[0]

    def storage_many(
        self, address: str, slots: Sequence[int], block: Block = "latest"
    ) -> list[int]:
        """Many slots in few messages."""
        requests = [("eth_getStorageAt", (address, hex(slot), _block(block))) for slot in slots]
        # Ganache answers 0x for a slot that was written and taken back.
        return [int(word.removeprefix("0x") or "0", 16) for word in self.batch(requests)]

    def nonce(self, address: str, block: Block = "latest") -> int:
        return int(self.request("eth_getTransactionCount", address, _block(block)), 16)

    def block_number(self) -> int:
        return int(self.request("eth_blockNumber"), 16)

    def header(self, block: Block = "latest") -> BlockHeader:
        found = self.request("eth_getBlockByNumber", _block(block), False)
        if found is None:
            raise ChainError(f"the chain has no block {block}")
        return header_of(found)

    def tip(self) -> int:
        """What the node thinks a block's producer wants for a gas, in wei, beside the base fee."""
        try:
            return int(self.request("eth_maxPriorityFeePerGas"), 16)
        except NodeRefusal:  # not every node has it
            return max(0, int(self.request("eth_gasPrice"), 16) - self.header().base_fee)

    def receipt(self, transaction_hash: str) -> Receipt | None:
        """None while it is not mined."""
        found = self.request("eth_getTransactionReceipt", transaction_hash)
        return None if found is None else _receipt(found)

    def logs(
        self,
        address: str | Sequence[str] | None,
        *,
        from_block: int,
        to_block: int,
        topics: Sequence[Any] = (),
    ) -> list[Entry]:
        """Logs of the blocks, both ends included. A range that a node finds too large is halved
        until it answers.
        """
        if from_block > to_block:
            return []
        wanted: dict[str, Any] = {"fromBlock": hex(from_block), "toBlock": hex(to_block)}
        if address is not None:
            wanted["address"] = address if isinstance(address, str) else list(address)
        if topics:
            wanted["topics"] = list(topics)
        try:
            found: list[Entry] = self.request("eth_getLogs", wanted)
        except NodeRefusal:
            if from_block == to_block:
                raise
            middle = (from_block + to_block) // 2
            return [
                *self.logs(address, from_block=from_block, to_block=middle, topics=topics),
                *self.logs(address, from_block=middle + 1, to_block=to_block, topics=topics),
            ]
        return found

    # ------------------------------------------------------------------------------------ sending

    def send(self, transaction: Transaction) -> Receipt:
        """Sends and waits until it is mined. Raises `ContractRevert` when it is refused, before or
        after.
        """
        (transaction_hash,) = self._submit([transaction], LOCAL_GAS_LIMIT)
        (receipt,) = self._await([transaction_hash])
        self._note_touched(1)
        if not receipt.succeeded:
            raise self._revert_of(transaction, receipt)
        return receipt

    def transfer(self, to: str, value: int, *, sender: Sender) -> Receipt:
        """Sends native coin, `value` in wei."""
        return self.send(Transaction(sender=sender, to=to, value=value, label="transfer"))

    def broadcast(self, raw: bytes) -> Receipt:
        """Sends a transaction that somebody has signed, and waits until it is mined."""
        (receipt,) = self._await([self.request("eth_sendRawTransaction", "0x" + raw.hex())])
        if not receipt.succeeded:
            raise ChainError(f"transaction {receipt.transaction_hash} failed")
        return receipt

    def send_many(
        self,
        transactions: Sequence[Transaction],
        *,
        check: bool = True,
        report: Callable[[int, int], None] | None = None,
    ) -> list[Receipt]:
        """Sends all, which a local chain mines fifty to a block; the receipts in their order.

        They are mined in this order, also those of different senders. Without `gas` each gets
        `BATCH_GAS_LIMIT` on a local chain. With `check` the first refusal raises once all are
        mined; without it the caller reads `succeeded`. `report` gets how many of how many are done.
        """
        receipts: list[Receipt] = []
        size = _BLOCK_SIZE if self.is_local else 1
        for start in range(0, len(transactions), size):
            part = transactions[start : start + size]
            with self._one_block():
                hashes = self._submit(part, BATCH_GAS_LIMIT)
            receipts += self._await(hashes)
            self._note_touched(len(part))
            if report is not None:
                report(len(receipts), len(transactions))
        if check:
            for transaction, receipt in zip(transactions, receipts, strict=True):
                if not receipt.succeeded:
                    raise self._revert_of(transaction, receipt)
        return receipts

    def _submit(self, transactions: Sequence[Transaction], local_gas: int) -> list[str]:
        known = {address_of(transaction.sender) for transaction in transactions} & set(self._nonces)
        try:
            return self._submit_once(transactions, local_gas)
        except NodeRefusal as error:
            # A wallet or another process may have used the account since we counted.
            if len(transactions) > 1 or not known or "nonce" not in str(error).lower():
                raise
            return self._submit_once(transactions, local_gas)

    def _submit_once(self, transactions: Sequence[Transaction], local_gas: int) -> list[str]:
        try:
            self._load_nonces(transactions)
            # Ganache orders a block by price and nothing else: each offers a wei less than the
            # last.
            prepared = [
                self._prepared(transaction, local_gas, len(transactions) - place - 1)
                for place, transaction in enumerate(transactions)
            ]
            if len(prepared) == 1 or not all(method for method, _ in prepared):
                return [
                    self.request(method, payload) if method else payload()
                    for method, payload in prepared
                ]
            return self.batch([(method, [payload]) for method, payload in prepared])
        except JumpstartError:
            # What the chain took of them is unknown: the next transaction asks it.
            for transaction in transactions:
                self._nonces.pop(address_of(transaction.sender), None)
            raise

    def _prepared(self, transaction: Transaction, local_gas: int, extra: int) -> tuple[str, Any]:
        sender = address_of(transaction.sender)
        if transaction.gas is not None:
            gas = transaction.gas
        elif not self.is_local:
            gas = self._estimate(transaction)
        elif transaction.to is not None and not transaction.data:
            gas = TRANSFER_GAS_LIMIT
        else:
            gas = local_gas
        payload: dict[str, Any] = {
            "chainId": self.chain_id,
            "nonce": self._next_nonce(sender),
            "gas": gas,
            "value": transaction.value,
            "data": "0x" + transaction.data.hex(),
            **self._fees(extra),
        }
        if transaction.to is not None:
            payload["to"] = to_checksum_address(transaction.to)
        if isinstance(transaction.sender, LocalAccount):
            signed = transaction.sender.sign_transaction(payload)
            return "eth_sendRawTransaction", "0x" + bytes(signed.raw_transaction).hex()
        if not isinstance(transaction.sender, str):
            elsewhere = transaction.sender.sign(payload)
            if elsewhere is not None:
                return "eth_sendRawTransaction", "0x" + elsewhere.raw.hex()
            # No method: it is sent where it is signed.
            return "", functools.partial(transaction.sender.send, payload)
        payload["from"] = sender
        return "eth_sendTransaction", {
            name: hex(value) if isinstance(value, int) else value for name, value in payload.items()
        }

    def _estimate(self, transaction: Transaction) -> int:
        message: dict[str, Any] = {
            "from": address_of(transaction.sender),
            "data": "0x" + transaction.data.hex(),
            "value": hex(transaction.value),
        }
        if transaction.to is not None:
            message["to"] = transaction.to
        # A fifth more: what a contract does can depend on the block it is mined in.
        return int(self.request("eth_estimateGas", message), 16) * 6 // 5

    def _fees(self, extra: int) -> dict[str, int]:
        if self.is_local:
            return {"gasPrice": LOCAL_GAS_PRICE + extra}
        tip = self.tip()
        return {"maxPriorityFeePerGas": tip, "maxFeePerGas": 2 * self.header().base_fee + tip}

    def _load_nonces(self, transactions: Sequence[Transaction]) -> None:
        # Asked once and then counted here: asking each time would cost every transaction one more
        # request.
        senders = {address_of(transaction.sender) for transaction in transactions}
        unknown = sorted(senders - self._nonces.keys())
        found = self.batch([("eth_getTransactionCount", (sender, "pending")) for sender in unknown])
        self._nonces.update(zip(unknown, (int(nonce, 16) for nonce in found), strict=True))

    def _next_nonce(self, sender: str) -> int:
        nonce = self._nonces[sender]
        self._nonces[sender] = nonce + 1
        return nonce

    def _await(self, hashes: Sequence[str]) -> list[Receipt]:
        limit = _LOCAL_RECEIPT_SECONDS if self.is_local else _RECEIPT_SECONDS
        until = time.monotonic() + limit
        receipts: dict[str, Receipt] = {}
        pause = 0.001 if self.is_local else _POLL_SECONDS
        while True:
            missing = [each for each in hashes if each not in receipts]
            found = (
                [self.request("eth_getTransactionReceipt", missing[0])]
                if len(missing) == 1
                else self.batch([("eth_getTransactionReceipt", [each]) for each in missing])
            )
            for transaction_hash, entry in zip(missing, found, strict=True):
                if entry is not None:
                    receipts[transaction_hash] = _receipt(entry)
            if len(receipts) == len(set(hashes)):
                return [receipts[each] for each in hashes]
            if time.monotonic() > until:
                raise ChainError(f"transaction {missing[0]} was not mined in {limit:.0f} s")
            time.sleep(pause)
            pause = min(2 * pause, _POLL_SECONDS)

    @contextmanager
    def _one_block(self) -> Iterator[None]:
        """What is sent inside is mined together afterwards, where the chain can be told."""
        if not self.is_local:
            yield
            return
        ganache = self.kind == "ganache"
        self.request(*(("miner_stop",) if ganache else ("evm_setAutomine", False)))
        try:
            yield
        finally:
            self.request(*(("miner_start",) if ganache else ("evm_setAutomine", True)))
            if not ganache:
                while self.request("txpool_status")["pending"] != "0x0":
                    self.request("evm_mine")

    # ------------------------------------------------------------------------------------ refusals

    def refusal_of(self, receipt: Receipt, label: str) -> ContractRevert:
        """Why a mined transaction failed, by its receipt alone."""
        found = self.request("eth_getTransactionByHash", receipt.transaction_hash)
        transaction = Transaction(
            sender=receipt.sender,
            to=receipt.to,
            data=bytes.fromhex(found["input"][2:]),
            value=int(found["value"], 16),
            gas=int(found["gas"], 16),
            label=label,
        )
        return self._revert_of(transaction, receipt)

    def _revert_of(self, transaction: Transaction, receipt: Receipt) -> ContractRevert:
        """Why a mined transaction failed. A receipt does not say: run it again where it ran."""
        error = self._traced(receipt) if self.kind != "ganache" else None
        error = error or self._repeated(transaction, receipt) or self._last_words(receipt)
        error = error or ContractRevert(NO_REASON)
        error.add_note(f"{transaction.label or 'transaction'} {receipt.transaction_hash}")
        return error

    def _traced(self, receipt: Receipt) -> ContractRevert | None:
        try:
            trace = self.request(
                "debug_traceTransaction", receipt.transaction_hash, {"tracer": "callTracer"}
            )
        except ChainError:
            return None  # many nodes do not trace
        return self._named(trace.get("output") or "0x", trace.get("error") or "")

    def _repeated(self, transaction: Transaction, receipt: Receipt) -> ContractRevert | None:
        # At the block itself: it has the transaction's time, and being refused it changed nothing
        # else.
        message: dict[str, Any] = {
            "from": receipt.sender,
            "data": "0x" + transaction.data.hex(),
            "value": hex(transaction.value),
            "gas": hex(transaction.gas or LOCAL_GAS_LIMIT),
        }
        if transaction.to is not None:
            message["to"] = transaction.to
        try:
            self.request("eth_call", message, hex(receipt.block_number))
        except ContractRevert as error:
            return error
        except ChainError:
            return None
        return None

    def _last_words(self, receipt: Receipt) -> ContractRevert | None:
        # Ganache leaves the data out of its trace; the memory at the last REVERT has it.
        try:
            steps = self.request("debug_traceTransaction", receipt.transaction_hash, {})[
                "structLogs"
            ]
        except (ChainError, KeyError):
            return None
        if not steps or steps[-1]["op"] != "REVERT":
            return None
        start, length = (int(word, 16) for word in steps[-1]["stack"][:-3:-1])
        memory = bytes.fromhex("".join(word.removeprefix("0x") for word in steps[-1]["memory"]))
        return self._named("0x" + memory[start : start + length].hex(), "revert")


# ---------------------------------------------------------------------------------------- RPC


def address_of(sender: Sender) -> ChecksumAddress:
    return to_checksum_address(sender) if isinstance(sender, str) else sender.address


def _receipt(found: Mapping[str, Any]) -> Receipt:
    created = found.get("contractAddress")
    return Receipt(
        transaction_hash=found["transactionHash"],
        block_number=int(found["blockNumber"], 16),
        block_hash=found["blockHash"],
        index=int(found["transactionIndex"], 16),
        sender=to_checksum_address(found["from"]),
        to=to_checksum_address(found["to"]) if found.get("to") else None,
        contract_address=to_checksum_address(created) if created else None,
        gas_used=int(found["gasUsed"], 16),
        gas_price=int(found.get("effectiveGasPrice") or "0x0", 16),
        succeeded=int(found["status"], 16) == 1,
        logs=tuple(found["logs"]),
    )


def _block(block: Block) -> str:
    return hex(block) if isinstance(block, int) else block

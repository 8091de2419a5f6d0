"""Brings one transaction through: written down, sent, sent again, paid more for, replaced, mined.

A step's transaction keeps its number (the sender's nonce) until a block shows that number used by
something else, or the transaction itself refused. Whatever a node says or does not say in between,
the chain can therefore take it once at most.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

from jumpstart.chain.client import BlockHeader, Receipt
from jumpstart.chain.rpc import NodeRefusal
from jumpstart.chain.signers import Signer
from jumpstart.deployment.journal import Journal
from jumpstart.deployment.state import Attempt, Progress, State
from jumpstart.deployment.steps import Call, Step
from jumpstart.deployment.view import View, is_hopeless
from jumpstart.errors import ChainError, CheckError, ContractRevert, InputError
from jumpstart.hashing import keccak256

_BUMP: Final = 9, 8  # nodes take a replacement for a tenth more; some round against us
_DEEPEST_REORG: Final = 128
_PLENTY: Final = 2  # times what the market asks for
GAS_ROOM: Final = 6, 5  # of gas over the estimate: what a contract does can depend on its block


class Refused(ChainError):  # noqa: N818 (named as what a contract does)
    """A transaction of a step was mined, and a contract refused it."""


@dataclass(frozen=True, kw_only=True)
class Policy:
    """How patient a deployment is, in blocks and seconds, and what it pays, in wei for a gas."""

    confirmations: int = 1
    """Blocks, its own among them, after which a transaction counts."""
    in_flight: int = 4
    poll_seconds: float = 2.0
    resend_seconds: float = 15.0
    bump_seconds: float = 60.0
    patience_seconds: float = 900.0
    """How long nothing may come of what was sent."""
    max_fee: int | None = None


class Outbox:
    """Sends the transactions of steps from one account, and follows them."""

    def __init__(
        self, view: View, signer: Signer, journal: Journal, state: State, policy: Policy
    ) -> None:
        self.view = view
        self._signer = signer
        self._journal = journal
        self._state = state
        self._policy = policy
        self._sent_at: dict[str, float] = {}
        self._priced_at: dict[str, float] = {}
        self.last_refusal = ""
        """What a node last said against a transaction, for the message when nothing moves."""
        self.limit = ""
        """Why no more is offered, for the same."""

    def note(self, kind: str, **content: Any) -> None:
        """Writes an entry down, and takes it in."""
        self._state.apply(self._journal.append(kind, **content))

    @property
    def entries(self) -> int:
        """How many there are."""
        return len(self._journal.entries)

    # ------------------------------------------------------------------------------------ sending

    def start(self, step: Step, call: Call, head: BlockHeader) -> None:
        """Writes a new transaction down, and sends it."""
        if step.presigned is not None:
            raw = step.presigned
            attempt = Attempt(
                step=step.key,
                number=None,
                hash="0x" + keccak256(raw).hex(),
                raw=raw,
                to=call.to,
                value=0,
                data=b"",
                gas=0,
                max_fee=0,
                tip=0,
                block=head.number,
            )
            self.note("intent", **attempt.entry())
            self._broadcast(attempt)
            return
        tip, max_fee = self._fees(head)
        attempt = Attempt(
            step=step.key,
            number=self._next_number(head),
            hash=None,
            raw=None,
            to=call.to,
            value=call.value,
            data=call.data,
            gas=self._gas(step, call, head),
            max_fee=max_fee,
            tip=tip,
            block=head.number,
        )
        self._require_funds(attempt)
        self._write(attempt)

    def _write(self, attempt: Attempt) -> None:
        payload = self._payload(attempt)
        signed = self._signer.sign(payload)
        if signed is not None:
            attempt = replace(attempt, hash=signed.transaction_hash, raw=signed.raw)
        self.note("intent", **attempt.entry())
        self._priced_at[attempt.step] = time.monotonic()
        self._broadcast(attempt)

    def _broadcast(self, attempt: Attempt) -> None:
        """Sends it, for the first time or again: the chain takes it once."""
        self._sent_at[attempt.step] = time.monotonic()
        try:
            if attempt.raw is not None:
                sent = self.view.chain.request("eth_sendRawTransaction", "0x" + attempt.raw.hex())
            else:
                sent = self._signer.send(self._payload(attempt))
        except NodeRefusal as refusal:
            self.last_refusal = str(refusal)
            if is_hopeless(refusal):
                raise ChainError(
                    f"{attempt.step}: {refusal}; {self._figures(self._balance(), attempt)}"
                ) from refusal
            return  # it has it already, or its number is used: the blocks will say
        except ChainError as silence:
            self.last_refusal = str(silence)
            return  # whether it was taken, the blocks will say
        if attempt.hash is not None and sent != attempt.hash:
            raise CheckError(f"{attempt.step}: sent as {attempt.hash}, the node calls it {sent}")
        if sent not in self._sent_of(attempt.step):
            self.note("sent", step=attempt.step, hash=sent)

    def _sent_of(self, step: str) -> set[str]:
        return {
            entry["hash"]
            for entry in self._journal.entries
            if entry["entry"] == "sent" and entry["step"] == step
        }

    # ------------------------------------------------------------------------------------ following

    def follow(self, progress: Progress, head: BlockHeader) -> Receipt | None:
        """Takes note of what became of a step's transactions, and does what can be done for them.

        The receipt once it is deep enough. Raises `Refused` for a transaction that was mined and did
        nothing; the contract's own words are its cause.
        """
        latest = progress.attempts[-1]
        receipt = self._receipt(progress)
        canonical = receipt and self.view.is_canonical(receipt.block_number, receipt.block_hash)
        if receipt is None or canonical is False:  # some keep receipts of blocks that are gone
            self._search(progress, latest, head)
            return None
        if canonical is None:
            return None  # the node is in the middle of something
        self.view.saw(receipt.block_number, receipt.block_hash)
        mined = progress.mined
        if mined is None or mined.block_hash != receipt.block_hash:
            if mined is not None:
                self.note("gone", step=latest.step, hash=mined.hash, block=mined.block)
            self.note(
                "mined",
                step=latest.step,
                hash=receipt.transaction_hash,
                block=receipt.block_number,
                blockHash=receipt.block_hash,
                gasUsed=receipt.gas_used,
            )
        if head.number - receipt.block_number + 1 < self._policy.confirmations:
            return None
        if not receipt.succeeded:
            self.note("failed", step=latest.step, hash=receipt.transaction_hash)
            refusal = self.view.read(lambda: self.view.chain.refusal_of(receipt, latest.step))
            raise Refused(
                f"{latest.step}: transaction {receipt.transaction_hash} was mined in block "
                f"{receipt.block_number}, and refused: {refusal}"
            ) from refusal
        return receipt

    def _receipt(self, progress: Progress) -> Receipt | None:
        for transaction_hash in reversed(progress.hashes):
            receipt = self.view.receipt(transaction_hash)
            if receipt is not None:
                return receipt
        return None

    def _search(self, progress: Progress, latest: Attempt, head: BlockHeader) -> None:
        """Nobody has a receipt: it waits, was lost, rolled back, or something else has its number."""
        mined = progress.mined
        if mined is not None:
            canonical = self.view.is_canonical(mined.block, mined.block_hash)
            if canonical or (canonical is None and mined.block <= head.number):
                return  # a node that does not know it yet
            self.note("gone", step=latest.step, hash=mined.hash, block=mined.block)
        if latest.number is not None:
            used = self.view.count(self._signer.address, head.number)
            if used > latest.number:
                self._find_user(progress, latest, head)
                return
        now = time.monotonic()
        if (
            latest.number is not None
            and now - self._priced_at.setdefault(latest.step, now) > self._policy.bump_seconds
            and self._bump(latest, head)
        ):
            return
        if now - self._sent_at.get(latest.step, 0.0) > self._policy.resend_seconds:
            self._broadcast(latest)

    def _find_user(self, progress: Progress, latest: Attempt, head: BlockHeader) -> None:
        """Acts upon the transaction that has the number, once a block shows it."""
        assert latest.number is not None
        written = min(attempt.block for attempt in progress.attempts)
        find = partial(self.view.transaction_of, self._signer.address, latest.number)
        found = find(from_block=written, to_block=head.number) or find(
            # Not after it was written down: the chain went back.
            from_block=max(0, written - _DEEPEST_REORG),
            to_block=min(written, head.number),
        )
        if found is None or found["hash"] in progress.hashes:
            return  # its receipt will come
        if _is_the_same(found, latest):
            self.note("sent", step=latest.step, hash=found["hash"])
        elif head.number - int(found["blockNumber"], 16) + 1 >= self._policy.confirmations:
            self.note("replaced", step=latest.step, number=latest.number, by=found["hash"])

    def gap(self, head: BlockHeader) -> str:
        """In words, what of the account must be mined before anything here; empty when nothing."""
        used = self.view.count(self._signer.address, head.number)
        if not self._state.numbers or used >= max(self._state.numbers):
            return ""
        if used in self._state.numbers:
            return ""
        return (
            f"the next number of {self._signer.address} is {used}, which is not of this deployment: "
            "first a transaction with it has to be mined"
        )

    # ------------------------------------------------------------------------------------ figures

    def _bump(self, latest: Attempt, head: BlockHeader) -> bool:
        """Offers more for the same number, as far as that can help and is allowed."""
        more, whole = _BUMP
        market_tip, market_fee = self._market(head)
        tip = max(market_tip, latest.tip * more // whole + 1)
        # Beyond that it is not the price that keeps it from being mined.
        most = min(_PLENTY * market_fee, self._policy.max_fee or _PLENTY * market_fee)
        max_fee = max(min(market_fee, most), latest.max_fee * more // whole + 1)
        self._priced_at[latest.step] = time.monotonic()
        if max(tip, max_fee) > most:
            self.limit = (
                f"a replacement needs {max(tip, max_fee)} wei a gas, at most {most} are offered"
            )
            return False
        self.limit = ""
        self._write(replace(latest, hash=None, raw=None, tip=tip, max_fee=max_fee))
        return True

    def _fees(self, head: BlockHeader) -> tuple[int, int]:
        tip, max_fee = self._market(head)
        most = self._policy.max_fee
        if most is not None and max_fee > most:
            if head.base_fee + tip > most:
                raise InputError(
                    f"--max-fee: a gas costs {head.base_fee + tip} wei now, "
                    f"at most {most} are allowed"
                )
            max_fee = most
        return tip, max_fee

    def _market(self, head: BlockHeader) -> tuple[int, int]:
        """What to offer now: a tip, and the most for a gas, which leaves the base fee room to double."""
        tip = self.view.read(self.view.chain.tip)
        return tip, 2 * head.base_fee + tip

    def _gas(self, step: Step, call: Call, head: BlockHeader) -> int:
        """What to offer room for. Raises `ChainError` where a contract would refuse."""
        message = {
            "from": self._signer.address,
            "to": call.to,
            "data": "0x" + call.data.hex(),
            "value": hex(call.value),
        }
        try:
            estimate = self.view.read(
                lambda: self.view.chain.request("eth_estimateGas", message, hex(head.number))
            )
        except ContractRevert as refusal:
            raise ChainError(f"{step.key}: would be refused: {refusal}") from refusal
        more, whole = GAS_ROOM
        return int(estimate, 16) * more // whole

    def _require_funds(self, attempt: Attempt) -> None:
        """A node would say so without the figures, or take it and never have it mined."""
        balance = self._balance()
        if balance < _cost(attempt):
            raise ChainError(
                f"{attempt.step}: insufficient funds: {self._figures(balance, attempt)}"
            )

    def _balance(self) -> int:
        return self.view.read(lambda: self.view.chain.balance(self._signer.address))

    def _figures(self, balance: int, attempt: Attempt) -> str:
        address = self._signer.address
        return f"{address} has {balance} wei, and this costs up to {_cost(attempt)}"

    def _next_number(self, head: BlockHeader) -> int:
        own = max(self._state.numbers, default=-1) + 1
        account = self._signer.address
        return max(own, self.view.count(account, head.number), self.view.pending_count(account))

    def _payload(self, attempt: Attempt) -> dict[str, Any]:
        return {
            "chainId": self.view.chain.chain_id,
            "nonce": attempt.number,
            "to": attempt.to,
            "value": attempt.value,
            "data": "0x" + attempt.data.hex(),
            "gas": attempt.gas,
            "maxFeePerGas": attempt.max_fee,
            "maxPriorityFeePerGas": attempt.tip,
        }


def _cost(attempt: Attempt) -> int:
    return attempt.value + attempt.gas * attempt.max_fee


def _is_the_same(found: Mapping[str, Any], attempt: Attempt) -> bool:
    """Whether a transaction on the chain is what a signer was asked for without telling its hash."""
    return (
        (found.get("to") or "").lower() == attempt.to.lower()
        and int(found["value"], 16) == attempt.value
        and bytes.fromhex(found["input"][2:]) == attempt.data
    )

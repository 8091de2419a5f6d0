"""Participants: the word of every one, and what the getters say of all or of a sample."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any, Final, TypeAlias

from jumpstart.accounts import checksummed
from jumpstart.audit.replay import Replay
from jumpstart.audit.storage import packed, slot_of
from jumpstart.chain.abi import calldata_of, function_of
from jumpstart.chain.client import Contract
from jumpstart.chain.rpc import NodeRefusal
from jumpstart.errors import ContractRevert
from jumpstart.hashing import keccak256
from jumpstart.ledger import Position, Stage

SAMPLE: Final = 100
"""Participants for whom every getter is asked where the code is what it must be."""

_BATCH: Final = 200  # participants whose words are in memory together
_WORD: Final = 64  # hexadecimal digits


def check_participants(
    replay: Replay, *, has_right_code: bool, accounts: Collection[str] | None = None
) -> None:
    """Compares them at the block of the subject; all, or only `accounts`."""
    everybody = replay.models.ledger.accounts
    chosen = everybody if accounts is None else everybody & set(accounts)
    _Participants(replay).check_participants(
        sorted(chosen, key=str.lower), has_right_code=has_right_code
    )


class _Participants:
    def __init__(self, replay: Replay) -> None:
        self.subject = replay.subject
        self.models = replay.models
        self.findings = replay.findings
        self.chain, self.block = self.subject.chain, self.subject.head.number
        self.now = self.subject.now

    def check_participants(self, accounts: Sequence[str], *, has_right_code: bool) -> None:
        """The word of each; and getters of all of them, or of a sample."""
        for start in range(0, len(accounts), _BATCH):
            self._check_words(accounts[start : start + _BATCH])
        step = 1
        if has_right_code and len(accounts) > SAMPLE:
            step = -(-len(accounts) // SAMPLE)
            self.findings.leave(
                f"getters for {len(accounts) - len(accounts[::step])} of {len(accounts)} participants",
                "they follow from the word of each, which is compared, by code that is compared",
            )
        asked = accounts[::step]
        for start in range(0, len(asked), _BATCH // 4):
            self._ask_accounts(asked[start : start + _BATCH // 4])

    def _check_words(self, accounts: Sequence[str]) -> None:
        ledger, escrow, sale = self.models.ledger, self.models.escrow, self.subject.sale
        positions, shared = (
            slot_of(sale, "_positionOf"),
            slot_of(self.subject.escrow, "hasSharedBond"),
        )
        words = self.chain.storage_many(
            sale.address, [_place(each, positions) for each in accounts], self.block
        )
        for account, word in zip(accounts, words, strict=True):
            position = ledger.position_of(account)
            if not self.findings.compare("state", "", self._packed(position), word):
                self.findings.all.pop()
                self.findings.compare(
                    "state",
                    f"position of {account}",
                    _shown(self._packed(position)),
                    _shown(word),
                )
        if not escrow.is_delisted:
            return
        words = self.chain.storage_many(
            self.subject.escrow.address, [_place(each, shared) for each in accounts], self.block
        )
        for account, word in zip(accounts, words, strict=True):
            has_shared = int(account in escrow.bond_shares)
            self.findings.compare("state", f"bond shared by {account}", has_shared, word)

    def _packed(self, position: Position) -> int:
        return packed(position, self.subject.terms)

    def _ask_accounts(self, accounts: Sequence[str]) -> None:
        calls: list[_Call] = [each for account in accounts for each in self._calls_of(account)]
        requests = []
        for contract, function, args, _ in calls:
            data = calldata_of(function_of(contract.artifact, function, args), args)
            message = {"to": contract.address, "data": "0x" + data.hex()}
            requests.append(("eth_call", (message, hex(self.block))))
        try:
            answers = self.chain.batch(requests)
        except (ContractRevert, NodeRefusal) as error:
            self.findings.add(
                "state", f"getters for {accounts[0]} to {accounts[-1]}", "answers", str(error)
            )
            return
        for (_, function, args, expected), answer in zip(calls, answers, strict=True):
            found = _words_of(answer)
            what = f"{function}({', '.join(map(str, args))})"
            self.findings.compare("state", what, expected, found)

    def _calls_of(self, account: str) -> Iterator["_Call"]:
        subject, ledger, escrow = self.subject, self.models.ledger, self.models.escrow
        sale, terms = subject.sale, subject.terms
        position = ledger.position_of(account)
        word = self._packed(position)
        yield sale, "nonceOf", (account,), (word,)
        yield sale, "positionOf", (account,), _unpacked(word)
        yield sale, "depositOf", (account,), (ledger.deposit_of(account),)
        yield sale, "allotmentOf", (account,), (ledger.allotment_of(account),)
        yield sale, "weightOf", (account,), (ledger.weight_of(account),)
        claimable = ledger.claimable_of(account, self.now)
        yield sale, "claimableOf", (account,), (claimable.tokens, claimable.refund)
        more = terms.deal.minimum
        waiting = position.amount if position.stage is Stage.SUBSCRIBED else 0
        paid = terms.cost_up(position.allotted + waiting)
        due = terms.cost_up(ledger.weight_of(account) + more) - paid
        yield sale, "costOf", (account, more), (max(due, 0), max(-due, 0))
        exit_ = escrow.exit_of(account, self.now)
        yield subject.escrow, "exitOf", (account,), (exit_.returned, exit_.amount)
        has_objected = int(escrow.has_objected(account))
        yield subject.escrow, "hasObjected", (account,), (has_objected,)
        has_shared = int(account in escrow.bond_shares)
        yield subject.escrow, "hasSharedBond", (account,), (has_shared,)
        for attester in map(checksummed, terms.attesters):
            found = self.models.registry.pass_of(attester, account)
            if any(found):
                yield subject.registry, "passOf", (attester, account), tuple(found)


_Call: TypeAlias = tuple[Contract, str, tuple[Any, ...], tuple[int, ...]]


def _place(account: str, slot: int) -> int:
    """Where a mapping keeps the value of an account."""
    return int.from_bytes(keccak256(bytes(12) + bytes.fromhex(account[2:]) + slot.to_bytes(32)))


def _unpacked(word: int) -> tuple[int, ...]:
    """The fields of a `Position`, in their order."""
    tokens = 2**104 - 1
    return (
        word & tokens,
        word >> 104 & tokens,
        word >> 208 & 0xFFFFFFFF,
        word >> 240 & 0xFF,
        word >> 248 & 0xF,
        word >> 252,
    )


def _shown(word: int) -> dict[str, int]:
    names = ("allotted", "amount", "coefficient", "tier", "session", "stage")
    return dict(zip(names, _unpacked(word), strict=True))


def _words_of(answer: str) -> tuple[int, ...]:
    digits = answer[2:]
    return tuple(int(digits[place : place + _WORD], 16) for place in range(0, len(digits), _WORD))

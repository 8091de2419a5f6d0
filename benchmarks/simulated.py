"""A sale of any number of participants, as an archive: for replays at sizes that no test chain reaches.

The beginning is real: a sale that was reviewed, listed and opened on a local chain, with the root of
everybody's holdings. What follows is calculated here, without the models that replay it: amounts with a
heavy tail, everybody's pass, subscription with its proof, settlement, and a claim in the middle of
vesting. Same size and seed, same events.
"""

import functools
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from benchmarks.gas import DAY, HOUR, START_TIME, SWITZERLAND, TIERS, TOKEN, Setting
from jumpstart.audit.archive import ArchiveWriter
from jumpstart.audit.findings import Findings
from jumpstart.audit.journal import Journal
from jumpstart.audit.steps import Mined
from jumpstart.audit.subject import Subject
from jumpstart.chain.abi import selector_of
from jumpstart.chain.client import Chain
from jumpstart.chain.compiler import Artifacts
from jumpstart.chain.node import LocalNode
from jumpstart.hashing import keccak256
from jumpstart.schedule import Vesting
from jumpstart.tree import HOLDING_TYPES, Tree

_SUBSCRIBE: Final = selector_of("subscribe(uint256,uint256,bytes32[])")
_CLAIM: Final = selector_of("claim()")
_MOST: Final = 1_000_000  # whole tokens that one asks for
_PER_ACCOUNT: Final = 100  # whole tokens that there are for each
_PER_SECOND: Final = 997  # transactions
_PRESENTED: Final = "PassPresented(address,address,bytes32,uint256,uint256,uint256,uint256)"
_SETTLED: Final = "SessionSettled(uint256,uint256,uint256,uint256,uint256)"


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """Somebody and what they ask for, in base units."""

    address: bytes
    holding: int
    coefficient: int
    asked: int


@dataclass(frozen=True, kw_only=True)
class Settled:
    """How a session ends: coefficients from `full_from` on get all, the others share `remaining`."""

    full_from: int
    remaining: int
    weight: int
    sold: int
    sold_down: int


def write_archive(folder: Path, size: int, artifacts: Artifacts, seed: int = 1) -> None:
    """Writes one of `size` participants."""
    people = list(_people(size, seed))
    tree = Tree.of(
        [("0x" + each.address.hex(), str(each.holding)) for each in people], HOLDING_TYPES
    )
    with LocalNode("anvil", start_time=START_TIME) as node:
        chain = Chain.connect(node.url, artifacts=artifacts)
        setting = replace(Setting.prepare(chain, 1), tree=tree, buyers=())
        terms = setting.terms()
        (session,) = terms.sessions
        session = replace(
            session, end=session.start + size + HOUR, supply=_PER_ACCOUNT * size * TOKEN
        )
        sale = setting.open(
            replace(
                terms,
                sessions=(session,),
                settle_deadline=session.end + 10 * DAY,
                vesting=Vesting(
                    start=session.end + 11 * DAY,
                    unlock_bps=2_500,
                    cliff_seconds=DAY,
                    duration_seconds=1_000 * DAY,
                    step_seconds=0,
                ),
            )
        )
        subject = Subject.found(chain, sale.address)
        beginning = list(Journal(subject, Findings()).transactions())
    end = subject.terms.vesting.start + 500 * DAY
    head = replace(subject.head, number=subject.head.number + 4 * size, timestamp=end + size)
    with ArchiveWriter(folder, replace(subject, head=head)) as writer:
        for mined in beginning:
            writer.add(mined)
        for mined in _Simulated(subject, people, tree, seed).transactions(end):
            writer.add(mined)
        writer.close()


def _people(size: int, seed: int) -> Iterator[Person]:
    """With holdings over the whole table, and a few that ask for most."""
    draw = random.Random(seed)
    for number in range(size):
        tier = draw.choice(TIERS)
        tokens = min(_MOST, int(20 * draw.paretovariate(1.1)))
        yield Person(
            address=keccak256(f"participant {number}".encode())[-20:],
            holding=tier.threshold + draw.randrange(TOKEN),
            coefficient=tier.coefficient,
            asked=tokens * TOKEN + draw.randrange(TOKEN),
        )


def settled(supply: int, people: Sequence[Person]) -> Settled:
    """Tries each coefficient as the one from which on everybody is served in full."""
    table = sorted({tier.coefficient for tier in TIERS})
    for full_from in (*table, table[-1] + 1):
        full = sum(each.asked for each in people if each.coefficient >= full_from)
        rest = [each for each in people if each.coefficient < full_from]
        weight = sum(each.coefficient * each.asked for each in rest)
        most = max((each.coefficient for each in rest), default=0)
        remaining = supply - full
        # What is left would serve the least of those who get all, and not the most of the others.
        serves = full_from not in table or full_from * remaining >= weight
        if remaining >= 0 and serves and (not rest or most * remaining < weight):
            sold = min(supply, full + sum(each.asked for each in rest))
            sure = full + max(0, remaining - len(rest)) if rest else full
            return Settled(
                full_from=full_from,
                remaining=remaining if rest else 0,
                weight=weight,
                sold=sold,
                sold_down=sure,
            )
    raise AssertionError("no coefficient divides those who get all from those who share")


class _Simulated:
    """What is logged after the beginning, from the first block after it."""

    def __init__(self, subject: Subject, people: Sequence[Person], tree: Tree, seed: int) -> None:
        self._subject, self._terms = subject, subject.terms
        self._people, self._tree = people, tree
        self._order = list(range(len(people)))
        random.Random(-seed).shuffle(self._order)
        self._transactions, self._first = 0, subject.head.number + 1

    def transactions(self, claimed_at: int) -> Iterator[Mined]:
        (session,) = self._terms.sessions
        for number in self._order:
            yield self._presented(self._people[number].address, session.start)
        for place, number in enumerate(self._order):
            yield self._subscribed(number, session.start + 1 + place // _PER_SECOND)
        outcome = settled(session.supply, self._people)
        yield self._settled(outcome, session.end)
        for place, number in enumerate(self._order):
            at = claimed_at + place // _PER_SECOND
            yield self._claimed(self._people[number], outcome, at)

    def _presented(self, account: bytes, time: int) -> Mined:
        registry, attester = self._subject.registry.address, self._terms.attesters[0]
        topics = (_word(attester), _word(account), keccak256(account))
        words = (SWITZERLAND, 1, time - HOUR, time + 3_650 * DAY)
        log = self._log(registry, _PRESENTED, topics, words)
        return self._mined(time, account, registry, b"", [log])

    def _subscribed(self, number: int, time: int) -> Mined:
        person, sale = self._people[number], self._subject.sale.address
        proof = self._tree.proof(number)
        words = (person.asked, person.holding, 3 * 32, len(proof))
        data = _SUBSCRIBE + b"".join(each.to_bytes(32) for each in words) + b"".join(proof)
        cost = self._cost_up(person.asked)
        logs = [
            self._moved(self._subject.payment, person.address, self._subject.sale_bytes, cost),
            self._log(
                sale,
                "Subscribed(address,uint256,uint256)",
                (_word(person.address),),
                (person.coefficient, person.asked),
            ),
        ]
        return self._mined(time, person.address, sale, data, logs)

    def _settled(self, outcome: Settled, time: int) -> Mined:
        sale = self._subject.sale.address
        deal = self._terms.deal
        proceeds = outcome.sold_down * deal.price // deal.price_unit
        words = (outcome.sold, outcome.remaining, outcome.weight, outcome.full_from)
        unsold = self._terms.supply - outcome.sold
        logs = [
            self._log(sale, _SETTLED, (bytes(32),), words),
            self._log(sale, "SaleSucceeded(uint256,uint256)", (), (proceeds, unsold)),
        ]
        return self._mined(time, keccak256(b"anybody")[-20:], sale, b"", logs)

    def _claimed(self, person: Person, outcome: Settled, time: int) -> Mined:
        subject, vesting = self._subject, self._terms.vesting
        allotted = person.asked
        if person.coefficient < outcome.full_from:
            allotted = person.coefficient * person.asked * outcome.remaining // outcome.weight
        at_once = allotted * vesting.unlock_bps // 10_000
        later = (allotted - at_once) * (time - vesting.start) // vesting.duration_seconds
        tokens, refund = at_once + later, self._cost_up(person.asked) - self._cost_up(allotted)
        logs = [
            self._moved(token, subject.sale_bytes, person.address, amount)
            for token, amount in ((subject.payment, refund), (subject.sale_token, tokens))
            if amount
        ]
        claimed = "Claimed(address,uint256,uint256)"
        logs.append(
            self._log(subject.sale.address, claimed, (_word(person.address),), (tokens, refund))
        )
        return self._mined(time, person.address, subject.sale.address, _CLAIM, logs)

    def _cost_up(self, tokens: int) -> int:
        deal = self._terms.deal
        return -(-tokens * deal.price // deal.price_unit)

    # ------------------------------------------------------------------------------------- logs

    def _moved(self, token: str, source: bytes, target: bytes, amount: int) -> dict[str, Any]:
        topics = (_word(source), _word(target))
        return self._log(token, "Transfer(address,address,uint256)", topics, (amount,))

    def _log(
        self, address: str, event: str, topics: Sequence[bytes], words: Sequence[int]
    ) -> dict[str, Any]:
        return {
            "address": address.lower(),
            "topics": ["0x" + each.hex() for each in (_topic(event), *topics)],
            "data": "0x" + b"".join(each.to_bytes(32) for each in words).hex(),
        }

    def _mined(
        self, time: int, sender: bytes, to: str, data: bytes, logs: list[dict[str, Any]]
    ) -> Mined:
        """A transaction in a block of its own."""
        block = self._first + self._transactions
        self._transactions += 1
        transaction = "0x" + keccak256(b"transaction %d" % block).hex()
        for place, log in enumerate(logs):
            log["blockHash"], log["logIndex"] = "0x" + keccak256(b"%d" % block).hex(), hex(place)
        return Mined(
            transaction=transaction,
            block=block,
            time=time,
            sender="0x" + sender.hex(),
            to=to,
            data=data,
            logs=logs,
        )


@functools.cache
def _topic(event: str) -> bytes:
    return keccak256(event.encode())


def _word(address: bytes) -> bytes:
    return address.rjust(32, b"\0")

"""What no role can do: whatever it calls, with whatever arguments, no participant is worse off.

For each role a drawn run of calls, of every function of every contract, with arguments drawn from what means something
in this world: its accounts, contracts, applications, hashes, times and amounts. After each call that went through, of
each participant:
- the payment it has, and what the sale still has of its deposit, are together no less;
- the tokens it has, and what it is allotted and has not got yet, are together no less, unless the sale was ended with
  a full refund.
"""

import random
from collections import Counter
from collections.abc import Callable
from typing import Any, Final

import pytest
from eth_account.signers.local import LocalAccount

from jumpstart.chain.client import Contract, Transaction
from jumpstart.errors import ContractRevert
from tests.chain import figures
from tests.chain.stage import CLAIMED, EXITED, FAILED, Person, Stage, Trial

CALLS: Final = 40
"""For each role and state; on Ganache, which is ten times as slow, half of them are enough if one went through."""

ROLES: Final = (
    "creator",
    "chair",
    "guardian",
    "reviewer",
    "project",
    "publisher",
    "attester",
    "beneficiary",
    "heir",
    "treasury",
    "fee_receiver",
    "stranger",
)


def running(stage: Stage) -> Trial:
    """In its session, oversubscribed."""
    trial = stage.open()
    trial.oversubscribe()
    return trial


def succeeded(stage: Stage) -> Trial:
    """Settled; a part has vested, and some have claimed."""
    trial = running(stage)
    trial.settle()
    stage.chain.mine_at(trial.terms.vesting.start)
    trial.claim_for_all(*stage.people.buyers[:2])
    return trial


def missed(stage: Stage) -> Trial:
    """Its first milestone was missed: the exit right is open."""
    trial = succeeded(stage)
    milestone = trial.sale.listing.escrow.milestones[0]
    stage.chain.mine_at(milestone.deadline + figures.GRACE)
    return trial


class World:
    """One sale, everything that can be called, and what arguments are drawn from."""

    def __init__(self, stage: Stage, trial: Trial, seed: str) -> None:
        self.stage, self.trial = stage, trial
        self.draw = random.Random(seed)
        platform = stage.platform
        self.contracts: tuple[Contract, ...] = (
            trial.contract,
            trial.escrow,
            platform.review,
            platform.launchpad,
            platform.vesting_vault,
            platform.pass_registry,
            trial.sale.payment_token,
            stage.sale_token,
            stage.bond_token,
            platform.sale_implementation,
            platform.escrow_implementation,
        )
        self.people = stage.people.buyers[:5]
        self.functions = [
            (contract, entry)
            for contract in self.contracts
            for entry in contract.artifact.abi
            if entry["type"] == "function" and entry["stateMutability"] not in ("view", "pure")
        ]

    def value(self, kind: str, components: list[dict[str, Any]], caller: LocalAccount) -> Any:
        """An argument of a type."""
        draw = self.draw
        if kind.endswith("]"):
            inner, _, size = kind.rpartition("[")
            count = int(size[:-1]) if size[:-1] else draw.randrange(3)
            return [self.value(inner, components, caller) for _ in range(count)]
        if kind == "tuple":
            return tuple(
                self.value(each["type"], each.get("components", []), caller) for each in components
            )
        if kind == "address":
            stranger = self.stage.people.stranger
            accounts: tuple[Person, ...] = (*self.people, caller, stranger, *self.contracts)
            return draw.choice(accounts).address
        if kind == "bool":
            return draw.random() < 0.5
        if kind == "bytes32":
            return draw.choice((bytes(32), b"\1" * 32, self.trial.tree.root))
        if kind == "bytes":
            return draw.choice((b"", b"\1" * 65))
        if kind == "string":
            return ""
        bits = int(kind.removeprefix("uint"))
        application = self.trial.sale.application
        now = self.stage.chain.now()
        numbers = (0, 1, 2, 80, application, application + 1, 900, figures.SUPPLY, now, now + 9)
        return draw.choice(numbers) % 2**bits

    def call(self, caller: LocalAccount) -> tuple[str, Transaction]:
        """One function of one contract; each contract as often as another."""
        contract = self.draw.choice(self.contracts)
        own = [entry for each, entry in self.functions if each is contract]
        entry = self.draw.choice(own)
        args = [
            self.value(each["type"], each.get("components", []), caller) for each in entry["inputs"]
        ]
        name = f"{contract.artifact.name}.{entry['name']}"
        return name, contract.transaction(entry["name"], *args, sender=caller, gas=3_000_000)

    def worth(self) -> list[tuple[int, int]]:
        """Of each participant: payment and tokens, had or owed."""
        trial = self.trial
        worth = []
        for person in self.people:
            position = trial.call("positionOf", person.address)
            released = position.amount if position.stage in (CLAIMED, EXITED) else 0
            tokens = trial.sold(person) - released + trial.call("allotmentOf", person.address)
            payment = trial.paid(person) + trial.call("depositOf", person.address)
            worth.append((payment, tokens))
        return worth


@pytest.mark.parametrize("state", [running, succeeded, missed], ids=lambda state: state.__name__)
@pytest.mark.parametrize("role", ROLES)
def test_no_role_takes_anything_from_a_participant(
    stage: Stage, role: str, state: Callable[[Stage], Trial]
) -> None:
    """A drawn run of calls, the most dangerous one of the role among them."""
    trial = state(stage)
    caller: LocalAccount = getattr(stage.people, role)
    world = World(stage, trial, f"{role} {state.__name__}")
    calls = CALLS // 2 if stage.chain.kind == "ganache" else CALLS
    done: Counter[str] = Counter()
    worth = world.worth()
    for number in range(CALLS):
        if number >= calls and done:
            break
        name, sent = deed(world, role) if number == calls // 2 else world.call(caller)
        try:
            stage.chain.send(sent)
        except ContractRevert:
            continue
        done[name] += 1
        now = world.worth()
        is_over = trial.call("status") == FAILED
        for person, before, after in zip(world.people, worth, now, strict=True):
            assert after[0] >= before[0], (name, person, "payment")
            assert is_over or after[1] >= before[1], (name, person, "tokens")
        worth = now
    assert done, "not one call went through: this run shows nothing"


def test_the_measure_sees_a_loss_and_nothing_else(stage: Stage) -> None:
    """What a participant gives away itself is missing from its worth; what it claims is not."""
    trial = succeeded(stage)
    world = World(stage, trial, "measure")
    before = world.worth()
    trial.claim_for_all(*world.people[2:])
    assert world.worth() == before
    first, second = world.people[0], stage.people.stranger
    trial.sale.payment_token.send("transfer", second.address, 1, sender=first)
    stage.sale_token.send("transfer", second.address, 1, sender=first)
    payment, tokens = before[0]
    assert world.worth() == [(payment - 1, tokens - 1), *before[1:]]


def deed(world: World, role: str) -> tuple[str, Transaction]:
    """What the role can do that nobody else can, or what anybody can."""
    stage, trial = world.stage, world.trial
    caller: LocalAccount = getattr(stage.people, role)
    review = stage.platform.review
    match role:
        case "chair":
            sent = review.transaction(
                "removeReviewer", stage.people.reviewer.address, sender=caller
            )
        case "guardian":
            sent = trial.contract.transaction("pause", sender=caller)
        case "reviewer":
            reason = b"\7" * 32
            sent = review.transaction("voteToDelist", trial.sale.application, reason, sender=caller)
        case _:
            sent = trial.contract.transaction("claimFor", world.people[0].address, sender=caller)
    return f"the deed of the {role}", sent

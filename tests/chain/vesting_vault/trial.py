"""A vault on the chain, the tokens and people around it, and the figures of its grants.

Small on purpose: 10,007 tokens, of which the tenth that is free at the start is rounded, as is every step.
"""

from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields, is_dataclass
from typing import Any, Final, Self

from eth_account.signers.local import LocalAccount

from jumpstart.chain.abi import Event
from jumpstart.chain.client import Chain, Contract, Receipt, Transaction
from jumpstart.chain.sale import UNLIMITED
from jumpstart.grants import Award, Grant, Plan, Vault
from jumpstart.schedule import Vesting
from tests.chain.stage import Person, account, raw

NOBODY: Final = bytes(20)
AMOUNT: Final = 10_007
LEAD: Final = 1000  # seconds from the set-up to the start of the vesting
UNLOCK_BPS: Final = 1_000
CLIFF: Final = 300
DURATION: Final = 1000
STEP: Final = 100
FORTUNE: Final = 2**200  # of each token, to the funder

VESTED: Final = (
    (-1, 0),
    (0, 1_000),
    (1, 1_000),
    (CLIFF - 1, 1_000),
    (CLIFF, 3_702),
    (CLIFF + 1, 3_702),
    (CLIFF + STEP - 1, 3_702),
    (CLIFF + STEP, 4_602),
    (DURATION - 1, 9_106),
    (DURATION, AMOUNT),
    (DURATION + 1, AMOUNT),
)
"""Seconds from the start, each before, at and behind a change, and what of AMOUNT has vested then."""


@dataclass(frozen=True, kw_only=True)
class Cast:
    """Everybody by role; all have coin."""

    launchpad: LocalAccount  # an account plays it
    funder: LocalAccount  # has every token, and lets the vault take it
    member: LocalAccount  # of the team: a beneficiary
    heir: LocalAccount  # another one
    revoker: LocalAccount

    @classmethod
    def gather(cls) -> Self:
        return cls(**{field.name: account(f"vault {field.name}") for field in fields(cls)})

    @property
    def all(self) -> tuple[LocalAccount, ...]:
        return tuple(getattr(self, field.name) for field in fields(self))


class Place:
    """What all tests of a module share: a vault without grants, and a token."""

    def __init__(self, chain: Chain) -> None:
        self.chain = chain
        self.cast = Cast.gather()
        chain.set_balances({person.address: 10**20 for person in self.cast.all})
        self.contract = chain.deploy(
            "VestingVault", self.cast.launchpad.address, sender=self.cast.funder
        )
        funder = self.cast.funder
        self.token = chain.deploy(
            "ProjectToken", "Locked", "L", 18, FORTUNE, funder.address, sender=funder
        )
        self.approve(self.token)
        self.start = chain.now() + LEAD

    def approve(self, token: Contract, amount: int = UNLIMITED) -> None:
        token.send("approve", self.contract.address, amount, sender=self.cast.funder)


class VaultTrial:
    """The vault, and the model of one with the same grants. What is sent here is done in the model too."""

    def __init__(self, place: Place) -> None:
        self.chain = place.chain
        self.cast = place.cast
        self.contract = place.contract
        self.token = place.token
        self.start = place.start
        self.approve = place.approve
        self.model = Vault(raw(self.contract), raw(self.cast.launchpad))

    # ------------------------------------------------------------------------------------ figures

    def odd_token(self, name: str) -> Contract:
        """One of the tokens in `contracts/mocks`, as good as the other one."""
        token = self.chain.deploy(name, FORTUNE, sender=self.cast.funder)
        self.approve(token)
        return token

    def plan(
        self, token: Contract | None = None, revoker: Person | bytes = NOBODY, **changes: Any
    ) -> Plan:
        """The usual plan, without a revoker; `changes` may name any field of the schedule."""
        usual: dict[str, Any] = {
            "start": self.start,
            "unlock_bps": UNLOCK_BPS,
            "cliff_seconds": CLIFF,
            "duration_seconds": DURATION,
            "step_seconds": STEP,
        }
        return Plan(
            token=raw(token or self.token),
            revoker=revoker if isinstance(revoker, bytes) else raw(revoker),
            schedule=Vesting(**(usual | changes)),
        )

    def award(self, person: Person, amount: int = AMOUNT) -> Award:
        return Award(beneficiary=raw(person), amount=amount)

    def at(self, seconds: int) -> None:
        """Calls see this moment, counted from the start of the vesting."""
        self.chain.mine_at(self.start + seconds)

    def send_at(self, seconds: int) -> None:
        """The next transaction happens at this moment."""
        self.chain.advance_to(self.start + seconds)

    # ------------------------------------------------------------------------------------ acting

    def create(self, plan: Plan, *awards: Award) -> tuple[Grant, ...]:
        """The funder makes grants."""
        self.send("create", plan, awards, sender=self.cast.funder)
        return self.model.create(plan, awards).grants

    def grant(self, plan: Plan | None = None) -> Grant:
        """One grant of the usual amount to the member."""
        (made,) = self.create(plan or self.plan(), self.award(self.cast.member))
        return made

    def call(self, function: str, *args: Any, sender: LocalAccount | None = None) -> Any:
        return self.contract.call(function, *map(plain, args), sender=sender)

    def send(self, function: str, *args: Any, sender: LocalAccount) -> Receipt:
        return self.contract.send(function, *map(plain, args), sender=sender)

    def transaction(self, function: str, *args: Any, sender: LocalAccount) -> Transaction:
        return self.contract.transaction(function, *map(plain, args), sender=sender)

    def calldata(self, function: str, *args: Any) -> bytes:
        return self.contract.calldata(function, *map(plain, args))

    # ------------------------------------------------------------------------------------ looking

    def events(self, receipt: Receipt) -> list[tuple[str, dict[str, Any]]]:
        """Every event of the vault, in order."""
        return [(event.name, dict(event.args)) for event in self.contract.events(receipt)]

    def event(self, receipt: Receipt, name: str) -> Event:
        return self.contract.event(receipt, name)

    def state(self, grant: Grant) -> tuple[str, int, int]:
        """Beneficiary, tokens released, time of the revocation."""
        views = ("beneficiaryOf", "releasedOf", "revokedAtOf")
        beneficiary, released, revoked_at = self.chain.call_many(
            [(self.contract, view, (grant.grant_id,)) for view in views]
        )
        return beneficiary, released, revoked_at

    def balance(self, person: Person, token: Contract | None = None) -> int:
        balance: int = (token or self.token).call("balanceOf", person.address)
        return balance


def plain(value: Any) -> Any:
    """As the ABI wants it: structs are tuples, people their address."""
    if is_dataclass(value) and not isinstance(value, type):
        return astuple(value)
    if isinstance(value, (Contract, LocalAccount)):
        return value.address
    if isinstance(value, Sequence) and not isinstance(value, (bytes, str)):
        return [plain(each) for each in value]
    return value

"""A sale's escrow on the chain and, beside it, the model of it."""

from typing import Any, Final

from eth_account.signers.local import LocalAccount
from eth_utils.crypto import keccak

from jumpstart.chain.client import Contract, Receipt
from jumpstart.escrow import EscrowLedger, EscrowStatus
from jumpstart.ledger import Status
from tests.chain.stage import Person, Trial

WAITING, DELIVERING, DELIVERED, EXITING, ENDED = map(int, EscrowStatus)

EVIDENCE: Final = keccak(text="evidence")


class Escrowed:
    """What is done through this object, is done in the model as well."""

    def __init__(self, trial: Trial) -> None:
        self.trial = trial
        self.stage = trial.stage
        self.chain = trial.chain
        self.people = trial.stage.people
        self.review = trial.stage.platform.review
        self.contract: Contract = trial.escrow
        self.address = self.contract.address
        self.call = self.contract.call
        self.send = self.contract.send
        self.event = self.contract.event
        self.terms = trial.sale.listing.escrow
        self.model = EscrowLedger(self.terms, trial.ledger)

    # ------------------------------------------------------------------------------------ time

    def due(self, milestone: int = 0) -> int:
        """When a milestone is missed."""
        return self.terms.milestones[milestone].deadline + self.terms.grace_seconds

    def at(self, timestamp: int) -> None:
        """The last block has this time: calls see it."""
        self.chain.mine_at(timestamp)

    def next_at(self, timestamp: int) -> None:
        """The next transaction has this time."""
        self.chain.advance_to(timestamp)

    # ------------------------------------------------------------------------------------ acting

    def attest(self, milestone: int = 0) -> Receipt:
        """The reviewers attest a milestone."""
        receipt = self.review.send(
            "voteToAttest",
            self.trial.sale.application,
            milestone,
            EVIDENCE,
            sender=self.people.reviewer,
        )
        self.model.attest(milestone, self.chain.now())
        return receipt

    def object(self, person: LocalAccount) -> Receipt:
        receipt = self.send("object", sender=person)
        self.model.object(person.address, self.chain.now())
        return receipt

    def deliver(self, milestone: int = 0) -> None:
        """The reviewers attest a milestone, and nobody objects: its share has just become free."""
        self.attest(milestone)
        self.at(self.chain.now() + self.terms.objection_seconds)

    def release(self) -> Receipt:
        receipt = self.send("release", sender=self.people.stranger)
        self.model.release(self.chain.now())
        return receipt

    def exit(self, person: LocalAccount, to: Person | None = None) -> Receipt:
        receipt = self.send("exit", (to or person).address, sender=person)
        self.model.exit(person.address, self.chain.now())
        return receipt

    def collect_remainder(self) -> Receipt:
        receipt = self.send("collectRemainder", sender=self.people.stranger)
        self.model.collect_remainder(self.chain.now())
        return receipt

    def delist(self) -> Receipt:
        """The reviewers delist the project."""
        receipt = self.stage.delist(self.trial)
        now, ledger = self.chain.now(), self.model.sale
        if ledger.status(now) is Status.FUNDED:
            ledger.void(now)
        self.model.delist(self.event(receipt, "Delisted").args["bond"], now)
        return receipt

    def share_bond(self, person: Person) -> Receipt:
        receipt = self.send("shareBond", person.address, sender=self.people.stranger)
        self.model.share_bond(person.address)
        return receipt

    def claim(self, person: LocalAccount) -> Receipt:
        """The person claims in the sale."""
        receipt = self.trial.send("claim", sender=person)
        self.trial.ledger.claim(person.address, self.chain.now())
        return receipt

    def as_review(self, function: str, *args: Any) -> Any:
        """What the review would be answered, were it to call this now."""
        return self.call(function, *args, sender=self.review.address)

    # ------------------------------------------------------------------------------------ looking

    @property
    def status(self) -> int:
        status: int = self.call("delivery").status
        return status

    @property
    def paid(self) -> int:
        """What it has of what the sale is paid in."""
        return self.trial.paid(self.address)

    def check(self, *people: LocalAccount) -> None:
        """Every figure is the model's; of these people, else of all buyers."""
        now, model = self.chain.now(), self.model
        buyers = people or self.people.buyers
        single = [("delivery", ()), ("releasableAmount", ()), ("slash", ())]
        each = [
            (function, (buyer.address,))
            for buyer in buyers
            for function in ("exitOf", "hasSharedBond")
        ]
        found = self.chain.call_many([(self.contract, *call) for call in single + each])
        delivery = model.delivery(now)
        assert tuple(found[0]) == (
            delivery.status,
            delivery.current,
            delivery.attested_at,
            delivery.objected,
            delivery.attestations,
            delivery.exit_at,
            delivery.released_bps,
        )
        assert found[1] == model.releasable(now)
        assert tuple(found[2]) == (model.bond, model.total_weight)
        exits = [model.exit_of(buyer.address, now) for buyer in buyers]
        assert [tuple(answer) for answer in found[3::2]] == [
            (expected.returned, expected.amount) for expected in exits
        ]
        assert found[4::2] == [buyer.address in model.bond_shares for buyer in buyers]
        if self.trial.call("isProceedsCollected"):
            assert self.paid == model.held
        assert self.stage.bond_token.call("balanceOf", self.address) == model.bond_held

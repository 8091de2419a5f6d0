"""Lives: sales in which everybody does at random what they may, or may not, through the real roles alone.

Whatever is refused has not happened; whatever has happened, an audit has to explain.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any, Final

from eth_account.signers.local import LocalAccount
from eth_utils.crypto import keccak

from jumpstart.authorisations import Purpose
from jumpstart.chain.client import Contract
from jumpstart.chain.sale import NATIVE, UNLIMITED
from jumpstart.errors import ContractRevert
from jumpstart.schedule import Vesting
from jumpstart.terms import Allocation
from tests.chain import figures
from tests.chain.audit.scenes import grants_of
from tests.chain.stage import FAILED, SUCCEEDED, Stage, account, ascending, raw

STEPS: Final = 70
EVIDENCE: Final = keccak(text="evidence")
_REASON: Final = keccak(text="reason")
_ODD: Final = ("NoReturnToken", "RaceGuardToken", "QuietToken", "BlockingToken", "RuledToken")

Attempt = tuple[Contract, str, tuple[Any, ...], LocalAccount, int]
Action = Callable[[], Attempt]


class Life:
    """One sale from its listing on, drawn from a seed."""

    def __init__(self, stage: Stage, seed: int) -> None:
        self.draw = draw = Random(seed)
        self.stage, self.people, self.chain = stage, stage.people, stage.chain
        self.done: Counter[str] = Counter()
        self._meet(stage.bond_token)
        changes: dict[str, Any] = {
            "fee_bps": draw.choice([0, 250, 10_000]),
            "objection_bps": draw.choice([1, 2_000, 5_000]),
        }
        if draw.random() < 0.4:
            changes["payment_token"] = NATIVE
        elif draw.random() < 0.4:
            changes["payment_token"] = raw(stage.odd_token(draw.choice(_ODD), paying=True))
        if draw.random() < 0.4:
            changes["sale_token"] = raw(stage.odd_token(draw.choice(_ODD)))
        if draw.random() < 0.4:
            changes["allocations"] = self._allocations()
        sizes = [
            (draw.randint(1_000, 300_000), draw.choice([0, 5])) for _ in range(draw.randint(1, 3))
        ]
        supplies = [(supply, supply * times) for supply, times in sizes]
        total = sum(supply for supply, _ in supplies)
        raisable = total * figures.PRICE // figures.PRICE_UNIT
        changes["account_cap"] = draw.choice([0, total])
        changes["soft_cap"] = draw.choice([0, 0, 1, raisable // 2])
        terms = stage.terms(supplies=supplies)
        if draw.random() < 0.3:  # long enough for a pause
            last = terms.sessions[-1]
            long = replace(last, end=last.end + 3 * figures.DAY)
            terms = replace(
                terms,
                sessions=(*terms.sessions[:-1], long),
                settle_deadline=terms.settle_deadline + 3 * figures.DAY,
                vesting=replace(terms.vesting, start=terms.vesting.start + 3 * figures.DAY),
            )
        self.trial = stage.list(terms, **changes)
        self.number = self.trial.sale.application
        self.grants = grants_of(self.trial)
        self.payment = None if self.trial.sale.is_native else self.trial.sale.payment_token

    def live(self) -> None:
        """All of it, to some moment after its end."""
        publisher = self.people.publisher
        if self.draw.random() < 0.9:
            self._try(
                (self.trial.contract, "publishHoldings", (self.trial.tree.root,), publisher, 0)
            )
        for _ in range(STEPS):
            hurry, actions = self._now()
            if self.draw.random() < hurry:
                self._pass_time()
            self._try(self.draw.choice(actions)())

    def _now(self) -> tuple[float, list[Action]]:
        """How likely time passes, and what is likely to lead somewhere."""
        now, status = self.chain.now(), self.trial.call("status")
        sessions = self.trial.terms.sessions
        always = [self._vault, self._committee]
        if status == SUCCEEDED:
            after = [self._claim] * 6 + [self._escrow] * 6 + [self._attest] * 3
            return 0.25, [*always, *after, self._collect, self._collect, self._review]
        if status == FAILED:
            return 0.1, [*always, *[self._refund] * 5, self._collect, self._escrow, self._review]
        if now < sessions[0].start - 1:
            return 0.4, [*always, *[self._opening] * 3]
        settled = self.trial.call("sessionsSettled")
        if now >= sessions[settled].end - 1:
            return 0.02, [*always, *[self._settle] * 8, self._refund]
        return 0.1, [*always, *[self._subscribe] * 20, self._opening, self._settle, self._review]

    # ------------------------------------------------------------------------------------ time

    def _pass_time(self) -> None:
        """To one of the next moments at which something changes, or just before it."""
        now = self.chain.now()
        coming = sorted(each for each in self._moments() if each > now + 2)
        if coming:
            moment = self.draw.choice([*coming[:1] * 4, *coming[1:2]])
            moment -= self.draw.choice([0, 0, 0, 1])
            self.chain.mine_at(moment)

    def _moments(self) -> list[int]:
        listing, terms = self.trial.sale.listing, self.trial.terms
        vesting, escrow = terms.vesting, listing.escrow
        opening, delivery = self.trial.call("opening"), self.trial.escrow.call("delivery")
        moments = [each for session in terms.sessions for each in (session.start, session.end)]
        moments += [terms.settle_deadline, listing.holdings.draw_time, opening.pausedUntil]
        moments += [vesting.start + share * vesting.duration_seconds // 4 for share in range(5)]
        for milestone in escrow.milestones:
            moments += [milestone.deadline, milestone.deadline + escrow.grace_seconds]
        if delivery.attestedAt:
            moments.append(delivery.attestedAt + escrow.objection_seconds)
        if delivery.exitAt:
            moments += [delivery.exitAt, delivery.exitAt + escrow.exit_seconds]
        return moments

    # ------------------------------------------------------------------------------------ actions

    def _try(self, attempt: Attempt) -> None:
        contract, function, args, sender, value = attempt
        try:
            data = contract.calldata(function, *args)
            self.chain.call_raw(contract.address, data, sender=sender, value=value)
            contract.send(function, *args, sender=sender, value=value)
        except ContractRevert:
            return
        self.done[f"{contract.artifact.name}.{function}"] += 1

    def _anybody(self) -> LocalAccount:
        people = self.people
        return self.draw.choice([*people.buyers[:6], people.stranger, people.chair])

    def _subscribe(self) -> Attempt:
        person = self.draw.choice(self.people.buyers[:6])
        amount = self.draw.choice([figures.MINIMUM, 3_000, 50_000, 200_000])
        holding, proof = self.trial.proof_of(person)
        value = 0
        if self.payment is None:
            value = self.trial.call("costOf", person.address, amount)[0] + self.draw.choice([0, 5])
        return self.trial.contract, "subscribe", (amount, holding, proof), person, value

    def _settle(self) -> Attempt:
        return self.trial.contract, "settle", (), self._anybody(), 0

    def _claim(self) -> Attempt:
        person, sender = self.draw.choice(self.people.buyers[:6]), self._anybody()
        function = self.draw.choice(["claim", "claimFor", "claimFor", "claimTo", "claimRefund"])
        if function == "claim":
            return self.trial.contract, function, (), person, 0
        if function == "claimTo":
            return self.trial.contract, function, self._word(Purpose.CLAIM, person), sender, 0
        return self.trial.contract, function, (person.address,), sender, 0

    def _refund(self) -> Attempt:
        person, sender = self.draw.choice(self.people.buyers[:6]), self._anybody()
        function = self.draw.choice(["refundFor", "refundTo"])
        args = (person.address,)
        if function == "refundTo":
            return self.trial.contract, function, self._word(Purpose.REFUND, person), sender, 0
        return self.trial.contract, function, args, sender, 0

    def _word(self, purpose: Purpose, person: LocalAccount) -> tuple[Any, ...]:
        to, deadline = account(f"cold {self.draw.randint(1, 3)}"), self.chain.now() + 3_600
        word = self.trial.word(purpose, person, to, deadline=deadline)
        return person.address, to.address, deadline, word

    def _collect(self) -> Attempt:
        names = ["collectProceeds", "collectFee", "collectUnsold", "collectReturned", "sweep"]
        function = self.draw.choice(names)
        args = (ascending(self.people.buyers[:6]),) if function == "sweep" else ()
        if function == "sweep":
            stages = [
                each
                for each in self.people.buyers[:6]
                if self.trial.call("positionOf", each.address).stage
            ]
            args = (ascending(stages),)
        return self.trial.contract, function, args, self._anybody(), 0

    def _escrow(self) -> Attempt:
        person, escrow = self.draw.choice(self.people.buyers[:6]), self.trial.escrow
        function = self.draw.choice(
            ["object", "release", "exit", "exitWithoutTokens", "shareBond", "collectRemainder"]
        )
        args: tuple[Any, ...] = ()
        if function in ("exit", "exitWithoutTokens"):
            args = (self.draw.choice([person, account("cold 1")]).address,)
        elif function == "shareBond":
            args = (person.address,)
        return escrow, function, args, person, 0

    def _attest(self) -> Attempt:
        review, current = self.stage.platform.review, self.trial.escrow.call("delivery").current
        args = (self.number, current, EVIDENCE)
        return review, "voteToAttest", args, self.people.reviewer, 0

    def _review(self) -> Attempt:
        """Bonds; and now and then a delisting."""
        review, reviewer = self.stage.platform.review, self.people.reviewer
        return self.draw.choice(
            [
                (review, "voteToDelist", (self.number, _REASON), reviewer, 0),
                (review, "returnBond", (self.number,), self._anybody(), 0),
                (review, "returnBond", (self.number,), self._anybody(), 0),
                (review, "returnBond", (self.number,), self._anybody(), 0),
                (review, "returnChallengeBond", (self.number,), self._anybody(), 0),
            ]
        )

    def _opening(self) -> Attempt:
        review, sale, stranger = (
            self.stage.platform.review,
            self.trial.contract,
            self.people.stranger,
        )
        number, root, reviewer = self.number, self.trial.tree.root, self.people.reviewer
        publish = sale, "publishHoldings", (root,), self.people.publisher, 0
        challenge = review, "challenge", (number, root, EVIDENCE), stranger, 0
        decide = review, "voteOnChallenge", (number, self.draw.random() < 0.5), reviewer, 0
        pause = sale, "pause", (), self.people.guardian, 0
        abandon = sale, "abandon", (), stranger, 0
        wrong = sale, "publishHoldings", (EVIDENCE,), self.people.publisher, 0
        often = [publish, publish, challenge, challenge, decide, decide, decide]
        return self.draw.choice([*often, pause, abandon, wrong])

    def _vault(self) -> Attempt:
        """Of the project's own locked tokens, if it has any; else gifts that nobody asked for."""
        vault, people = self.stage.platform.vesting_vault, self.people
        if self.grants and self.draw.random() < 0.8:
            grant = self.draw.choice(self.grants)
            function = self.draw.choice(["release", "release", "revoke", "transfer"])
            args = (grant, people.treasury.address) if function == "transfer" else (grant,)
            sender = {"revoke": people.chair, "transfer": people.heir}.get(
                function, people.stranger
            )
            return vault, function, args, sender, 0
        token = self.draw.choice([self.trial.sale_token, *([self.payment] if self.payment else [])])
        to = self.draw.choice([self.trial.address, self.trial.escrow.address, vault.address])
        return token, "transfer", (to, self.draw.randint(1, 50)), people.project, 0

    def _committee(self) -> Attempt:
        """Roles change hands, and passes come and go."""
        review, people = self.stage.platform.review, self.people
        registry, person = self.stage.platform.pass_registry, self.draw.choice(people.buyers[:6])
        return self.draw.choice(
            [
                (review, "appointReviewer", (people.heir.address,), people.chair, 0),
                (review, "acceptAppointment", (), people.heir, 0),
                (review, "resign", (), people.heir, 0),
                (review, "removeReviewer", (people.heir.address,), people.chair, 0),
                (review, "nominateGuardian", (people.treasury.address,), people.chair, 0),
                (review, "acceptGuardian", (), people.treasury, 0),
                (review, "nominateChair", (people.creator.address,), people.chair, 0),
                (review, "acceptChair", (), people.creator, 0),
                (registry, "revoke", (person.address,), people.attester, 0),
            ]
        )

    # ------------------------------------------------------------------------------------ beginning

    def _meet(self, bond: Contract) -> None:
        """A stranger who can pay for a challenge."""
        stranger = self.people.stranger
        bond.send("transfer", stranger.address, figures.CHALLENGE_BOND, sender=self.people.project)
        review = self.stage.platform.review.address
        bond.send("approve", review, UNLIMITED, sender=stranger)

    def _allocations(self) -> tuple[Allocation, ...]:
        schedule = Vesting(
            start=self.chain.now(),
            unlock_bps=1_000,
            cliff_seconds=0,
            duration_seconds=400 * figures.DAY,
            step_seconds=0,
        )
        heir, chair = raw(self.people.heir), raw(self.people.chair)
        return (
            Allocation(beneficiary=heir, amount=10_007, revoker=chair, schedule=schedule),
            Allocation(beneficiary=heir, amount=999, revoker=bytes(20), schedule=schedule),
        )

"""A sale: what it is bound to, what it answers, and how far what has happened explains that."""

from collections.abc import Mapping
from typing import Any, Final

from jumpstart.accounts import checksummed
from jumpstart.amounts import BASIS_POINTS
from jumpstart.chain.blueprint import GETTERS, NOBODY, PARTS
from jumpstart.chain.client import Receipt
from jumpstart.deployment.verification.expected import APPLY, LIST, Expected, Front, locked
from jumpstart.deployment.verification.funds import (
    REPLAY,
    check_balance,
    check_coins,
    check_empty,
)
from jumpstart.deployment.verification.inputs import SaleInputs
from jumpstart.deployment.verification.life import SUCCEEDED, Life
from jumpstart.deployment.verification.platform import Pairs, ask_domain, ask_listing
from jumpstart.deployment.verification.review import Applications
from jumpstart.deployment.verification.scene import Scene
from jumpstart.deployment.verification.token import ask_token
from jumpstart.deployment.verification.vault import ask_grants, grants_of
from jumpstart.grants import Grant, Plan
from jumpstart.review import ReviewRules
from jumpstart.terms import ZERO_ADDRESS, SaleTerms
from jumpstart.writing import plain

_PLATFORMS: Final = "of the platform: verify its own record"
_OF_ACCOUNTS: Final = (
    *("allotmentOf", "claimableOf", "depositOf", "nonceOf", "positionOf", "weightOf"),
)


def check_sale(
    inputs: SaleInputs,
    expected: Expected,
    front: Front,
    rules: ReviewRules,
    number: int,
    receipts: Mapping[str, Receipt],
    scene: Scene,
) -> None:
    """Compares roles, getters, events and balances of a sale, and of its platform what is about it."""
    check = _Sale(inputs, expected, front, rules, number, receipts, scene)
    check.read()
    check.check_events()
    check.ask_platform()
    check.ask_sale()
    check.ask_escrow()
    check.check_storage()
    check.ask_token()
    check.check_balances()


class _Sale:
    def __init__(
        self,
        inputs: SaleInputs,
        expected: Expected,
        front: Front,
        rules: ReviewRules,
        number: int,
        receipts: Mapping[str, Receipt],
        scene: Scene,
    ) -> None:
        chain = scene.chain
        self.inputs, self.front, self.rules, self.number = inputs, front, rules, number
        self.receipts, self.scene, self.history = receipts, scene, scene.history
        self.terms: SaleTerms = inputs.terms.sale
        self.sender = checksummed(inputs.sender)
        self.launchpad = chain.contract("Launchpad", front.launchpad)
        self.parts = {name: chain.contract(name, front.parts[name]) for name in PARTS}
        self.sale = chain.contract("SubscriptionSale", expected.address_of("SubscriptionSale"))
        self.escrow = chain.contract("ProceedsEscrow", expected.address_of("ProceedsEscrow"))
        self.token = chain.contract("ProjectToken", checksummed(self.terms.deal.sale_token))
        self.now = scene.head.timestamp
        self.life = Life(terms=self.terms)

    # ------------------------------------------------------------------------------------ reading

    def read(self) -> None:
        """Every event that is about this sale."""
        read, topic = self.history.read, "0x" + self.number.to_bytes(32).hex()
        about = [None, topic]
        read(self.parts["ProjectReview"], "review", self._first(APPLY), topics=about)
        read(self.launchpad, "launchpad", self._first(LIST), topics=about)
        read(self.sale, "sale", self._first(LIST))
        read(self.escrow, "escrow", self._first(LIST))
        if self.inputs.created_token is not None:
            read(self.token, "token", self._first("create-token"))
        listed = self.history.of(self.launchpad, "Listed")
        self.listed = listed[0] if listed else None
        if self.listed is not None and self.inputs.terms.allocations:
            self._read_grants(self.listed.block_number, self.listed.transaction_hash)
        self.life = Life.of(self.history, self.sale, self.terms)

    def _read_grants(self, block: int, transaction: str) -> None:
        vault = self.parts["VestingVault"]
        self.history.read(vault, "vault", block, last_block=block)
        self.history.keep(vault, transaction)
        made = self.history.of(vault, "GrantCreated")
        ids = ["0x" + event.args["id"].hex() for event in made]
        if ids:
            self.history.read(vault, "vault", block, topics=[None, ids])

    def _first(self, step: str) -> int:
        made = self.receipts.get(step)
        return made.block_number if made is not None else 0

    # ------------------------------------------------------------------------------------ events

    def check_events(self) -> None:
        """That the deployment said exactly what it had to."""
        inputs, history, review = self.inputs, self.history, self.parts["ProjectReview"]
        terms, allocations = inputs.terms, inputs.terms.allocations
        supply, launchpad = self.terms.supply, self.launchpad.address
        applied: dict[str, Any] = {
            "id": self.number,
            "applicant": self.sender,
            "termsHash": terms.terms_hash,
            "dossierHash": inputs.dossier_sha256,
            "dossierUri": inputs.dossier_uri,
        }
        said = history.of(review, "Applied")
        history.expect(review, said, [("Applied", applied)], "when it applied")
        said = history.of(review, "Listed")
        history.expect(review, said, [("Listed", {"id": self.number})], "when it was listed")
        listed: dict[str, Any] = {
            "applicationId": self.number,
            "sale": self.sale.address,
            "escrow": self.escrow.address,
            "termsHash": terms.terms_hash,
            "terms": terms.abi_encoding,
        }
        said = history.of(self.launchpad)
        history.expect(self.launchpad, said, [("Listed", listed)], "when it was listed")
        listing = self.listed.transaction_hash if self.listed else ""
        for contract in (self.sale, self.escrow):
            said = [each for each in history.of(contract) if each.transaction_hash == listing]
            history.expect(contract, said, (), "when it was listed")
        if allocations:
            self._check_grants(listing)
        if inputs.created_token is not None:
            self._check_token(inputs.created_token.supply, supply, launchpad, listing)
        history.expect_receipts(self.receipts)
        for step, key in ((APPLY, "Applied"), (LIST, "Listed")):
            found = history.of(review, key)
            if step in self.receipts and found:
                self.scene.checks.compare(
                    "transaction",
                    f"steps.{step}: transaction of the event {key}",
                    self.receipts[step].transaction_hash,
                    found[0].transaction_hash,
                )

    def _check_grants(self, listing: str) -> None:
        vault, allocations = self.parts["VestingVault"], self.inputs.terms.allocations
        said = [each for each in self.history.of(vault) if each.transaction_hash == listing]
        numbers = [event.args["number"] for event in said if event.name == "GrantCreated"]
        first = numbers[0] if numbers else 1
        expected: Pairs = []
        for number, allocation in enumerate(allocations, first):
            plan = Plan(
                token=self.terms.deal.sale_token,
                revoker=allocation.revoker,
                schedule=allocation.schedule,
            )
            grant = Grant(plan=plan, amount=allocation.amount, number=number)
            used = {
                "token": self.token.address,
                "funder": self.sender,
                "firstNumber": number,
                "plan": plain(plan),
            }
            created = {
                "id": grant.grant_id,
                "beneficiary": allocation.beneficiary,
                "number": number,
                "amount": allocation.amount,
            }
            expected += [("PlanUsed", used), ("GrantCreated", created)]
        self.history.expect(vault, said, expected, "when it was listed")

    def _check_token(self, made: int, supply: int, launchpad: str, listing: str) -> None:
        amount = locked(self.inputs)
        moves: list[tuple[str, int]] = [(self.sale.address, supply)]
        moves += [(self.front.parts["VestingVault"], amount)] if amount else []
        moved: Pairs = [
            ("Transfer", {"from": self.sender, "to": to, "amount": each}) for to, each in moves
        ]
        whole: Pairs = [("Transfer", {"from": NOBODY, "to": self.sender, "amount": made})]
        spent: Pairs = [
            ("Approval", {"owner": self.sender, "spender": launchpad, "amount": supply + amount})
        ]
        hashes = {key: receipt.transaction_hash for key, receipt in self.receipts.items()}
        said = self.history.of(self.token)
        self.history.expect(self.token, said[:1], whole, "at its creation")
        for key, transaction, pairs in (
            ("approve-tokens", hashes.get("approve-tokens"), spent),
            (LIST, listing, moved),
        ):
            if transaction:
                found = [each for each in said if each.transaction_hash == transaction]
                self.history.expect(self.token, found, pairs, f"in the step {key}")

    # ------------------------------------------------------------------------------------ platform

    def ask_platform(self) -> None:
        """What the shared contracts know of this sale."""
        questions = self.scene.questions
        made = {"sale": self.sale.address, "escrow": self.escrow.address}
        launchpad = questions.partly(self.launchpad, "launchpad")
        rules = questions.partly(self.parts["TermsRules"], "rules")
        block = self.listed.block_number if self.listed else 0
        ask_listing(launchpad, rules, self.number, self.inputs.terms, made, block)
        for getter, part in zip(GETTERS, PARTS, strict=True):
            launchpad.expect(getter, self.front.parts[part])
        review = questions.partly(self.parts["ProjectReview"], "review")
        review.expect("LAUNCHPAD", self.launchpad.address)
        applications = Applications(self.history, self.parts["ProjectReview"], self.rules)
        # Whose votes count, the platform knows.
        applications.ask(review, self.number, self.now, None)
        vault = questions.partly(self.parts["VestingVault"], "vault")
        vault.expect("LAUNCHPAD", self.launchpad.address)
        ask_grants(vault, grants_of(self.history, self.parts["VestingVault"]), self.now)
        leave = self.scene.checks.leave
        leave("review: rules, chair, guardian, reviewers, other applications, votes", _PLATFORMS)
        leave("launchpad, vault: other sales and grants", _PLATFORMS)
        registry = checksummed(self.terms.admission.pass_registry)
        leave(f"registry at {registry}: passes", _PLATFORMS)

    # ------------------------------------------------------------------------------------ sale

    def ask_sale(self) -> None:
        """What the sale answers; its terms are asked by `ask_platform`, from its code."""
        asker, life, terms = self.scene.asker(self.sale, "sale"), self.life, self.terms
        asker.expect("termsHash", self.inputs.terms.terms_hash)
        asker.expect("applicationId", self.number)
        asker.expect("escrow", self.escrow.address)
        parts = {
            "launchpad": self.launchpad.address,
            "review": self.front.parts["ProjectReview"],
            "escrowImplementation": self.front.parts["ProceedsEscrow"],
        }
        asker.expect("parts", parts)
        ask_domain(asker, "Jumpstart SubscriptionSale", self.scene.chain.chain_id)
        asker.expect("status", self.life.status_at(self.now))
        asker.expect(
            "opening",
            {
                "startsAt": terms.sessions[0].start,
                "root": life.root,
                "publishedAt": life.published_at,
                "pausedUntil": life.paused_until,
                "isChallenged": life.is_challenged,
            },
        )
        self._ask_sessions()
        fee = life.proceeds * terms.parties.fee_bps // BASIS_POINTS
        outcome = (terms.supply - life.unsold, life.proceeds - fee)
        sold, proceeds = outcome if life.status == SUCCEEDED else (0, 0)
        asker.expect("outcome", {"sold": sold, "proceeds": proceeds})
        asker.expect("isProceedsCollected", life.is_collected)
        cost = {"due": terms.cost_up(terms.supply), "surplus": 0}
        asker.expect("costOf", cost, NOBODY, terms.supply, shown="nobody, the supply")
        stranger = (NOBODY,)
        for function in ("allotmentOf", "depositOf", "nonceOf", "weightOf"):
            asker.expect(function, 0, *stranger, shown="nobody")
        asker.leave(REPLAY + f"; {len(life.accounts)} accounts have subscribed", *_OF_ACCOUNTS)

    def _ask_sessions(self) -> None:
        asker, life, terms = self.scene.asker(self.sale, "sale"), self.life, self.terms
        none = {"subscribed": 0, "accounts": 0, "newcomers": 0}
        last = len(terms.sessions) - 1
        asker.expect("sessionsSettled", len(life.settlements))
        for session in range(len(terms.sessions)):
            for row, tier in enumerate(terms.tiers):
                demand = life.demands.get((session, tier.coefficient), none)
                asker.expect("demandOf", demand, session, row)
            settled = life.settlements.get(session)
            kept = settled if session != last or life.status == SUCCEEDED else None
            names = ("remaining", "weight", "fullFrom")
            asker.expect(
                "settlementOf", {name: kept[name] if kept else 0 for name in names}, session
            )
        total = life.sold
        if life.status != SUCCEEDED:
            total += sum(
                demand["subscribed"]
                for (session, _), demand in life.demands.items()
                if session == len(life.settlements)
            )
        asker.expect("totalWeight", total)

    def ask_escrow(self) -> None:
        """What the escrow answers; what it has paid out is for the replay."""
        asker, terms = self.scene.asker(self.escrow, "escrow"), self.inputs.terms.escrow
        asker.expect("REVIEW", self.front.parts["ProjectReview"])
        asker.expect("sale", self.sale.address)
        asker.expect(
            "conditions",
            {name: each for name, each in plain(terms).items() if name != "milestones"},
            kind=lambda name: "role" if name.endswith("remainderTo") else "getter",
        )
        asker.expect("milestoneCount", len(terms.milestones))
        rows = [(each.share_bps, each.deadline) for each in terms.milestones]
        for row, (share, deadline) in enumerate([*rows, (0, 0)]):
            asker.expect("milestoneOf", {"shareBps": share, "deadline": deadline}, row)
        slashed = self.history.of(self.escrow, "Delisted")
        figures = dict(slashed[-1].args) if slashed else {"bond": 0, "totalWeight": 0}
        asker.expect("slash", figures)
        if self.life.status == SUCCEEDED:
            asker.leave(REPLAY, "delivery", "releasableAmount")
        else:
            names = ("status", "current", "attestedAt", "objected", "attestations", "exitAt")
            asker.expect("delivery", dict.fromkeys((*names, "releasedBps"), 0))
            asker.expect("releasableAmount", 0)
        asker.expect("exitOf", {"returned": 0, "amount": 0}, NOBODY, shown="nobody")
        asker.leave(REPLAY, "exitOf", "hasObjected", "hasSharedBond")

    def check_storage(self) -> None:
        """That nothing is written where no getter looks, as long as nothing has been done."""
        for label, contract in (("sale", self.sale), ("escrow", self.escrow)):
            if self.history.of(contract):
                rows = contract.artifact.storage_layout["storage"]
                names = ", ".join(row["label"] for row in rows)
                self.scene.checks.leave(f"{label}: storage beyond its getters ({names})", REPLAY)
            else:
                check_empty(self.scene, label, contract)

    # ------------------------------------------------------------------------------------ tokens

    def ask_token(self) -> None:
        made = self.inputs.created_token
        if made is None:
            self.scene.checks.leave(
                f"token on sale at {self.token.address}: its code and what it answers",
                "it was not made by this deployment",
            )
            return
        ask_token(
            self.scene.asker(self.token, "token"),
            self.history,
            made,
            chain_id=self.scene.chain.chain_id,
            sender=self.sender,
            launchpad=self.launchpad.address,
        )

    def check_balances(self) -> None:
        """What sale, escrow and vault hold, against the transfers that brought it."""
        sold, paid = self.terms.deal.sale_token, self.terms.deal.payment_token
        first = self._first(APPLY)
        check_balance(self.scene, "sale", self.sale, sold, "tokens on sale", first)
        for label, contract, has_begun in (
            ("sale", self.sale, bool(self.life.accounts)),
            ("escrow", self.escrow, self.life.is_collected),
        ):
            if paid == ZERO_ADDRESS:
                check_coins(self.scene, label, contract, has_begun=has_begun)
            else:
                check_balance(self.scene, label, contract, paid, "payment", first)
        names = ("Claimed", "Exited", "UnsoldCollected", "ReturnedCollected", "RemaindersSwept")
        held = self.scene.balance(self.token.address, self.sale.address)
        if not self.history.of(self.sale, *names):
            what = "tokens that the sale has to have while nobody has claimed"
            self.scene.checks.at_least("balance", what, self.terms.supply, held)
        vault = self.parts["VestingVault"]
        states = grants_of(self.history, vault).values()
        owed = sum(state.owed for state in states)
        held = self.scene.balance(self.token.address, vault.address)
        what = "tokens that the vault has to have for these grants"
        self.scene.checks.at_least("balance", what, owed, held)
        self.scene.checks.leave("what the sale holds against what it owes", REPLAY)

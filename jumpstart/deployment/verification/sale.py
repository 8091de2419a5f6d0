"""A sale: what it is bound to, what it answers, and how far what has happened explains that."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from eth_utils.address import to_canonical_address

from jumpstart.accounts import checksummed
from jumpstart.amounts import BASIS_POINTS
from jumpstart.chain.blueprint import GETTERS, NOBODY, PARTS
from jumpstart.chain.client import Contract, Receipt
from jumpstart.deployment.verification.expected import APPLY, LIST, Expected, Front, locked
from jumpstart.deployment.verification.inputs import SaleInputs
from jumpstart.deployment.verification.platform import Pairs, Scene, ask_domain, ask_listing
from jumpstart.deployment.verification.review import Applications
from jumpstart.deployment.verification.token import ask_token
from jumpstart.deployment.verification.vault import ask_grants, grants_of
from jumpstart.grants import Grant, Plan
from jumpstart.hashing import keccak256
from jumpstart.review import ReviewRules
from jumpstart.terms import ZERO_ADDRESS, SaleTerms
from jumpstart.writing import plain

FUNDED, SUCCEEDED, FAILED = range(3)  # of the contract's `Status`

_REPLAY: Final = "what participants have done is for the replay of the sale"
_PLATFORMS: Final = "of the platform: verify its own record"
_TRANSFER: Final = "0x" + keccak256(b"Transfer(address,address,uint256)").hex()
_OF_ACCOUNTS: Final = (
    *("allotmentOf", "claimableOf", "depositOf", "nonceOf", "positionOf", "weightOf"),
)


@dataclass
class _Life:
    """What the events of a sale make of it. Times Unix seconds, tokens base units."""

    status: int = FUNDED
    root: bytes = bytes(32)
    published_at: int = 0
    paused_until: int = 0
    is_challenged: bool = False
    settlements: dict[int, Mapping[str, Any]] = field(default_factory=dict)
    sold: int = 0
    proceeds: int = 0
    unsold: int = 0
    is_collected: bool = False
    demands: dict[tuple[int, int], dict[str, int]] = field(default_factory=dict)
    """By session and coefficient."""
    accounts: set[str] = field(default_factory=set)
    taking_part: set[tuple[int, str]] = field(default_factory=set)
    """Session and account."""


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
        self.life = _Life()

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
        self._live()

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

    def _live(self) -> None:
        """Follows the sale's events."""
        life = self.life
        for event in self.history.of(self.sale):
            args, time = event.args, self.history.time_of(event)
            match event.name:
                case "HoldingsPublished":
                    life.root, life.published_at = args["root"], time
                case "HoldingsChallenged":
                    life.is_challenged = True
                case "ChallengeSettled":
                    life.is_challenged = False
                    life.root = life.root if args["stands"] else bytes(32)
                case "SubscriptionsPaused":
                    life.paused_until = args["until"]
                case "SaleVoided":
                    life.status, life.root = FAILED, bytes(32)
                case "Subscribed":
                    self._count(args, time)
                case "SessionSettled":
                    life.settlements[args["session"]] = args
                    life.sold += args["sold"]
                case "SaleSucceeded":
                    life.status = SUCCEEDED
                    life.proceeds, life.unsold = args["proceeds"], args["unsold"]
                case "SaleFailed":
                    life.status = FAILED
                case "ProceedsCollected":
                    life.is_collected = True

    def _count(self, args: Mapping[str, Any], time: int) -> None:
        ends = [session.end for session in self.terms.sessions]
        session = next((row for row, end in enumerate(ends) if time < end), len(ends))
        life, account = self.life, args["account"]
        demand = life.demands.setdefault(
            (session, args["coefficient"]), {"subscribed": 0, "accounts": 0, "newcomers": 0}
        )
        demand["subscribed"] += args["accepted"]
        demand["newcomers"] += account not in life.accounts
        demand["accounts"] += (session, account) not in life.taking_part
        life.accounts.add(account)
        life.taking_part.add((session, account))

    @property
    def _status(self) -> int:
        if self.life.status == FUNDED and self.now >= self.terms.settle_deadline:
            return FAILED
        return self.life.status

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
        asker.expect("status", self._status)
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
        asker.leave(_REPLAY + f"; {len(life.accounts)} accounts have subscribed", *_OF_ACCOUNTS)

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
            asker.leave(_REPLAY, "delivery", "releasableAmount")
        else:
            names = ("status", "current", "attestedAt", "objected", "attestations", "exitAt")
            asker.expect("delivery", dict.fromkeys((*names, "releasedBps"), 0))
            asker.expect("releasableAmount", 0)
        asker.expect("exitOf", {"returned": 0, "amount": 0}, NOBODY, shown="nobody")
        asker.leave(_REPLAY, "exitOf", "hasObjected", "hasSharedBond")

    def check_storage(self) -> None:
        """That nothing is written where no getter looks, as long as nothing has been done."""
        for label, contract in (("sale", self.sale), ("escrow", self.escrow)):
            layout = contract.artifact.storage_layout
            if self.history.of(contract):
                names = ", ".join(row["label"] for row in layout["storage"])
                self.scene.checks.leave(f"{label}: storage beyond its getters ({names})", _REPLAY)
                continue
            rows = layout["storage"]
            sizes = [-(-int(layout["types"][row["type"]]["numberOfBytes"]) // 32) for row in rows]
            last = max(int(row["slot"]) + size for row, size in zip(rows, sizes, strict=True))
            words = self.scene.chain.storage_many(
                contract.address, range(last), self.scene.head.number
            )
            for slot, word in enumerate(words):
                self.scene.checks.compare("getter", f"{label}: storage slot {slot}", 0, word)

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
        self._check_balance("sale", self.sale, sold, "tokens on sale")
        if paid == ZERO_ADDRESS:
            self._check_coins()
        else:
            self._check_balance("sale", self.sale, paid, "payment")
            self._check_balance("escrow", self.escrow, paid, "payment")
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
        self.scene.checks.leave("what the sale holds against what it owes", _REPLAY)

    def _check_balance(self, label: str, contract: Contract, token: bytes, words: str) -> None:
        """Against all transfers to and from the contract since the application."""
        address = checksummed(token)
        own = "0x" + to_canonical_address(contract.address).rjust(32, b"\0").hex()
        total = 0
        for sign, topics in ((1, [_TRANSFER, None, own]), (-1, [_TRANSFER, own])):
            logs = self.scene.chain.logs(
                address,
                from_block=self._first(APPLY),
                to_block=self.scene.head.number,
                topics=topics,
            )
            total += sign * sum(int(log["data"], 16) for log in logs if len(log["topics"]) == 3)
        held = self.scene.balance(address, contract.address)
        what = f"{words} that the {label} holds, by the transfers of {address}"
        self.scene.checks.compare("balance", what, total, held)

    def _check_coins(self) -> None:
        """The native coin: there are no events of it."""
        compare, chain = self.scene.checks.compare, self.scene.chain
        for label, contract, has_begun in (
            ("sale", self.sale, bool(self.life.accounts)),
            ("escrow", self.escrow, self.life.is_collected),
        ):
            if has_begun:
                self.scene.checks.leave(f"coins that the {label} holds", _REPLAY)
            else:
                held = chain.balance(contract.address, self.scene.head.number)
                compare("balance", f"coins that the {label} holds", 0, held)

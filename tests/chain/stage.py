"""What the tests play on: people with passes and tokens, and sales brought to a state.

`Stage` is made once for each chain. `Trial` is one sale on it with the ledger that runs beside it, so that a test can
ask the model what must come out.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any, Final, Self, TypeAlias

from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_utils.address import to_canonical_address
from eth_utils.crypto import keccak

from jumpstart.authorisations import Purpose, authorisation_of
from jumpstart.chain.client import Chain, Contract, Receipt, Transaction
from jumpstart.chain.platform import Committee, Platform
from jumpstart.chain.sale import NATIVE, UNLIMITED, Sale, present_pass_transaction
from jumpstart.holdings import tree_of
from jumpstart.jurisdictions import bitmap_of
from jumpstart.ledger import Ledger
from jumpstart.passes import Attestation, SignedPass, sign
from jumpstart.review import ReviewRules
from jumpstart.schedule import Vesting
from jumpstart.terms import (
    Admission,
    Allocation,
    Deal,
    EscrowTerms,
    HoldingsTerms,
    ListingTerms,
    Milestone,
    Parties,
    SaleTerms,
    Session,
    Statistic,
)
from tests.chain import figures

TRANSFER_FAILED: Final = (
    "0x90b8ec18"  # what Solady's SafeTransferLib says; its errors are not in our ABI
)
TRANSFER_FROM_FAILED: Final = "0x7939f424"
COIN_TRANSFER_FAILED: Final = "0xb12d13eb"

FUNDED, SUCCEEDED, FAILED, LOCKED = range(4)  # Status
NONE, SUBSCRIBED, CLAIMED, REFUNDED, EXITED = range(5)  # Stage of a position

Person: TypeAlias = LocalAccount | Contract
"""Who takes part: an account with a key, or a wallet that is a contract."""


def account(name: str) -> LocalAccount:
    """The same account for the same name, always."""
    made: LocalAccount = Account.from_key(keccak(text=name))
    return made


def raw(person: Person | str) -> bytes:
    """The 20 bytes of an address."""
    return to_canonical_address(person if isinstance(person, str) else person.address)


@dataclass(frozen=True, kw_only=True)
class People:
    """Everybody by role."""

    creator: LocalAccount  # deploys the platform, and lists
    chair: LocalAccount  # of the reviewers
    guardian: LocalAccount
    reviewer: LocalAccount  # the only one: the quorum
    project: LocalAccount  # applies, and brings the tokens
    publisher: LocalAccount
    attester: LocalAccount
    second_attester: LocalAccount
    beneficiary: LocalAccount  # of the proceeds
    heir: LocalAccount  # takes what nobody exits with
    treasury: LocalAccount  # takes what is unsold
    fee_receiver: LocalAccount
    stranger: LocalAccount  # has coin and tokens, no holding and no pass
    unattested: LocalAccount  # has a holding, no pass
    small_holder: LocalAccount  # has a pass, and a holding just below the table
    wallet_owner: LocalAccount
    buyers: tuple[LocalAccount, ...]

    @classmethod
    def gather(cls) -> Self:
        roles = {field.name: account(field.name) for field in fields(cls) if field.name != "buyers"}
        buyers = tuple(account(f"buyer {number}") for number in range(figures.BUYERS))
        return cls(**roles, buyers=buyers)

    @property
    def all(self) -> tuple[LocalAccount, ...]:
        roles = (getattr(self, field.name) for field in fields(self) if field.name != "buyers")
        return (*roles, *self.buyers)


class Stage:
    """A chain with the platform, the tokens, the people, their holdings and their passes."""

    def __init__(self, chain: Chain) -> None:
        self.chain = chain
        self.people = people = People.gather()
        chain.set_balances({person.address: 2 * figures.COINS for person in people.all})
        self.bond_token = self._token("Jumpstart", 18)
        self.platform = Platform.deploy(
            chain,
            sender=people.creator,
            rules=self.rules(),
            chair=people.chair.address,
            guardian=people.guardian.address,
            reviewers=[people.reviewer.address],
        )
        self.committee = Committee(platform=self.platform, reviewers=[people.reviewer])
        self.sale_token = self._token("Sold", 18)
        self.payment_token = self._token("Paid", 6)
        self.wallet = chain.deploy(
            "ContractWallet", people.wallet_owner.address, sender=people.project
        )
        self.rejecting = chain.deploy("RejectingReceiver", sender=people.project)
        self.holdings = self._holdings()
        self.tree = tree_of(self.holdings)
        self.hand_out(self.payment_token)
        chain.send_many(
            [
                present_pass_transaction(
                    self.platform.pass_registry, self.passed(person), sender=person
                )
                for person in (*people.buyers, people.small_holder)
            ]
        )
        for wallet in (self.wallet, self.rejecting):
            self.execute(
                wallet, self.platform.pass_registry, "present", *_present_args(self.passed(wallet))
            )
        self.bond_token.send(
            "approve", self.platform.review.address, UNLIMITED, sender=people.project
        )
        self._bring(self.sale_token)

    def rules(self, **changes: Any) -> ReviewRules:
        """Of a review that takes three days at most, unless changed."""
        usual: dict[str, Any] = {
            "bond_token": raw(self.bond_token),
            "bond": figures.BOND,
            "challenge_bond": figures.CHALLENGE_BOND,
            "quorum": 1,
            "commit_seconds": figures.DAY,
            "reveal_seconds": figures.DAY,
            "approval_seconds": figures.DAY,
            "notice_seconds": figures.DAY,
            "bar": 600_000,
            "floors": (50,) * 7,
            "weights_bps": (2_000, 2_000, 1_500, 1_500, 1_000, 1_000, 1_000),
        }
        return ReviewRules(**(usual | changes))

    # ------------------------------------------------------------------------------------ people

    @property
    def participants(self) -> tuple[Person, ...]:
        """All that have a holding on the list, and tokens."""
        people = self.people
        return (*people.buyers, people.small_holder, people.unattested, self.wallet, self.rejecting)

    def _holdings(self) -> dict[str, int]:
        people = self.people
        rows: dict[str, int] = {
            buyer.address: figures.TIERS[coefficient - 1].threshold
            for buyer, coefficient in zip(people.buyers, figures.COEFFICIENTS, strict=True)
        }
        rows[people.small_holder.address] = figures.TIERS[0].threshold - 1
        for other in (people.unattested, self.wallet, self.rejecting):
            rows[other.address] = figures.TIERS[2].threshold
        return rows

    def attestation(self, person: Person, **changes: Any) -> Attestation:
        """What the attester says about a person: good for ever, unless changed."""
        usual: dict[str, Any] = {
            "account": raw(person),
            "identity": keccak(text=f"identity of {person.address}"),
            "jurisdiction": figures.SWITZERLAND,
            "level": figures.LEVEL,
            "issued_at": self.chain.now(),
            "expires_at": 2**40 - 1,
        }
        return Attestation(**(usual | changes))

    def passed(
        self, person: Person, *, by: LocalAccount | None = None, **changes: Any
    ) -> SignedPass:
        """A signed pass, of the first attester unless said otherwise."""
        return sign(
            self.attestation(person, **changes),
            registry=raw(self.platform.pass_registry),
            chain_id=self.chain.chain_id,
            key=bytes((by or self.people.attester).key),
        )

    def present(
        self, person: LocalAccount, *, by: LocalAccount | None = None, **changes: Any
    ) -> Receipt:
        """The person presents a pass."""
        signed = self.passed(person, by=by, **changes)
        return self.chain.send(
            present_pass_transaction(self.platform.pass_registry, signed, sender=person)
        )

    def proof_of(self, person: Person) -> tuple[int, list[bytes]]:
        """The person's published holding and its proof."""
        position = list(self.holdings).index(person.address)
        return self.holdings[person.address], list(self.tree.proof(position))

    # ------------------------------------------------------------------------------------ tokens

    def _token(self, name: str, decimals: int, supply: int = 2**200) -> Contract:
        project = self.people.project
        return self.chain.deploy(
            "ProjectToken", name, name[0], decimals, supply, project.address, sender=project
        )

    def plain_token(self, decimals: int, *, paying: bool = False) -> Contract:
        """Another ordinary token with so many decimals; one to pay with is handed out."""
        token = self._token("Other", decimals)
        return self._prepared(token, paying)

    def odd_token(self, name: str, *, paying: bool = False) -> Contract:
        """One of the tokens in `contracts/mocks`; one to pay with is handed out."""
        return self._prepared(self.chain.deploy(name, 2**200, sender=self.people.project), paying)

    def _prepared(self, token: Contract, paying: bool) -> Contract:
        if paying:
            self.hand_out(token)
        else:
            self._bring(token)
        return token

    def _bring(self, token: Contract) -> None:
        """The project lets the launchpad take the token for a sale."""
        launchpad = self.platform.launchpad.address
        token.send("approve", launchpad, UNLIMITED, sender=self.people.project)

    def hand_out(self, token: Contract) -> None:
        """Some of the token to everybody, from the project that has it all."""
        receivers = (*self.participants, self.people.stranger)
        self.chain.send_many(
            [
                token.transaction(
                    "transfer", each.address, figures.COINS, sender=self.people.project
                )
                for each in receivers
            ]
        )

    def _approvals(
        self, token: Contract, spender: str, payers: Sequence[Person]
    ) -> list[Transaction]:
        approvals = []
        for person in payers:
            if isinstance(person, Contract):
                data = token.calldata("approve", spender, UNLIMITED)
                approvals.append(
                    person.transaction(
                        "execute", token.address, data, sender=self.people.wallet_owner
                    )
                )
            else:
                approvals.append(token.transaction("approve", spender, UNLIMITED, sender=person))
        return approvals

    def execute(
        self, wallet: Contract, target: Contract, function: str, *args: Any, value: int = 0
    ) -> Receipt:
        """A wallet that is a contract calls something."""
        data = target.calldata(function, *args)
        return wallet.send(
            "execute", target.address, data, sender=self.people.wallet_owner, value=value
        )

    # ------------------------------------------------------------------------------------ sales

    def terms(
        self,
        *,
        supplies: Sequence[tuple[int, int]] = ((figures.SUPPLY, figures.LIMIT),),
        **changes: Any,
    ) -> SaleTerms:
        """The terms of a sale that begins soon: supply and limit of each session, and any other field by its name."""
        people = self.people
        first = self.chain.now() + figures.LEAD
        sessions = []
        for index, (supply, limit) in enumerate(supplies):
            start = first + index * (figures.DURATION + figures.PAUSE)
            sessions.append(
                Session(start=start, end=start + figures.DURATION, supply=supply, limit=limit)
            )
        end = sessions[-1].end
        usual = SaleTerms(
            chain_id=self.chain.chain_id,
            settle_deadline=end + figures.SETTLING,
            deal=Deal(
                sale_token=raw(self.sale_token),
                payment_token=raw(self.payment_token),
                price=figures.PRICE,
                price_unit=figures.PRICE_UNIT,
                soft_cap=0,
                account_cap=0,
                minimum=figures.MINIMUM,
            ),
            admission=Admission(
                pass_registry=raw(self.platform.pass_registry),
                level=figures.LEVEL,
                jurisdictions=bitmap_of(figures.ADMITTED),
            ),
            parties=Parties(
                holdings_publisher=raw(people.publisher),
                challenge_seconds=figures.CHALLENGE,
                proceeds_to=raw(people.beneficiary),
                unsold_to=raw(people.treasury),
                fee_to=raw(people.fee_receiver),
                fee_bps=figures.FEE_BPS,
            ),
            vesting=Vesting(
                start=end + figures.VESTING_DELAY,
                unlock_bps=figures.UNLOCK_BPS,
                cliff_seconds=figures.CLIFF,
                duration_seconds=figures.VESTING_DURATION,
                step_seconds=figures.STEP,
            ),
            sessions=tuple(sessions),
            tiers=figures.TIERS,
            attesters=(raw(people.attester), raw(people.second_attester)),
        )
        return changed(usual, **changes)

    def listing(self, terms: SaleTerms | None = None, **changes: Any) -> ListingTerms:
        """The terms with those of an escrow: a fifth at once, and four milestones of a fifth. `changes` may name any
        field of the sale, of the holdings (but the chain) or of the escrow, or the allocations.
        """
        escrow_names = {field.name for field in fields(EscrowTerms)}
        escrow_changes = {name: changes.pop(name) for name in escrow_names & changes.keys()}
        holdings_names = {field.name for field in fields(HoldingsTerms)} - {"chain_id"}
        holdings_changes = {name: changes.pop(name) for name in holdings_names & changes.keys()}
        allocations: tuple[Allocation, ...] = changes.pop("allocations", ())
        sale = self.terms(**changes) if terms is None else changed(terms, **changes)
        milestones = tuple(
            Milestone(
                share_bps=2_000,
                deadline=sale.settle_deadline + number * figures.MILESTONE_EVERY,
                description_hash=keccak(text=f"milestone {number}"),
            )
            for number in range(1, 5)
        )
        usual: dict[str, Any] = {
            "initial_bps": 2_000,
            "grace_seconds": figures.GRACE,
            "objection_seconds": figures.OBJECTION,
            "objection_bps": figures.OBJECTION_BPS,
            "exit_seconds": figures.EXIT,
            "remainder_to": raw(self.people.heir),
            "milestones": milestones,
        }
        escrow = EscrowTerms(**(usual | escrow_changes))
        holdings = replace(self.holdings_terms(sale), **holdings_changes)
        return ListingTerms(sale=sale, holdings=holdings, escrow=escrow, allocations=allocations)

    def holdings_terms(self, sale: SaleTerms) -> HoldingsTerms:
        """A week's mean of the bond token, drawn as late as the first session allows, or at once after listing."""
        latest = sale.sessions[0].start - 3 * sale.parties.challenge_seconds
        return HoldingsTerms(
            chain_id=self.chain.chain_id,
            token=raw(self.bond_token),
            day_count=7,
            draw_time=min(latest, self.chain.now() + figures.DRAW),
            seed_chain_id=self.chain.chain_id,
            statistic=Statistic.MEAN.number,
            minimum_tiers=(),
            excluded=(),
        )

    @property
    def next_application(self) -> int:
        """The number that the next application gets."""
        count: int = self.platform.review.call("applicationCount")
        return count + 1

    def approval(
        self, listing: ListingTerms, dossier: tuple[str, bytes] | None = None
    ) -> list[Transaction]:
        """The project applies, and the reviewer approves."""
        return self.committee.approval(
            self.next_application, listing, applicant=self.people.project, dossier=dossier
        )

    def list(
        self,
        terms: SaleTerms | ListingTerms | None = None,
        *,
        holdings: Mapping[str, int] | None = None,
        payers: Sequence[Person] | None = None,
        is_drawn: bool = True,
        dossier: tuple[str, bytes] | None = None,
        **changes: Any,
    ) -> "Trial":
        """A sale that was reviewed and listed, without holdings; at the draw of its days unless told not to wait.

        `payers`, by default everybody, let it take payment. `dossier`: where it is, and its SHA-256.
        """
        listing = terms if isinstance(terms, ListingTerms) else self.listing(terms, **changes)
        application = self.next_application
        trial = Trial(self, self.platform.sale_at(application, listing), holdings)
        approvals = []
        if not trial.sale.is_native:
            everybody = (*self.participants, self.people.stranger)
            approvals = self._approvals(
                trial.sale.payment_token, trial.address, everybody if payers is None else payers
            )
        creator = self.people.creator
        self.chain.send_many(
            [
                *self.approval(listing, dossier),
                self.platform.listing(application, listing, sender=creator),
                *approvals,
            ]
        )
        if is_drawn and self.chain.now() < listing.holdings.draw_time:
            self.chain.mine_at(listing.holdings.draw_time)
        return trial

    def open(
        self,
        terms: SaleTerms | ListingTerms | None = None,
        *,
        holdings: Mapping[str, int] | None = None,
        **changes: Any,
    ) -> "Trial":
        """A listed sale with its holdings published; its first session has just begun."""
        trial = self.publish(terms, holdings=holdings, **changes)
        trial.open()
        return trial

    def publish(
        self,
        terms: SaleTerms | ListingTerms | None = None,
        *,
        holdings: Mapping[str, int] | None = None,
        payers: Sequence[Person] | None = None,
        **changes: Any,
    ) -> "Trial":
        """The same before the first session."""
        trial = self.list(terms, holdings=holdings, payers=payers, **changes)
        trial.sale.publish_holdings(trial.tree.root, sender=self.people.publisher)
        return trial

    def as_review(self) -> str:
        """The review itself as a sender, to call what only it may without its own rules."""
        review = self.platform.review.address
        self.chain.set_balance(review, figures.COINS)
        return self.chain.impersonate(review)

    def delist(self, trial: "Trial") -> Receipt:
        """The reviewers delist the project of a sale."""
        review, reason = self.platform.review, keccak(text="reason")
        return review.send(
            "voteToDelist", trial.sale.application, reason, sender=self.people.reviewer
        )


class Trial:
    """One sale and, beside it, the ledger of what was subscribed and settled through this object."""

    def __init__(self, stage: Stage, sale: Sale, holdings: Mapping[str, int] | None = None) -> None:
        self.stage = stage
        self.chain = stage.chain
        self.sale = sale
        self.terms = sale.terms
        self.contract = sale.contract
        self.address = sale.address
        self.call = sale.contract.call
        self.send = sale.contract.send
        self.event = sale.contract.event
        self.holdings = stage.holdings if holdings is None else holdings
        self.tree = stage.tree if holdings is None else tree_of(holdings)
        self.ledger = Ledger(sale.terms, self.holdings)

    @cached_property
    def escrow(self) -> Contract:
        return self.sale.escrow

    @property
    def domain(self) -> bytes:
        return to_canonical_address(self.address)

    @property
    def settled(self) -> int:
        return len(self.ledger.outcomes)

    # ------------------------------------------------------------------------------------ time

    def open(self, session: int = 0) -> None:
        """It is the first second of the session."""
        self.chain.mine_at(self.terms.sessions[session].start)

    def close(self, session: int = 0) -> None:
        """It is the first second after the session."""
        self.chain.mine_at(self.terms.sessions[session].end)

    # ------------------------------------------------------------------------------------ acting

    def proof_of(self, person: Person) -> tuple[int, list[bytes]]:
        """The person's published holding and its proof."""
        position = list(self.holdings).index(person.address)
        return self.holdings[person.address], list(self.tree.proof(position))

    def subscription(self, person: Person, amount: int, *, value: int | None = None) -> Transaction:
        """The transaction of a subscription, with the proof the first time, and in the native coin with its cost."""
        is_known = self.ledger.position_of(person.address).stage != NONE
        holding, proof = (0, []) if is_known else self.proof_of(person)
        if value is None:
            value = self.sale.cost_of(person.address, amount)[0] if self.sale.is_native else 0
        if isinstance(person, Contract):
            data = self.contract.calldata("subscribe", amount, holding, proof)
            sender = self.stage.people.wallet_owner
            return person.transaction("execute", self.address, data, sender=sender, value=value)
        return self.contract.transaction(
            "subscribe", amount, holding, proof, sender=person, value=value
        )

    def subscribe(self, person: Person, amount: int, *, value: int | None = None) -> Receipt:
        receipt = self.chain.send(self.subscription(person, amount, value=value))
        self._note(person, amount)
        return receipt

    def subscribe_all(self, subscriptions: Iterable[tuple[Person, int]]) -> list[Receipt]:
        """Several, in one block."""
        pairs = list(subscriptions)
        receipts = self.chain.send_many([self.subscription(*pair) for pair in pairs])
        for pair in pairs:
            self._note(*pair)
        return receipts

    def oversubscribe(self) -> None:
        """The usual subscriptions of the first five buyers."""
        self.subscribe_all(zip(self.stage.people.buyers, figures.SUBSCRIPTIONS, strict=False))

    def _note(self, person: Person, amount: int) -> None:
        self.ledger.subscribe(person.address, amount, self.terms.sessions[self.settled].start)

    def settle(self) -> Receipt:
        """Anyone settles the next session, once it is over."""
        session = self.settled
        if self.chain.now() < self.terms.sessions[session].end:
            self.close(session)
        receipt = self.send("settle", sender=self.stage.people.stranger)
        self.ledger.settle(self.terms.sessions[session].end)
        return receipt

    def claim_for_all(self, *people: Person) -> list[Receipt]:
        """Claims for these, in one block, by a stranger."""
        return self.chain.send_many(
            [
                self.contract.transaction(
                    "claimFor", person.address, sender=self.stage.people.stranger
                )
                for person in people
            ]
        )

    def vest(self) -> None:
        """Everything has just vested."""
        vesting = self.terms.vesting
        self.chain.mine_at(vesting.start + vesting.duration_seconds)

    def collect(self) -> None:
        """Everything that can be collected, by a stranger."""
        functions = ["collectUnsold"]
        if self.call("status") == SUCCEEDED:
            functions += ["collectProceeds", "collectFee"]
        stranger = self.stage.people.stranger
        self.chain.send_many(
            [self.contract.transaction(each, sender=stranger) for each in functions]
        )

    def sweep(self, people: Iterable[Person]) -> Receipt:
        """All of them in one call."""
        return self.send("sweep", ascending(people), sender=self.stage.people.stranger)

    def word(
        self,
        purpose: Purpose,
        person: Person,
        to: Person | str,
        *,
        by: LocalAccount | None = None,
        **changes: Any,
    ) -> bytes:
        """The person's signature under a payout to another address, good for an hour unless changed."""
        message = {
            "account": raw(person),
            "to": raw(to),
            "nonce": self.call("nonceOf", person.address),
            "deadline": self.chain.now() + 3600,
            "sale": self.domain,
            "chain_id": self.chain.chain_id,
        }
        signer = by or person
        assert isinstance(signer, LocalAccount)
        return authorisation_of(purpose, **(message | changes)).sign(bytes(signer.key))

    # ------------------------------------------------------------------------------------ looking

    @cached_property
    def sale_token(self) -> Contract:
        return self.sale.sale_token

    def paid(self, person: Person | str) -> int:
        """What somebody has of what this sale is paid in."""
        address = person if isinstance(person, str) else person.address
        if self.sale.is_native:
            return self.chain.balance(address)
        balance: int = self.sale.payment_token.call("balanceOf", address)
        return balance

    def sold(self, person: Person | str) -> int:
        """What somebody has of what this sale sells."""
        balance: int = self.sale_token.call(
            "balanceOf", person if isinstance(person, str) else person.address
        )
        return balance

    @property
    def assets(self) -> tuple[int, int]:
        """What the sale itself has, of tokens and of payment."""
        return self.sold(self.address), self.paid(self.address)


def paid_in(*, is_native: bool) -> dict[str, Any]:
    """The change that makes the usual sale one in the native coin, or none."""
    return {"payment_token": NATIVE} if is_native else {}


def changed(terms: SaleTerms, **changes: Any) -> SaleTerms:
    """The terms with other values in the fields named, wherever they stand."""
    for name, value in changes.items():
        if name in {field.name for field in fields(terms)}:
            terms = replace(terms, **{name: value})
            continue
        for part in ("deal", "admission", "parties", "vesting"):
            section = getattr(terms, part)
            if name in {field.name for field in fields(section)}:
                terms = replace(terms, **{part: replace(section, **{name: value})})
                break
        else:
            raise AssertionError(f"no field {name}")
    return terms


def ascending(people: Iterable[Person]) -> list[str]:
    """Their addresses in the order in which `sweep` wants them."""
    return sorted((person.address for person in people), key=lambda address: int(address, 16))


def _present_args(signed: SignedPass) -> tuple[Any, ...]:
    attestation = signed.attestation
    return (
        tuple(getattr(attestation, name) for name in type(attestation).model_fields),
        signed.attester,
        signed.signature,
    )

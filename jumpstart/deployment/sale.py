"""The deployment of a sale: from the application of a project to its listing.

Between the two the reviewers decide: a gate, which the deployment waits at and does not open.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from eth_utils.address import to_canonical_address

from jumpstart.accounts import checksummed
from jumpstart.amounts import Token, format_amount
from jumpstart.chain.abi import calldata, constructor_arguments
from jumpstart.chain.addresses import clone_address
from jumpstart.chain.applications import STATUSES, reviewers_of
from jumpstart.chain.client import Chain, Contract, Receipt
from jumpstart.chain.factory import Creation
from jumpstart.chain.platform import Committee, Platform
from jumpstart.deployment.creations import creation_step, factory_steps
from jumpstart.deployment.steps import (
    Call,
    Contracted,
    Gate,
    Results,
    Step,
    UnrehearsableError,
)
from jumpstart.drafts import ApplicationSection, Draft
from jumpstart.errors import ChainError, CheckError, ContractRevert, InputError
from jumpstart.terms import ListingTerms

CREATION_STEP: Final = "create-token"
APPLY_STEP: Final = "apply"
APPROVAL_GATE: Final = "approval"
LIST_STEP: Final = "list"

_PLENTY: Final = 10**20  # wei for each reviewer of a rehearsal
_LIVE: Final = ("applied", "approved", "listed")
_OVER: Final = ("rejected", "expired", "withdrawn", "delisted")


@dataclass(frozen=True, kw_only=True)
class SaleDeployment:
    """A `Deployment` of one sale on a platform, sent by the project that applies.

    Make it with `SaleDeployment.of`.
    """

    draft: Draft
    application: ApplicationSection
    listing: ListingTerms
    platform: Platform
    bond: int
    bond_unit: Token
    creation: Creation | None
    sender: str
    people: Mapping[str, str]
    first_block: int = 0
    """Of the platform: there is nothing of it before."""
    kind: str = "sale"

    @classmethod
    def of(
        cls,
        draft: Draft,
        platform: Platform,
        *,
        accounts: Mapping[str, str],
        sender: str,
        first_block: int = 0,
    ) -> "SaleDeployment":
        """The deployment of a draft. `accounts` gives the names that the file leaves open; those of the
        pass registry, of a token that is created and of the applicant are known without.

        Raises `InputError` for a draft without an application, or one of somebody else.
        """
        application = draft.application
        if application is None:
            raise InputError("application: missing; it says who applies, and with what dossier")
        known = dict(accounts)
        _know(known, draft.admission.pass_registry, platform.pass_registry.address)
        _know(known, application.applicant, sender)
        creation = _creation_of(draft, platform, sender)
        if creation is not None:
            _know(known, draft.tokens.sale.address, creation.address)
        names = {name for name in known if name in draft.open_names} | draft.accounts.keys()
        for name in accounts:
            if name not in names and name != application.applicant:
                raise InputError(f"account {name}: the terms name nobody so")
        listing = draft.resolve({name: known[name] for name in known if name in names})
        applicant = application.applicant
        address = draft.accounts.get(applicant) if isinstance(applicant, str) else applicant
        if address is not None and checksummed(address) != sender:
            raise InputError(
                f"application.applicant: the file says {checksummed(address)}, "
                f"it would be sent by {sender}"
            )
        token = platform.bond_token
        people = {checksummed(address): name for name, address in draft.accounts.items()}
        people |= {address: name for name, address in known.items()}
        people |= {
            sender: "applicant",
            platform.launchpad.address: "launchpad",
            platform.review.address: "review",
            token.address: "token of bonds",
        }
        return cls(
            draft=draft,
            application=application,
            listing=listing,
            platform=platform,
            bond=platform.review.call("rules").bond,
            bond_unit=Token(symbol=token.call("symbol"), decimals=token.call("decimals")),
            creation=creation,
            sender=sender,
            people=people,
            first_block=first_block,
        )

    @property
    def title(self) -> str:
        return self.draft.title

    @property
    def chain_id(self) -> int:
        return self.draft.chain_id

    @property
    def inputs(self) -> Mapping[str, Any]:
        application = self.application
        return {
            "kind": self.kind,
            "title": self.title,
            "chainId": self.chain_id,
            "sender": self.sender,
            "launchpad": self.platform.launchpad.address,
            "dossierUri": application.dossier_uri,
            "dossierSha256": "0x" + application.dossier_sha256.hex(),
            "createdToken": (
                {
                    "name": self.draft.tokens.sale.creation.name,
                    "symbol": self.draft.tokens.sale.symbol,
                    "decimals": str(self.draft.tokens.sale.decimals),
                    "supply": str(self.draft.tokens.sale.created_supply),
                }
                if self.draft.tokens.sale.creation
                else None
            ),
            "termsHash": "0x" + self.listing.terms_hash.hex(),
            "terms": self.listing.written(),
        }

    @cached_property
    def steps(self) -> tuple[Step | Gate, ...]:
        steps: list[Step | Gate] = []
        if self.creation is not None:
            section = self.draft.tokens.sale
            steps += factory_steps()
            steps.append(
                creation_step(
                    self.creation,
                    key=CREATION_STEP,
                    title=f"Create the token {section.symbol}",
                    arguments=[
                        ("name", section.creation.name if section.creation else ""),
                        ("symbol", section.symbol),
                        ("decimals", str(section.decimals)),
                        ("supply", self._sold(section.created_supply)),
                        ("all of it to", self._shown(self.sender)),
                    ],
                )
            )
        if self.bond:
            steps.append(self._approve_bond())
        steps += [self._apply(), self._approval(), self._approve_tokens(), self._list()]
        return tuple(steps)

    def contracts(self, results: Results) -> tuple[Contracted, ...]:
        made = results[LIST_STEP]
        platform = self.platform
        found = [
            Contracted(
                name="SubscriptionSale",
                address=made["sale"],
                step=LIST_STEP,
                arguments=self.listing.packed(_number_of(results)),
                implementation=platform.sale_implementation.address,
            ),
            Contracted(
                name="ProceedsEscrow",
                address=made["escrow"],
                step=LIST_STEP,
                arguments=bytes.fromhex(made["sale"][2:]),
                implementation=platform.escrow_implementation.address,
            ),
        ]
        if self.creation is not None:
            token = Contracted(
                name="ProjectToken",
                address=self.creation.address,
                step=CREATION_STEP,
                arguments=constructor_arguments(self.creation.artifact, *self.creation.args),
            )
            found.insert(0, token)
        return tuple(found)

    # ------------------------------------------------------------------------------------ steps

    def _approve_bond(self) -> Step:
        return self._approve(
            key="approve-bond",
            title="Let the review take the bond, once",
            token=self.platform.bond_token.address,
            spender=self.platform.review.address,
            amount=self.bond,
            shown=format_amount(self.bond, self.bond_unit),
            target=f"token of bonds ({self.bond_unit.symbol})",
            serves=APPLY_STEP,
            after=(),
        )

    def _apply(self) -> Step:
        front, application = self.platform.review, self.application
        terms_hash, dossier = self.listing.terms_hash, application.dossier_sha256

        def find(
            chain: Chain, results: Results, block: int, receipt: Receipt | None
        ) -> Mapping[str, Any] | None:
            review = self.platform.on(chain).review
            if receipt is not None:
                number = review.event(receipt, "Applied").args["id"]
                return {"application": str(number)}
            count = review.call("applicationCount", block=block)
            numbers = list(range(count, 0, -1))
            calls = [(review, "applicationOf", (number,)) for number in numbers]
            wanted = (self.sender, terms_hash, dossier)
            for number, found in zip(numbers, chain.call_many(calls, block=block), strict=True):
                same = (found.applicant, found.termsHash, found.dossierHash) == wanted
                if same and STATUSES[found.status] in _LIVE:
                    return {"application": str(number)}
            return None

        return Step(
            key=APPLY_STEP,
            title="Apply: dossier, hash of the exact terms, bond",
            after=("approve-bond",) if self.bond else (),
            call=lambda results: Call(
                to=front.address,
                data=calldata(
                    front.artifact, "submit", application.dossier_uri, dossier, terms_hash
                ),
                target="review",
                function="submit",
                arguments=(
                    ("dossier", application.dossier_uri),
                    ("SHA-256 of the dossier", "0x" + dossier.hex()),
                    ("hash of the terms", "0x" + terms_hash.hex()),
                    ("takes the bond", format_amount(self.bond, self.bond_unit)),
                ),
            ),
            look=find,
        )

    def _approval(self) -> Gate:
        def is_approved(
            chain: Chain, results: Results, block: int, receipt: Receipt | None
        ) -> Mapping[str, Any] | None:
            number = _number_of(results)
            review = self.platform.on(chain).review
            status = STATUSES[review.call("applicationOf", number, block=block).status]
            if status in _OVER:
                raise CheckError(f"application {number}: {status}, expected approved")
            return {} if status in ("approved", "listed") else None

        def rehearse(copy: Chain, results: Results) -> None:
            platform, number = self.platform.on(copy), _number_of(results)
            reviewers = self._idle_reviewers(platform.review, number)
            for reviewer in reviewers:
                copy.impersonate(reviewer)
            copy.set_balances(dict.fromkeys(reviewers, _PLENTY))
            committee = Committee(platform=platform, reviewers=reviewers)
            try:
                for transaction in committee.verdict(number):
                    copy.send(transaction)
            except ContractRevert as refusal:
                raise UnrehearsableError(
                    f"the review does not take the reviewers' part now: {refusal}"
                ) from refusal

        return Gate(
            key=APPROVAL_GATE,
            title="Review: commit, reveal, decide",
            who="the reviewers",
            after=(APPLY_STEP,),
            look=is_approved,
            rehearse=rehearse,
        )

    def _idle_reviewers(self, review: Contract, number: int) -> list[str]:
        """All reviewers, none of whom has begun with the application. Raises `UnrehearsableError`."""
        found, quorum = review.call("applicationOf", number), review.call("rules").quorum
        if found.committed or found.revealed:
            raise UnrehearsableError(
                f"the review of application {number} is under way, {found.committed} reviewers "
                f"have committed and {found.revealed} revealed, and only they know their scores"
            )
        try:
            present = reviewers_of(review, from_block=self.first_block)
        except ChainError as error:
            raise UnrehearsableError(f"who the reviewers are cannot be read: {error}") from error
        reviewers = sorted(present - {self.sender})
        if len(reviewers) < quorum:
            raise UnrehearsableError(
                f"the events from block {self.first_block} on name {len(reviewers)} reviewers, "
                f"the quorum is {quorum}"
            )
        return reviewers

    def _approve_tokens(self) -> Step:
        amount = self.listing.sale.supply + self._locked
        return self._approve(
            key="approve-tokens",
            title="Let the launchpad take the tokens, once",
            token=checksummed(self.listing.sale.deal.sale_token),
            spender=self.platform.launchpad.address,
            amount=amount,
            shown=self._sold(amount),
            target=f"token on sale ({self.draft.tokens.sale.symbol})",
            serves=LIST_STEP,
            after=(APPROVAL_GATE, *((CREATION_STEP,) if self.creation else ())),
        )

    def _list(self) -> Step:
        launchpad = self.platform.launchpad

        def is_listed(
            chain: Chain, results: Results, block: int, receipt: Receipt | None
        ) -> Mapping[str, Any] | None:
            number = _number_of(results)
            found = self.platform.on(chain).launchpad.call("saleOf", number, block=block)
            sale, escrow = self._addresses(number)
            if int(found, 16) == 0:
                return None
            if found != sale:
                raise CheckError(f"sale of application {number}: {found}, expected {sale}")
            return {"sale": sale, "escrow": escrow}

        def call(results: Results) -> Call:
            number = _number_of(results)
            sale, escrow = self._addresses(number)
            return Call(
                to=launchpad.address,
                data=calldata(launchpad.artifact, "list", number, self.listing.struct),
                target="launchpad",
                function="list",
                arguments=(
                    ("application", str(number)),
                    ("moves into the sale", self._sold(self.listing.sale.supply)),
                    ("locks in the vault", self._sold(self._locked)),
                ),
                creates=(("sale", sale), ("escrow", escrow)),
            )

        return Step(
            key=LIST_STEP,
            title="List: sale and escrow, funded, in one transaction",
            after=(APPROVAL_GATE, "approve-tokens"),
            call=call,
            look=is_listed,
        )

    def _approve(
        self,
        *,
        key: str,
        title: str,
        token: str,
        spender: str,
        amount: int,
        shown: str,
        target: str,
        serves: str,
        after: tuple[str, ...],
    ) -> Step:
        artifact = self.platform.chain.artifacts[
            "ProjectToken"
        ]  # any ERC-20 has what is called of it here

        def is_allowed(
            chain: Chain, results: Results, block: int, receipt: Receipt | None
        ) -> Mapping[str, Any] | None:
            contract = chain.contract(artifact, token)
            allowed = contract.call("allowance", self.sender, spender, block=block)
            return {} if allowed >= amount else None

        return Step(
            key=key,
            title=title,
            after=after,
            serves=serves,
            call=lambda results: Call(
                to=token,
                data=calldata(artifact, "approve", spender, amount),
                target=target,
                function="approve",
                arguments=(("who may take it", self._shown(spender)), ("amount", shown)),
            ),
            look=is_allowed,
        )

    # ------------------------------------------------------------------------------------ figures

    def _addresses(self, number: int) -> tuple[str, str]:
        """Of the sale and the escrow that an application of this number gets."""
        platform = self.platform
        sale = platform.sale_at(number, self.listing).address
        implementation = platform.escrow_implementation.address
        escrow = clone_address(
            platform.launchpad.address, implementation, to_canonical_address(sale)
        )
        return sale, escrow

    @property
    def _locked(self) -> int:
        return sum(allocation.amount for allocation in self.listing.allocations)

    def _sold(self, amount: int) -> str:
        return format_amount(amount, self.draft.tokens.sale.unit)

    def _shown(self, address: str) -> str:
        name = self.people.get(address)
        return f"{name} {address}" if name else address


def _number_of(results: Results) -> int:
    return int(results[APPLY_STEP]["application"])


def _know(accounts: dict[str, str], account: bytes | str, address: str) -> None:
    """Gives a name that nobody has given an address the one that follows from the deployment."""
    if isinstance(account, str):
        accounts.setdefault(account, address)


def _creation_of(draft: Draft, platform: Platform, sender: str) -> Creation | None:
    section = draft.tokens.sale
    if section.creation is None:
        return None
    return Creation.of(
        platform.chain.artifacts["ProjectToken"],
        section.creation.name,
        section.symbol,
        section.decimals,
        section.created_supply,
        sender,
    )

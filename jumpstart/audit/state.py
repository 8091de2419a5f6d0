"""The state: every value that the contracts have, against the models'.

What all share is asked by getter and, where no getter shows it, read from storage. A participant owns
one word in the sale: every one is read. The getters for a participant are functions of that word, the
terms and the settlements; with code that agrees with a rebuild a sample of them is enough.
"""

from collections.abc import Iterator, Sequence
from dataclasses import astuple
from typing import Any, Final, TypeAlias

from jumpstart.accounts import checksummed
from jumpstart.audit.findings import Findings, Kind
from jumpstart.audit.replay import Models, Replay
from jumpstart.audit.subject import Subject
from jumpstart.chain.abi import calldata_of, function_of
from jumpstart.chain.blueprint import NOBODY
from jumpstart.chain.client import Contract
from jumpstart.committee import Application, Card
from jumpstart.deployment.verification.checks import Checks
from jumpstart.deployment.verification.platform import ask_domain, ask_listing
from jumpstart.deployment.verification.questions import Asker, Questions
from jumpstart.errors import ChainError
from jumpstart.hashing import keccak256
from jumpstart.ledger import Position, Stage
from jumpstart.writing import plain

SAMPLE: Final = 100
"""Participants for whom every getter is asked where the code is what it must be."""

_BATCH: Final = 200  # participants whose words are in memory together
_WORD: Final = 64  # hexadecimal digits
_BY_ARGUMENTS: Final = "the answer follows from the arguments and the code alone, which is compared"
_ACCOUNTS: Final = ("positionOf", "nonceOf", "depositOf", "allotmentOf", "weightOf", "claimableOf")


def check_state(replay: Replay, *, has_right_code: bool) -> None:
    """Compares everything at the block of the subject."""
    state = _State(replay)
    state.ask_sale()
    state.ask_escrow()
    state.ask_review()
    state.ask_vault()
    state.ask_launchpad()
    state.settle()
    state.check_storage()
    state.check_participants(has_right_code=has_right_code)


class _State:
    def __init__(self, replay: Replay) -> None:
        self.subject: Subject = replay.subject
        self.models: Models = replay.models
        self.findings: Findings = replay.findings
        self.chain, self.block = self.subject.chain, self.subject.head.number
        self.now = self.subject.now
        self._checks = Checks()
        self._questions = Questions(self.chain, self.block, self._checks)

    def settle(self) -> None:
        """Asks, and takes over what differs."""
        self._questions.settle()
        for check in self._checks.all:
            kind: Kind = "role" if check.kind == "role" else "state"
            self.findings.compare(kind, check.what, check.expected, check.found)
        for left in self._checks.left:
            self.findings.leave(left.what, left.why)

    # -------------------------------------------------------------------------------------- sale

    def ask_sale(self) -> None:
        subject, models, terms = self.subject, self.models, self.subject.terms
        ledger, opening = models.ledger, models.opening
        asker = self._questions.about(subject.sale, "sale")
        asker.expect("termsHash", subject.listing.terms_hash)
        asker.expect("applicationId", subject.application)
        asker.expect("escrow", subject.escrow.address)
        asker.expect(
            "parts",
            {
                "launchpad": subject.launchpad.address,
                "review": subject.review.address,
                "escrowImplementation": subject.escrow_implementation.address,
            },
        )
        ask_domain(asker, "Jumpstart SubscriptionSale", self.chain.chain_id)
        asker.expect("status", int(ledger.status(self.now)))
        asker.expect(
            "opening",
            {
                "startsAt": opening.starts_at,
                "root": opening.root,
                "publishedAt": opening.published_at,
                "pausedUntil": opening.paused_until,
                "isChallenged": opening.is_challenged,
            },
        )
        asker.expect("sessionsSettled", len(ledger.outcomes))
        for session in range(len(terms.sessions)):
            for row in range(len(terms.tiers)):
                demand = ledger.demand_of(session, row)
                names = ("subscribed", "accounts", "newcomers")
                asker.expect(
                    "demandOf", {name: getattr(demand, name) for name in names}, session, row
                )
            outcome = ledger.settlement_of(session)
            asker.expect(
                "settlementOf",
                {
                    "remaining": outcome.remaining if outcome else 0,
                    "weight": outcome.weight if outcome else 0,
                    "fullFrom": outcome.full_from if outcome else 0,
                },
                session,
            )
        sold, proceeds = ledger.outcome
        asker.expect("outcome", {"sold": sold, "proceeds": proceeds})
        asker.expect("isProceedsCollected", models.till.has_proceeds_collected)
        asker.expect("totalWeight", ledger.total_weight)
        cost = {"due": terms.cost_up(terms.supply), "surplus": 0}
        asker.expect("costOf", cost, NOBODY, terms.supply, shown="nobody, the supply")
        asker.cover(*_ACCOUNTS)

    # ------------------------------------------------------------------------------------ escrow

    def ask_escrow(self) -> None:
        subject, escrow = self.subject, self.models.escrow
        terms = subject.listing.escrow
        asker = self._questions.about(subject.escrow, "escrow")
        asker.expect("REVIEW", subject.review.address)
        asker.expect("sale", subject.sale.address)
        conditions = {name: each for name, each in plain(terms).items() if name != "milestones"}
        asker.expect("conditions", conditions)
        asker.expect("milestoneCount", len(terms.milestones))
        rows = [(each.share_bps, each.deadline) for each in terms.milestones]
        for row, (share, deadline) in enumerate([*rows, (0, 0)]):
            asker.expect("milestoneOf", {"shareBps": share, "deadline": deadline}, row)
        delivery = escrow.delivery(self.now)
        asker.expect(
            "delivery",
            {
                "status": int(delivery.status),
                "current": delivery.current,
                "attestedAt": delivery.attested_at,
                "objected": delivery.objected,
                "attestations": delivery.attestations,
                "exitAt": delivery.exit_at,
                "releasedBps": delivery.released_bps,
            },
        )
        is_over = self.models.ledger.outcome != (0, 0)
        asker.expect("releasableAmount", escrow.releasable(self.now) if is_over else 0)
        asker.expect("slash", {"bond": escrow.bond, "totalWeight": escrow.total_weight})
        asker.cover("exitOf", "hasObjected", "hasSharedBond")

    # ------------------------------------------------------------------------------------ review

    def ask_review(self) -> None:
        subject, committee = self.subject, self.models.committee
        asker = self._questions.about(subject.review, "review")
        asker.expect("rules", plain(subject.rules))
        asker.expect("LAUNCHPAD", subject.launchpad.address)
        asker.expect("applicationCount", self.models.applications)
        for function, holder in (
            ("chair", committee.chair),
            ("guardian", committee.guardian),
            ("nominatedChair", committee.nominated_chair),
            ("nominatedGuardian", committee.nominated_guardian),
        ):
            asker.expect(function, holder or NOBODY, kind="role")
        asker.expect("reviewerCount", len(committee.reviewers), kind="role")
        # Also whoever has another role, which must not be two.
        parties = subject.terms.parties
        others = [committee.chair, committee.guardian, checksummed(parties.holdings_publisher)]
        if self.models.application is not None:
            others.append(self.models.application.applicant)
        known = [*committee.reviewers, *committee.appointments, *filter(None, others)]
        for account in dict.fromkeys(known):
            asker.expect("isReviewer", account in committee.reviewers, account, kind="role")
            since = committee.appointments.get(account, 0)
            asker.expect("appointmentOf", since, account, kind="role")
        asker.cover("isReviewer", "appointmentOf", "scorecardOf", "votesFor")
        if self.models.application is not None:
            self._ask_application(asker, self.models.application)
        asker.leave(_BY_ARGUMENTS, "commitmentOf")
        self.findings.leave(
            "review: scorecards, votes and status of other applications",
            "they are of other sales; only what their bonds move is followed",
        )

    def _ask_application(self, asker: Asker, found: Application) -> None:
        number, now = found.number, self.now
        asker.expect(
            "applicationOf",
            {
                "applicant": found.applicant,
                "status": int(found.status(now)),
                "appliedAt": found.applied_at,
                "closedAt": found.closed_at,
                "committed": found.committed,
                "revealed": len(found.revealed),
                "recused": found.recused,
                "bondReturned": found.returned,
                "termsHash": found.terms_hash,
                "dossierHash": found.dossier_hash,
            },
            number,
        )
        asker.expect("statusOf", int(found.status(now)), number)
        asker.expect("expiryOf", found.expires_at, number)
        verdict = found.verdict
        asker.expect("resultOf", {"medians": verdict.medians, "total": verdict.total}, number)
        asker.expect("returnableBondOf", found.due(now) - found.returned, number)
        asker.expect(
            "challengeOf",
            {
                "challenger": found.challenger or NOBODY,
                "isOpen": found.is_challenged,
                "number": found.challenges,
            },
            number,
        )
        for reviewer in {**found.cards, **self.models.committee.reviewers}:
            card = found.cards.get(reviewer, Card())
            asker.expect(
                "scorecardOf",
                {
                    "stage": int(card.stage),
                    "commitment": card.commitment,
                    "scores": card.scores,
                },
                number,
                reviewer,
            )
        for motion in found.motions:
            asker.expect("votesFor", found.votes_for(motion), motion)

    # ----------------------------------------------------------------------- vault and launchpad

    def ask_vault(self) -> None:
        subject, vault = self.subject, self.models.vault
        asker = self._questions.about(subject.vault, "vault")
        asker.expect("LAUNCHPAD", subject.launchpad.address)
        asker.expect("grantCount", vault.grant_count)
        tokens = set(subject.tokens)
        for grant in self.models.grants.values():
            if checksummed(grant.plan.token) not in tokens:
                continue
            name, struct, state = f"grant {grant.number}", astuple(grant), vault.state_of(grant)
            asker.expect("idOf", grant.grant_id, struct, shown=name)
            holder = checksummed(state.beneficiary)
            asker.expect("beneficiaryOf", holder, grant.grant_id, shown=name, kind="role")
            asker.expect("releasedOf", state.released, grant.grant_id, shown=name)
            asker.expect("revokedAtOf", state.revoked_at, grant.grant_id, shown=name)
            asker.expect("vestedOf", vault.vested_of(grant, self.now), struct, shown=name)
            releasable = vault.releasable_of(grant, self.now)
            asker.expect("releasableOf", releasable, struct, shown=name)
        names = ("idOf", "beneficiaryOf", "releasedOf", "revokedAtOf", "vestedOf", "releasableOf")
        asker.cover(*names)

    def ask_launchpad(self) -> None:
        subject = self.subject
        launchpad = self._questions.partly(subject.launchpad, "launchpad")
        launchpad.expect("REVIEW", subject.review.address)
        launchpad.expect("TERMS_RULES", subject.terms_rules.address)
        launchpad.expect("VESTING_VAULT", subject.vault.address)
        launchpad.expect("SALE_IMPLEMENTATION", subject.sale_implementation.address)
        launchpad.expect("ESCROW_IMPLEMENTATION", subject.escrow_implementation.address)
        rules = self._questions.partly(subject.terms_rules, "rules")
        made = {"sale": subject.sale.address, "escrow": subject.escrow.address}
        number, block = subject.application, subject.listed_in
        ask_listing(launchpad, rules, number, subject.listing, made, block)

    # ----------------------------------------------------------------------------------- storage

    def check_storage(self) -> None:
        """The words of sale and escrow that have a place of their own."""
        for label, contract, words in (
            ("sale", self.subject.sale, dict(self._sale_words())),
            ("escrow", self.subject.escrow, dict(self._escrow_words())),
        ):
            places = [_slot(contract, name) + offset for name, offset in words]
            found = self.chain.storage_many(contract.address, places, self.block)
            for (name, offset), expected, word in zip(words, words.values(), found, strict=True):
                self.findings.compare(
                    "state", f"{label}: storage {name}[{offset}]", f"{expected:#x}", f"{word:#x}"
                )
        self.findings.leave(
            "escrow: storage _progress", "what time makes of it, the getter delivery shows"
        )
        self.findings.leave(
            "sale: storage _progressOf", "how far sweepers have come; it moves nothing by itself"
        )

    def _sale_words(self) -> Iterator[tuple[tuple[str, int], int]]:
        models, terms = self.models, self.subject.terms
        ledger, opening, till = models.ledger, models.opening, models.till
        # What nobody settled in time is stored as it was.
        stored = ledger.status(0)
        sums = len(ledger.outcomes) << 8 | ledger.sold_up << 16 | ledger.sold_down << 128
        yield ("_state", 0), stored | sums
        yield ("_holdingsRoot", 0), int.from_bytes(opening.in_force)
        yield ("_suspendedRoot", 0), int.from_bytes(opening.suspended)
        gate = opening.published_at | opening.paused_until << 40 | opening.is_challenged << 80
        yield ("_gate", 0), gate
        for session in range(8):
            outcome = None
            if session < len(terms.sessions):
                outcome = ledger.settlement_of(session)
            settled = 0
            if outcome is not None:
                shared = outcome.remaining | outcome.weight << 112
                settled = shared | outcome.full_from << 240
            yield ("_settlementOf", session), settled
            limited = 0
            if session < len(terms.sessions) and terms.sessions[session].limit:
                rows = range(len(terms.tiers))
                total = sum(ledger.demand_of(session, row).subscribed for row in rows)
                limited = total | ledger.latest_of(session) << 112
            yield ("_limitedDemandOf", session), limited
        yield ("_nameFallback", 0), 0
        yield ("_versionFallback", 0), 0
        flags = till.has_proceeds_collected | till.has_fee_collected << 8
        yield ("_collection", 0), flags | till.has_unsold_collected << 16 | till.returned << 24

    def _escrow_words(self) -> Iterator[tuple[tuple[str, int], int]]:
        escrow = self.models.escrow
        yield ("_payments", 0), escrow.released_bps | escrow.exited << 16
        flags = escrow.is_delisted << 240 | (escrow.remainder > 0) << 248
        yield ("_slash", 0), escrow.bond | escrow.total_weight << 112 | flags

    # ------------------------------------------------------------------------------ participants

    def check_participants(self, *, has_right_code: bool) -> None:
        """The word of every participant; and getters of all, or of a sample."""
        accounts = sorted(self.models.ledger.accounts, key=str.lower)
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
            _slot(sale, "_positionOf"),
            _slot(self.subject.escrow, "hasSharedBond"),
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
        """As `PositionWord` has it."""
        if position.stage is Stage.NONE:
            return 0
        coefficient = self.subject.terms.tiers[position.tier].coefficient
        return (
            position.allotted
            | position.amount << 112
            | coefficient << 224
            | position.tier << 240
            | position.session << 248
            | position.stage << 252
        )

    def _ask_accounts(self, accounts: Sequence[str]) -> None:
        calls: list[_Call] = [each for account in accounts for each in self._calls_of(account)]
        requests = []
        for contract, function, args, _ in calls:
            data = calldata_of(function_of(contract.artifact, function, args), args)
            message = {"to": contract.address, "data": "0x" + data.hex()}
            requests.append(("eth_call", (message, hex(self.block))))
        try:
            answers = self.chain.batch(requests)
        except ChainError as error:
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


def _slot(contract: Contract, label: str) -> int:
    rows = contract.artifact.storage_layout["storage"]
    return next(int(row["slot"]) for row in rows if row["label"] == label)


def _place(account: str, slot: int) -> int:
    """Where a mapping keeps the value of an account."""
    return int.from_bytes(keccak256(bytes(12) + bytes.fromhex(account[2:]) + slot.to_bytes(32)))


def _unpacked(word: int) -> tuple[int, ...]:
    """The fields of a `Position`, in their order."""
    tokens = 2**112 - 1
    return (
        word & tokens,
        word >> 112 & tokens,
        word >> 224 & 0xFFFF,
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

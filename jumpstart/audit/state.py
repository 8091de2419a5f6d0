"""The state: every value that the contracts have, against the models'.

What all share is asked by getter and, where no getter shows it, read from storage. A participant owns
one word in the sale: every one is read. The getters for a participant are functions of that word, the
terms and the settlements; with code that agrees with a rebuild a sample of them is enough.
"""

from collections.abc import Collection
from dataclasses import astuple
from typing import Final

from jumpstart.accounts import checksummed
from jumpstart.audit.findings import Findings, Kind
from jumpstart.audit.participants import check_participants
from jumpstart.audit.replay import Models, Replay
from jumpstart.audit.storage import check_storage
from jumpstart.audit.subject import Subject
from jumpstart.chain.blueprint import NOBODY
from jumpstart.committee import Application, Card
from jumpstart.deployment.verification.checks import Checks
from jumpstart.deployment.verification.platform import ask_domain, ask_listing
from jumpstart.deployment.verification.questions import Asker, Questions
from jumpstart.writing import plain

_BY_ARGUMENTS: Final = "the answer follows from the arguments and the code alone, which is compared"
_ACCOUNTS: Final = ("positionOf", "nonceOf", "depositOf", "allotmentOf", "weightOf", "claimableOf")


def check_state(
    replay: Replay, *, has_right_code: bool, accounts: Collection[str] | None = None
) -> None:
    """Compares everything at the block of the subject; of participants only `accounts`, if given."""
    state = _State(replay)
    state.ask_sale()
    state.ask_escrow()
    state.ask_review()
    state.ask_vault()
    state.ask_launchpad()
    state.settle()
    check_storage(replay)
    check_participants(replay, has_right_code=has_right_code, accounts=accounts)


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

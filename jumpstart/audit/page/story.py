"""The time line of a sale: what happened, told of its events, and what its terms have still to come."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from jumpstart.amounts import Token
from jumpstart.audit.page.sums import Report, closed_at, demand_over_time, events_of
from jumpstart.pages.numerals import grouped, lasting, ordinal, shown

TO_COME: Final = "to come"


@dataclass(frozen=True, kw_only=True)
class Moment:
    """Something that happened, in words; or that is to come."""

    time: int
    phase: str
    words: str


def story(report: Report, sale: Token, payment: Token, bond: Token) -> list[Moment]:
    """In the order of time."""
    teller = _Teller(report, sale, payment, bond)
    return sorted(teller.moments(), key=lambda moment: moment.time)


class _Teller:
    def __init__(self, report: Report, sale: Token, payment: Token, bond: Token) -> None:
        self.report, self.now = report, int(report["time"])
        self.sale, self.payment, self.bond = sale, payment, bond
        self.terms = report["terms"]["sale"]
        self.is_void = bool(events_of(report, "sale", "SaleVoided"))
        self.has_failed = report["sale"]["status"] == "failed"

    def moments(self) -> Iterator[Moment]:
        for each in self.report["history"]:
            tell = _TOLD.get((each["contract"], each["event"]))
            if tell is not None:
                phase, words = tell(self, each["args"])
                yield Moment(time=int(each["time"]), phase=phase, words=words)
        yield from self._sessions()
        yield from self._many()
        yield from self._to_come()

    # ----------------------------------------------------------------------------------- one event

    def approved(self, args: Mapping[str, Any]) -> tuple[str, str]:
        if args["approved"]:
            return "review", "The reviewers approve the exact terms."
        return "review", "The reviewers reject the application."

    def challenge(self, args: Mapping[str, Any]) -> tuple[str, str]:
        if args["stands"]:
            return "opening", "The challenge is decided: the holdings stand."
        return (
            "opening",
            "The challenge is decided: the holdings fall, others have to be published.",
        )

    def settled(self, args: Mapping[str, Any]) -> tuple[str, str]:
        number, sold = int(args["session"]) + 1, shown(int(args["sold"]), self.sale)
        return "settlement", f"Session {number} is settled: {sold} are sold."

    def failed(self, args: Mapping[str, Any]) -> tuple[str, str]:
        raised, needed = (shown(int(args[name]), self.payment) for name in ("raised", "softCap"))
        return "settlement", (
            f"The sale fails: {raised} of the {needed} that it needs at least. Everybody can take the "
            "whole deposit back."
        )

    def succeeded(self, args: Mapping[str, Any]) -> tuple[str, str]:
        proceeds = shown(int(args["proceeds"]), self.payment)
        return "settlement", f"The sale succeeds, with proceeds of {proceeds}."

    def swept(self, args: Mapping[str, Any]) -> tuple[str, str]:
        tokens, payment = (
            shown(int(args["tokens"]), self.sale),
            shown(int(args["payment"]), self.payment),
        )
        return "claims", f"All claims are over; what is left, {tokens} and {payment}, goes out."

    def attested(self, args: Mapping[str, Any]) -> tuple[str, str]:
        number = int(args["milestone"]) + 1
        return "delivery", f"The reviewers attest milestone {number}; participants may object."

    def released(self, args: Mapping[str, Any]) -> tuple[str, str]:
        return "delivery", f"{shown(int(args['amount']), self.payment)} go to the project."

    def delisted(self, args: Mapping[str, Any]) -> tuple[str, str]:
        slashed = int(args["slashed"])
        more = (
            f" {shown(slashed, self.bond)} of its bond go to the participants." if slashed else ""
        )
        return "delivery", f"The reviewers delist the project.{more}"

    # --------------------------------------------------------------------------------- many events

    def _sessions(self) -> Iterator[Moment]:
        for row, session in enumerate(self.terms["sessions"]):
            start, end = int(session["start"]), int(session["end"])
            if start > self.now:
                continue
            demand = demand_over_time(self.report, row)
            supply = shown(int(session["supply"]), self.sale)
            yield Moment(
                time=start,
                phase="sessions",
                words=f"Session {row + 1} opens, with {supply} on sale.",
            )
            if not demand:
                if end <= self.now:
                    words = f"Session {row + 1} is over: nobody has asked for anything."
                    yield Moment(time=end, phase="sessions", words=words)
                continue
            asked = shown(sum(tokens for _, _, tokens in demand), self.sale)
            many = f"{grouped(len(demand))} subscription{'s' if len(demand) != 1 else ''}"
            end = closed_at(demand, int(session["limit"])) or end
            over = end <= self.now
            words = f"Session {row + 1} {'is over' if over else 'so far'}: {many}, for {asked}."
            yield Moment(time=end if over else self.now, phase="sessions", words=words)

    def _many(self) -> Iterator[Moment]:
        """What many do is told once: when the last of them did it."""
        report = self.report
        for contract, name, phase, what in (
            ("sale", "Claimed", "claims", "claims by {accounts}"),
            ("sale", "Refunded", "claims", "refunds to {accounts}"),
            ("sale", "Exited", "delivery", "exits by {accounts}"),
            ("escrow", "Objected", "delivery", "objections by {accounts}"),
            ("escrow", "BondShared", "delivery", "shares of the bond to {accounts}"),
            ("review", "BondReturned", "delivery", "parts of the bond back to the project"),
        ):
            events = events_of(report, contract, name)
            if not events:
                continue
            accounts = {each["args"].get("account") for each in events}
            noun = f"{grouped(len(accounts))} account{'s' if len(accounts) != 1 else ''}"
            count = grouped(len(events))
            first, last = int(events[0]["time"]), int(events[-1]["time"])
            within = f", the first {lasting(last - first)} before" if last > first else ""
            words = f"{what.format(accounts=noun)}"
            yield Moment(time=last, phase=phase, words=f"The last of {count} {words}{within}.")

    def _to_come(self) -> Iterator[Moment]:
        if self.has_failed or self.is_void:
            return
        terms = self.terms
        for row, session in enumerate(terms["sessions"], 1):
            for name, words in (("start", "opens"), ("end", "is over")):
                yield from self._later(session[name], f"Session {row} {words}.")
        if self.report["sale"]["status"] == "funded":
            yield from self._later(
                terms["settleDeadline"],
                "Whatever is not settled by now has failed: everybody takes the deposit back.",
            )
        vesting = terms["vesting"]
        yield from self._later(
            int(vesting["start"]) + int(vesting["durationSeconds"]), "Everything has vested."
        )
        escrow = self.report["terms"]["escrow"]
        current = int(self.report["escrow"]["current"])
        for row, milestone in enumerate(escrow["milestones"]):
            if row >= current and self.report["escrow"]["status"] != "ended":
                yield from self._later(
                    milestone["deadline"], f"The {ordinal(row + 1)} milestone is due."
                )

    def _later(self, time: str | int, words: str) -> Iterator[Moment]:
        if int(time) > self.now:
            yield Moment(time=int(time), phase=TO_COME, words=words)


_TOLD: Final[Mapping[tuple[str, str], Callable[[_Teller, Mapping[str, Any]], tuple[str, str]]]] = {
    ("review", "Applied"): lambda self, args: ("review", "The project applies, with a bond."),
    ("review", "Decided"): _Teller.approved,
    ("launchpad", "Listed"): lambda self, args: (
        "review",
        "The sale is listed: from now on its terms cannot change, and all that it sells is in it.",
    ),
    ("sale", "HoldingsPublished"): lambda self, args: ("opening", "The holdings are published."),
    ("sale", "HoldingsChallenged"): lambda self, args: ("opening", "The holdings are challenged."),
    ("sale", "ChallengeSettled"): _Teller.challenge,
    ("sale", "SubscriptionsPaused"): lambda self, args: (
        "sessions",
        "The guardian stops new subscriptions for a day; it can do that only once.",
    ),
    ("sale", "SaleVoided"): lambda self, args: (
        "settlement",
        "The sale is void. Everybody can take the whole deposit back.",
    ),
    ("sale", "SessionSettled"): _Teller.settled,
    ("sale", "SaleSucceeded"): _Teller.succeeded,
    ("sale", "SaleFailed"): _Teller.failed,
    ("sale", "RemaindersSwept"): _Teller.swept,
    ("escrow", "MilestoneAttested"): _Teller.attested,
    ("escrow", "MilestoneVetoed"): lambda self, args: (
        "delivery",
        "So many object that it is a veto: the milestone is not delivered.",
    ),
    ("escrow", "Released"): _Teller.released,
    ("review", "Delisted"): _Teller.delisted,
    ("escrow", "RemainderCollected"): lambda self, args: (
        "delivery",
        "The time to exit is over; what nobody exited with goes where the terms say.",
    ),
    ("vault", "Revoked"): lambda self, args: (
        "delivery",
        "A grant of locked tokens is revoked; what had vested stays.",
    ),
}

"""Following a sale while it runs: what is new is replayed, and compared, block after block.

The models go on from where they are; what they say is held against the contracts at each new head. Where
the chain was rolled back behind them they begin again: that costs one audit, and needs no other way to
be right. A node that fails in the middle of a round leaves the models as they were.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from jumpstart.audit.audit import answers_read, replay_of, require_beginning, require_head
from jumpstart.audit.balances import check_balances
from jumpstart.audit.code import check_code, check_terms
from jumpstart.audit.coins import check_coins
from jumpstart.audit.findings import Finding, Findings, Note
from jumpstart.audit.holdings import Recount, check_holdings
from jumpstart.audit.journal import Journal
from jumpstart.audit.replay import Replay
from jumpstart.audit.state import check_state
from jumpstart.audit.steps import Reader
from jumpstart.audit.subject import CONFIRMATIONS, Subject
from jumpstart.chain.client import BlockHeader, Chain
from jumpstart.opening import NO_ROOT
from jumpstart.terms import ListingTerms

EVERYBODY: Final = 100
"""After so many rounds every participant is compared; in the others those who did something."""


@dataclass(frozen=True, kw_only=True)
class Round:
    """What a new head has brought. `events`: new ones; `different`: all that differs now, `alarms`: what
    of it did not before; `undone`: what could not be compared.
    """

    head: BlockHeader
    events: int
    compared: int
    participants: int
    different: tuple[Finding, ...]
    alarms: tuple[Finding, ...]
    undone: tuple[Note, ...]


class Watch:
    """A sale, found once, and followed by `round`s."""

    def __init__(
        self,
        chain: Chain,
        address: str,
        *,
        application: int | None = None,
        confirmations: int | None = None,
        origin: int | None = None,
        terms: ListingTerms | None = None,
        with_code: bool = True,
        recount: Recount | None = None,
        say: Callable[[str], None] = lambda line: None,
    ) -> None:
        """As an audit's arguments. Raises `InputError` where there is no sale, or one that is bound to
        other terms, `ChainError` where the node does not answer.
        """
        with answers_read():
            self.subject = Subject.found(
                chain,
                address,
                application=application,
                confirmations=confirmations,
                origin=origin,
                terms=terms,
            )
        usual = 0 if chain.is_local else CONFIRMATIONS
        self._confirmations = usual if confirmations is None else confirmations
        self._recount = recount
        self._with_code = with_code
        self._say = say
        self._known: frozenset[Finding] = frozenset()
        self._fixed: Findings | None = None
        self.rolled_back = 0
        """How often the chain was rolled back behind what had been replayed."""
        self._begin()

    def _begin(self) -> None:
        self._lasting = Findings()
        self.replay: Replay = replay_of(self.subject, self._lasting)
        self._played: BlockHeader | None = None
        self._compared: BlockHeader | None = None
        self._is_broken = False
        self._touched: set[str] = set()
        self._root = NO_ROOT
        self._holdings = Findings()
        self._rounds = 0

    def round(self) -> Round | None:
        """What is new since the last; None: there is no new block.

        Raises `ChainError` where the node does not answer, answers what cannot be read, or rolls the
        block back meanwhile: another round goes on from there, and nothing is lost.
        """
        with answers_read():
            return self._round()

    def _round(self) -> Round | None:
        chain = self.subject.chain
        head = chain.header(max(0, chain.block_number() - self._confirmations))
        if self._compared is not None and head.hash == self._compared.hash:
            return None
        if not self._goes_on(head):
            self.rolled_back += 1
            self._say("the chain was rolled back: replaying from the beginning")
            self._begin()
        elif self._is_broken:
            self._begin()
        self.subject = replace(self.subject, head=head)
        events = self._play()
        compared = self._compare()
        require_head(self.subject)
        self._compared = head
        self._touched.clear()
        # As long as anything differs, everybody is compared: a difference does not come and go.
        self._rounds = 0 if compared.all else self._rounds + 1
        parts = (self._terms_and_code(), self._lasting, self._holdings, compared)
        different = tuple(dict.fromkeys(finding for part in parts for finding in part.all))
        alarms = tuple(each for each in different if each not in self._known)
        self._known = frozenset(different)
        return Round(
            head=head,
            events=events,
            compared=compared.compared.total(),
            participants=len(self.replay.models.ledger.accounts),
            different=different,
            alarms=alarms,
            undone=tuple(note for part in parts for note in part.undone),
        )

    def _goes_on(self, head: BlockHeader) -> bool:
        """Whether what was replayed is still part of the chain."""
        played = self._played
        if played is None:
            return True
        if head.number < played.number:
            return False
        return self.subject.chain.header(played.number).hash == played.hash

    def _play(self) -> int:
        """Replays what is new, and says how many events that is. All of it is read before any is
        played: what the models have done cannot be taken back.
        """
        reading = Findings()
        journal = Journal(self.subject, reading, self._say, after=self._played)
        steps = list(map(Reader(self.subject, reading).step, journal.transactions()))
        require_head(self.subject)
        self._is_broken = True
        self._lasting.all += reading.all
        self.replay.advance(self.subject)
        for step in steps:
            self.replay.play(step)
        require_beginning(self.replay)
        self._is_broken = False
        self._played = self.subject.head
        events = [event for step in steps for event in step.events]
        self._touched |= {str(each.args["account"]) for each in events if "account" in each.args}
        return len(events)

    def _compare(self) -> Findings:
        """The state at the new head; of participants those who did something since the last time."""
        findings = Findings()
        replay, models = self.replay.compared_into(findings), self.replay.models
        has_right_code = self._with_code and not self._terms_and_code().all
        accounts = self._touched if self._rounds % EVERYBODY else None
        check_state(replay, has_right_code=has_right_code, accounts=accounts)
        check_balances(self.subject, models, replay.flows, findings)
        check_coins(self.subject, replay.flows, findings)
        findings.compare("event", "listing", True, models.is_listed)
        if models.opening.root != self._root:
            self._holdings = Findings()
            check_holdings(self.subject, models, self._holdings, self._recount)
            self._root = models.opening.root
        return findings

    def _terms_and_code(self) -> Findings:
        """What cannot change: compared once."""
        if self._fixed is None:
            fixed = Findings()
            check_terms(self.subject, fixed)
            if self._with_code:
                self._say("rebuilding the code")
                check_code(self.subject, fixed)
            self._fixed = fixed
        return self._fixed

"""Runs a deployment: `apply` and `resume` are the same loop, from an empty journal or from a full one.

What is done is decided by the chain and the journal together: a step whose effect is there is not
sent, a transaction that was written down is followed before any new one is.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from jumpstart.chain.client import BlockHeader, Chain
from jumpstart.chain.signers import Signer, Watcher
from jumpstart.deployment.journal import Journal
from jumpstart.deployment.outbox import Outbox, Policy, Refused
from jumpstart.deployment.state import State
from jumpstart.deployment.steps import Deployment, Gate, Step
from jumpstart.deployment.view import View
from jumpstart.errors import ChainError, CheckError, InputError

Report = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """What others have to do before it goes on."""

    who: str
    title: str


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How it ended: `waiting` for others, or done."""

    state: State
    waiting: Waiting | None


def run(
    deployment: Deployment,
    chain: Chain,
    signer: Signer,
    journal: Journal,
    *,
    policy: Policy,
    given: Mapping[str, Any] | None = None,
    report: Report = lambda line: None,
) -> Outcome:
    """Sends what is missing until every step is checked, or others have to act. For a `Watcher` all
    that needs its signature is what others have to do.

    `given` is written into a new journal for who resumes it. Raises `InputError` for a journal of
    another deployment, chain or sender, showing what differs; `ChainError` when nothing moves or a
    contract refuses: the journal can be resumed after both.
    """
    if signer.address != deployment.sender:
        raise InputError(f"the signer is {signer.address}, expected {deployment.sender}")
    state = State.of(journal.entries)
    view = View(
        chain, patience=policy.patience_seconds, highest=state.highest_block, seen=state.places
    )
    identity = {
        "chainId": str(chain.chain_id),
        "genesis": view.read(lambda: chain.header(0)).hash,
        "inputs": dict(deployment.inputs),
    }
    if chain.chain_id != deployment.chain_id:
        raise InputError(
            f"chain_id: the file says {deployment.chain_id}, the node is chain {chain.chain_id}"
        )
    if state.begin is None:
        state.apply(journal.append("begin", **identity, given=dict(given or {})))
    else:
        refuse_changes({name: state.begin[name] for name in identity}, identity)
    outbox = Outbox(view, signer, journal, state, policy)
    is_watching = isinstance(signer, Watcher)
    return _Run(deployment, outbox, state, policy, report, is_watching).to_the_end()


def refuse_changes(before: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    """Raises `InputError` with every field that differs."""
    differences = [
        f"{field}: begun with {was}, now {is_}" for field, was, is_ in _differences("", before, now)
    ]
    if differences:
        raise InputError(
            "this is not the deployment that was begun; " + "; ".join(sorted(differences))
        )


def _differences(field: str, before: Any, now: Any) -> list[tuple[str, Any, Any]]:
    if isinstance(before, Mapping) and isinstance(now, Mapping):
        return [
            found
            for name in {*before, *now}
            for found in _differences(
                f"{field}.{name}" if field else name, before.get(name), now.get(name)
            )
        ]
    if isinstance(before, list) and isinstance(now, list) and len(before) == len(now):
        return [
            found
            for row, (was, is_) in enumerate(zip(before, now, strict=True))
            for found in _differences(f"{field}[{row}]", was, is_)
        ]
    return [] if before == now else [(field, before, now)]


class NoEffect(CheckError):  # noqa: N818 (what was found)
    """A transaction of a step was mined, and what it is for is not true."""


class _Run:
    def __init__(
        self,
        deployment: Deployment,
        outbox: Outbox,
        state: State,
        policy: Policy,
        report: Report,
        is_watching: bool,
    ) -> None:
        self._who = deployment.people[deployment.sender]
        self._is_watching = is_watching
        self._steps = deployment.steps
        self._by_key = {step.key: step for step in self._steps}
        self._outbox = outbox
        self._state = state
        self._policy = policy
        self._report = report

    def to_the_end(self) -> Outcome:
        moved_at = time.monotonic()
        last: BlockHeader | None = None
        while True:
            head = self._outbox.view.head()
            if last is None or self._has_turned(last, head):
                self._confirm_all(head)
            try:
                moved = self._follow_all(head)
                moved |= self._start_ready(head)
            except (Refused, NoEffect):
                raise
            except (ChainError, CheckError):
                if self._outbox.view.is_canonical(head.number, head.hash) is not False:
                    raise
                moved = False  # the chain went back meanwhile: what was read did not fit together
            if self._is_done and self._confirm_all(head):
                return Outcome(state=self._state, waiting=None)
            is_new = last is None or head.hash != last.hash
            if moved or (is_new and self._is_deepening):
                moved_at = time.monotonic()
            last = head
            waiting = self._waiting()
            if waiting is not None and not moved:
                return Outcome(state=self._state, waiting=waiting)
            if time.monotonic() - moved_at > self._policy.patience_seconds:
                raise ChainError(
                    f"nothing has moved for {self._policy.patience_seconds:.0f} s: {self._stuck(head)}; "
                    "what was sent is in the journal: resume"
                )
            if not moved:
                time.sleep(self._policy.poll_seconds)

    # ------------------------------------------------------------------------------------ following

    def _follow_all(self, head: BlockHeader) -> bool:
        """Whether any step's transaction got further."""
        before = self._length
        for step in self._steps:
            progress = self._state[step.key]
            if not progress.is_sent or isinstance(step, Gate):
                continue
            try:
                receipt = self._outbox.follow(progress, head)
            except Refused:
                if self._is_there(step, head) is None:
                    raise
                continue  # somebody else did it first
            if receipt is None:
                continue
            results = self._outbox.view.read(
                lambda step=step, receipt=receipt: step.look(  # type: ignore[misc]
                    self._outbox.view.chain, self._state.results, head.number, receipt
                )
            )
            if results is None and step.serves and self._is_there(self._by_key[step.serves], head):
                results = {}  # what it prepared has used it up
            if results is None:
                if not self._is_still_there(receipt.block_number, receipt.block_hash, head):
                    continue
                # It is used up; who resumes has it sent again.
                self._outbox.note("failed", step=step.key, hash=receipt.transaction_hash)
                raise NoEffect(
                    f"{step.key}: transaction {receipt.transaction_hash} was mined in block "
                    f"{receipt.block_number}, and what it is for is not true"
                )
            self._outbox.note(
                "checked", step=step.key, block=receipt.block_number, results=dict(results)
            )
            self._report(f"done: {step.title}")
        return self._length != before

    def _confirm_all(self, head: BlockHeader) -> bool:
        """Whether every block that a done step rests on is one of the chain, and deep enough. Takes
        note of those that are not.
        """
        is_settled = True
        for step in self._steps:
            progress = self._state[step.key]
            if not progress.is_done or progress.place is None:
                continue
            block, block_hash = progress.place
            canonical = self._outbox.view.is_canonical(block, block_hash)
            if canonical is False or (canonical is None and block > head.number):
                mined = progress.mined
                self._outbox.note(
                    "gone", step=step.key, hash=mined.hash if mined else None, block=block
                )
            depth = head.number - block + 1
            is_settled &= bool(canonical) and depth >= self._policy.confirmations
        return is_settled

    def _is_still_there(self, block: int, block_hash: str, head: BlockHeader) -> bool:
        """Whether the chain has both blocks, after something was read in between."""
        view = self._outbox.view
        return bool(
            view.is_canonical(block, block_hash) and view.is_canonical(head.number, head.hash)
        )

    def _has_turned(self, last: BlockHeader, head: BlockHeader) -> bool:
        """Whether the chain may have dropped blocks between the two."""
        if last.hash in (head.hash, head.parent_hash):
            return False
        return not self._outbox.view.is_canonical(last.number, last.hash)

    # ------------------------------------------------------------------------------------ sending

    def _start_ready(self, head: BlockHeader) -> bool:
        """Sends what can be sent; whether there was any."""
        before = self._length
        for step in self._steps:
            progress = self._state[step.key]
            if progress.is_done or progress.is_sent or not self._is_ready(step):
                continue
            found = self._is_there(step, head)
            if found is None and not isinstance(step, Gate) and step.serves:
                served = self._by_key[step.serves]
                if self._state[served.key].is_done or self._is_there(served, head) is not None:
                    found = {}
            if found is not None:
                kind = "passed" if isinstance(step, Gate) else "found"
                self._outbox.note(
                    kind,
                    step=step.key,
                    block=head.number,
                    blockHash=head.hash,
                    results=dict(found),
                )
                self._report(f"there already: {step.title}")
                continue
            if self._is_others(step) or self._in_flight >= self._policy.in_flight:
                continue
            assert isinstance(step, Step)
            if self._outbox.view.is_canonical(head.number, head.hash) is False:
                break  # what it would rest on may be gone
            self._outbox.start(step, step.call(self._state.results), head)
            self._report(f"sent: {step.title}")
        return self._length != before

    def _is_ready(self, step: Step | Gate) -> bool:
        return all(self._state[key].is_done for key in step.after)

    def _is_there(self, step: Step | Gate, head: BlockHeader) -> Mapping[str, Any] | None:
        if not self._is_ready(step) and isinstance(step, Gate):
            return None
        chain, results = self._outbox.view.chain, self._state.results
        return self._outbox.view.read(lambda: step.look(chain, results, head.number, None))

    # ------------------------------------------------------------------------------------ figures

    @property
    def _length(self) -> int:
        return self._outbox.entries

    @property
    def _in_flight(self) -> int:
        return sum(self._state[step.key].is_sent for step in self._steps)

    @property
    def _is_done(self) -> bool:
        return all(self._state[step.key].is_done for step in self._steps)

    @property
    def _is_deepening(self) -> bool:
        """Whether each block brings something nearer to its confirmations."""
        each = (self._state[step.key] for step in self._steps)
        return self._is_done or any(p.mined and not p.is_done for p in each)

    def _is_others(self, step: Step | Gate) -> bool:
        """Whether it is not for us to do."""
        return isinstance(step, Gate) or (self._is_watching and step.presigned is None)

    def _waiting(self) -> Waiting | None:
        """What others have to do, when there is nothing else."""
        if self._in_flight:
            return None
        open_steps = [step for step in self._steps if not self._state[step.key].is_done]
        ready = [step for step in open_steps if self._is_ready(step)]
        if not ready or not all(map(self._is_others, ready)):
            return None
        first = ready[0]
        if isinstance(first, Gate):
            return Waiting(who=first.who, title=first.title)
        titles = (step.title for step in ready if isinstance(step, Step))
        return Waiting(who=f"the {self._who}", title="; ".join(titles))

    def _stuck(self, head: BlockHeader) -> str:
        waiting = [step.key for step in self._steps if self._state[step.key].is_sent]
        words = [f"waiting for {', '.join(waiting) or 'the chain'}"]
        if gap := self._outbox.gap(head):
            words.append(gap)
        words += filter(None, (self._outbox.limit, self._outbox.last_refusal))
        return "; ".join(words)

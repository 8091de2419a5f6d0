"""What a journal says: how far each step is. Reads entries, knows no chain."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from jumpstart.deployment.journal import Entry


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """A transaction of a step as it was written down before it was sent.

    `number` is the sender's nonce; None for a transaction that somebody else has signed. All attempts
    of a step have the same, so that the chain takes one of them at most.
    """

    step: str
    number: int | None
    hash: str | None
    raw: bytes | None
    to: str
    value: int
    data: bytes
    gas: int
    max_fee: int
    tip: int
    block: int
    """The chain's head when it was written."""

    @classmethod
    def of(cls, entry: Entry) -> "Attempt":
        return cls(
            step=entry["step"],
            number=entry["number"],
            hash=entry["hash"],
            raw=None if entry["raw"] is None else bytes.fromhex(entry["raw"][2:]),
            to=entry["to"],
            value=int(entry["value"]),
            data=bytes.fromhex(entry["data"][2:]),
            gas=entry["gas"],
            max_fee=int(entry["maxFee"]),
            tip=int(entry["tip"]),
            block=entry["block"],
        )

    def entry(self) -> dict[str, Any]:
        """The content of the `intent` that `of` reads back."""
        return {
            "step": self.step,
            "number": self.number,
            "hash": self.hash,
            "raw": None if self.raw is None else "0x" + self.raw.hex(),
            "to": self.to,
            "value": str(self.value),
            "data": "0x" + self.data.hex(),
            "gas": self.gas,
            "maxFee": str(self.max_fee),
            "tip": str(self.tip),
            "block": self.block,
        }


@dataclass(frozen=True, kw_only=True)
class Mined:
    hash: str
    block: int
    block_hash: str
    gas_used: int


@dataclass(kw_only=True)
class Progress:
    """How far one step is. `attempts` are those that can still be mined, the latest last."""

    attempts: list[Attempt] = field(default_factory=list)
    hashes: list[str] = field(default_factory=list)
    mined: Mined | None = None
    noticed: tuple[int, str] | None = None
    """Number and hash of the block that showed it done without a transaction of ours."""
    results: Mapping[str, Any] | None = None
    how: str = ""
    """It came to be done without a transaction of ours: there already, or passed by others."""

    @property
    def place(self) -> tuple[int, str] | None:
        """Number and hash of the block that all of it rests on."""
        return (self.mined.block, self.mined.block_hash) if self.mined else self.noticed

    @property
    def is_done(self) -> bool:
        return self.results is not None

    @property
    def is_sent(self) -> bool:
        return bool(self.attempts) and not self.is_done


class State:
    """How far a deployment is: `of` reads a journal, `apply` one entry more."""

    def __init__(self) -> None:
        self.begin: Entry | None = None
        self.is_ended = False
        self.progress: dict[str, Progress] = {}
        self.highest_block = 0
        """The last block that this deployment has seen anything in."""

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> "State":
        state = cls()
        for entry in entries:
            state.apply(entry)
        return state

    def __getitem__(self, step: str) -> Progress:
        return self.progress.setdefault(step, Progress())

    @property
    def results(self) -> dict[str, Mapping[str, Any]]:
        """Of the steps that are done."""
        return {
            step: progress.results
            for step, progress in self.progress.items()
            if progress.results is not None
        }

    @property
    def numbers(self) -> list[int]:
        """Nonces of transactions that are written down and can be, or have been, mined."""
        return [
            attempt.number
            for progress in self.progress.values()
            for attempt in progress.attempts
            if attempt.number is not None
        ]

    @property
    def places(self) -> dict[int, str]:
        """The hashes of blocks that something rests on, by their numbers."""
        return dict(each.place for each in self.progress.values() if each.place)

    def apply(self, entry: Entry) -> None:
        """Takes in one entry."""
        kind = entry["entry"]
        if kind == "begin":
            self.begin = entry
            return
        if kind == "end":
            self.is_ended = True
            return
        progress = self[entry["step"]]
        if kind == "gone":
            self.highest_block = min(self.highest_block, entry["block"] - 1)
        else:
            self.highest_block = max(self.highest_block, entry.get("block", 0))
        match kind:
            case "intent":
                attempt = Attempt.of(entry)
                progress.attempts.append(attempt)
                if attempt.hash is not None:
                    progress.hashes.append(attempt.hash)
            case "sent":
                if entry["hash"] not in progress.hashes:
                    progress.hashes.append(entry["hash"])
            case "mined":
                progress.mined = Mined(
                    hash=entry["hash"],
                    block=entry["block"],
                    block_hash=entry["blockHash"],
                    gas_used=entry["gasUsed"],
                )
            case "gone":
                progress.mined, progress.noticed, progress.results = None, None, None
                self.is_ended = False
            case "failed" | "replaced":
                progress.attempts, progress.hashes, progress.mined = [], [], None
            case "checked" | "found" | "passed":
                progress.results = entry["results"]
                if kind != "checked":
                    progress.noticed = entry["block"], entry["blockHash"]
                progress.how = {"found": "there already", "passed": "passed"}.get(kind, "")

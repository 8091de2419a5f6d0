"""Getters: asked at one block, each compared with what it must answer, none forgotten.

A view function of a contract that is neither asked nor left with a reason is a difference itself.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from jumpstart.chain.abi import Entry, calldata_of, function_of, result_of, signature_of
from jumpstart.chain.client import Chain, Contract
from jumpstart.chain.rpc import NodeRefusal
from jumpstart.deployment.verification.checks import Checks, Kind, leaves
from jumpstart.errors import ChainError, ContractRevert
from jumpstart.writing import plain


@dataclass(frozen=True, kw_only=True)
class _Question:
    name: str
    contract: Contract
    entry: Entry
    args: Sequence[Any]
    expected: Any
    kind: Callable[[str], Kind]
    note: str


@dataclass
class _Covered:
    label: str
    contract: Contract
    functions: set[str] = field(default_factory=set)


class Questions:
    """Collects what to ask of contracts, then asks everything at `block`."""

    def __init__(self, chain: Chain, block: int, checks: Checks) -> None:
        self._chain = chain
        self._block = block
        self._checks = checks
        self._questions: list[_Question] = []
        self._covered: dict[str, _Covered] = {}

    def about(self, contract: Contract, label: str) -> "Asker":
        """Begins with a contract: from now on every view function of it has to come up."""
        self._covered.setdefault(contract.address, _Covered(label, contract))
        return Asker(self, contract, label)

    def partly(self, contract: Contract, label: str) -> "Asker":
        """The same where only a part of what the contract knows is compared."""
        return Asker(self, contract, label)

    def add(self, question: _Question) -> None:
        self._questions.append(question)
        self.cover(question.contract, question.entry)

    def cover(self, contract: Contract, entry: Entry) -> None:
        covered = self._covered.get(contract.address)
        if covered is not None:
            covered.functions.add(signature_of(entry))

    def leave(self, what: str, why: str) -> None:
        self._checks.leave(what, why)

    def settle(self) -> None:
        """Asks and compares; then looks for what nobody asked."""
        for question, answer in zip(self._questions, self._answers(), strict=True):
            self._compare(question, answer)
        for covered in self._covered.values():
            for entry in covered.contract.artifact.abi:
                if entry["type"] != "function" or entry["stateMutability"] not in ("view", "pure"):
                    continue
                if signature_of(entry) not in covered.functions:
                    self._checks.fail(
                        "getter",
                        f"{covered.label}.{signature_of(entry)}",
                        "a value that it must answer",
                        "a getter that nothing is known about",
                    )

    def _answers(self) -> list[Any]:
        """The answer to each question, or the refusal."""
        requests = [self._request(question) for question in self._questions]
        try:
            raw: list[Any] = self._chain.batch(requests)
        except (ContractRevert, NodeRefusal):
            raw = list(map(self._one, requests))  # to tell whose answer is none
        return [
            answer if isinstance(answer, ChainError) else _named(question.entry, answer)
            for question, answer in zip(self._questions, raw, strict=True)
        ]

    def _one(self, request: tuple[str, Sequence[Any]]) -> Any:
        try:
            return self._chain.request(request[0], *request[1])
        except (ContractRevert, NodeRefusal) as error:
            return error

    def _request(self, question: _Question) -> tuple[str, Sequence[Any]]:
        data = "0x" + calldata_of(question.entry, question.args).hex()
        return "eth_call", ({"to": question.contract.address, "data": data}, hex(self._block))

    def _compare(self, question: _Question, answer: Any) -> None:
        expected, found = question.expected, answer
        if isinstance(answer, ChainError):
            found = _refusal(answer)
        elif isinstance(expected, Refusal):
            found = "an answer"
        if isinstance(expected, Refusal):
            expected = f"refused: {expected.name}"
        elif isinstance(answer, ChainError) and expected is not None:
            expected = "; ".join(map(" ".join, leaves(expected, "").items())).strip()
        wanted, there = leaves(expected, question.name), leaves(found, question.name)
        for name in dict.fromkeys((*wanted, *there)):
            self._checks.compare(
                question.kind(name),
                name,
                wanted.get(name, "nothing"),
                there.get(name, "nothing"),
                note=question.note if wanted.get(name) != there.get(name) else "",
            )


@dataclass(frozen=True)
class Refusal:
    """Expected instead of an answer: a revert of this name."""

    name: str


class Asker:
    """Questions to one contract. `label` begins the name of each value."""

    def __init__(self, questions: Questions, contract: Contract, label: str) -> None:
        self._questions = questions
        self.contract = contract
        self.label = label

    def expect(
        self,
        function: str,
        expected: Any,
        *args: Any,
        shown: str | None = None,
        kind: Kind | Callable[[str], Kind] = "getter",
        note: str = "",
    ) -> None:
        """Calls a getter, and compares the answer: of several values, or a struct, each by its name.

        `shown` stands for the arguments in the name. `kind` may go by the value's name; `note` is
        what explains another answer.
        """
        entry = function_of(self.contract.artifact, function, args)
        words = ", ".join(map(str, (plain(each) for each in args))) if shown is None else shown
        name = f"{self.label}.{entry['name']}" + (f"({words})" if args else "")
        self._questions.add(
            _Question(
                name=name,
                contract=self.contract,
                entry=entry,
                args=args,
                expected=expected,
                kind=kind if callable(kind) else lambda name: kind,
                note=note,
            )
        )

    def leave(self, why: str, *functions: str) -> None:
        """Says why these are not compared, or only for the arguments that were asked."""
        for entry in self.contract.artifact.abi:
            if entry["type"] == "function" and entry["name"] in functions:
                self._questions.cover(self.contract, entry)
        self._questions.leave(f"{self.label}: {', '.join(functions)}", why)

    def cover(self, *functions: str) -> None:
        """What has an answer for every argument there is, which may be none: nothing is left out."""
        for entry in self.contract.artifact.abi:
            if entry["type"] == "function" and entry["name"] in functions:
                self._questions.cover(self.contract, entry)


def _named(entry: Entry, answer: str) -> Any:
    """An answer as values by name."""
    try:
        value = result_of(entry["outputs"], bytes.fromhex(answer[2:]))
    except ChainError as error:
        return error
    if len(entry["outputs"]) < 2:
        return _plain(value)
    return {
        output["name"]: _plain(each) for output, each in zip(entry["outputs"], value, strict=True)
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping) or not hasattr(value, "_asdict"):
        return tuple(map(_plain, value)) if isinstance(value, tuple) else value
    return {name: _plain(each) for name, each in value._asdict().items()}


def _refusal(error: ChainError) -> str:
    return f"refused: {error.name}" if isinstance(error, ContractRevert) else f"no answer: {error}"

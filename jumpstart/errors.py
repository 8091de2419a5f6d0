"""Everything this package raises on purpose, in one tree.

    JumpstartError               what a caller may catch
    |-- InputError               bad input: nothing was written             (exit status 2)
    |   `-- TermsError           a field of the terms breaks a rule
    |-- CheckError               something was checked and is wrong         (exit status 1)
    |   `-- ProofError           a proof does not prove what it is for
    |-- ToolError                a program this one needs is missing, fails (exit status 2)
    |-- LedgerRefusal            the model of a sale refuses an action      (exit status 1)
    `-- ChainError               a chain does not answer, or not as it must (exit status 1)
        `-- ContractRevert       a contract refused, by a custom error

A `LedgerRefusal` and a `ContractRevert` for the same reason have the same `name` and `args`.
"""

from collections.abc import Iterator
from contextlib import contextmanager


class JumpstartError(Exception):
    """The root. Its text is one line, fit to be shown to a person."""

    exit_status = 1


class InputError(JumpstartError, ValueError):
    """What was given cannot be used; the text names the field or row and what disagrees."""

    exit_status = 2


class TermsError(InputError):
    """`field` of the terms says `given`, where a rule asks for `bound`; in a list, in which row."""

    def __init__(
        self, field: str, given: int, bound: int, rule: str, row: int | None = None
    ) -> None:
        where = field if row is None else f"{field} in row {row}"
        super().__init__(f"{where}: {given} {rule} {bound}")
        self.field = field
        self.given = given
        self.bound = bound
        self.rule = rule
        self.row = row


class CheckError(JumpstartError):
    """A check was carried out and failed."""


class ProofError(CheckError):
    """A proof does not lead to what it is given for, or is none."""


class ToolError(JumpstartError):
    """A program that this one runs is missing or failed."""

    exit_status = 2


class ChainError(JumpstartError):
    """A chain could not be reached, or answered what it must not."""


class _CustomError(JumpstartError):
    """A custom error of a contract: its name, and in `args` its arguments."""

    def __init__(self, name: str, *args: object) -> None:
        super().__init__(*args)
        self.name = name

    def __str__(self) -> str:
        return f"{self.name}({', '.join(map(str, self.args))})"


class LedgerRefusal(_CustomError):  # noqa: N818 (named as what a contract does)
    """A model of the contracts refuses an action, under the name the contract gives to it."""


class ContractRevert(_CustomError, ChainError):  # noqa: N818 (named as what a contract does)
    """A contract reverted with a custom error."""


@contextmanager
def located(where: str) -> Iterator[None]:
    """Puts the file, the field or the row in front of any `InputError` raised inside."""
    try:
        yield
    except InputError as error:
        error.args = (f"{where}: {error}",)
        raise

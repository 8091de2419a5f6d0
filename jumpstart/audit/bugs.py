"""Bugs of the compiler that its makers list, for the versions 0.8.

After `docs/bugs.json` of the Solidity repository as of its release 0.8.37 (SOL-2026-4 is the newest
entry). `introduced` is None for what has always been there, `fixed` the first version without it.
`via_ir` and `evm_from` say what else it takes. No registry has the list as a package: a compiler that
is newer than `LISTED_TO` is said to be unlisted.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

LISTED_TO: Final = "0.8.37"
"""The newest version that the list speaks of."""

SOURCE: Final = "https://github.com/argotorg/solidity/blob/develop/docs/bugs.json"

_EVM: Final = ("paris", "shanghai", "cancun", "prague", "osaka")


@dataclass(frozen=True)
class Bug:
    uid: str
    name: str
    severity: str
    introduced: str | None
    fixed: str
    via_ir: bool | None = None
    """True or False where only that way of compiling has it."""
    evm_from: str | None = None


BUGS: Final = (
    Bug("SOL-2026-4", "UncheckedArrayStorageSizeOverflow", "low", "0.1.0", "0.8.35"),
    Bug("SOL-2026-3", "InheritanceOrderReversalOnStorageEndWarning", "medium", "0.8.29", "0.8.36"),
    Bug("SOL-2026-2", "UnsoundSpillInMutualRecursion", "medium", "0.7.2", "0.8.36", via_ir=True),
    Bug(
        "SOL-2026-1",
        "TransientStorageClearingHelperCollision",
        "high",
        "0.8.28",
        "0.8.34",
        via_ir=True,
        evm_from="cancun",
    ),
    Bug("SOL-2025-1", "LostStorageArrayWriteOnSlotOverflow", "low", "0.1.0", "0.8.32"),
    Bug("SOL-2023-3", "VerbatimInvalidDeduplication", "low", "0.8.5", "0.8.23"),
    Bug(
        "SOL-2023-2",
        "FullInlinerNonExpressionSplitArgumentEvaluationOrder",
        "low",
        "0.6.7",
        "0.8.21",
    ),
    Bug("SOL-2023-1", "MissingSideEffectsOnSelectorAccess", "low", "0.6.2", "0.8.21", via_ir=False),
    Bug(
        "SOL-2022-7",
        "StorageWriteRemovalBeforeConditionalTermination",
        "medium/high",
        "0.8.13",
        "0.8.17",
    ),
    Bug(
        "SOL-2022-6",
        "AbiReencodingHeadOverflowWithStaticArrayCleanup",
        "medium",
        "0.5.8",
        "0.8.16",
    ),
    Bug("SOL-2022-5", "DirtyBytesArrayToStorage", "low", "0.0.1", "0.8.15", via_ir=False),
    Bug("SOL-2022-4", "InlineAssemblyMemorySideEffects", "medium", "0.8.13", "0.8.15"),
    Bug("SOL-2022-3", "DataLocationChangeInInternalOverride", "very low", "0.6.9", "0.8.14"),
    Bug(
        "SOL-2022-2",
        "NestedCalldataArrayAbiReencodingSizeValidation",
        "very low",
        "0.5.8",
        "0.8.14",
    ),
    Bug("SOL-2022-1", "AbiEncodeCallLiteralAsFixedBytesBug", "very low", "0.8.11", "0.8.13"),
    Bug("SOL-2021-4", "UserDefinedValueTypesBug", "very low", "0.8.8", "0.8.9"),
    Bug("SOL-2021-3", "SignedImmutables", "very low", "0.6.5", "0.8.9"),
    Bug("SOL-2021-2", "ABIDecodeTwoDimensionalArrayMemory", "very low", "0.4.16", "0.8.4"),
    Bug("SOL-2021-1", "KeccakCaching", "medium", None, "0.8.3"),
)
"""All that any version 0.8 has, the newest first."""


def is_listed(version: str) -> bool:
    """Whether the list is as new as the compiler."""
    return _parts(version) <= _parts(LISTED_TO)


def bugs_of(version: str, *, via_ir: bool, evm: str) -> Iterator[Bug]:
    """Those that code may have which this version has compiled in this way."""
    for bug in BUGS:
        is_since = bug.introduced is None or _parts(bug.introduced) <= _parts(version)
        if not is_since or _parts(version) >= _parts(bug.fixed):
            continue
        if bug.via_ir not in (None, via_ir):
            continue
        if bug.evm_from is not None and _EVM.index(evm) < _EVM.index(bug.evm_from):
            continue
        yield bug


def _parts(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))
